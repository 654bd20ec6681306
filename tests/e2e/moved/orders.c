/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program of a scratch repository: orders without end, each priced, taxed and printed, by callers of their own. price.c
 * and tax.c come in versions. What they do is chained, so that a step costs the same wherever it is done.
 */
#include "orders.h"

#include <string.h>

#define APART __attribute__((noinline))

static APART uint32_t print(const struct order *order)
{
	uint32_t sum = order->region;

	for (uint32_t i = 0; i < 3 * CELLS; i++) {
		sum = sum * 2654435761u + order->seed;
		sum ^= sum >> 15;
	}
	return sum;
}

/* None of them ends in its call: it stays on the stack. */
static APART uint32_t serve(const struct order *order)
{
	return price(order) + 1;
}

static APART uint32_t settle(const struct order *order)
{
	return tax(order) + 1;
}

static APART uint32_t answer(const struct order *order)
{
	return print(order) + 1;
}

static APART uint32_t request(struct order *order)
{
	order->seed++;
	return serve(order) + settle(order) + answer(order);
}

int main(void)
{
	static struct order order;
	volatile uint32_t sink;

	memset(order.text, '7', sizeof(order.text) - 1);
	for (uint32_t i = 0; i < 256; i++) {
		order.mix[i] = i * 40503u;
		order.rate[i] = i * 30011u;
	}
	for (;;)
		sink = request(&order);
	return (int)sink;
}
