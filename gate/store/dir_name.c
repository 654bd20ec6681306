/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "digest.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("._-+@~", c));
}

int dir_name_escape(const char *version, char out[DIR_NAME_MAX])
{
	static const char digits[] = "0123456789ABCDEF";
	size_t len = 0;

	for (const char *c = version; *c; c++) {
		const unsigned char byte = (unsigned char)*c;

		if (len + 4 > DIR_NAME_MAX)
			return RG_ELIMIT;
		if (is_plain(*c) && !(len == 0 && *c == '.')) {
			out[len++] = *c;
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

int dir_name_unescape(const char *name, char out[DIR_NAME_MAX])
{
	char version[DIR_NAME_MAX], again[DIR_NAME_MAX];
	size_t len = 0;

	if (strlen(name) >= DIR_NAME_MAX)
		return RG_EFORMAT;
	for (const char *c = name; *c; c++) {
		const int byte = *c == '%' ? escaped_byte(c) : (unsigned char)*c;

		if (byte <= 0)
			return RG_EFORMAT;
		version[len++] = (char)byte;
		c += *c == '%' ? 2 : 0;
	}
	version[len] = '\0';
	/* One version has one name, or a run could be listed twice. */
	if (dir_name_escape(version, again) || strcmp(again, name) != 0)
		return RG_EFORMAT;
	memcpy(out, version, len + 1);
	return 0;
}

int dir_place_of(const struct rg_store_key *key, struct dir_place *place, struct rg_err *err)
{
	if (dir_name_escape(key->scenario, place->name[0]) ||
	    dir_name_escape(key->version, place->name[1]) ||
	    dir_name_escape(key->arch, place->name[2]))
		return rg_err_set(err, RG_EUSAGE,
				  "store: version '%s': too long for a file name, where each '/' "
				  "takes 3 bytes",
				  key->version);
	return 0;
}

void dir_file_name(char out[DIR_FILE_MAX], const char *id, const char *suffix)
{
	snprintf(out, DIR_FILE_MAX, "%s%s", id, suffix);
}

bool dir_file_is(const char *name, const char *suffix)
{
	return digest_is_hex(name) && !strcmp(name + RG_STORE_ID_MAX - 1, suffix);
}
