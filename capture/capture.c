/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"
#include "facts.h"
#include "files.h"
#include "kallsyms.h"
#include "lives.h"
#include "naming.h"
#include "sampler.h"
#include "sampler_waits.h"
#include "session.h"
#include "sideband.h"
#include "stacks.h"
#include "timeline.h"
#include "waits.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Samples -------------------------------------------------------------------------------- */

/* Enters every distinct stack; ids[i] is its number in the profile, named[i] whether its leaf has a name. */
static int enter_stacks(const struct rg_session *s, struct rg_naming *naming, uint32_t *ids,
			bool *named, struct rg_err *err)
{
	size_t count;
	const struct rg_raw_stack *stacks = rg_stacks_get(s->stacks, &count);

	for (size_t i = 0; i < count; i++) {
		int rc = rg_naming_stack(naming, &stacks[i], &ids[i], &named[i], err);

		if (rc)
			return rc;
	}
	return 0;
}

static int enter_samples(const struct rg_session *s, struct rg_profile_builder *builder,
			 const uint32_t *ids, const bool *named, struct rg_session_tally *tally,
			 struct rg_err *err)
{
	uint64_t period_ns = RG_NS_PER_S / s->options->frequency_hz;
	/* A window that is cut short may be passed by a sample that was under way. */
	uint32_t last_slice = (uint32_t)((s->end_ns - s->start_ns - 1) / s->options->slice_ns);
	size_t count;
	const struct rg_raw_sample *raw = rg_stacks_samples(s->stacks, &count);

	for (size_t i = 0; i < count; i++) {
		struct rg_sample sample = {
			.stack = ids[raw[i].stack],
			.slice = raw[i].slice < last_slice ? raw[i].slice : last_slice,
			.thread = raw[i].comm,
		};
		int rc;

		if (raw[i].wait) {
			sample.wait = rg_wait_class(raw[i].wait);
			sample.value[RG_VALUE_WAITS] = (int64_t)((raw[i].count + 500) / 1000);
			sample.value[RG_VALUE_OFF_CPU_NS] = (int64_t)raw[i].ns;
		} else {
			sample.value[RG_VALUE_SAMPLES] = (int64_t)raw[i].count;
			sample.value[RG_VALUE_CPU_NS] = (int64_t)(raw[i].count * period_ns);
		}
		rc = rg_profile_builder_sample(builder, &sample, err);
		if (rc)
			return rc;
		if (raw[i].wait)
			continue;
		tally->samples += raw[i].count;
		tally->named += named[raw[i].stack] ? raw[i].count : 0;
	}
	return 0;
}

/* times and work have as many entries as there are slices; what is NULL is not known by slice. */
static int enter_slices(const struct rg_session *s, const struct rg_times *times,
			const uint64_t *work_milli, struct rg_profile_builder *builder,
			struct rg_err *err)
{
	uint64_t left = s->end_ns - s->start_ns;

	for (size_t i = 0; left; i++) {
		struct rg_slice slice = {.wall_ns = s->options->slice_ns};
		int rc;

		if (left < slice.wall_ns)
			slice.wall_ns = left;
		left -= slice.wall_ns;
		if (times) {
			slice.thread_ns = times[i].ns[RGW_TIME_THREAD];
			slice.cpu_ns = times[i].ns[RGW_TIME_CPU];
			slice.runq_ns = times[i].ns[RGW_TIME_RUN_QUEUE];
			slice.blocked_ns = times[i].ns[RGW_TIME_BLOCKED];
		}
		if (work_milli)
			slice.work_milli = work_milli[i];
		rc = rg_profile_builder_slice(builder, &slice, err);
		if (rc)
			return rc;
	}
	return 0;
}

/* --- The whole ------------------------------------------------------------------------------ */

static int enter_times(const struct rg_session *s, const struct rg_work_result *work,
		       uint64_t samples, struct rg_profile_builder *builder, struct rg_err *err)
{
	struct rg_times *times;
	size_t count;
	int rc = rg_account_slices(s, &times, &count, err);

	if (!rc)
		rc = enter_slices(s, times, work->slice_milli, builder, err);
	if (!rc)
		rc = rg_account_facts(s, times, count, samples, builder, err);
	free(times);
	return rc;
}

/* ids and named have room for every stack. */
static int enter_with(const struct rg_session *s, struct rg_naming *naming,
		      const struct rg_work_result *work, struct rg_profile_builder *builder,
		      uint32_t *ids, bool *named, struct rg_err *err)
{
	struct rg_session_tally tally = {0};
	int rc = enter_stacks(s, naming, ids, named, err);

	if (!rc)
		rc = enter_samples(s, builder, ids, named, &tally, err);
	if (!rc)
		rc = enter_times(s, work, tally.samples, builder, err);
	if (!rc)
		rc = rg_work_facts(s, work, builder, err);
	tally.unmapped = rg_naming_unmapped(naming);
	return rc ? rc : rg_session_facts(s, &tally, builder, err);
}

