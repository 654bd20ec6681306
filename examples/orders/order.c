#include <string.h>

#include "order.h"
#include "outline.h"

static const struct coupon coupons[] = {
	{"WELCOME5", 50, 0},
	{"SPRING10", 100, 5000},
	{"LOYAL12", 120, 20000},
	{"BULK15", 150, 100000},
};

static bool is_string(const struct json *value)
{
	return value && value->type == JSON_STRING;
}

static const char *read_customer(struct order *order, const struct json *value)
{
	if (!is_string(value))
		return "customer must be a string";
	if (value->len != CUSTOMER_LEN || value->str[0] != 'C')
		return "customer must be C and 8 digits";
	for (size_t i = 1; i < CUSTOMER_LEN; i++) {
		if (value->str[i] < '0' || value->str[i] > '9')
			return "customer must be C and 8 digits";
	}
	memcpy(order->customer, value->str, CUSTOMER_LEN);
	order->customer[CUSTOMER_LEN] = '\0';
	return NULL;
}

static const char *read_coupon(struct order *order, const struct json *value)
{
	order->coupon = NULL;
	if (!value || value->type == JSON_NULL)
		return NULL;
	if (!is_string(value))
		return "coupon must be a string";
	for (size_t i = 0; i < sizeof(coupons) / sizeof(coupons[0]); i++) {
		if (strlen(coupons[i].code) == value->len &&
		    !memcmp(coupons[i].code, value->str, value->len))
			order->coupon = &coupons[i];
	}
	return order->coupon ? NULL : "no such coupon";
}

static const char *read_product(struct order_line *line, const struct json *value)
{
	uint64_t key;

	if (!is_string(value))
		return "sku must be a string";
	if (!sku_key(value->str, value->len, &key))
		return "sku is malformed or its check character is wrong";
	line->product = catalog_find(key);
	return line->product ? NULL : "no such product";
}

static const char *read_quantity(struct order_line *line, const struct json *value)
{
	if (!value || value->type != JSON_INT)
		return "quantity must be an integer";
	if (value->num < 1 || value->num > ORDER_QUANTITY_MAX)
		return "quantity is out of range";
	line->quantity = (int)value->num;
	return NULL;
}

static const char *read_note(struct order_line *line, const struct json *value)
{
	line->note = "";
	line->note_len = 0;
	if (!value || value->type == JSON_NULL)
		return NULL;
	if (!is_string(value))
		return "note must be a string";
	if (value->len > ORDER_NOTE_MAX)
		return "note is too long";
	line->note = value->str;
	line->note_len = value->len;
	return NULL;
}

static OUTLINE const char *read_line(struct order_line *line, const struct json *item)
{
	const char *why;

	if (item->type != JSON_OBJECT)
		return "an item must be an object";
	why = read_product(line, json_member(item, "sku"));
	if (!why)
		why = read_quantity(line, json_member(item, "quantity"));
	if (!why)
		why = read_note(line, json_member(item, "note"));
	return why;
}

static const char *read_lines(struct order *order, const struct json *items)
{
	order->nlines = 0;
	if (!items || items->type != JSON_ARRAY)
		return "items must be an array";
	for (const struct json *item = items->child; item; item = item->next) {
		const char *why;

		if (order->nlines == ORDER_LINES_MAX)
			return "too many items";
		why = read_line(&order->lines[order->nlines++], item);
		if (why)
			return why;
	}
	return order->nlines ? NULL : "an order needs an item";
}

const char *order_read(struct order *order, const struct json *doc)
{
	const char *why;

	if (doc->type != JSON_OBJECT)
		return "an order must be an object";
	why = read_customer(order, json_member(doc, "customer"));
	if (!why)
		why = read_coupon(order, json_member(doc, "coupon"));
	if (!why)
		why = read_lines(order, json_member(doc, "items"));
	return why;
}
