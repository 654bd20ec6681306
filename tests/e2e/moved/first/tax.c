/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "orders.h"

uint32_t tax(const struct order *order)
{
	uint32_t sum = order->region;

	for (uint32_t i = 0; i < CELLS; i++) {
		sum -= order->height[i] * order->region;
		sum = sum * 9 + (sum >> 27);
	}
	return sum;
}