static int enter_all(const struct rg_session *s, struct rg_naming *naming,
		     const struct rg_work_result *work, struct rg_profile_builder *builder,
		     struct rg_err *err)
{
	uint32_t *ids;
	bool *named;
	size_t count;
	int rc;

	rg_stacks_get(s->stacks, &count);
	ids = calloc(count + 1, sizeof(*ids));
	named = calloc(count + 1, sizeof(*named));
	rc = ids && named ? enter_with(s, naming, work, builder, ids, named, err)
			  : rg_err_nomem(err, "stacks");
	free(ids);
	free(named);
	return rc;
}

static int fill(struct rg_session *s, const struct rg_work_result *work,
		struct rg_profile_builder *builder, struct rg_err *err)
{
	struct rg_wait_window window = rg_session_wait_window(s);
	struct rg_kallsyms *kernel = NULL;
	struct rg_naming *naming;
	int rc;

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	if (s->options->off_cpu) {
		rg_profile_builder_measures(builder, RG_VALUE_WAITS);
		rg_profile_builder_measures(builder, RG_VALUE_OFF_CPU_NS);
	}
	rc = rg_timeline_replay(s->timeline, err);
	if (!rc)
		rc = rg_snapshots_finish(&s->snapshots, s->stacks, &window, err);
	if (!rc)
		rc = rg_kallsyms_load("/proc/kallsyms", &kernel, err);
	if (rc)
		return rc;
	naming = rg_naming_new(s->timeline, s->files, kernel, builder);
	rc = naming ? enter_all(s, naming, work, builder, err) : rg_err_nomem(err, "frames");
	rg_naming_free(naming);
	rg_kallsyms_free(kernel);
	return rc;
}

static void tell_files(const struct rg_session *s)
{
	const struct rg_capture_options *o = s->options;

	for (uint32_t i = 0; o->mapped && i < rg_files_count(s->files); i++)
		o->mapped(o->mapped_ctx, rg_files_path(s->files, i));
}

static void summarise(const struct rg_session *s, struct rg_capture_result *result)
{
	*result = (struct rg_capture_result){
		.wall_ns = s->end_ns - s->start_ns,
		.samples = rg_sampler_count(s->sampler, RGW_COUNT_SAMPLES),
		.waits = rg_sampler_count(s->sampler, RGW_COUNT_WAITS),
		.interrupted = s->interrupted,
		.target_ended = s->target_ended,
		.load_ended = s->load_ended,
		.load_after_ns =
			s->load_ended_ns > s->start_ns ? s->load_ended_ns - s->start_ns : 0,
		.failed = s->options->all ? 0 : rg_lives_failed(s->lives),
	};
	snprintf(result->failure, sizeof(result->failure), "%s", rg_lives_failure(s->lives));
}

static int capture_with(struct rg_session *s, const struct rg_work_result *work,
			struct rg_profile_builder *builder, struct rg_capture_result *result,
			struct rg_err *err)
{
	struct rg_capture_status status = {.phase = RG_CAPTURE_SYMBOLS};

	if (!s->keep)
		rg_session_release(s);
	tell_files(s);
	summarise(s, result);
	rg_work_summarise(s, work, result);
	if (s->target_ended && !result->samples && !result->waits)
		return rg_err_set(err, RG_ETARGET,
				  "target: ended before it could be sampled: give it work that "
				  "lasts, or use a higher --frequency");
	status.samples = result->samples;
	if (s->options->progress)
		s->options->progress(s->options->progress_ctx, &status);
	return fill(s, work, builder, err);
}

int rg_session_profile(struct rg_session *s, struct rg_profile_builder *builder,
		       struct rg_capture_result *result, struct rg_err *err)
{
	struct rg_work_result work;
	int rc = rg_work_take(s, &work, err);

	if (rc)
		return rc;
	rc = capture_with(s, &work, builder, result, err);
	rg_work_result_done(&work);
	return rc;
}

int rg_capture_run(const struct rg_capture_options *options, struct rg_profile_builder *builder,
		   struct rg_capture_result *result, struct rg_err *err)
{
	struct rg_session session;
	int rc = rg_session_start(&session, options, err);

	if (!rc)
		rc = rg_session_run(&session, err);
	if (!rc)
		rc = rg_session_profile(&session, builder, result, err);
	rg_session_done(&session);
	return rc;
}

int rg_capture_check_uprobe(const char *uprobe, struct rg_err *err)
{
	return rg_probe_check(uprobe, err);
}
