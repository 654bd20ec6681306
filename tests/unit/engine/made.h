/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_MADE_H
#define TEST_ENGINE_MADE_H

#include "unit.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/pool.h"
#include "rg/profile.h"
#include "rg/verdict.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Profiles made to order: functions f00, f01, … with `heaviest`/(i + 1) samples, spread over the
 * slices as evenly as whole samples go, and one run's facts.
 */

enum { MADE_FACTS = 12, MADE_EXTRAS = 16 };

struct made_extra {
	const char *function;
	int64_t samples; /* replaces what a function of that name would have had */
};

struct made_spec {
	size_t functions;
	int64_t heaviest;
	double times; /* all samples; 0 stands for 1 */
	struct made_extra extra[MADE_EXTRAS];
	size_t slices;
	const uint32_t
		*load; /* by slice, at least 1: how samples and work are spread; NULL: evenly */
	uint64_t work; /* in units; of the slices alone: the total is a fact; 0: not by slice */
	uint64_t period_ns, wall_ns; /* 0: not recorded */
	bool no_samples, no_cpu;     /* these values are not measured */
	struct rg_fact
		fact[MADE_FACTS]; /* replaces the default of the same key; "" leaves it out */
	const char *module;
	void (*more)(struct rg_profile_builder *builder,
		     const void *with); /* adds to it; or NULL */
	const void *with;
};

/* One core for five minutes at 99 Hz, near enough: 40 functions, 29,900 samples. */
static inline struct made_spec made_default(void)
{
	return (struct made_spec){
		.functions = 40,
		.heaviest = 7000,
		.slices = 20,
		.period_ns = 10000000,
		.wall_ns = UINT64_C(300000000000),
		.module = "server",
	};
}

static inline void made_set(struct made_spec *spec, const char *key, const char *value)
{
	for (size_t i = 0; i < MADE_FACTS; i++) {
		if (spec->fact[i].key && strcmp(spec->fact[i].key, key) != 0)
			continue;
		spec->fact[i] = (struct rg_fact){key, value};
		return;
	}
	fail_msg("too many facts");
}

static inline void made_extra(struct made_spec *spec, const char *function, int64_t samples)
{
	for (size_t i = 0; i < MADE_EXTRAS; i++) {
		if (spec->extra[i].function)
			continue;
		spec->extra[i] = (struct made_extra){function, samples};
		return;
	}
	fail_msg("too many extras");
}

static inline void made_facts(struct rg_profile_builder *builder, const struct made_spec *spec)
{
	const struct rg_fact defaults[] = {
		{RG_KEY_ARCH, "x86_64"},      {RG_KEY_CPU_MODEL, "Test CPU, 2 GHz"},
		{RG_KEY_KERNEL, "6.1.0-18"},  {RG_KEY_EVENT, "cpu-clock"},
		{RG_KEY_SCENARIO, "default"}, {RG_KEY_HOST, "one"},
		{RG_KEY_VERSION, "v1"},       {RG_KEY_LOST_TABLE_FULL, "0"},
	};

	for (size_t i = 0; i < COUNT(defaults); i++)
		assert_int_equal(rg_profile_builder_fact(builder, defaults[i].key,
							 defaults[i].value, NULL),
				 0);
	if (spec->wall_ns)
		rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, spec->wall_ns, NULL);
	if (spec->period_ns)
		rg_profile_builder_fact_u64(builder, RG_KEY_PERIOD_NS, spec->period_ns, NULL);
	for (size_t i = 0; i < MADE_FACTS && spec->fact[i].key; i++)
		assert_int_equal(rg_profile_builder_fact(builder, spec->fact[i].key,
							 spec->fact[i].value, NULL),
				 0);
}

static inline void made_sample(struct rg_profile_builder *builder, const struct made_spec *spec,
			       uint32_t stack, uint32_t slice, int64_t samples)
{
	struct rg_sample sample = {.stack = stack, .slice = slice, .thread = ""};
	int64_t period = spec->period_ns ? (int64_t)spec->period_ns : 10000000;

	sample.value[RG_VALUE_SAMPLES] = spec->no_samples ? 0 : samples;
	sample.value[RG_VALUE_CPU_NS] = spec->no_cpu ? 0 : samples * period;
	assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
}

/* `value` times the load of all slices before this one, by that of all. */
static inline int64_t made_before(const struct made_spec *spec, size_t slice, int64_t value)
{
	int64_t before = 0, all = 0;

	for (size_t i = 0; i < spec->slices; i++) {
		before += i < slice ? (spec->load ? spec->load[i] : 1) : 0;
		all += spec->load ? spec->load[i] : 1;
	}
	return value * before / all;
}

