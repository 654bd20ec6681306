/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/err.h"
#include "rg/intern.h"
#include "rg/units.h"

#include "builder.h"
#include "perf_profile.h"
#include "text_format.h"

/* From the first sample to the last. */
struct window {
	uint64_t start_ns, wall_ns;
	uint64_t slices;
};

static struct window find_window(const struct rg_perf_samples *samples)
{
	uint64_t first = UINT64_MAX, last = 0, wall;

	for (size_t i = 0; i < samples->count; i++) {
		uint64_t time = samples->all[i].time_ns;

		first = time < first ? time : first;
		last = time > last ? time : last;
	}
	wall = last - first;
	return (struct window){first, wall, wall / RG_NS_PER_S + (wall % RG_NS_PER_S != 0)};
}

static int add_facts(struct rg_profile_builder *builder, const char *event, struct rg_err *err)
{
	int rc = rg_profile_builder_fact(builder, RG_KEY_EVENT, event, err);

	return rc ? rc : rg_profile_builder_fact(builder, RG_KEY_TOOL, RG_PERF_SCRIPT_NAME, err);
}

/* Of one second; the last one is what is left. */
static int add_slices(struct rg_profile_builder *builder, const struct window *window,
		      struct rg_err *err)
{
	int rc = 0;

	if (window->slices > RG_PROFILE_MAX_SLICES)
		return rg_err_set(err, RG_ELIMIT,
				  RG_PERF_SCRIPT_NAME ": the times span more than %d seconds",
				  RG_PROFILE_MAX_SLICES);
	for (uint64_t i = 0; rc == 0 && i < window->slices; i++) {
		uint64_t left = window->wall_ns - i * RG_NS_PER_S;
		struct rg_slice slice = {.wall_ns = left < RG_NS_PER_S ? left : RG_NS_PER_S};

		rc = rg_profile_builder_slice(builder, &slice, err);
	}
	if (rc == 0 && window->wall_ns > 0)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, window->wall_ns, err);
	return rc;
}

/* The period as a fact when all samples have the same. */
static int add_period(struct rg_profile_builder *builder, const struct rg_perf_samples *samples,
		      struct rg_err *err)
{
	int64_t period = samples->all[0].period;

	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	for (size_t i = 1; i < samples->count; i++)
		if (samples->all[i].period != period)
			return 0;
	if (period == 0)
		return 0;
	return rg_profile_builder_fact_u64(builder, RG_KEY_PERIOD_NS, (uint64_t)period, err);
}

static int give_samples(struct rg_profile_builder *builder, const struct rg_perf_samples *samples,
			const struct window *window, struct rg_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < samples->count; i++) {
		const struct rg_perf_sample *from = &samples->all[i];
		uint64_t slice = (from->time_ns - window->start_ns) / RG_NS_PER_S;
		struct rg_sample sample = {
			.value = {1, samples->cpu_time ? from->period : 0},
			.stack = from->stack,
			.slice = RG_NO_SLICE,
			.thread = rg_intern_text(builder->texts, from->thread),
		};

		/* The last sample of all may be on the end of the last slice. */
		if (window->slices > 0)
			sample.slice =
				(uint32_t)(slice < window->slices ? slice : window->slices - 1);
		rc = rg_profile_builder_sample(builder, &sample, err);
	}
	return rc;
}

int rg_perf_profile_build(struct rg_profile_builder *builder, const struct rg_perf_samples *samples,
			  struct rg_profile **out, struct rg_err *err)
{
	const struct window window = find_window(samples);
	int rc;

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rc = add_facts(builder, samples->event, err);
	if (rc == 0)
		rc = add_slices(builder, &window, err);
	if (rc == 0 && samples->cpu_time)
		rc = add_period(builder, samples, err);
	if (rc == 0)
		rc = give_samples(builder, samples, &window, err);
	return rc != 0 ? rc : rg_profile_builder_finish(builder, out, err);
}
