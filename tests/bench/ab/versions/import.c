/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Imports text: orders, prices and stock, each by its own importer, and all by one parser that allocates and
 * copies. Version 2 checks all prices before it imports the first: whatever that importer calls runs twice. With
 * "checks=3" it checks so many times, and with "others=10" the other importers run so many times in all versions: then no
 * function that all of them call grows by much.
 */
#include "rest.h"

enum { ORDERS = 240, STOCK = 180, PRICES = 160, NAME = 220, LINE = 256 };

struct record {
	int64_t cents;
	size_t length;
	char name[];
};

struct import {
	char line[ORDERS][LINE];
	struct rest rest;
	int others, checks;
	volatile uint64_t sink;
};

/* "12,345.67" in cents; below 0: it is no amount. */
static int64_t parse_amount(const char *text)
{
	int64_t value = 0;
	int decimals = -1;

	for (; *text; text++) {
		if (*text == ',')
			continue;
		if (*text == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9')
			return -1;
		value = value * 10 + (*text - '0');
		decimals += decimals >= 0;
	}
	for (; decimals < 2; decimals++)
		value *= 10;
	return value;
}

/* NAME;AMOUNT */
static struct record *parse_record(const char *line)
{
	size_t length = strcspn(line, ";");
	struct record *record = malloc(sizeof(*record) + length + 1);

	if (!record)
		exit(1);
	memcpy(record->name, line, length);
	record->name[length] = '\0';
	record->length = length;
	record->cents = parse_amount(line + length + 1);
	return record;
}

static uint64_t import_orders(const struct import *import)
{
	uint64_t sum = 0;

	for (int i = 0; i < ORDERS; i++) {
		struct record *record = parse_record(import->line[i]);

		sum += (uint64_t)record->cents * 3 + record->length;
		free(record);
	}
	return sum + (uint64_t)parse_amount("1,000");
}

static uint64_t import_stock(const struct import *import)
{
	uint64_t most = 0;

	for (int i = 0; i < STOCK; i++) {
		struct record *record = parse_record(import->line[ORDERS - 1 - i]);

		if ((uint64_t)record->cents > most)
			most = (uint64_t)record->cents;
		free(record);
	}
	return most;
}

#if VERSION == 2
static int are_prices(const struct import *import)
{
	int good = 0;

	for (int i = 0; i < PRICES; i++) {
		struct record *record = parse_record(import->line[i * 3 / 2]);

		good += record->cents >= 0;
		free(record);
	}
	return good == PRICES;
}
#endif

static uint64_t import_prices(const struct import *import)
{
	uint64_t mixed = 1;

#if VERSION == 2
	for (int i = 0; i < import->checks; i++)
		if (!are_prices(import))
			return 0;
#endif
	for (int i = 0; i < PRICES; i++) {
		struct record *record = parse_record(import->line[i * 3 / 2]);

		mixed = mixed * 31 + (uint64_t)record->cents;
		free(record);
	}
	return mixed;
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	static uint64_t (*const importers[])(const struct import *) = {import_orders, import_stock,
								       import_prices};
	struct import *import = context;

	for (int round = 0; round < 12; round++) {
		for (size_t i = 0; i < sizeof(importers) / sizeof(importers[0]); i++)
			for (int n = i < 2 ? import->others : 1; n > 0; n--)
				import->sink += importers[i](import);
	}
	for (int round = 0; round < 7; round++)
		rest_do(&import->rest);
}

int main(int argc, char **argv)
{
	static const char *const names[] = {"others", "checks"};
	static struct import import;

	serve_check_arguments(argc, argv, names, 2);
	import.others = (int)serve_argument(argc, argv, names[0], 1);
	import.checks = (int)serve_argument(argc, argv, names[1], 1);
	for (int i = 0; i < ORDERS; i++) {
		memset(import.line[i], 'a' + i % 26, NAME);
		snprintf(import.line[i] + NAME - i % 40, 40, ";%d,%03d.%02d", i + 1, i * 7 % 1000,
			 i % 100);
	}
	serve(serve_argument(argc, argv, "rate", 400), request, &import);
}
