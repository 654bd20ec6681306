/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/buf.h"
#include "rg/text.h"
#include "range.h"

#include <string.h>

/*
 * What must not reach a reader as it is. Unicode 14.0: Cc; Default_Ignorable_Code_Point of
 * DerivedCoreProperties.txt (the bidirectional controls of UAX #9, zero-width characters, fillers,
 * variation selectors and tags among them); Zl and Zp; the interlinear annotation controls.
 */
static const struct rg_range unsafe_ranges[] = {
	{0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x034f, 0x034f},
	{0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
	{0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
	{0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
	{0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool is_safe(uint32_t codepoint)
{
	if (codepoint >= 0x20 && codepoint < 0x7f)
		return true;
	return !rg_range_has(unsafe_ranges, RG_RANGE_COUNT(unsafe_ranges), codepoint);
}

static void add_escaped(struct rg_buf *buf, unsigned char byte)
{
	static const char digits[] = "0123456789abcdef";
	const char escape[4] = {'\\', 'x', digits[byte >> 4], digits[byte & 15]};

	rg_buf_add(buf, escape, sizeof(escape));
}

/*
 * An unsafe character needs no step of its own: once its first byte is escaped, the bytes that
 * continue it are invalid UTF-8, each of them.
 */
void rg_text_add_safe(struct rg_buf *buf, const char *bytes, size_t len)
{
	size_t begin = 0; /* of the safe run that was not appended yet */
	size_t at = 0;

	while (at < len) {
		uint32_t codepoint;
		size_t length = rg_utf8_decode(bytes + at, len - at, &codepoint);

		if (length && is_safe(codepoint)) {
			at += length;
			continue;
		}
		rg_buf_add(buf, bytes + begin, at - begin);
		add_escaped(buf, (unsigned char)bytes[at]);
		begin = ++at;
	}
	rg_buf_add(buf, bytes + begin, len - begin);
}

bool rg_text_is_safe(const char *bytes, size_t len)
{
	for (size_t at = 0, length; at < len; at += length) {
		uint32_t codepoint;

		length = rg_utf8_decode(bytes + at, len - at, &codepoint);
		if (!length || !is_safe(codepoint))
			return false;
	}
	return true;
}

enum { LABEL_MAX = 24 };

/* isalnum() depends on the locale. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool rg_text_is_label(const char *text)
{
	static const char inner[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -";
	size_t len = strspn(text, inner);

	return is_letter(text[0]) && len <= LABEL_MAX && text[len] == '\0' &&
	       text[len - 1] != ' ' && text[len - 1] != '-';
}
