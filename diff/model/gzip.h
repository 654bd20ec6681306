/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_GZIP_H
#define RG_MODEL_GZIP_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;
struct rg_err;

/* Whether the bytes begin as a gzip file does (RFC 1952, section 2.3.1). */
bool rg_gzip_is(const void *bytes, size_t len);

/*
 * Appends the inflated content of all members to `out`, whose limit bounds it, as does what a
 * profile of this size may plausibly inflate to: 128 times as much, or 64 MiB.
 * Errors: RG_EFORMAT (damaged, cut short, or followed by other bytes), RG_ELIMIT, RG_ENOMEM.
 */
int rg_gzip_inflate(const void *bytes, size_t len, struct rg_buf *out, struct rg_err *err);

/* Fills `out` up to its limit as far as the bytes can be inflated; what is wrong with them is not told. */
void rg_gzip_peek(const void *bytes, size_t len, struct rg_buf *out);

/* Appends one member: level 6, no time, no name; equal bytes give equal files. */
int rg_gzip_deflate(const void *bytes, size_t len, struct rg_buf *out, struct rg_err *err);

#endif
