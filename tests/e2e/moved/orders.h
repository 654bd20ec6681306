/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MOVED_ORDERS_H
#define MOVED_ORDERS_H

#include <stdint.h>

enum { CELLS = 1500 };

struct order {
	char text[1001]; /* digits, ended by a NUL */
	uint32_t mix[256], rate[256];
	uint32_t width[CELLS], height[CELLS];
	uint32_t seed, region;
};

uint32_t price(const struct order *order);
uint32_t tax(const struct order *order);

#endif
