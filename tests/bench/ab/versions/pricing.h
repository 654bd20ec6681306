/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_PRICING_H
#define RG_BENCH_PRICING_H

#include <stdint.h>

/* What a line of an order costs. */
struct line {
	uint32_t item, pieces;
};

enum { TIERS = 24, CAMPAIGNS = 24 };

/* By the tier that so many pieces are in. */
static inline uint64_t list_price(const struct line *line)
{
	uint64_t price = line->item % 9973 + 100;

	for (uint32_t tier = 0; tier < TIERS; tier++) {
		if (line->pieces > tier * 7)
			price = price * (1020 + tier) / (1024 + tier);
		__asm__ volatile("" : "+r"(price));
	}
	return price * line->pieces;
}

/* The best of all campaigns. */
static inline uint64_t best_discount(const struct line *line, uint64_t price)
{
	uint64_t best = 0;

	for (uint32_t campaign = 1; campaign <= CAMPAIGNS; campaign++) {
		uint64_t discount = price * (line->item % campaign) / (64 + campaign);

		best = discount > best ? discount : best;
		__asm__ volatile("" : "+r"(best));
	}
	return best;
}

uint64_t price_line(const struct line *line);

#endif
