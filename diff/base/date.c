/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Days of the Gregorian calendar, counted here: gmtime_r(3) and timegm(3) read the environment (TZ, whose file may
 * have leap seconds), and what makes a verdict does not.
 */
#include "rg/units.h"

#include "rg/err.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 4, YEAR_FIRST = 1970, YEAR_LAST = 9999, MONTHS = 12 };

/* So many digits and nothing else. */
static int read_digits(const char *text, size_t count, uint32_t *value)
{
	*value = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return RG_EUSAGE;
		*value = *value * 10 + (uint32_t)(text[i] - '0');
	}
	return 0;
}

static bool is_leap(uint32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static uint32_t days_of_year(uint32_t year)
{
	return is_leap(year) ? 366 : 365;
}

/* Months count from 1. */
static uint32_t days_of_month(uint32_t year, uint32_t month)
{
	static const uint8_t days[MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

int rg_parse_date(const char *text, uint32_t *days)
{
	uint32_t year, month, day, sum = 0;

	if (strlen(text) != strlen("YYYY-MM-DD") || text[4] != '-' || text[7] != '-' ||
	    read_digits(text, DIGITS_MAX, &year) || read_digits(text + 5, 2, &month) ||
	    read_digits(text + 8, 2, &day))
		return RG_EUSAGE;
	if (year < YEAR_FIRST || month < 1 || month > MONTHS || day < 1 ||
	    day > days_of_month(year, month))
		return RG_EUSAGE;
	for (uint32_t y = YEAR_FIRST; y < year; y++)
		sum += days_of_year(y);
	for (uint32_t m = 1; m < month; m++)
		sum += days_of_month(year, m);
	sum += day - 1;
	if (sum == 0)
		return RG_EUSAGE;
	*days = sum;
	return 0;
}

char *rg_format_date(char out[RG_UNITS_TEXT_MAX], uint32_t days)
{
	uint32_t year = YEAR_FIRST, month = 1, left = days;

	while (year <= YEAR_LAST && left >= days_of_year(year))
		left -= days_of_year(year++);
	while (year <= YEAR_LAST && left >= days_of_month(year, month))
		left -= days_of_month(year, month++);
	if (year > YEAR_LAST)
		snprintf(out, RG_UNITS_TEXT_MAX, "day %u", days);
	else
		snprintf(out, RG_UNITS_TEXT_MAX, "%04u-%02u-%02u", year, month, left + 1);
	return out;
}
