/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "values.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rg_value_flag(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	*(bool *)to = true;
	return 0;
}

int rg_value_word(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	*(const char **)to = value;
	return 0;
}

int rg_value_name(void *to, const char *value, struct rg_err *err)
{
	if (!*value)
		return rg_err_set(err, RG_EUSAGE, "must not be empty");
	return rg_value_word(to, value, err);
}

int rg_value_text(void *to, const char *value, struct rg_err *err)
{
	return rg_settings_set_text(to, value, err);
}

int rg_value_number(void *to, const char *value, struct rg_err *err)
{
	uint64_t number;

	if (rg_parse_u64(value, &number) || number > UINT32_MAX)
		return rg_err_set(err, RG_EUSAGE, "must be a whole number");
	*(uint32_t *)to = (uint32_t)number;
	return 0;
}

int rg_value_percent(void *to, const char *value, struct rg_err *err)
{
	if (rg_parse_percent(value, to))
		return rg_err_set(err, RG_EUSAGE, "must be a percentage such as '15%%'");
	return 0;
}

int rg_value_duration(void *to, const char *value, struct rg_err *err)
{
	if (rg_parse_duration(value, to))
		return rg_err_set(err, RG_EUSAGE, "must be a time such as '30s', '5m' or '250ms'");
	return 0;
}

int rg_value_timeout(void *to, const char *value, struct rg_err *err)
{
	uint64_t ns;

	if (rg_parse_duration(value, &ns) || ns < RG_NS_PER_S || ns > 3600 * RG_NS_PER_S)
		return rg_err_set(err, RG_EUSAGE, "must be a time from 1s to 1h");
	*(uint64_t *)to = ns;
	return 0;
}

int rg_value_choice(int *to, const char *value, const char *const *names, struct rg_err *err)
{
	char known[128] = "";

	for (int i = 0; names[i]; i++) {
		size_t len = strlen(known);

		if (!strcmp(value, names[i])) {
			*to = i;
			return 0;
		}
		snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "", names[i]);
	}
	return rg_err_set(err, RG_EUSAGE, "must be one of: %s", known);
}

int rg_value_one_of(char **const *all, bool *given, char **to, const char *value,
		    struct rg_err *err)
{
	for (; !*given && *all; all++) {
		free(**all);
		**all = NULL;
	}
	*given = true;
	return rg_settings_set_text(to, value, err);
}
