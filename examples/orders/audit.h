#ifndef AUDIT_H
#define AUDIT_H

#include "order.h"

/*
 * The log of accepted orders. Every record carries a digest of the lines and
 * one over all records so far, so that none can be changed or removed unseen.
 */
struct audit;

/* NULL, with errno set, when the file cannot be opened. */
struct audit *audit_open(const char *path);

/* 0, or -1 when the log cannot be written. */
int audit_append(struct audit *audit, const struct order *order);

/* Writes what is still buffered; 0, or -1 when that failed. */
int audit_close(struct audit *audit);

#endif
