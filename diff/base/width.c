/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/buf.h"
#include "rg/text.h"
#include "width_table.h"

/* wcwidth() would depend on the locale, and the output on the machine. */
static size_t codepoint_columns(uint32_t codepoint)
{
	if (codepoint < 0x300)
		return 1;
	if (rg_range_has(zero_width_ranges, RG_RANGE_COUNT(zero_width_ranges), codepoint))
		return 0;
	return rg_range_has(wide_ranges, RG_RANGE_COUNT(wide_ranges), codepoint) ? 2 : 1;
}

/* The length in bytes of the first character; what is not UTF-8 counts one column a byte. */
static size_t next_character(const char *text, size_t len, size_t *columns)
{
	uint32_t codepoint;
	size_t length = rg_utf8_decode(text, len, &codepoint);

	*columns = length ? codepoint_columns(codepoint) : 1;
	return length ? length : 1;
}

size_t rg_text_columns(const char *safe, size_t len)
{
	size_t total = 0;

	for (size_t at = 0; at < len;) {
		size_t columns;

		at += next_character(safe + at, len - at, &columns);
		total += columns;
	}
	return total;
}

/* The bytes of the longest beginning that fits; *used: its columns. Marks stay with their base. */
static size_t head_length(const char *safe, size_t len, size_t max_columns, size_t *used)
{
	size_t at = 0;

	*used = 0;
	while (at < len) {
		size_t columns;
		size_t length = next_character(safe + at, len - at, &columns);

		if (columns > max_columns - *used)
			break;
		at += length;
		*used += columns;
	}
	return at;
}

/* Where the longest end that fits begins; marks of a character that is cut off go with it. */
static size_t tail_start(const char *safe, size_t len, size_t total, size_t max_columns,
			 size_t *used)
{
	size_t left = total;
	size_t at = 0;

	while (at < len) {
		size_t columns;
		size_t length = next_character(safe + at, len - at, &columns);

		if (left <= max_columns && columns > 0)
			break;
		at += length;
		left -= columns;
	}
	*used = left;
	return at;
}

size_t rg_text_add_cut(struct rg_buf *buf, const char *safe, size_t len, size_t columns)
{
	size_t total = rg_text_columns(safe, len);
	size_t head, head_columns, tail, tail_columns;

	if (total <= columns) {
		rg_buf_add(buf, safe, len);
		return total;
	}
	if (columns == 0)
		return 0;
	/* A third for the beginning; a column it cannot use is the end's. */
	head = head_length(safe, len, (columns - 1) / 3, &head_columns);
	tail = tail_start(safe, len, total, columns - 1 - head_columns, &tail_columns);
	rg_buf_add(buf, safe, head);
	rg_buf_adds(buf, "…");
	rg_buf_add(buf, safe + tail, len - tail);
	return head_columns + 1 + tail_columns;
}
