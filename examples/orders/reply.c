#include <string.h>

#include "outline.h"
#include "reply.h"

static void put_name(struct text *out, const char *name)
{
	text_put(out, "\"", 1);
	text_str(out, name);
	text_put(out, "\":", 2);
}

static void put_string(struct text *out, const char *name, const char *value)
{
	put_name(out, name);
	text_quoted(out, value, strlen(value));
	text_put(out, ",", 1);
}

static void put_money(struct text *out, const char *name, int64_t cents)
{
	put_name(out, name);
	text_money(out, cents);
	text_put(out, ",", 1);
}

static OUTLINE void put_line(struct text *out, const struct order_line *line)
{
	text_put(out, "{", 1);
	put_string(out, "sku", line->product->sku);
	put_string(out, "name", line->product->name);
	if (line->note_len) {
		put_name(out, "note");
		text_quoted(out, line->note, line->note_len);
		text_put(out, ",", 1);
	}
	put_money(out, "unit_price", line->unit_price);
	put_money(out, "discount", line->discount);
	put_money(out, "tax", line->tax);
	put_money(out, "total", line->total);
	put_name(out, "quantity");
	text_int(out, line->quantity);
	text_put(out, "}", 1);
}

void reply_order(struct text *out, const struct order *order)
{
	text_put(out, "{", 1);
	put_name(out, "order");
	text_int(out, (int64_t)order->number);
	text_put(out, ",", 1);
	put_string(out, "customer", order->customer);
	put_money(out, "subtotal", order->subtotal);
	put_money(out, "discount", order->discount);
	put_money(out, "tax", order->tax);
	put_money(out, "total", order->total);
	put_name(out, "items");
	for (size_t i = 0; i < order->nlines; i++) {
		text_put(out, i ? "," : "[", 1);
		put_line(out, &order->lines[i]);
	}
	text_str(out, "]}\n");
}

void reply_error(struct text *out, const char *why)
{
	text_put(out, "{", 1);
	put_name(out, "error");
	text_quoted(out, why, strlen(why));
	text_str(out, "}\n");
}
