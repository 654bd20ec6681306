/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of /proc/PID/maps, whose paths any program may choose: each is left out, or is a mapping of
 * some length whose path lies inside the line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../capture/procmaps.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_record(const struct rg_mapping_record *record, const char *line, size_t len)
{
	require(record->length > 0 && record->start + record->length > record->start);
	require(!record->exec && record->build_id_len == 0);
	require(record->path > line && record->path <= line + len);
	require(strlen(record->path) <= (size_t)(line + len - record->path));
}

/* As getline() gives it: the newline is part of it, and a NUL ends it. */
static void read_line(const uint8_t *bytes, size_t len)
{
	struct rg_mapping_record record = {0};
	char *line = malloc(len + 1);

	require(line != NULL);
	memcpy(line, bytes, len);
	line[len] = '\0';
	if (rg_procmaps_line(line, &record))
		check_record(&record, line, len);
	else
		require(record.length == 0 && !record.path);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		const uint8_t *end = memchr(bytes, '\n', len);
		size_t line_len = end ? (size_t)(end - bytes) + 1 : len;

		read_line(bytes, line_len);
		bytes += line_len;
		len -= line_len;
	}
	return 0;
}
