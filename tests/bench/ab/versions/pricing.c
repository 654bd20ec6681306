/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What version 4 of invoice.c is linked with, and version 5 as a shared object. */
#include "pricing.h"

uint64_t price_line(const struct line *line)
{
	uint64_t price = list_price(line);

	return price - best_discount(line, price);
}
