/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PLACES_H
#define REPORT_PLACES_H

#include "rg/verdict.h"

#include <stdbool.h>
#include <stddef.h>

/* Where in the repository a report points to: lines that commits changed in functions that grew, else the function. */
struct place {
	const struct rg_row *row;
	const char *file; /* below the repository's top; "" when not known */
	uint32_t first_line, last_line;
	bool failing; /* else suspect */
};

/* The first `most` places of failing and suspect rows and a failing total. Returns how many. */
size_t places_of(const struct rg_verdict *verdict, struct place *out, size_t most);

#endif
