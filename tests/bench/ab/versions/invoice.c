/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prices orders and prints invoices. All versions cost the same: 2 calls price_line() otherwise, 3 has split it in
 * two, 4 has it in another file, 5 in a shared object, and in 6 it has become small enough to be inlined in its
 * caller.
 */
#include "pricing.h"
#include "rest.h"

enum { LINES = 400, TEXT = 64 };

struct order {
	struct line line[LINES];
	uint64_t price[LINES];
	char text[LINES][TEXT];
	struct rest rest;
	volatile uint64_t sink;
};

/* --- Pricing ---------------------------------------------------------------------------------- */

#if VERSION == 2
#define PRICE_LINE cost_of_item
#else
#define PRICE_LINE price_line
#endif

#if VERSION == 3
LARGE static uint64_t tier_price(const struct line *line)
{
	return list_price(line);
}

LARGE static uint64_t campaign_discount(const struct line *line, uint64_t price)
{
	return best_discount(line, price);
}
#elif VERSION != 4 && VERSION != 5
#if VERSION == 6
inline
#else
LARGE
#endif
	uint64_t
	PRICE_LINE(const struct line *line)
{
	uint64_t price = list_price(line);

	return price - best_discount(line, price);
}
#endif

static void price_order(struct order *order)
{
	for (int i = 0; i < LINES; i++) {
		const struct line *line = &order->line[i];

#if VERSION == 3
		uint64_t price = tier_price(line);

		order->price[i] = price - campaign_discount(line, price);
#else
		order->price[i] = PRICE_LINE(line);
#endif
	}
}

/* --- All else --------------------------------------------------------------------------------- */

static void read_order(struct order *order)
{
	uint64_t random = order->sink | 1;

	for (int i = 0; i < LINES; i++) {
		for (int k = 0; k < 40; k++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			__asm__ volatile("" : "+r"(random));
		}
		order->line[i] =
			(struct line){(uint32_t)(random >> 33), (uint32_t)(random >> 20) % 200 + 1};
	}
}

static void tax_order(struct order *order)
{
	double sum = 0;

	for (int i = 0; i < LINES; i++) {
		for (int rate = 1; rate < 30; rate++) {
			sum += (double)order->price[i] / (100 + rate);
			__asm__ volatile("" : "+x"(sum));
		}
	}
	order->sink += (uint64_t)sum;
}

static char *print_number(char *at, uint64_t number)
{
	char digits[20];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count > 0)
		*at++ = digits[--count];
	*at++ = ' ';
	return at;
}

static void print_invoice(struct order *order)
{
	for (int i = 0; i < LINES; i++) {
		char *at = print_number(order->text[i], order->line[i].pieces);

		at = print_number(at, order->line[i].item);
		*print_number(at, order->price[i]) = '\0';
	}
}

static void sign_invoice(struct order *order)
{
	uint64_t digest = 1;

	for (int i = 0; i < LINES; i++) {
		for (int k = 0; k < TEXT; k++) {
			digest = (digest << 5 | digest >> 59) ^ (unsigned char)order->text[i][k];
			__asm__ volatile("" : "+r"(digest));
		}
	}
	order->sink += digest;
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	static void (*const steps[])(struct order *) = {read_order, price_order, tax_order,
							print_invoice, sign_invoice};

	struct order *order = context;

	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			steps[i](order);
		rest_do(&order->rest);
	}
}

int main(int argc, char **argv)
{
	static struct order order;

	serve_check_arguments(argc, argv, NULL, 0);
	serve(serve_argument(argc, argv, "rate", 400), request, &order);
}
