/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_UNITS_H
#define RG_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define RG_NS_PER_S  UINT64_C(1000000000)
#define RG_NS_PER_MS UINT64_C(1000000)

/*
 * Quantities as people write them. Every parser takes the whole text or refuses it, returns 0 or
 * RG_EUSAGE, and writes the result only on success.
 */

/* "250ms", "5m", "1h30m", "1.5s"; units ns us ms s m h; a number without a unit is refused, 0 too
 * ("0" alone is accepted and is 0). Up to 2^63 - 1 ns. */
int rg_parse_duration(const char *text, uint64_t *ns);
/* "15%" is 0.15; "0.5%" is 0.005; 0 % to 100,000 %. The sign is required. */
int rg_parse_percent(const char *text, double *share);
/* Decimal digits only, no sign, no white space. */
int rg_parse_u64(const char *text, uint64_t *value);
/* "2026-03-31", a day of the calendar, as days since 1970-01-01; later than that, to the year 9999. */
int rg_parse_date(const char *text, uint32_t *days);

enum { RG_UNITS_TEXT_MAX = 48 };
/* Whole units, largest first, as rg_parse_duration() reads them back: "1m30s", "250ms". Returns out. */
char *rg_format_duration(char out[RG_UNITS_TEXT_MAX], uint64_t ns);
/* The same, rounded to what people read: seconds from ten on, hundredths above one, below it milliseconds. */
char *rg_format_duration_about(char out[RG_UNITS_TEXT_MAX], uint64_t ns);
/* With thousands separators: "12,345". Returns out. */
char *rg_format_count(char out[RG_UNITS_TEXT_MAX], uint64_t value);
/* Binary multiples: "312 B", "4.0 KiB", "1.2 MiB". Returns out. */
char *rg_format_bytes(char out[RG_UNITS_TEXT_MAX], uint64_t bytes);
/* Days since 1970-01-01, as rg_parse_date() reads them. Returns out. */
char *rg_format_date(char out[RG_UNITS_TEXT_MAX], uint32_t days);

#endif
