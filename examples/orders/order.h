#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog.h"
#include "json.h"

#define ORDER_LINES_MAX    64
#define ORDER_QUANTITY_MAX 999
#define ORDER_NOTE_MAX     160
#define CUSTOMER_LEN       9

struct coupon {
	const char *code;
	int permille;
	int64_t min_subtotal;
};

/* Amounts are in cents. */
struct order_line {
	const struct product *product;
	int quantity;
	const char *note;
	size_t note_len;
	int64_t unit_price;
	int64_t gross;
	int64_t discount;
	int64_t tax;
	int64_t total;
};

struct order {
	uint64_t number;
	char customer[CUSTOMER_LEN + 1];
	const struct coupon *coupon;
	struct order_line lines[ORDER_LINES_MAX];
	size_t nlines;
	int64_t subtotal;
	int64_t discount;
	int64_t tax;
	int64_t total;
};

/*
 * Takes the order over from a document, whose strings it keeps pointing to.
 * NULL when it is valid, else what is wrong.
 */
const char *order_read(struct order *order, const struct json *doc);

#endif
