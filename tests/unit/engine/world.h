/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_WORLD_H
#define TEST_ENGINE_WORLD_H

#include "made.h"

#include "../../bench/random.h"

#include "rg/buf.h"
#include "rg/pool.h"

/*
 * Random pairs of sides, seeded: what holds for every comparison is tried on many. A world can be built
 * in another order, or with more in it that must not matter.
 */

enum { WORLD_FUNCTIONS = 40, WORLD_RUNS = 3, WORLD_SLICES = 20 };

struct world {
	size_t runs[2];
	int64_t count[2][WORLD_RUNS][WORLD_FUNCTIONS][WORLD_SLICES];
};

/* How it is built. */
struct world_order {
	uint64_t shuffle; /* 0: in order; else in the order this seed makes of frames and samples */
	bool runs_backwards;
	bool pooled; /* the runs of each side share a pool */
	bool slices_backwards;
	bool unrelated;   /* frames without samples, and callers of functions */
	int64_t times[2]; /* counts of a side, and its window; 0: 1 */
	bool longer;      /* and its window with `times` */
};

static inline struct world world_make(uint64_t seed)
{
	struct rg_sim_random random = {seed};
	struct world world = {.runs = {1 + rg_sim_next(&random) % WORLD_RUNS,
				       1 + rg_sim_next(&random) % WORLD_RUNS}};
	/* From too few samples to plenty. */
	double size = 300 * exp(4 * rg_sim_uniform(&random));
	double growth[WORLD_FUNCTIONS];

	for (size_t f = 0; f < WORLD_FUNCTIONS; f++)
		growth[f] = rg_sim_uniform(&random) < 0.04 ? 3 * rg_sim_uniform(&random) : 1;
	for (int end = 0; end < 2; end++)
		for (size_t run = 0; run < world.runs[end]; run++)
			for (size_t f = 0; f < WORLD_FUNCTIONS; f++) {
				double mean = size / (double)((f + 1) * WORLD_SLICES) *
					      (end ? growth[f] : 1) *
					      exp(0.06 * rg_sim_normal(&random));

				for (size_t s = 0; s < WORLD_SLICES; s++)
					world.count[end][run][f][s] = rg_sim_poisson(&random, mean);
			}
	return world;
}

/* A permutation of [0, count). */
static inline void world_permute(size_t *order, size_t count, uint64_t seed)
{
	struct rg_sim_random random = {seed};

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; seed && i > 1; i--) {
		size_t other = rg_sim_next(&random) % i, kept = order[i - 1];

		order[i - 1] = order[other];
		order[other] = kept;
	}
}

static inline uint32_t world_frame(struct rg_profile_builder *builder, const char *name,
				   uint32_t module)
{
	const struct rg_frame frame = {.function = name, .file = "", .module = module};
	uint32_t id;

	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	return id;
}

static inline uint32_t world_stack(struct rg_profile_builder *builder, size_t f, uint32_t module,
				   bool called)
{
	char name[24];
	uint32_t stack, frames[2];

	snprintf(name, sizeof(name), "f%02zu", f);
	frames[0] = world_frame(builder, name, module);
	if (called)
		frames[1] = world_frame(builder, "some_caller", module);
	assert_int_equal(rg_profile_builder_stack(builder, frames, called ? 2 : 1, &stack, NULL),
			 0);
	return stack;
}

