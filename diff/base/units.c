/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/err.h"
#include "rg/units.h"

enum { FRACTION_MAX_DIGITS = 9 };

/* The largest percentage that is read. */
static const uint64_t percent_max = 100000;

struct unit {
	const char *name;
	uint64_t ns;
};

/* Descending, which is the order they must be written in. */
static const struct unit units[] = {
	{"h", 3600 * RG_NS_PER_S},
	{"m", 60 * RG_NS_PER_S},
	{"s", RG_NS_PER_S},
	{"ms", RG_NS_PER_MS},
	{"us", 1000},
	{"ns", 1},
};

enum { UNIT_COUNT = sizeof(units) / sizeof(units[0]) };

/* A decimal number: whole + fraction / scale. */
struct decimal {
	uint64_t whole;
	uint64_t fraction;
	uint64_t scale; /* 10 to the number of digits behind the point; 1 without a point */
};

/* isdigit() depends on the locale. */
static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int scan_u64(const char **at, uint64_t *value)
{
	uint64_t result = 0;

	if (!is_digit(**at))
		return RG_EUSAGE;
	for (; is_digit(**at); ++*at) {
		uint64_t digit = (uint64_t)(**at - '0');

		if (__builtin_mul_overflow(result, 10, &result) ||
		    __builtin_add_overflow(result, digit, &result))
			return RG_EUSAGE;
	}
	*value = result;
	return RG_OK;
}

static int scan_fraction(const char **at, struct decimal *number)
{
	const char *begin = *at;
	int rc = scan_u64(at, &number->fraction);

	if (rc < 0 || *at - begin > FRACTION_MAX_DIGITS)
		return RG_EUSAGE;
	for (; begin < *at; begin++)
		number->scale *= 10;
	return RG_OK;
}

static int scan_decimal(const char **at, struct decimal *number)
{
	*number = (struct decimal){.scale = 1};
	if (scan_u64(at, &number->whole) < 0)
		return RG_EUSAGE;
	if (**at != '.')
		return RG_OK;
	++*at;
	return scan_fraction(at, number);
}

/* The unit written at *at: all letters there are its name, so that "ms" is not "m" and a rest. */
static int scan_unit(const char **at, int *unit)
{
	size_t length = strspn(*at, "hmnsu");

	for (int i = 0; i < UNIT_COUNT; i++) {
		if (strlen(units[i].name) != length || strncmp(units[i].name, *at, length) != 0)
			continue;
		*at += length;
		*unit = i;
		return RG_OK;
	}
	return RG_EUSAGE;
}

/* Adds number * unit_ns to *total_ns; refused when it is not a whole number of nanoseconds. */
static int add_component(uint64_t *total_ns, const struct decimal *number, uint64_t unit_ns)
{
	unsigned __int128 part = (unsigned __int128)number->fraction * unit_ns;
	uint64_t whole_ns;

	if (part % number->scale != 0)
		return RG_EUSAGE;
	if (__builtin_mul_overflow(number->whole, unit_ns, &whole_ns) ||
	    __builtin_add_overflow(whole_ns, (uint64_t)(part / number->scale), &whole_ns) ||
	    __builtin_add_overflow(*total_ns, whole_ns, total_ns))
		return RG_EUSAGE;
	return *total_ns > INT64_MAX ? RG_EUSAGE : RG_OK;
}

int rg_parse_duration(const char *text, uint64_t *ns)
{
	uint64_t total_ns = 0;
	int last_unit = -1;

	if (strcmp(text, "0") == 0) {
		*ns = 0;
		return RG_OK;
	}
	do {
		struct decimal number;
		int unit;

		if (scan_decimal(&text, &number) < 0 || scan_unit(&text, &unit) < 0)
			return RG_EUSAGE;
		/* "1.5h30m" is two ways of saying the same at once. */
		if (unit <= last_unit || (number.scale > 1 && *text))
			return RG_EUSAGE;
		if (add_component(&total_ns, &number, units[unit].ns) < 0)
			return RG_EUSAGE;
		last_unit = unit;
	} while (*text);
	*ns = total_ns;
	return RG_OK;
}

/*
 * One division of two exactly represented integers (below 2^53 and 10^12) rounds once, so that "15%"
 * is the same double as the literal 0.15.
 */
int rg_parse_percent(const char *text, double *share)
{
	struct decimal number;
	uint64_t digits;

	if (scan_decimal(&text, &number) < 0 || strcmp(text, "%") != 0)
		return RG_EUSAGE;
	if (number.whole > percent_max || (number.whole == percent_max && number.fraction))
		return RG_EUSAGE;
	digits = number.whole * number.scale + number.fraction;
	*share = (double)digits / (double)(number.scale * 100);
	return RG_OK;
}

int rg_parse_u64(const char *text, uint64_t *value)
{
	uint64_t result;

	if (scan_u64(&text, &result) < 0 || *text)
		return RG_EUSAGE;
	*value = result;
	return RG_OK;
}
