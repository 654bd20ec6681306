#ifndef LOAD_ORDERS_H
#define LOAD_ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOAD_ORDERS 64

/* A complete HTTP request. */
struct load_request {
	char *data;
	size_t len;
};

/* Makes the requests every run sends in turn; false when memory runs out. */
bool load_orders_init(struct load_request requests[LOAD_ORDERS]);

void load_orders_free(struct load_request requests[LOAD_ORDERS]);

/* Whether the amounts in the body of an answer fit together. */
bool load_answer_plausible(const char *body, size_t len);

#endif
