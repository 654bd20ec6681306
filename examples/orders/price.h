#ifndef PRICE_H
#define PRICE_H

#include "order.h"

/* Builds the table of campaigns; it is only read afterwards. */
void price_init(void);

/* Fills in the amounts of the lines and of the order. */
void price_order(struct order *order);

#endif
