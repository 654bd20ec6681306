/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "escape.h"
#include "key.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

/*
 * What git-check-ref-format(1) allows in a component, of what keys may hold: no '~', no two dots
 * together, none at the end, and no ".lock" there.
 */
static bool is_plain(const char *text, size_t at)
{
	const char *rest = text + at;

	if (*rest == '.')
		return at > 0 && rest[1] != '\0' && rest[1] != '.' && strcmp(rest, ".lock") != 0;
	return escape_is_word(*rest, "_-+@");
}

int gs_ref_name(const struct rg_store_key *key, char out[GS_REF_MAX], struct rg_err *err)
{
	struct gs_parts names = {0};

	if (escape_text(key->scenario, is_plain, names.part[0], GS_NAME_MAX) ||
	    escape_text(key->version, is_plain, names.part[1], GS_NAME_MAX) ||
	    escape_text(key->arch, is_plain, names.part[2], GS_NAME_MAX))
		return rg_err_set(err, RG_EUSAGE,
				  "store: version '%s': too long for a file name, where each '/' "
				  "takes 3 bytes",
				  key->version);
	snprintf(out, GS_REF_MAX, GS_REFS "%s/%s/%s", names.part[0], names.part[1], names.part[2]);
	return 0;
}

int gs_part_parse(const char *name, int level, struct gs_parts *parts)
{
	static bool (*const ok[3])(const char *) = {key_scenario_ok, key_version_ok, key_arch_ok};
	char *part = parts->part[level];

	if (escape_undo(name, is_plain, part, GS_NAME_MAX) || !ok[level](part))
		return RG_EFORMAT;
	return 0;
}

int gs_ref_parse(const char *ref, struct gs_parts *parts)
{
	const size_t prefix = strlen(GS_REFS);
	char names[GS_REF_MAX], *rest = names;

	if (strlen(ref) >= sizeof(names) || strncmp(ref, GS_REFS, prefix) != 0)
		return RG_EFORMAT;
	memcpy(names, ref + prefix, strlen(ref + prefix) + 1);
	for (int level = 0; level < 3; level++) {
		const char *name = strsep(&rest, "/");

		if (!name || gs_part_parse(name, level, parts))
			return RG_EFORMAT;
	}
	return rest ? RG_EFORMAT : 0;
}

const char *gs_object_text(char out[GS_OBJECT_TEXT], const char *ref, const char *name)
{
	snprintf(out, GS_OBJECT_TEXT, "%.300s:%s", ref, name);
	return out;
}
