/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"
#include "files.h"
#include "kallsyms.h"
#include "live.h"
#include "machine.h"
#include "naming.h"
#include "elf/object.h"
#include "elf/producer.h"
#include "sampler.h"
#include "sampler_waits.h"
#include "scope.h"
#include "session.h"
#include "sideband.h"
#include "stacks.h"
#include "target.h"
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

struct tally {
	uint64_t samples, named;
};

static int enter_samples(const struct rg_session *s, struct rg_profile_builder *builder,
			 const uint32_t *ids, const bool *named, struct tally *tally,
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

/* --- Facts ---------------------------------------------------------------------------------- */

/* Samples whose user stack ended so. */
static uint64_t ended(const struct rg_session *s, enum rgw_end end)
{
	return rg_sampler_count(s->sampler, RGW_COUNT_ENDS + (uint32_t)end) +
	       s->snapshots.ends[end];
}

static int number_facts(const struct rg_session *s, uint64_t unmapped,
			struct rg_profile_builder *builder, struct rg_err *err)
{
	const struct rg_sampler *k = s->sampler;
	const struct rg_live_stats unwind = rg_live_stats(s->live);
	const struct {
		const char *key;
		uint64_t value;
	} facts[] = {
		{RG_KEY_CPUS, rg_sampler_cpus(k)},
		{RG_KEY_PERIOD_NS, RG_NS_PER_S / s->options->frequency_hz},
		{RG_KEY_STARTED_NS, s->started_ns},
		{RG_KEY_WALL_NS, s->end_ns - s->start_ns},
		{RG_KEY_WINDOW_NS, s->options->window_ns},
		{RG_KEY_WARMUP_NS, s->options->warmup_ns},
		{RG_KEY_SLICE_NS, s->options->slice_ns},
		{RG_KEY_PROCESSES, rg_timeline_processes(s->timeline)},
		{RG_KEY_LOST_TABLE_FULL, rg_sampler_count(k, RGW_COUNT_TABLE_FULL)},
		{RG_KEY_LOST_COLLISION, rg_sampler_count(k, RGW_COUNT_COLLISION)},
		{RG_KEY_LOST_NO_STACK, ended(s, RGW_END_NO_STACK)},
		{RG_KEY_LOST_NO_MAPPING, unmapped},
		{RG_KEY_CUT_NO_MAPPING, ended(s, RGW_END_NO_MAPPING)},
		{RG_KEY_CUT_NO_ROW, ended(s, RGW_END_NO_ROW)},
		{RG_KEY_CUT_UNREADABLE, ended(s, RGW_END_UNREADABLE)},
		{RG_KEY_CUT_TOO_DEEP, ended(s, RGW_END_TOO_DEEP)},
		{RG_KEY_CUT_UNSUPPORTED, ended(s, RGW_END_UNSUPPORTED)},
		{RG_KEY_CUT_BROKEN, ended(s, RGW_END_BROKEN)},
		{RG_KEY_CUT_KERNEL, rg_sampler_count(k, RGW_COUNT_KERNEL_DEPTH)},
		{RG_KEY_UNWIND_ROWS, unwind.rows},
		{RG_KEY_UNWIND_BYTES, unwind.table_bytes},
		{RG_KEY_UNWIND_BUILD_NS, unwind.build_ns},
		{RG_KEY_UNWIND_REFUSED, unwind.refused},
		{RG_KEY_LOST_EVENTS, rg_sampler_count(k, RGW_COUNT_EVENTS_LOST) +
					     rg_sideband_lost(s->sideband) +
					     rg_timeline_lost(s->timeline)},
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		int rc = rg_profile_builder_fact_u64(builder, facts[i].key, facts[i].value, err);

		if (rc)
			return rc;
	}
	return 0;
}

static int producer_facts(const struct rg_image *image, struct rg_profile_builder *builder,
			  struct rg_err *err)
{
	struct rg_producer producer;
	int rc = 0;

	if (!image)
		return 0;
	rg_producer_read(image, &producer);
	if (*producer.compiler)
		rc = rg_profile_builder_fact(builder, RG_KEY_COMPILER, producer.compiler, err);
	if (rc || !*producer.flags)
		return rc;
	return rg_profile_builder_fact(builder, RG_KEY_COMPILER_FLAGS, producer.flags, err);
}

static int target_facts(const struct rg_session *s, struct rg_profile_builder *builder,
			struct rg_err *err)
{
	uint32_t program = rg_timeline_program(s->timeline);
	const struct rg_object *object;
	char by[1024];
	int rc;

	rg_scope_text(s->options, by, sizeof(by));
	rc = rg_profile_builder_fact(builder, RG_KEY_TARGET_BY, by, err);
	if (rc)
		return rc;
	/* Of all processes no program is the one. */
	if (program == RG_FILE_NONE || s->options->all)
		return 0;
	object = rg_files_object(s->files, program);
	rc = rg_profile_builder_fact(builder, RG_KEY_TARGET, rg_object_name(object), err);
	if (!rc)
		rc = producer_facts(rg_object_image(object), builder, err);
	if (rc || !*rg_object_build_id(object))
		return rc;
	return rg_profile_builder_fact(builder, RG_KEY_BUILD_ID, rg_object_build_id(object), err);
}

static int enter_facts(const struct rg_session *s, const struct tally *tally, uint64_t unmapped,
		       struct rg_profile_builder *builder, struct rg_err *err)
{
	double share = tally->samples ? (double)tally->named / (double)tally->samples : 0;
	char level[16];
	int rc = rg_machine_facts(builder, err);

	snprintf(level, sizeof(level), "%.4f", share);
	if (!rc)
		rc = rg_profile_builder_fact(builder, RG_KEY_LEVEL, level, err);
	if (!rc)
		rc = rg_profile_builder_fact(builder, RG_KEY_EVENT, "cpu-clock", err);
	if (!rc && s->interrupted)
		rc = rg_profile_builder_fact(builder, RG_KEY_INTERRUPTED, "1", err);
	if (!rc)
		rc = number_facts(s, unmapped, builder, err);
	if (!rc)
		rc = rg_conditions_facts(&s->conditions, builder, err);
	if (!rc && s->cost_result.known)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_OWN_BPF_NS, s->cost_result.bpf_ns,
						 err);
	if (!rc)
		rc = rg_profile_builder_fact_u64(builder, RG_KEY_OWN_CPU_NS, s->cost_result.cpu_ns,
						 err);
	return rc ? rc : target_facts(s, builder, err);
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
	struct tally tally = {0};
	int rc = enter_stacks(s, naming, ids, named, err);

	if (!rc)
		rc = enter_samples(s, builder, ids, named, &tally, err);
	if (!rc)
		rc = enter_times(s, work, tally.samples, builder, err);
	if (!rc)
		rc = rg_work_facts(s, work, builder, err);
	return rc ? rc : enter_facts(s, &tally, rg_naming_unmapped(naming), builder, err);
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
		rc = rg_snapshots_walk(&s->snapshots, s->live, s->stacks, &window, err);
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
	};
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
