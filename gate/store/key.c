/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key.h"

#include "digest.h"

#include "rg/err.h"
#include "rg/store.h"
#include "rg/text.h"

#include <string.h>

#define NAME_RULE    "1 to 200 letters, digits and . _ -, not starting with . or -"
#define VERSION_RULE "1 to 200 letters, digits and . _ - + @ / ~, not starting with . or -"

_Static_assert(RG_STORE_NAME_MAX == 200, "the rules above say it");

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool name_ok(const char *name, const char *marks)
{
	const size_t len = strnlen(name, RG_STORE_NAME_MAX + 1);

	if (len == 0 || len > RG_STORE_NAME_MAX || name[0] == '.' || name[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_alnum(name[i]) && !strchr(marks, name[i]))
			return false;
	}
	return true;
}

bool key_scenario_ok(const char *scenario)
{
	return name_ok(scenario, "._-");
}

bool key_version_ok(const char *version)
{
	return name_ok(version, "._-+@/~");
}

bool key_arch_ok(const char *arch)
{
	return name_ok(arch, "._-");
}

/* U+0000 to U+001F, and U+007F to U+009F. */
static bool is_control(uint32_t codepoint)
{
	return codepoint < 0x20 || (codepoint >= 0x7f && codepoint <= 0x9f);
}

bool key_label_ok(const char *label)
{
	const size_t len = strnlen(label, RG_STORE_NAME_MAX + 1);

	if (len == 0 || len > RG_STORE_NAME_MAX)
		return false;
	for (size_t at = 0; at < len;) {
		uint32_t codepoint = 0;
		size_t used = rg_utf8_decode(label + at, len - at, &codepoint);

		if (used == 0 || is_control(codepoint))
			return false;
		at += used;
	}
	return true;
}

static int refuse(struct rg_err *err, const char *what, const char *text, const char *rule)
{
	return rg_err_set(err, RG_EUSAGE, "store: %s '%.64s': must be %s", what, text, rule);
}

static int check_member(const char *text, bool partial, bool (*ok)(const char *), const char *what,
			const char *rule, struct rg_err *err)
{
	if (!text && partial)
		return 0;
	if (!text || !ok(text))
		return refuse(err, what, text ? text : "", rule);
	return 0;
}

int key_check(const struct rg_store_key *key, bool partial, struct rg_err *err)
{
	int rc = check_member(key->scenario, partial, key_scenario_ok, "scenario", NAME_RULE, err);

	if (!rc)
		rc = check_member(key->version, partial, key_version_ok, "version", VERSION_RULE,
				  err);
	if (!rc)
		rc = check_member(key->arch, partial, key_arch_ok, "architecture", NAME_RULE, err);
	return rc;
}

int key_check_label(const char *label, struct rg_err *err)
{
	return check_member(label, false, key_label_ok, "label",
			    "1 to 200 bytes of UTF-8 without control characters", err);
}

int key_check_run(const struct rg_store_run *run, struct rg_err *err)
{
	const struct rg_store_key key = {run->scenario, run->version, run->arch};
	int rc = key_check(&key, false, err);

	if (rc)
		return rc;
	if (!digest_is_hex(run->id) || run->id[RG_STORE_ID_MAX - 1] != '\0')
		return refuse(err, "run", run->id, "a SHA-256 in hex");
	return 0;
}
