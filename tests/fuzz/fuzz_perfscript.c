/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are refused or are the text of `perf script`: with samples, an event, and a wall time
 * that the slices add up to.
 */
#include <stdint.h>
#include <stdlib.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/formats.h"

/* The message itself: deflating it takes most of the time, and fuzz_gzip does that. */
#include "../../diff/model/pprof_message.h"
#include "../../diff/model/pprof_read.h"

/* A text of two lines may span days. Of so many slices the first are like the others. */
enum { MAX_MESSAGE = 1 << 24, MAX_SLICES_WRITTEN = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void require(int condition)
{
	if (!condition)
		abort();
}

static size_t check_slices(const struct rg_profile *profile)
{
	size_t count;
	const struct rg_slice *slices = rg_profile_slices(profile, &count);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += slices[i].wall_ns;
	require(sum == rg_profile_fact_u64(profile, RG_KEY_WALL_NS, 0));
	return count;
}

static void write_and_read(const struct rg_profile *profile)
{
	struct rg_profile *back = NULL;
	struct rg_buf message;

	rg_buf_init(&message, MAX_MESSAGE);
	require(rg_pprof_message(profile, &message, NULL) == 0);
	require(rg_pprof_read_message(message.data, message.len, NULL, &back, NULL) == 0);
	require(rg_profile_total(back, RG_VALUE_CPU_NS) ==
		rg_profile_total(profile, RG_VALUE_CPU_NS));
	rg_profile_free(back);
	rg_buf_done(&message);
}

static void check_profile(const struct rg_profile *profile)
{
	require(rg_profile_total(profile, RG_VALUE_SAMPLES) > 0);
	require(rg_profile_fact(profile, RG_KEY_EVENT) != NULL);
	if (check_slices(profile) <= MAX_SLICES_WRITTEN)
		write_and_read(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct rg_read_options options = {.max_bytes = 1 << 20};
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_perf_script_read(bytes, len, &options, &profile, &err);

	require(rc == err.code);
	require((rc == 0) == (profile != NULL));
	if (rc == 0)
		check_profile(profile);
	rg_profile_free(profile);
	return 0;
}
