/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "runs.h"
#include "apart.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* pprof's usual 100 Hz: only scales counts that nobody made, so that their noise is not underrated. */
#define ASSUMED_PERIOD_NS 10000000

static uint64_t wall_of(const struct rg_profile *profile)
{
	size_t slices;
	const struct rg_slice *slice = rg_profile_slices(profile, &slices);
	uint64_t wall = rg_profile_fact_u64(profile, RG_KEY_WALL_NS, 0), sum = 0;

	for (size_t i = 0; wall == 0 && i < slices; i++) {
		if (__builtin_add_overflow(sum, slice[i].wall_ns, &sum))
			return 0;
	}
	return wall ? wall : sum;
}

/* From the totals where both are there: what a sample did stand for, not what it was meant to. */
static void set_unit(struct rg_run *run)
{
	const struct rg_profile *profile = run->profile;
	int64_t samples = rg_profile_total(profile, RG_VALUE_SAMPLES);
	int64_t cpu_ns = rg_profile_total(profile, RG_VALUE_CPU_NS);
	uint64_t period = rg_profile_fact_u64(profile, RG_KEY_PERIOD_NS, 0);

	if (period > INT64_MAX)
		period = 0;
	run->unit = 1;
	run->value = RG_VALUE_SAMPLES;
	run->measured = rg_profile_has(profile, RG_VALUE_SAMPLES);
	if (run->measured) {
		run->period_ns = samples > 0 && cpu_ns > 0 ? (double)cpu_ns / (double)samples
							   : (double)period;
		run->cpu_ns = cpu_ns;
		double derived = (double)samples * run->period_ns;

		if (cpu_ns == 0 && derived < 9e18)
			run->cpu_ns = (int64_t)derived;
		return;
	}
	run->value = RG_VALUE_CPU_NS;
	run->measured = rg_profile_has(profile, RG_VALUE_CPU_NS);
	run->period_assumed = run->measured && period == 0;
	run->unit = period > 0 ? (int64_t)period : ASSUMED_PERIOD_NS;
	run->period_ns = (double)run->unit;
	run->cpu_ns = cpu_ns;
}

/* Above this a count is none that anything made; and a thousandth is the least that is recorded. */
#define WORK_MOST  1e15
#define WORK_LEAST 0.001

static void set_work(struct rg_run *run)
{
	double work = rg_profile_fact_real(run->profile, RG_KEY_WORK_TOTAL, -1);

	run->work_counted = work >= 0 && work <= WORK_MOST;
	run->work = run->work_counted && work >= WORK_LEAST ? work : 0;
}

static void open_run(struct rg_run *run, const struct rg_profile *profile, enum rg_end end)
{
	*run = (struct rg_run){
		.profile = profile,
		.end = end,
		.wall_ns = wall_of(profile),
		.round = rg_profile_fact_u64(profile, RG_KEY_ROUND, 0),
		.started_ns = rg_profile_fact_u64(profile, RG_KEY_STARTED_NS, 0),
		.digest = rg_profile_digest(profile),
		.program = rg_profile_fact(profile, RG_KEY_TARGET),
	};
	set_unit(run);
	set_work(run);
}

static int by_content(const void *left, const void *right)
{
	const struct rg_run *a = left, *b = right;

	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->round != b->round)
		return a->round < b->round ? -1 : 1;
	if (a->started_ns != b->started_ns)
		return a->started_ns < b->started_ns ? -1 : 1;
	return (a->digest > b->digest) - (a->digest < b->digest);
}

static void match_programs(struct rg_run_set *set)
{
	const char *canary = rg_run_set_side(set, RG_END_CANARY)->program;

	for (size_t i = 0; i < rg_run_set_count(set); i++)
		set->run[i].matched_as = canary;
}

static void match_windows(struct rg_run_set *set)
{
	struct rg_run *base = rg_run_set_side(set, RG_END_BASE);
	struct rg_run *canary = rg_run_set_side(set, RG_END_CANARY);

	if (set->count[RG_END_BASE] == 1 && set->count[RG_END_CANARY] == 1)
		base->concurrent = canary->concurrent = rg_runs_concurrent(base, canary);
}

int rg_run_set_make(struct rg_run_set *out, const struct rg_runs *base,
		    const struct rg_runs *canary, struct rg_arena *arena, struct rg_err *err)
{
	size_t count = base->count + canary->count;
	struct rg_run *run = rg_arena_array(arena, count + 1, sizeof(*run));

	if (!run)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < base->count; i++)
		open_run(&run[i], base->run[i], RG_END_BASE);
	for (size_t i = 0; i < canary->count; i++)
		open_run(&run[base->count + i], canary->run[i], RG_END_CANARY);
	qsort(run, count, sizeof(*run), by_content);
	*out = (struct rg_run_set){run, {base->count, canary->count}};
	if (canary->count > 0)
		match_programs(out);
	match_windows(out);
	return 0;
}

bool rg_run_frames_alike(const struct rg_run *run, const struct rg_run *other)
{
	if (rg_profile_frames(run->profile, &(size_t){0}) !=
	    rg_profile_frames(other->profile, &(size_t){0}))
		return false;
	return run->program && other->program ? strcmp(run->program, other->program) == 0
					      : run->program == other->program;
}

/* Of the aligned run that has fewest, of those that have any; 0: none has. */
static size_t fewest_batches(const struct rg_run_set *set)
{
	size_t least = 0;

	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		size_t batches = set->run[i].batches;

		if (batches > 0 && (least == 0 || batches < least))
			least = batches;
	}
	return least;
}

void rg_run_set_shape(const struct rg_run_set *set, struct rg_table *table)
{
	size_t batches = fewest_batches(set);

	table->runs[RG_END_BASE] = set->count[RG_END_BASE];
	table->runs[RG_END_CANARY] = set->count[RG_END_CANARY];
	table->rounds = rg_run_set_rounds(set);
	table->concurrent = rg_run_set_concurrent(set);
	table->phi_df = (double)(batches > 0 ? batches - 1 : 0);
}

const char *rg_run_module(const struct rg_run *run, const char *module)
{
	return run->program && run->matched_as && strcmp(module, run->program) == 0
		       ? run->matched_as
		       : module;
}
