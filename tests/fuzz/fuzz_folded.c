/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are refused, with the line, or are folded stacks; what is written of them reads back as
 * the same total and is written again to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/formats.h"

enum { MAX_TEXT = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void write_again(const struct rg_buf *first, int64_t total)
{
	struct rg_profile *back = NULL;
	struct rg_buf second;

	require(rg_folded_read(first->data, first->len, NULL, &back, NULL) == 0);
	require(rg_profile_total(back, RG_VALUE_SAMPLES) == total);
	rg_buf_init(&second, MAX_TEXT);
	require(rg_folded_write(back, RG_VALUE_SAMPLES, &second, NULL) == 0);
	require(second.len == first->len && memcmp(second.data, first->data, first->len) == 0);
	rg_buf_done(&second);
	rg_profile_free(back);
}

static void round_trip(const struct rg_profile *profile)
{
	struct rg_buf first;

	rg_buf_init(&first, MAX_TEXT);
	require(rg_folded_write(profile, RG_VALUE_SAMPLES, &first, NULL) == 0);
	if (first.len > 0)
		write_again(&first, rg_profile_total(profile, RG_VALUE_SAMPLES));
	rg_buf_done(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct rg_read_options options = {.max_bytes = 1 << 20};
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_folded_read(bytes, len, &options, &profile, &err);

	require(rc == err.code);
	require((rc == 0) == (profile != NULL));
	if (rc == 0)
		round_trip(profile);
	rg_profile_free(profile);
	return 0;
}
