/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"
#include "elf/object.h"
#include "elf/producer.h"
#include "files.h"
#include "live.h"
#include "lives.h"
#include "machine.h"
#include "sampler.h"
#include "scope.h"
#include "session.h"
#include "sideband.h"
#include "timeline.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <stdio.h>

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
		{RG_KEY_NO_USER_STACK, ended(s, RGW_END_NO_STACK)},
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

/* Of all processes there are none is the one that must live. */
static int life_facts(const struct rg_session *s, struct rg_profile_builder *builder,
		      struct rg_err *err)
{
	const char *failure = rg_lives_failure(s->lives);
	int rc;

	if (s->options->all)
		return 0;
	rc = rg_profile_builder_fact_u64(builder, RG_KEY_FAILED, rg_lives_failed(s->lives), err);
	if (!rc && *failure)
		rc = rg_profile_builder_fact(builder, RG_KEY_FAILURE, failure, err);
	/* Of others the window ends with the last. */
	if (rc || s->scope.kind == RGW_TARGET_PROCESSES)
		return rc;
	return rg_profile_builder_fact_u64(builder, RG_KEY_LIVED,
					   rg_lives_since(s->lives, s->start_ns), err);
}

int rg_session_facts(const struct rg_session *s, const struct rg_session_tally *tally,
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
		rc = number_facts(s, tally->unmapped, builder, err);
	if (!rc)
		rc = life_facts(s, builder, err);
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
