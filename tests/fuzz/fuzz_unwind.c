/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are no image, or one whose ranges and unwind rows are in order. Link with
 * -fsanitize=fuzzer, or with replay.c.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../capture/elf/image.h"
#include "../../capture/elf/ranges.h"
#include "../../capture/unwind/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_ranges(const struct rg_image *image)
{
	struct rg_ranges ranges = {0};

	require(rg_ranges_load(&ranges, image) == 0);
	for (size_t i = 0; i < ranges.count; i++) {
		require(ranges.items[i].start < ranges.items[i].end);
		require(i == 0 || ranges.items[i - 1].start <= ranges.items[i].start);
	}
	rg_ranges_done(&ranges);
}

static void check_rows(const struct rg_image *image)
{
	struct rg_unwind_rows rows;
	uint64_t unsupported = 0;

	require(rg_unwind_rows_load(&rows, image) == 0);
	require(rows.rule_count >= 2 && rows.rules[RG_RULE_NONE].cfa == RGW_CFA_NONE);
	for (size_t i = 0; i < rows.count; i++) {
		require(rows.rows[i].rule < rows.rule_count);
		require(i == 0 || rows.rows[i - 1].address < rows.rows[i].address);
		require(i == 0 || rows.rows[i - 1].rule != rows.rows[i].rule);
		unsupported += rows.rows[i].rule == RG_RULE_UNSUPPORTED;
	}
	require(unsupported == rows.unsupported_rows);
	require(rows.count == 0 || rows.rows[rows.count - 1].rule == RG_RULE_NONE);
	rg_unwind_rows_done(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct rg_image image;

	require(copy != NULL);
	memcpy(copy, bytes, len);
	if (rg_image_open_memory(&image, copy, len) < 0)
		return 0;
	check_ranges(&image);
	check_rows(&image);
	rg_image_done(&image);
	return 0;
}
