/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/units.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 24 * 60 * 60, DIGITS_MAX = 4 };

/* So many digits and nothing else. */
static int read_digits(const char *text, size_t count, int *value)
{
	*value = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return RG_EUSAGE;
		*value = *value * 10 + (text[i] - '0');
	}
	return 0;
}

/* timegm() makes the 31st of April the 1st of May: a date that is one comes back as it was. */
static int is_date(const struct tm *date, time_t seconds)
{
	struct tm back;

	return seconds > 0 && gmtime_r(&seconds, &back) && back.tm_year == date->tm_year &&
	       back.tm_mon == date->tm_mon && back.tm_mday == date->tm_mday;
}

int rg_parse_date(const char *text, uint32_t *days)
{
	struct tm date = {0}, normal;
	time_t seconds;

	if (strlen(text) != strlen("YYYY-MM-DD") || text[4] != '-' || text[7] != '-' ||
	    read_digits(text, DIGITS_MAX, &date.tm_year) ||
	    read_digits(text + 5, 2, &date.tm_mon) || read_digits(text + 8, 2, &date.tm_mday))
		return RG_EUSAGE;
	date.tm_year -= 1900;
	date.tm_mon -= 1;
	normal = date;
	seconds = timegm(&normal);
	if (!is_date(&date, seconds))
		return RG_EUSAGE;
	*days = (uint32_t)(seconds / DAY_S);
	return 0;
}

char *rg_format_date(char out[RG_UNITS_TEXT_MAX], uint32_t days)
{
	time_t seconds = (time_t)days * DAY_S;
	struct tm date;

	if (!gmtime_r(&seconds, &date) || strftime(out, RG_UNITS_TEXT_MAX, "%Y-%m-%d", &date) == 0)
		snprintf(out, RG_UNITS_TEXT_MAX, "day %u", (unsigned int)days);
	return out;
}
