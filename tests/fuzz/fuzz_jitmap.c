/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file of names for generated code, which the target writes: whatever is in it, what comes out is in
 * order and disjoint, and every name ends.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../capture/jitmaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_code(const struct rg_jitmap *map, const char *text, size_t len)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct rg_jit_code *code = &map->code[i];

		require(code->start < code->end);
		require(i == 0 || map->code[i - 1].end <= code->start);
		require(code->name >= text && code->name + strlen(code->name) < text + len);
		require(rg_jitmap_find(map, code->start) == code);
		require(rg_jitmap_find(map, code->end - 1) == code);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);
	struct rg_jitmap map;

	require(text != NULL);
	memcpy(text, bytes, len);
	require(rg_jitmap_parse(&map, text, len) == 0);
	check_code(&map, text, len);
	rg_jitmap_done(&map);
	free(text);
	return 0;
}
