/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "orders.h"

/* As dear as the one whose lines moved, and none of its lines. */
uint32_t tax(const struct order *order)
{
	uint32_t sum = order->region;

	for (uint32_t i = 0; i < CELLS; i++) {
		sum -= order->height[i] * order->region;
		sum = sum * 9 + (sum >> 27);
	}
	for (const char *mark = order->text; *mark; mark++) {
		uint32_t level = (uint32_t)(*mark - '1');

		sum = sum * 29 + level;
		sum ^= order->rate[(sum >> 9) & 255];
	}
	return sum;
}