static inline struct rg_profile *world_profile(const struct world *world, int end, size_t run,
					       const struct world_order *how)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	size_t order[WORLD_FUNCTIONS * WORLD_SLICES];
	struct rg_profile *profile = NULL;
	int64_t times = how->times[end] ? how->times[end] : 1;
	struct made_spec facts = made_default();
	uint32_t module;

	if (how->longer)
		facts.wall_ns *= (uint64_t)times;
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	assert_int_equal(rg_profile_builder_module(builder, "server", "", &module, NULL), 0);
	if (how->unrelated) {
		uint32_t frame = world_frame(builder, "a_never_sampled", module), stack;

		assert_int_equal(rg_profile_builder_stack(builder, &frame, 1, &stack, NULL), 0);
	}
	made_facts(builder, &facts);
	rg_profile_builder_fact_u64(builder, RG_KEY_STARTED_NS, 1000 + run, NULL);
	for (size_t s = 0; s < WORLD_SLICES; s++)
		rg_profile_builder_slice(
			builder, &(struct rg_slice){.wall_ns = facts.wall_ns / WORLD_SLICES}, NULL);
	world_permute(order, COUNT(order), how->shuffle ? how->shuffle + run : 0);
	for (size_t i = 0; i < COUNT(order); i++) {
		size_t f = order[i] / WORLD_SLICES, s = order[i] % WORLD_SLICES;
		size_t slice = how->slices_backwards ? WORLD_SLICES - 1 - s : s;

		made_sample(builder, &facts, world_stack(builder, f, module, how->unrelated),
			    (uint32_t)slice, times * world->count[end][run][f][s]);
	}
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static inline struct rg_profile *world_pooled(struct rg_profile_pool *pool,
					      struct rg_profile *profile)
{
	struct rg_profile *pooled;

	assert_int_equal(rg_profile_pool_add(pool, profile, &pooled, NULL), 0);
	rg_profile_free(profile);
	return pooled;
}

/* base: which end of the world is the baseline. */
static inline struct rg_verdict *world_judge(const struct world *world, int base,
					     const struct world_order *how,
					     const struct rg_policy *policy)
{
	struct rg_profile *profile[2][WORLD_RUNS] = {{NULL}};
	struct rg_profile_pool *pool[2] = {rg_profile_pool_new(), rg_profile_pool_new()};
	struct rg_runs runs[2];

	for (int end = 0; end < 2; end++) {
		size_t count = world->runs[end];

		for (size_t run = 0; run < count; run++) {
			size_t at = how->runs_backwards ? count - 1 - run : run;

			profile[end][at] = world_profile(world, end, run, how);
			if (how->pooled)
				profile[end][at] = world_pooled(pool[end], profile[end][at]);
		}
		runs[end] = (struct rg_runs){(const struct rg_profile *const *)profile[end], count};
	}
	struct rg_verdict *verdict = judge_runs(&runs[base], &runs[1 - base], policy);

	for (int end = 0; end < 2; end++)
		for (size_t run = 0; run < world->runs[end]; run++)
			rg_profile_free(profile[end][run]);
	rg_profile_pool_free(pool[0]);
	rg_profile_pool_free(pool[1]);
	return verdict;
}

/* --- The whole verdict as text ---------------------------------------------------------------- */

static inline void world_add_row(struct rg_buf *out, const struct rg_row *row)
{
	const double figure[] = {row->cost_base,      row->cost_canary, row->share_base,
				 row->share_canary,   row->growth,      row->growth_low,
				 row->growth_high,    row->raw_growth,  row->mdg,
				 row->growth_allowed, row->p,           row->impact};

	rg_buf_addf(out, "%s %s %s %d %d %u %u %lld %lld", row->function, row->key, row->module,
		    (int)row->status, row->tested, row->rank_base, row->rank_canary,
		    (long long)row->samples_base, (long long)row->samples_canary);
	for (size_t i = 0; i < COUNT(figure); i++)
		rg_buf_addf(out, " %a", figure[i]); /* every bit */
	rg_buf_addc(out, '\n');
}

static inline void world_write(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_buf_init(out, 1 << 20);
	rg_buf_addf(out, "%d %s | %s\n", (int)verdict->outcome, verdict->reason, verdict->advice);
	world_add_row(out, &verdict->total);
	for (size_t i = 0; i < verdict->row_count; i++)
		world_add_row(out, &verdict->rows[i]);
	for (size_t i = 0; i < verdict->issue_count; i++)
		rg_buf_addf(out, "%s %s %s %s\n", verdict->issues[i].what, verdict->issues[i].base,
			    verdict->issues[i].canary, verdict->issues[i].limit);
	assert_int_equal(out->failed, 0);
}

static inline void assert_same_bytes(const struct rg_verdict *a, const struct rg_verdict *b)
{
	struct rg_buf left, right;

	world_write(&left, a);
	world_write(&right, b);
	assert_string_equal(left.data, right.data);
	rg_buf_done(&left);
	rg_buf_done(&right);
}

#endif
