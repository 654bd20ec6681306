/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rivals.h"

#include "stats.h"

#include <stdlib.h>

enum { FAMILY_MAX = 2 * 5 + 60 };

/* Rows to be tested, with the log of their growth and the p of no growth. */
struct family {
	uint32_t row[FAMILY_MAX];
	double growth[FAMILY_MAX], p[FAMILY_MAX];
	size_t count;
};

static void add_row(struct family *family, uint32_t row)
{
	for (size_t i = 0; i < family->count; i++) {
		if (family->row[i] == row)
			return;
	}
	if (family->count < FAMILY_MAX)
		family->row[family->count++] = row;
}

static void add_top(struct family *family, const struct rg_table *table, enum rg_end end,
		    uint32_t top)
{
	bool taken[RG_SIM_ROWS] = {false};

	for (uint32_t k = 0; k < top; k++) {
		uint32_t best = 0;

		for (uint32_t row = 1; row < table->rows; row++) {
			if (taken[best] ||
			    (!taken[row] && table->side[end][row] > table->side[end][best]))
				best = row;
		}
		taken[best] = true;
		add_row(family, best);
	}
}

static double normal_sf(double z)
{
	return erfc(z / M_SQRT2) / 2;
}

static struct rival_hits decide(const struct family *family, const struct rg_sim_scenario *scenario,
				const struct rg_policy *policy)
{
	bool reject[FAMILY_MAX];
	struct rival_hits hits = {false, false};

	rg_bh_reject(family->p, family->count, policy->q, reject);
	for (size_t i = 0; i < family->count; i++) {
		bool truth = (int)family->row[i] == scenario->changed ||
			     family->row[i] == RG_SIM_FUNCTIONS;
		bool fails = reject[i] && family->growth[i] > log1p(policy->growth);

		hits.changed |= fails && truth;
		hits.other |= fails && !truth;
	}
	return hits;
}

/* --- z-test on shares ------------------------------------------------------------------------- */

static void test_share(struct family *family, size_t i, const struct rg_table *table)
{
	uint32_t row = family->row[i];
	double base = (double)table->side[RG_END_BASE][row], n = (double)table->total[RG_END_BASE];
	double canary = (double)table->side[RG_END_CANARY][row];
	double m = (double)table->total[RG_END_CANARY], pooled = (base + canary) / (n + m);
	double error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));

	family->growth[i] = log((canary / m) / (base / n));
	family->p[i] = normal_sf((canary / m - base / n) / error);
}

/* --- Mann-Whitney over slices ----------------------------------------------------------------- */

struct ranked {
	double value;
	bool canary;
};

static int by_value(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* The normal approximation with the correction for ties; hundreds of slices are plenty for it. */
static double mann_whitney(struct ranked *point, size_t count, double n, double m)
{
	double ranks = 0, ties = 0, all = n + m;

	qsort(point, count, sizeof(*point), by_value);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from; to < count && point[to].value <= point[from].value; to++)
			;
		double tied = (double)(to - from), rank = (double)(from + to + 1) / 2;

		ties += tied * tied * tied - tied;
		for (size_t i = from; i < to; i++)
			ranks += point[i].canary ? rank : 0;
	}
	double u = ranks - m * (m + 1) / 2,
	       variance = n * m / 12 * (all + 1 - ties / all / (all - 1));

	return variance > 0 ? normal_sf((u - n * m / 2) / sqrt(variance)) : 1;
}

static void test_ranks(struct family *family, size_t i, const struct rg_sim_pair *pair)
{
	struct ranked point[RG_SIM_RUNS_MAX * RG_SIM_BATCHES];
	const struct rg_table *table = &pair->table;
	uint32_t row = family->row[i];
	size_t count = 0;

	for (size_t run = 0; run < rg_table_runs(table); run++)
		for (size_t b = 0; b < RG_SIM_BATCHES; b++)
			point[count++] = (struct ranked){(double)pair->batch[run][row][b],
							 run >= table->runs[RG_END_BASE]};
	double base = (double)table->runs[RG_END_BASE], canary = (double)table->runs[RG_END_CANARY];

	family->growth[i] = log(((double)table->side[RG_END_CANARY][row] / canary) /
				((double)table->side[RG_END_BASE][row] / base));
	family->p[i] = mann_whitney(point, count, base * RG_SIM_BATCHES, canary * RG_SIM_BATCHES);
}

/* --- The bound -------------------------------------------------------------------------------- */

/* Every function's true spread between runs is given, and that costs are Poisson within them. */
static void test_bound(struct family *family, size_t i, const struct rg_sim_scenario *scenario,
		       const struct rg_table *table)
{
	uint32_t row = family->row[i];
	double base_runs = (double)table->runs[RG_END_BASE];
	double canary_runs = (double)table->runs[RG_END_CANARY], runs = base_runs + canary_runs;
	double both = rg_table_both(table, row);
	double half =
		table->side[RG_END_BASE][row] > 0 && table->side[RG_END_CANARY][row] > 0 ? 0 : 0.5;
	double base = ((double)table->side[RG_END_BASE][row] + half) / base_runs;
	double canary = ((double)table->side[RG_END_CANARY][row] + half) / canary_runs;
	double between =
		log1p(scenario->sigma * scenario->sigma) * (1 / base_runs + 1 / canary_runs);
	double within = runs / (both * base_runs) + runs / (both * canary_runs);

	family->growth[i] = log(canary / base);
	family->p[i] = normal_sf(2 * tanh(family->growth[i] / 2) / sqrt(between + within));
}

static void add_new(struct family *family, const struct rg_table *table)
{
	for (uint32_t row = 0; row < table->rows; row++) {
		if (rg_family_is_new(table, row))
			add_row(family, row);
	}
}

static struct rival_hits judge_family(enum rival rival, const struct rg_sim_scenario *scenario,
				      const struct rg_sim_pair *pair,
				      const struct rg_policy *policy)
{
	struct family family = {.count = 0};

	add_top(&family, &pair->table, RG_END_BASE, policy->top_k);
	add_top(&family, &pair->table, RG_END_CANARY, policy->top_k);
	if (rival == RIVAL_BOUND)
		add_new(&family, &pair->table);
	for (size_t i = 0; i < family.count; i++) {
		if (rival == RIVAL_Z)
			test_share(&family, i, &pair->table);
		else if (rival == RIVAL_RANKS)
			test_ranks(&family, i, pair);
		else
			test_bound(&family, i, scenario, &pair->table);
	}
	return decide(&family, scenario, policy);
}

static int judge_seed(const struct rg_sim_scenario *scenario, const struct rg_sim_pair *pair,
		      const struct rg_policy *policy, struct rival_hits *out)
{
	struct rg_policy literal = *policy;
	const struct rg_scope scope = {.total = false};
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_judgement judgement;

	literal.rule = RG_RULE_LITERAL;
	literal.basis = RG_BASIS_SHARE;
	if (!arena || rg_judgement_make(&judgement, &pair->table, &literal, &scope, arena, NULL)) {
		rg_arena_free(arena);
		return -1;
	}
	struct rg_sim_hits hits = rg_sim_hits(scenario, pair, &judgement);

	*out = (struct rival_hits){hits.changed, hits.other};
	rg_arena_free(arena);
	return 0;
}

int rival_judge(enum rival rival, const struct rg_sim_scenario *scenario,
		const struct rg_sim_pair *pair, const struct rg_policy *policy,
		struct rival_hits *out)
{
	if (rival == RIVAL_SEED)
		return judge_seed(scenario, pair, policy, out);
	*out = judge_family(rival, scenario, pair, policy);
	return 0;
}
