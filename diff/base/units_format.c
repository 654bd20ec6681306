/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rg/units.h"

/* Appends ns / unit_ns and the unit, without zeros at the end of the fraction. */
static size_t put_decimal(char *out, size_t size, uint64_t ns, uint64_t unit_ns, const char *unit)
{
	uint64_t fraction = ns % unit_ns;
	int digits = 0;
	size_t length;

	for (uint64_t scale = unit_ns; scale > 1; scale /= 10)
		digits++;
	for (; digits > 0 && fraction % 10 == 0; digits--)
		fraction /= 10;
	length = (size_t)snprintf(out, size, "%" PRIu64, ns / unit_ns);
	if (digits)
		length += (size_t)snprintf(out + length, size - length, ".%0*" PRIu64, digits,
					   fraction);
	return length + (size_t)snprintf(out + length, size - length, "%s", unit);
}

static void put_below_second(char out[RG_UNITS_TEXT_MAX], uint64_t ns)
{
	if (ns >= RG_NS_PER_MS)
		put_decimal(out, RG_UNITS_TEXT_MAX, ns, RG_NS_PER_MS, "ms");
	else if (ns >= 1000)
		put_decimal(out, RG_UNITS_TEXT_MAX, ns, 1000, "us");
	else
		put_decimal(out, RG_UNITS_TEXT_MAX, ns, 1, "ns");
}

char *rg_format_duration(char out[RG_UNITS_TEXT_MAX], uint64_t ns)
{
	const uint64_t minute_ns = 60 * RG_NS_PER_S, hour_ns = 60 * minute_ns;
	size_t at = 0;

	if (ns == 0) {
		snprintf(out, RG_UNITS_TEXT_MAX, "0");
		return out;
	}
	if (ns < RG_NS_PER_S) {
		put_below_second(out, ns);
		return out;
	}
	if (ns >= hour_ns)
		at += put_decimal(out, RG_UNITS_TEXT_MAX, ns / hour_ns, 1, "h");
	if (ns % hour_ns >= minute_ns)
		at += put_decimal(out + at, RG_UNITS_TEXT_MAX - at, ns % hour_ns / minute_ns, 1,
				  "m");
	if (ns % minute_ns)
		put_decimal(out + at, RG_UNITS_TEXT_MAX - at, ns % minute_ns, RG_NS_PER_S, "s");
	return out;
}

char *rg_format_duration_about(char out[RG_UNITS_TEXT_MAX], uint64_t ns)
{
	uint64_t step = RG_NS_PER_MS;

	if (ns >= 10 * RG_NS_PER_S)
		step = RG_NS_PER_S;
	else if (ns >= RG_NS_PER_S)
		step = 10 * RG_NS_PER_MS;
	else if (ns < RG_NS_PER_MS)
		step = 1;
	if (ns <= UINT64_MAX - step / 2)
		ns += step / 2;
	return rg_format_duration(out, ns - ns % step);
}

char *rg_format_count(char out[RG_UNITS_TEXT_MAX], uint64_t value)
{
	char plain[RG_UNITS_TEXT_MAX];
	size_t length = (size_t)snprintf(plain, sizeof(plain), "%" PRIu64, value);
	size_t at = 0;

	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = plain[i];
	}
	out[at] = '\0';
	return out;
}

char *rg_format_bytes(char out[RG_UNITS_TEXT_MAX], uint64_t bytes)
{
	static const char prefixes[] = "KMGTPE";
	size_t power = 1;
	uint64_t unit, tenths;

	if (bytes < 1024) {
		snprintf(out, RG_UNITS_TEXT_MAX, "%" PRIu64 " B", bytes);
		return out;
	}
	for (;; power++) {
		unit = UINT64_C(1) << (10 * power);
		tenths = bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit;
		/* What rounds up to 1024.0 belongs to the next prefix. */
		if (tenths < 10240 || prefixes[power] == '\0')
			break;
	}
	snprintf(out, RG_UNITS_TEXT_MAX, "%" PRIu64 ".%" PRIu64 " %ciB", tenths / 10, tenths % 10,
		 prefixes[power - 1]);
	return out;
}
