/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"

enum { CAP_MIN_BYTES = 64 };

void rg_buf_init(struct rg_buf *buf, size_t max_bytes)
{
	*buf = (struct rg_buf){.max = max_bytes};
}

void rg_buf_done(struct rg_buf *buf)
{
	free(buf->data);
	rg_buf_init(buf, buf->max);
}

void rg_buf_reset(struct rg_buf *buf)
{
	buf->len = 0;
	buf->failed = RG_OK;
	if (buf->data)
		buf->data[0] = '\0';
}

void rg_buf_cut(struct rg_buf *buf, size_t len)
{
	buf->len = len;
	if (buf->data)
		buf->data[len] = '\0';
}

static int set_failed(struct rg_buf *buf, int code)
{
	buf->failed = code;
	return code;
}

/* Doubled, so that appending n bytes one at a time moves O(n) bytes in all. */
static size_t grown_cap(const struct rg_buf *buf, size_t needed)
{
	size_t cap = buf->cap > CAP_MIN_BYTES / 2 ? buf->cap : CAP_MIN_BYTES / 2;

	cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
	if (cap - 1 > buf->max)
		cap = buf->max + 1;
	return cap > needed ? cap : needed;
}

/* Room for `extra` bytes and the NUL behind them. */
static int reserve(struct rg_buf *buf, size_t extra)
{
	size_t cap;
	char *data;

	if (buf->failed)
		return buf->failed;
	if (buf->len > buf->max || extra > buf->max - buf->len || extra >= SIZE_MAX - buf->len)
		return set_failed(buf, RG_ELIMIT);
	if (buf->len + extra < buf->cap)
		return RG_OK;
	cap = grown_cap(buf, buf->len + extra + 1);
	data = realloc(buf->data, cap);
	if (!data)
		return set_failed(buf, RG_ENOMEM);
	buf->data = data;
	buf->cap = cap;
	return RG_OK;
}

static void end_at(struct rg_buf *buf, size_t len)
{
	buf->len = len;
	buf->data[len] = '\0';
}

void rg_buf_add(struct rg_buf *buf, const void *bytes, size_t len)
{
	if (reserve(buf, len) < 0)
		return;
	if (len)
		memcpy(buf->data + buf->len, bytes, len);
	end_at(buf, buf->len + len);
}

void rg_buf_adds(struct rg_buf *buf, const char *text)
{
	rg_buf_add(buf, text, strlen(text));
}

void rg_buf_addc(struct rg_buf *buf, char byte)
{
	rg_buf_add(buf, &byte, 1);
}

void rg_buf_fill(struct rg_buf *buf, char byte, size_t count)
{
	if (reserve(buf, count) < 0)
		return;
	memset(buf->data + buf->len, byte, count);
	end_at(buf, buf->len + count);
}

void rg_buf_addf(struct rg_buf *buf, const char *fmt, ...)
{
	va_list args;
	int length;

	if (buf->failed)
		return;
	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	/* vsnprintf() without wide characters fails only for a text longer than INT_MAX. */
	if (length < 0) {
		buf->failed = RG_ELIMIT;
		return;
	}
	if (reserve(buf, (size_t)length) < 0)
		return;
	va_start(args, fmt);
	vsnprintf(buf->data + buf->len, (size_t)length + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)length;
}
