/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "escape.h"

#include "rg/err.h"

static bool is_plain(const char *text, size_t at)
{
	return escape_is_word(text[at], "._-+@~") && !(at == 0 && text[at] == '.');
}

int dir_name_escape(const char *version, char out[DIR_NAME_MAX])
{
	return escape_text(version, is_plain, out, DIR_NAME_MAX);
}

int dir_name_unescape(const char *name, char out[DIR_NAME_MAX])
{
	return escape_undo(name, is_plain, out, DIR_NAME_MAX);
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
