/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/err.h"

#include "sample_type.h"

int64_t rg_time_unit_ns(const char *unit)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {
		{"nanoseconds", 1},        {"nanosecond", 1},        {"ns", 1},
		{"microseconds", 1000},    {"microsecond", 1000},    {"us", 1000},
		{"milliseconds", 1000000}, {"millisecond", 1000000}, {"ms", 1000000},
		{"seconds", 1000000000},   {"second", 1000000000},   {"s", 1000000000},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, unit) == 0)
			return units[i].ns;
	return 0;
}

/* Copies [from, to), or the rest where `to` is NULL. */
static bool take(char out[RG_SAMPLE_TYPE_MAX], const char *from, const char *to)
{
	size_t len = to ? (size_t)(to - from) : strlen(from);

	if (len >= RG_SAMPLE_TYPE_MAX)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

int rg_sample_type_parse(const char *text, struct rg_sample_type *out, struct rg_err *err)
{
	struct rg_sample_type parsed = {.unit = ""};
	const char *sign = strpbrk(text, ":/"), *end = NULL;
	const char *type = text;

	if (sign && *sign == ':') {
		const char *second = strchr(sign + 1, ':');

		if (second) {
			type = sign + 1;
			sign = second;
			end = strchr(sign + 1, ':');
		}
	}
	if (!take(parsed.type, type, sign) || (sign && !take(parsed.unit, sign + 1, end)))
		return rg_err_set(err, RG_EUSAGE, "sample type: longer than %d bytes",
				  RG_SAMPLE_TYPE_MAX - 1);
	if (parsed.type[0] == '\0' || (sign && parsed.unit[0] == '\0'))
		return rg_err_set(err, RG_EUSAGE,
				  "sample type '%s': has the form TYPE or TYPE/UNIT, as in "
				  "'cpu/nanoseconds'",
				  text);
	*out = parsed;
	return 0;
}
