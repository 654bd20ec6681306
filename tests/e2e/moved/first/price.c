/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "orders.h"

uint32_t price(const struct order *order)
{
	uint32_t sum = order->seed;

	for (uint32_t i = 0; i < CELLS; i++) {
		sum += order->width[i] * order->height[i];
		sum = sum * 5 + (sum >> 29);
	}
	for (const char *at = order->text; *at; at++) {
		uint32_t digit = (uint32_t)(*at - '0');

		sum = sum * 31 + digit;
		sum ^= order->mix[(sum >> 7) & 255];
	}
	return sum;
}
