/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"
#include "through.h"

#include <stdlib.h>

enum { RANKS = 5, THROUGH_EVERY = 200 };

/* One cell and truth while its pairs are drawn. */
struct running {
	const struct cell *cell;
	struct rg_policy policy;
	struct rg_scope scope;
	struct rg_sim_random random;
	struct outcome *out;
	size_t pairs, intervals, covered;
	double *mdg[RANKS];   /* of every pair; NULL: not wanted */
	double growth[RANKS]; /* of TRUTH_MDG */
};

static bool is_growth(enum truth truth)
{
	return truth == TRUTH_25 || truth == TRUTH_40 || truth == TRUTH_100 || truth == TRUTH_MDG;
}

static struct rg_sim_scenario scenario_of(const struct running *running, enum truth truth, size_t n)
{
	static const double growth[TRUTH_COUNT] = {
		[TRUTH_25] = 0.25, [TRUTH_40] = 0.40, [TRUTH_100] = 1};
	struct rg_sim_scenario scenario = running->cell->scenario;

	if (running->cell->part == PART_UNROUND)
		scenario.paired = true; /* drawn alike; the marks are taken off afterwards */
	if (is_growth(truth)) {
		scenario.changed = (int)(n % RANKS);
		scenario.growth = truth == TRUTH_MDG ? running->growth[n % RANKS] : growth[truth];
	} else if (truth == TRUTH_NEW) {
		scenario.new_share = 0.03 / (1 - 0.03);
	} else if (truth == TRUTH_REMOVED) {
		scenario.heaviest_share = 0.30;
		scenario.changed = 0;
		scenario.growth = -1;
	}
	return scenario;
}

static int add_rivals(struct running *running, const struct rg_sim_scenario *scenario,
		      const struct rg_sim_pair *pair)
{
	for (int rival = 0; rival < RIVAL_COUNT; rival++) {
		struct rival_hits hits;

		if (rival_judge((enum rival)rival, scenario, pair, &running->policy, &hits))
			return -1;
		running->out->rival_fail[rival] += hits.changed || hits.other;
		running->out->rival_changed[rival] += hits.changed;
		running->out->rival_other[rival] += hits.other;
	}
	return 0;
}

static void add_judgement(struct running *running, const struct rg_sim_scenario *scenario,
			  const struct rg_sim_pair *pair, const struct rg_judgement *judgement,
			  size_t n)
{
	struct rg_sim_hits hits = rg_sim_hits(scenario, pair, judgement);
	struct outcome *out = running->out;

	out->pass += judgement->outcome == RG_OUTCOME_PASS;
	out->fail += judgement->outcome == RG_OUTCOME_FAIL;
	out->undecided += judgement->outcome == RG_OUTCOME_UNDECIDED;
	out->changed += hits.changed;
	out->other += hits.other;
	running->intervals += hits.intervals;
	running->covered += hits.covered;
	for (size_t i = 0; running->mdg[0] && i < judgement->count; i++) {
		const struct rg_finding *finding = &judgement->finding[i];

		if (finding->row < RANKS)
			running->mdg[finding->row][n] = finding->mdg;
	}
}

static int judge_pair(struct running *running, const struct rg_sim_scenario *scenario, size_t n,
		      struct rg_arena *arena)
{
	const struct cell *cell = running->cell;
	struct rg_judgement judgement;
	struct rg_sim_pair pair;

	if (rg_sim_draw(&pair, scenario, cell->basis, &running->random, arena))
		return -1;
	if (cell->part == PART_UNROUND)
		pair.table.rounds = 0;
	if (rg_judgement_make(&judgement, &pair.table, &running->policy, &running->scope, arena,
			      NULL))
		return -1;
	add_judgement(running, scenario, &pair, &judgement, n);
	if (n % THROUGH_EVERY == 0 && cell->part != PART_UNROUND)
		running->out->same &=
			through_profiles(scenario, &pair, &judgement, &running->policy);
	return cell->rivals ? add_rivals(running, scenario, &pair) : 0;
}

static int run_pairs(struct running *running, enum truth truth)
{
	for (size_t n = 0; n < running->pairs; n++) {
		struct rg_sim_scenario scenario = scenario_of(running, truth, n);
		struct rg_arena *arena = rg_arena_new(0);
		int rc = arena ? judge_pair(running, &scenario, n, arena) : -1;

		rg_arena_free(arena);
		if (rc)
			return rc;
	}
	return 0;
}

static void to_rates(struct running *running)
{
	struct outcome *out = running->out;
	double all = (double)running->pairs;

	out->pass /= all;
	out->fail /= all;
	out->undecided /= all;
	out->changed /= all;
	out->other /= all;
	for (int rival = 0; rival < RIVAL_COUNT; rival++) {
		out->rival_fail[rival] /= all;
		out->rival_changed[rival] /= all;
		out->rival_other[rival] /= all;
	}
	out->covered =
		running->intervals ? (double)running->covered / (double)running->intervals : 0;
	out->made = true;
}

/* --- Detectable growth ------------------------------------------------------------------------ */

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *value, size_t count)
{
	qsort(value, count, sizeof(*value), by_value);
	return value[count / 2];
}

/* How often growth of just what the rule said it would find is found, in each of the ranks. */
static int run_mdg(const struct running *null, struct result *out)
{
	struct outcome found = {.same = true};
	struct cell cell = *null->cell;
	struct running running = *null;
	double growth[RANKS];

	for (size_t rank = 0; rank < RANKS; rank++)
		running.growth[rank] = growth[rank] = median(null->mdg[rank], null->pairs);
	out->mdg = median(growth, RANKS);
	cell.rivals = false;
	running.cell = &cell;
	running.out = &found;
	running.mdg[0] = NULL;
	int rc = run_pairs(&running, TRUTH_MDG);

	out->mdg_power = found.changed / (double)running.pairs;
	return rc;
}

int cell_run(const struct cell *cell, enum truth truth, size_t pairs, uint64_t seed,
	     struct result *out)
{
	struct running running = {
		.cell = cell,
		.scope = {.total = cell->basis == RG_BASIS_SECOND},
		.random = {seed},
		.out = &out->truth[truth],
		.pairs = pairs,
	};
	bool mdg = cell->mdg && truth == TRUTH_NONE;
	double *found = mdg ? calloc(pairs * RANKS, sizeof(*found)) : NULL;

	if (mdg && !found)
		return -1;
	for (size_t rank = 0; mdg && rank < RANKS; rank++)
		running.mdg[rank] = found + rank * pairs;
	rg_policy_init(&running.policy);
	running.policy.basis = cell->basis;
	*running.out = (struct outcome){.same = true};
	int rc = run_pairs(&running, truth);

	to_rates(&running);
	if (!rc && mdg)
		rc = run_mdg(&running, out);
	free(found);
	return rc;
}
