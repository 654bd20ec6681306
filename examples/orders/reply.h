#ifndef REPLY_H
#define REPLY_H

#include "order.h"
#include "text.h"

/* The JSON that answers an accepted order. */
void reply_order(struct text *out, const struct order *order);

/* The JSON that says why a request was refused. */
void reply_error(struct text *out, const char *why);

#endif
