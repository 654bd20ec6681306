/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PERF_PROFILE_H
#define RG_MODEL_PERF_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_profile;
struct rg_profile_builder;

/* A sample whose slice is not known before all are read. Texts and stacks are the builder's. */
struct rg_perf_sample {
	uint64_t time_ns;
	int64_t period;
	uint32_t stack, thread;
};

struct rg_perf_samples {
	struct rg_perf_sample *all;
	size_t count, cap;
	const char *event;
	bool cpu_time; /* periods are nanoseconds of it */
};

/*
 * The profile of these samples, one at least, in slices of a second. RG_ELIMIT for a span of time that has too many,
 * RG_ENOMEM, or what the builder refuses.
 */
int rg_perf_profile_build(struct rg_profile_builder *builder, const struct rg_perf_samples *samples,
			  struct rg_profile **out, struct rg_err *err);

#endif
