/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thread, eight functions of its own that compute in different ways: integers, tables larger than a
 * cache, text, floating point. A request is about 2 ms. "audit" costs nothing unless it is asked for. The table is larger than a core's
 * cache, and so its look-ups cost what the machine's other guests leave of theirs; "table=0.25" is a quarter of it.
 */
#include "serve.h"

#include <math.h>

enum { TABLE = 1 << 20, UNIT = 2000 };

enum part { PARSE, PRICE, LOOKUP, ENCODE, DIGEST, ROUTE, RATE_TAX, TRIM, AUDIT, PARTS };

static const char *const names[PARTS + 1] = {"parse", "price", "lookup", "encode", "digest",
					     "route", "tax",   "trim",   "audit",  "table"};
/* Parts of a hundred; a part's unit of work is its own. */
static const double weights[PARTS] = {20, 18, 15, 14, 12, 9, 7, 5, 0};

struct shop {
	uint32_t *table, entries;
	char text[256];
	uint64_t units[PARTS], seed;
	volatile uint64_t sink;
};

#define PART(name) \
	__attribute__((noinline)) static uint64_t name(const struct shop *shop, uint64_t units)

PART(parse)
{
	uint64_t fields = 0;

	for (uint64_t i = 0; i < units * 125; i++) {
		char c = shop->text[i % 256];

		fields += c == ',' || c == ';' ? 1 : (uint64_t)(c == ' ') << 32;
		__asm__ volatile("" : "+r"(fields));
	}
	return fields;
}

PART(price)
{
	uint64_t x = shop->seed;

	for (uint64_t i = 0; i < units * 79; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

PART(lookup)
{
	uint32_t at = (uint32_t)shop->seed % shop->entries;

	for (uint64_t i = 0; i < units * 5 / 6; i++)
		at = shop->table[at];
	return at;
}

PART(encode)
{
	uint64_t sum = 0;

	for (uint64_t i = 0; i < units * 86; i++) {
		sum ^= (uint64_t)(unsigned char)shop->text[i % 256] << (i % 56);
		sum = sum << 7 | sum >> 57;
		__asm__ volatile("" : "+r"(sum));
	}
	return sum;
}

PART(digest)
{
	uint32_t a = 1, b = 0;

	for (uint64_t i = 0; i < units * 20; i++) {
		a = (a + (unsigned char)shop->text[i % 256]) % 65521;
		b = (b + a) % 65521;
		__asm__ volatile("" : "+r"(a), "+r"(b));
	}
	return (uint64_t)b << 16 | a;
}

PART(route)
{
	(void)shop;
	double x = 0.3, y = 0.4;

	for (uint64_t i = 0; i < units * 11; i++) {
		x = sqrt(x * x + y) * 0.7;
		__asm__ volatile("" : "+x"(x));
	}
	return (uint64_t)(x * 1e9);
}

PART(tax)
{
	(void)shop;
	double sum = 0;

	for (uint64_t i = 1; i < units * 88; i++) {
		sum += 1.0 / (double)i;
		__asm__ volatile("" : "+x"(sum));
	}
	return (uint64_t)sum;
}

PART(trim)
{
	uint64_t length = 0;

	for (uint64_t i = 0; i < units * 4; i++) {
		length += strcspn(shop->text + i % 64, "\n");
		__asm__ volatile("" : "+r"(length));
	}
	return length;
}

PART(audit)
{
	uint64_t x = shop->seed;

	for (uint64_t i = 0; i < units * 79; i++) {
		x ^= x >> 13;
		x ^= x << 7;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

/* Counted as the unit of work. */
__attribute__((noinline)) static void request(void *context)
{
	static uint64_t (*const parts[PARTS])(const struct shop *, uint64_t) = {
		parse, price, lookup, encode, digest, route, tax, trim, audit};
	struct shop *shop = context;

	for (int i = 0; i < PARTS; i++) {
		if (shop->units[i] > 0)
			shop->sink += parts[i](shop, shop->units[i]);
	}
	shop->seed = shop->seed * 25214903917 + 11;
}

/* A ring through the whole table (Sattolo 1986), so that no two steps hit one line. */
static uint32_t *make_table(uint32_t entries)
{
	uint32_t *table = malloc(entries * sizeof(*table));
	uint64_t random = 88172645463325252;

	if (!table)
		exit(1);
	for (uint32_t i = 0; i < entries; i++)
		table[i] = i;
	for (uint32_t i = entries - 1; i > 0; i--) {
		random = random * UINT64_C(6364136223846793005) + 1;
		uint32_t other = (uint32_t)((random >> 33) % i), kept = table[i];

		table[i] = table[other];
		table[other] = kept;
	}
	return table;
}

int main(int argc, char **argv)
{
	struct shop shop = {.seed = 1};

	serve_check_arguments(argc, argv, names, PARTS + 1);
	shop.entries = (uint32_t)(TABLE * serve_argument(argc, argv, names[PARTS], 1));
	if (shop.entries == 0)
		return 2;
	shop.table = make_table(shop.entries);
	for (size_t i = 0; i < sizeof(shop.text) - 1; i++)
		shop.text[i] = "order, line; item 3, 17 pieces "[i % 31];
	for (int i = 0; i < PARTS; i++) {
		/* A factor of what costs nothing would be nothing: it counts in parts of a hundred. */
		double factor = serve_argument(argc, argv, names[i], weights[i] > 0 ? 1 : 0);
		double weight = weights[i] > 0 ? weights[i] * factor : 100 * factor;

		shop.units[i] = (uint64_t)(weight / 100 * UNIT * 12);
	}
	serve(serve_argument(argc, argv, "rate", 250), request, &shop);
}
