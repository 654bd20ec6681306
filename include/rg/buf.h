/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BUF_H
#define RG_BUF_H

#include <stddef.h>

/*
 * A growing byte buffer with a limit. Failure is sticky: after an append that did not fit, `failed`
 * is set, later appends do nothing, and the caller checks once at the end.
 * `data` is NUL-terminated behind `len` (and never NULL) once anything was appended.
 */
struct rg_buf {
	char *data;
	size_t len, cap;
	size_t max; /* bytes this buffer may hold */
	int failed; /* 0, RG_ENOMEM or RG_ELIMIT */
};

void rg_buf_init(struct rg_buf *buf, size_t max_bytes);
void rg_buf_done(struct rg_buf *buf);
/* Empties it and clears `failed`; the memory is kept. */
void rg_buf_reset(struct rg_buf *buf);
/* Takes off what is behind the first `len` bytes, of which there are as many; `failed` stays. */
void rg_buf_cut(struct rg_buf *buf, size_t len);

void rg_buf_add(struct rg_buf *buf, const void *bytes, size_t len);
void rg_buf_adds(struct rg_buf *buf, const char *text);
void rg_buf_addc(struct rg_buf *buf, char byte);
/* `count` times the same byte. */
void rg_buf_fill(struct rg_buf *buf, char byte, size_t count);
void rg_buf_addf(struct rg_buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
