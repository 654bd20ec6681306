#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "load_orders.h"
#include "rng.h"
#include "text.h"

#define BODY_MAX     16384
#define LINES_MIN    46
#define LINES_SPREAD 9
#define SEED         0x6c6f6164ULL

static const char *const notes[] = {
	"",
	"",
	"leave at the back door, the bell is out of order",
	"gift wrap, and a card saying \\\"Gl\\u00fcckwunsch\\\" in blue ink",
	"f\xc3\xbcr das B\xc3\xbcro im 3. Stock, bitte mit Lieferschein",
	"deliver with the rest of the order\\nno partial shipment please",
};

static const char *const coupons[] = {NULL, NULL, "WELCOME5", "SPRING10", "LOYAL12", "BULK15"};

static void put_line(struct text *t, uint64_t *seed)
{
	const char *note = notes[rng_below(seed, 6)];

	text_str(t, "{\"sku\": \"");
	text_str(t, catalog_row(rng_below(seed, PRODUCTS))->sku);
	text_str(t, "\", \"quantity\": ");
	text_int(t, 1 + rng_below(seed, 60));
	if (*note) {
		text_str(t, ", \"note\": \"");
		text_str(t, note);
		text_str(t, "\"");
	}
	text_str(t, "}");
}

static void put_order(struct text *t, uint64_t *seed)
{
	const char *coupon = coupons[rng_below(seed, 6)];
	uint32_t lines = LINES_MIN + rng_below(seed, LINES_SPREAD);

	text_str(t, "{\"customer\": \"C");
	text_int(t, 10000000 + rng_below(seed, 90000000));
	if (coupon) {
		text_str(t, "\", \"coupon\": \"");
		text_str(t, coupon);
	}
	text_str(t, "\", \"items\": [");
	for (uint32_t i = 0; i < lines; i++) {
		text_str(t, i ? ", " : "");
		put_line(t, seed);
	}
	text_str(t, "]}");
}

static bool make_request(struct load_request *req, uint64_t *seed)
{
	char body[BODY_MAX];
	struct text t;
	int len;

	text_init(&t, body, sizeof(body));
	put_order(&t, seed);
	len = asprintf(&req->data,
		       "POST /orders HTTP/1.1\r\nHost: localhost\r\nUser-Agent: orders-load\r\n"
		       "Accept: application/json\r\nContent-Type: application/json\r\n"
		       "Content-Length: %zu\r\n\r\n%.*s",
		       t.len, (int)t.len, t.data);
	if (len < 0)
		req->data = NULL;
	req->len = (size_t)len;
	return req->data && !t.full;
}

bool load_orders_init(struct load_request requests[LOAD_ORDERS])
{
	uint64_t seed = SEED;

	catalog_init();
	for (size_t i = 0; i < LOAD_ORDERS; i++) {
		if (!make_request(&requests[i], &seed))
			return false;
	}
	return true;
}

void load_orders_free(struct load_request requests[LOAD_ORDERS])
{
	for (size_t i = 0; i < LOAD_ORDERS; i++)
		free(requests[i].data);
}

/* Cents; -1 when the member is missing or is not an amount. */
static int64_t amount(const char *body, size_t len, const char *name)
{
	const char *p = memmem(body, len, name, strlen(name));
	const char *end = body + len;
	int64_t value = 0;

	if (!p)
		return -1;
	for (p += strlen(name); p < end && *p != '.'; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		value = value * 10 + (*p - '0');
	}
	if (end - p < 3 || p[1] < '0' || p[1] > '9' || p[2] < '0' || p[2] > '9')
		return -1;
	return value * 100 + (p[1] - '0') * 10 + (p[2] - '0');
}

bool load_answer_plausible(const char *body, size_t len)
{
	int64_t subtotal = amount(body, len, "\"subtotal\":");
	int64_t discount = amount(body, len, "\"discount\":");
	int64_t tax = amount(body, len, "\"tax\":");
	int64_t total = amount(body, len, "\"total\":");

	return subtotal > 0 && discount >= 0 && tax > 0 && total == subtotal - discount + tax;
}
