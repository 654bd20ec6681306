#include <stdatomic.h>
#include <string.h>

#include "price.h"
#include "reply.h"
#include "route.h"

static atomic_ulong order_numbers;

static void refuse(struct answer *answer, int status, const char *why)
{
	answer->status = status;
	answer->body.len = 0;
	answer->body.full = false;
	reply_error(&answer->body, why);
}

static void post_order(struct route_scratch *scratch, struct audit *audit,
		       const struct http_request *req, struct answer *answer)
{
	struct order *order = &scratch->order;
	const struct json *doc = json_parse(&scratch->doc, req->body, req->body_len);
	const char *why;

	if (!doc) {
		refuse(answer, 400, scratch->doc.why);
		return;
	}
	why = order_read(order, doc);
	if (why) {
		refuse(answer, 422, why);
		return;
	}
	price_order(order);
	order->number = atomic_fetch_add(&order_numbers, 1) + 1;
	reply_order(&answer->body, order);
	answer->status = 201;
	if (answer->body.full)
		refuse(answer, 500, "the answer does not fit");
	else if (audit_append(audit, order))
		refuse(answer, 500, "the audit log cannot be written");
}

static void get_health(struct answer *answer)
{
	answer->status = 200;
	text_str(&answer->body, "{\"status\":\"ok\"}\n");
}

static bool equals(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(s, word, len);
}

void route(struct route_scratch *scratch, struct audit *audit, const struct http_request *req,
	   struct answer *answer)
{
	bool orders = equals(req->target, req->target_len, "/orders");
	bool health = equals(req->target, req->target_len, "/healthz");
	const char *method = orders ? "POST" : "GET";

	answer->head_only = equals(req->method, req->method_len, "HEAD");
	if (!orders && !health) {
		refuse(answer, 404, "no such resource");
	} else if (!equals(req->method, req->method_len, method)) {
		answer->allow = method;
		refuse(answer, 405, "the resource has no such method");
	} else if (orders) {
		post_order(scratch, audit, req, answer);
	} else {
		get_health(answer);
	}
}

void route_refuse(struct answer *answer, int status)
{
	refuse(answer, status, http_reason(status));
}