static inline void made_function(struct rg_profile_builder *builder, const struct made_spec *spec,
				 const char *name, int64_t samples)
{
	uint32_t module, id, stack;
	if (samples == 0)
		return;
	assert_int_equal(rg_profile_builder_module(builder, spec->module, "", &module, NULL), 0);
	struct rg_frame frame = {
		.function = name, .file = "", .module = module, .unnamed = name[0] == '['};

	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, &id, 1, &stack, NULL), 0);
	if (spec->slices == 0)
		made_sample(builder, spec, stack, RG_NO_SLICE, samples);
	for (size_t i = 0; i < spec->slices; i++)
		made_sample(builder, spec, stack, (uint32_t)i,
			    made_before(spec, i + 1, samples) - made_before(spec, i, samples));
}

static inline bool made_is_extra(const struct made_spec *spec, const char *name)
{
	for (size_t i = 0; i < MADE_EXTRAS && spec->extra[i].function; i++) {
		if (strcmp(spec->extra[i].function, name) == 0)
			return true;
	}
	return false;
}

static inline void made_functions(struct rg_profile_builder *builder, const struct made_spec *spec)
{
	double times = spec->times > 0 ? spec->times : 1;

	for (size_t i = 0; i < spec->functions; i++) {
		double samples = (double)spec->heaviest / (double)(i + 1) * times;
		char name[24];

		snprintf(name, sizeof(name), "f%02zu", i);
		if (!made_is_extra(spec, name))
			made_function(builder, spec, name, (int64_t)(samples + 0.5));
	}
	for (size_t i = 0; i < MADE_EXTRAS && spec->extra[i].function; i++)
		made_function(builder, spec, spec->extra[i].function,
			      (int64_t)((double)spec->extra[i].samples * times + 0.5));
}

static inline struct rg_profile *made(const struct made_spec *spec)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;

	assert_non_null(builder);
	if (!spec->no_samples)
		rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	if (!spec->no_cpu)
		rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	for (size_t i = 0; i < spec->slices; i++) {
		int64_t milli = (int64_t)spec->work * 1000;
		struct rg_slice slice = {
			.wall_ns = spec->wall_ns / spec->slices,
			.work_milli = (uint64_t)(made_before(spec, i + 1, milli) -
						 made_before(spec, i, milli)),
		};

		assert_int_equal(rg_profile_builder_slice(builder, &slice, NULL), 0);
	}
	made_facts(builder, spec);
	made_functions(builder, spec);
	if (spec->more)
		spec->more(builder, spec->with);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static inline struct rg_policy policy_per_second(void)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	return policy;
}

static inline struct rg_verdict *
judge_runs(const struct rg_runs *base, const struct rg_runs *canary, const struct rg_policy *policy)
{
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};

	if (rg_diff_judge(base, canary, policy, &verdict, &err))
		fail_msg("judge: %s", err.text);
	assert_non_null(verdict);
	return verdict;
}

static inline void assert_outcome(const struct rg_verdict *verdict, enum rg_outcome outcome)
{
	if (verdict->outcome != outcome)
		fail_msg("%s, not %s: %s", rg_outcome_name(verdict->outcome),
			 rg_outcome_name(outcome), verdict->reason);
}

static inline void assert_text_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' does not hold '%s'", text, part);
}

/* Bit for bit, since reports must be the same byte for byte. */
static inline void assert_same_row(const struct rg_row *a, const struct rg_row *b)
{
	assert_string_equal(a->function, b->function);
	assert_string_equal(a->module, b->module);
	assert_string_equal(a->key, b->key);
	assert_string_equal(a->file, b->file);
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->samples_base, b->samples_base);
	assert_int_equal(a->samples_canary, b->samples_canary);
	assert_int_equal(a->rank_base, b->rank_base);
	assert_int_equal(a->rank_canary, b->rank_canary);
	assert_true(a->growth == b->growth && a->growth_low == b->growth_low);
	assert_true(a->growth_high == b->growth_high && a->raw_growth == b->raw_growth);
	assert_true(a->p == b->p && a->mdg == b->mdg && a->impact == b->impact);
	assert_true(a->cost_base == b->cost_base && a->cost_canary == b->cost_canary);
}

static inline void assert_same_rows(const struct rg_row *a, size_t count, const struct rg_row *b,
				    size_t other)
{
	assert_int_equal(count, other);
	for (size_t i = 0; i < count; i++)
		assert_same_row(&a[i], &b[i]);
}

