/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are refused or are a profile, and what is read is written, read back and written again
 * to the same bytes. Link with -fsanitize=fuzzer, or with replay.c.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

/* The message itself: deflating it takes most of the time, and fuzz_gzip does that. */
#include "../../diff/model/pprof_message.h"
#include "../../diff/model/pprof_read.h"

enum { MAX_MESSAGE = 1 << 22, MAX_WRITTEN = 1 << 23 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static struct rg_profile *read_back(const struct rg_buf *message)
{
	struct rg_profile *profile = NULL;

	require(rg_pprof_read_message(message->data, message->len, NULL, &profile, NULL) == 0);
	return profile;
}

static void require_equal(const struct rg_profile *a, const struct rg_profile *b)
{
	size_t an, bn;

	for (int v = 0; v < RG_VALUE_COUNT; v++) {
		require(rg_profile_total(a, (enum rg_value)v) ==
			rg_profile_total(b, (enum rg_value)v));
		require(rg_profile_has(a, (enum rg_value)v) == rg_profile_has(b, (enum rg_value)v));
	}
	rg_profile_samples(a, &an);
	rg_profile_samples(b, &bn);
	require(an == bn);
	rg_profile_frames(a, &an);
	rg_profile_frames(b, &bn);
	require(an == bn);
}

static void round_trip(const struct rg_profile *profile)
{
	struct rg_buf first, second;
	struct rg_profile *back;
	int rc;

	rg_buf_init(&first, MAX_WRITTEN);
	rg_buf_init(&second, MAX_WRITTEN);
	rc = rg_pprof_message(profile, &first, NULL);
	if (rc == RG_ELIMIT) { /* made-up names may be far longer than the input */
		rg_buf_done(&first);
		return;
	}
	require(rc == 0);
	back = read_back(&first);
	require_equal(profile, back);
	require(rg_pprof_message(back, &second, NULL) == 0);
	require(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
	rg_profile_free(back);
	rg_buf_done(&first);
	rg_buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_pprof_read_max(bytes, len, MAX_MESSAGE, &profile, &err);

	require(rc == err.code);
	require((rc == 0) == (profile != NULL));
	if (rc == 0)
		round_trip(profile);
	rg_profile_free(profile);
	return 0;
}
