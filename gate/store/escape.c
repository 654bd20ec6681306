/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "escape.h"

#include "rg/err.h"

#include <string.h>

bool escape_is_word(char c, const char *marks)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(marks, c));
}

int escape_text(const char *text, escape_plain_fn *plain, char *out, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t len = 0;

	for (size_t at = 0; text[at]; at++) {
		const unsigned char byte = (unsigned char)text[at];
		const bool as_it_is = plain(text, at);

		if (len + (as_it_is ? 1 : 3) >= size)
			return RG_ELIMIT;
		if (as_it_is) {
			out[len++] = text[at];
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[byte >> 4];
		out[len++] = digits[byte & 15];
	}
	out[len] = '\0';
	return 0;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that "%XX" stands for, or -1. */
static int escaped_byte(const char *at)
{
	const int high = digit_value(at[1]);
	const int low = high < 0 ? -1 : digit_value(at[2]);

	return low < 0 ? -1 : high * 16 + low;
}

/* Whether escaping `text` gives `name`: one text has one name, or a run could be listed twice. */
static bool makes(const char *text, escape_plain_fn *plain, const char *name)
{
	size_t left = strlen(name);

	for (size_t at = 0; text[at]; at++) {
		const size_t used = plain(text, at) ? 1 : 3;

		if (left < used || (used == 3) != (*name == '%'))
			return false;
		name += used;
		left -= used;
	}
	return left == 0;
}

int escape_undo(const char *name, escape_plain_fn *plain, char *out, size_t size)
{
	char text[ESCAPE_MAX];
	size_t len = 0;

	if (strlen(name) >= size || strlen(name) >= sizeof(text))
		return RG_EFORMAT;
	for (const char *c = name; *c; c++) {
		const int byte = *c == '%' ? escaped_byte(c) : (unsigned char)*c;

		if (byte <= 0)
			return RG_EFORMAT;
		text[len++] = (char)byte;
		c += *c == '%' ? 2 : 0;
	}
	text[len] = '\0';
	if (!makes(text, plain, name))
		return RG_EFORMAT;
	memcpy(out, text, len + 1);
	return 0;
}
