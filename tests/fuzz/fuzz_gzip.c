/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes inflate within the limit or are refused; what has been inflated is deflated, and
 * inflates to the same. A peek at the bytes sees the beginning of that.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"

#include "../../diff/model/gzip.h"

enum { MAX_INFLATED = 1 << 16, PEEK = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void deflate_and_back(const struct rg_buf *inflated)
{
	struct rg_buf file, back;

	rg_buf_init(&file, MAX_INFLATED + MAX_INFLATED / 2);
	rg_buf_init(&back, MAX_INFLATED);
	require(rg_gzip_deflate(inflated->data, inflated->len, &file, NULL) == 0);
	require(rg_gzip_inflate(file.data, file.len, &back, NULL) == 0);
	require(back.len == inflated->len);
	require(back.len == 0 || memcmp(back.data, inflated->data, back.len) == 0);
	rg_buf_done(&file);
	rg_buf_done(&back);
}

static void check_peek(const uint8_t *bytes, size_t len, const struct rg_buf *inflated, int damaged)
{
	struct rg_buf peek;
	size_t both;

	rg_buf_init(&peek, PEEK);
	rg_gzip_peek(bytes, len, &peek);
	/* Damaged bytes may give a little before they are found out. */
	require(!peek.failed && (damaged || peek.len <= inflated->len));
	both = peek.len < inflated->len ? peek.len : inflated->len;
	require(both == 0 || memcmp(peek.data, inflated->data, both) == 0);
	rg_buf_done(&peek);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rg_buf inflated;
	struct rg_err err = {0};
	int rc;

	rg_buf_init(&inflated, MAX_INFLATED);
	rc = rg_gzip_inflate(bytes, len, &inflated, &err);
	require(rc == err.code);
	require(inflated.len <= MAX_INFLATED);
	check_peek(bytes, len, &inflated, rc != 0);
	if (rc == 0)
		deflate_and_back(&inflated);
	rg_buf_done(&inflated);
	return 0;
}