static inline void assert_same_verdict(const struct rg_verdict *a, const struct rg_verdict *b)
{
	assert_string_equal(rg_outcome_name(a->outcome), rg_outcome_name(b->outcome));
	assert_string_equal(a->reason, b->reason);
	assert_string_equal(a->advice, b->advice);
	assert_same_row(&a->total, &b->total);
	assert_same_rows(a->rows, a->row_count, b->rows, b->row_count);
	assert_same_rows(a->callers, a->caller_count, b->callers, b->caller_count);
	assert_same_rows(a->off_cpu.rows, a->off_cpu.row_count, b->off_cpu.rows,
			 b->off_cpu.row_count);
	assert_int_equal(a->entry_count, b->entry_count);
	for (size_t i = 0; i < a->entry_count; i++)
		assert_int_equal(a->entries[i].row, b->entries[i].row);
}

/* The same profiles in pools, each behind the other side's: they have frames and stacks there that are none of theirs. */
static inline void assert_pools_change_nothing(const struct rg_verdict *verdict,
					       const struct rg_profile *before,
					       const struct rg_profile *after,
					       const struct rg_policy *policy)
{
	const struct rg_profile *order[2][2] = {{after, before}, {before, after}};
	struct rg_profile_pool *pool[2];
	struct rg_profile *pooled[2][2];
	const struct rg_profile *side[2];

	for (int end = 0; end < 2; end++) {
		pool[end] = rg_profile_pool_new();
		for (int i = 0; i < 2; i++)
			assert_int_equal(rg_profile_pool_add(pool[end], order[end][i],
							     &pooled[end][i], NULL),
					 0);
		side[end] = pooled[end][1];
	}
	struct rg_verdict *same =
		judge_runs(&(struct rg_runs){&side[0], 1}, &(struct rg_runs){&side[1], 1}, policy);

	assert_same_verdict(verdict, same);
	rg_verdict_free(same);
	for (int end = 0; end < 2; end++) {
		for (int i = 0; i < 2; i++)
			rg_profile_free(pooled[end][i]);
		rg_profile_pool_free(pool[end]);
	}
}

/* One run a side, made, judged and freed; the verdict stands on its own. */
static inline struct rg_verdict *judge_made(const struct made_spec *base,
					    const struct made_spec *canary,
					    const struct rg_policy *policy, bool pooled)
{
	struct rg_profile *before = made(base), *after = made(canary);
	const struct rg_profile *b = before, *c = after;
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){&b, 1}, &(struct rg_runs){&c, 1}, policy);

	if (pooled)
		assert_pools_change_nothing(verdict, before, after, policy);
	rg_profile_free(before);
	rg_profile_free(after);
	return verdict;
}

/* The same, and looks whether the verdict is that of pooled profiles. */
static inline struct rg_verdict *judge_specs(const struct made_spec *base,
					     const struct made_spec *canary,
					     const struct rg_policy *policy)
{
	return judge_made(base, canary, policy, true);
}

static inline const struct rg_row *find_row(const struct rg_verdict *verdict, const char *key)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		if (strcmp(verdict->rows[i].key, key) == 0)
			return &verdict->rows[i];
	}
	return NULL;
}

static inline bool row_is_finite(const struct rg_row *row)
{
	const double figures[] = {
		row->cost_base, row->cost_canary, row->share_base,  row->share_canary,
		row->growth,    row->growth_low,  row->growth_high, row->raw_growth,
		row->mdg,       row->p,           row->impact};

	for (size_t i = 0; i < COUNT(figures); i++) {
		if (!isfinite(figures[i]))
			return false;
	}
	return row->growth >= -1 && row->growth_high <= RG_GROWTH_MAX && row->p >= 0 && row->p <= 1;
}

static inline const struct rg_issue *find_issue(const struct rg_verdict *verdict, const char *what)
{
	for (size_t i = 0; i < verdict->issue_count; i++) {
		if (strcmp(verdict->issues[i].what, what) == 0)
			return &verdict->issues[i];
	}
	return NULL;
}

/* Of pairs that are alike, but that the canary has that many samples of the function. */
static inline struct rg_verdict *judge_changed(const char *function, int64_t samples,
					       const struct rg_policy *policy)
{
	struct made_spec base = made_default(), canary = made_default();

	made_extra(&canary, function, samples);
	return judge_specs(&base, &canary, policy);
}

#endif
