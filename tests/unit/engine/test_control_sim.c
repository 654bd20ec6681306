/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include "../../bench/random.h"

#include "rg/units.h"

#include <stdlib.h>
#include <string.h>

/*
 * Two processes side by side against simulated truth. One load, whose size and mix come and go, is split between them; each
 * process costs by function what its own memory makes it cost, for the whole window (a coefficient of variation of 5 %),
 * and may drift by itself besides. Two cores in all, 99 Hz, five minutes. Seeded. The rule's bound is a false failure
 * in 1.3 % of pairs; three standard errors of the pairs drawn are added. RG_LONG=1 draws ten times as many.
 */

enum { FUNCTIONS = 30, SLICES = 60, PAIRS = 200, LONG_TIMES = 10, CHANGED = 2 };

struct cell {
	const char *sentence;
	enum rg_basis basis;
	double load;  /* CV of the load, from slice to slice, each like the one before */
	double mix;   /* of each function's part in it */
	double drift; /* of what each function of a process does by itself */
	double part;  /* of the load that the canary gets */
	double found; /* of +40 %, at least, */
	double more;  /* and by so much more than by the same runs unpaired */
};

static const struct cell cells[] = {
	{"a steady load, per second", RG_BASIS_SECOND, 0, 0, 0, 0.5, 0.70, -0.10},
	{"a load that comes and goes, per second", RG_BASIS_SECOND, 0.6, 0.5, 0, 0.5, 0.65, 0.40},
	{"the same on shares", RG_BASIS_SHARE, 0.6, 0.5, 0, 0.5, 0.65, 0.30},
	{"the same on shares, a tenth to the canary", RG_BASIS_SHARE, 0.6, 0.5, 0, 0.1, 0.45, 0.30},
	{"the same per work, a fifth to the canary", RG_BASIS_WORK, 0.6, 0.5, 0, 0.2, 0.55, 0.40},
	{"each drifts by itself, too", RG_BASIS_SHARE, 0.6, 0.2, 0.15, 0.5, 0.30, -0.10},
};

/* --- A pair ----------------------------------------------------------------------------------- */

/* One after the other, each like the one before. */
static void draw_wave(struct rg_sim_random *random, double cv, double memory, double *wave)
{
	double spread = sqrt(log1p(cv * cv)), level = rg_sim_normal(random);

	for (size_t i = 0; i < SLICES; i++) {
		wave[i] = exp(spread * level - spread * spread / 2);
		level = memory * level + sqrt(1 - memory * memory) * rg_sim_normal(random);
	}
}

struct load {
	double all[SLICES], mix[FUNCTIONS][SLICES];
};

static void draw_load(struct rg_sim_random *random, const struct cell *cell, struct load *load)
{
	draw_wave(random, cell->load, 0.9, load->all);
	for (size_t f = 0; f < FUNCTIONS; f++)
		draw_wave(random, cell->mix, 0.9, load->mix[f]);
}

static void add_slices(struct rg_profile_builder *builder, const struct load *load, double part,
		       uint64_t wall_ns)
{
	for (size_t s = 0; s < SLICES; s++)
		assert_int_equal(rg_profile_builder_slice(
					 builder,
					 &(struct rg_slice){.wall_ns = wall_ns / SLICES,
							    .work_milli = (uint64_t)(1e7 * part *
										     load->all[s])},
					 NULL),
				 0);
}

static double work_of(const struct load *load, double part)
{
	double sum = 0;

	for (size_t s = 0; s < SLICES; s++)
		sum += 1e4 * part * load->all[s];
	return sum;
}

static uint32_t stack_of(struct rg_profile_builder *builder, size_t f, uint32_t module)
{
	char name[24];
	struct rg_frame frame = {.function = name, .file = "", .module = module};
	uint32_t id, stack;

	snprintf(name, sizeof(name), "f%02zu", f);
	assert_int_equal(rg_profile_builder_frame(builder, &frame, &id, NULL), 0);
	assert_int_equal(rg_profile_builder_stack(builder, &id, 1, &stack, NULL), 0);
	return stack;
}

static void add_samples(struct rg_profile_builder *builder, const struct made_spec *facts,
			const struct cell *cell, const struct load *load, double part,
			double growth, struct rg_sim_random *random)
{
	double drift[SLICES], weights = 0, whole = 2 * 300 * 99;
	uint32_t module;

	assert_int_equal(rg_profile_builder_module(builder, "server", "", &module, NULL), 0);
	for (size_t f = 0; f < FUNCTIONS; f++)
		weights += pow((double)(f + 1), -0.95);
	for (size_t f = 0; f < FUNCTIONS; f++) {
		double mean = whole * part * pow((double)(f + 1), -0.95) / weights / SLICES *
			      rg_sim_factor(random, 0.05, false) * (f == CHANGED ? 1 + growth : 1);

		draw_wave(random, cell->drift, 0.6, drift);
		for (size_t s = 0; s < SLICES; s++)
			made_sample(builder, facts, stack_of(builder, f, module), (uint32_t)s,
				    rg_sim_poisson(random, mean * load->all[s] * load->mix[f][s] *
								   drift[s]));
	}
}

static struct rg_profile *draw_side(const struct cell *cell, const struct load *load, double part,
				    double growth, bool paired, struct rg_sim_random *random)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct made_spec facts = made_default();
	struct rg_profile *profile = NULL;
	char work[32];

	facts.wall_ns = 300 * RG_NS_PER_S;
	if (paired)
		made_set(&facts, RG_KEY_CONTROL_PAIR, "a");
	snprintf(work, sizeof(work), "%.3f", work_of(load, part));
	if (cell->basis == RG_BASIS_WORK)
		made_set(&facts, RG_KEY_WORK_TOTAL, work);
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	made_facts(builder, &facts);
	add_slices(builder, load, part, facts.wall_ns);
	add_samples(builder, &facts, cell, load, part, growth, random);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static struct rg_verdict *judge_pair(const struct cell *cell, double growth, bool paired,
				     uint64_t seed)
{
	struct rg_sim_random random = {seed};
	struct rg_policy policy;
	struct load load;

	rg_policy_init(&policy);
	policy.basis = cell->basis;
	draw_load(&random, cell, &load);
	const struct rg_profile *side[] = {
		draw_side(cell, &load, 1 - cell->part, 0, paired, &random),
		draw_side(cell, &load, cell->part, growth, paired, &random)};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){&side[0], 1}, &(struct rg_runs){&side[1], 1}, &policy);

	assert_int_equal(verdict->concurrent, paired);
	rg_profile_free((struct rg_profile *)side[0]);
	rg_profile_free((struct rg_profile *)side[1]);
	return verdict;
}

/* --- Many ------------------------------------------------------------------------------------- */

struct rates {
	double fail, pass, found, covered;
};

static struct rates simulate(const struct cell *cell, double growth, bool paired, size_t pairs)
{
	size_t fail = 0, pass = 0, found = 0, covered = 0, intervals = 0;

	for (size_t i = 0; i < pairs; i++) {
		struct rg_verdict *verdict = judge_pair(cell, growth, paired, 1000 + i);
		const struct rg_row *changed = find_row(verdict, "f02");

		fail += verdict->outcome == RG_OUTCOME_FAIL;
		pass += verdict->outcome == RG_OUTCOME_PASS;
		found += changed && changed->status == RG_STATUS_REGRESSED &&
			 verdict->outcome == RG_OUTCOME_FAIL;
		for (size_t k = 0; k < verdict->row_count; k++) {
			const struct rg_row *row = &verdict->rows[k];

			if (!row->tested || row == changed)
				continue;
			intervals++;
			covered += row->growth_low <= 0 && row->growth_high >= 0;
		}
		rg_verdict_free(verdict);
	}
	return (struct rates){
		.fail = (double)fail / (double)pairs,
		.pass = (double)pass / (double)pairs,
		.found = (double)found / (double)pairs,
		.covered = intervals ? (double)covered / (double)intervals : 0,
	};
}

static size_t pairs_to_draw(void)
{
	const char *wish = getenv("RG_LONG");

	return wish && strcmp(wish, "1") == 0 ? (size_t)PAIRS * LONG_TIMES : PAIRS;
}

static double margin(double rate, size_t pairs)
{
	return 3 * sqrt(rate * (1 - rate) / (double)pairs);
}

static void nothing_changed(void **state)
{
	size_t pairs = pairs_to_draw();

	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct rates paired = simulate(&cells[i], 0, true, pairs);

		print_message("%-42s null: fail %.2f %%, pass %.1f %%, intervals hold %.1f %%\n",
			      cells[i].sentence, 100 * paired.fail, 100 * paired.pass,
			      100 * paired.covered);
		assert_true(paired.fail <= 0.013 + margin(0.013, pairs));
		assert_true(paired.covered >= 0.93);
	}
}

static void forty_percent_are_found_where_the_load_hides_them_unpaired(void **state)
{
	size_t tries = pairs_to_draw() / 2;

	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct rates paired = simulate(&cells[i], 0.40, true, tries);
		struct rates unpaired = simulate(&cells[i], 0.40, false, tries);

		print_message("%-42s +40 %%: found %.1f %%, unpaired %.1f %%; passes %.1f %%\n",
			      cells[i].sentence, 100 * paired.found, 100 * unpaired.found,
			      100 * paired.pass);
		assert_true(paired.found >= cells[i].found);
		assert_true(paired.found >= unpaired.found + cells[i].more);
		assert_true(paired.pass <= 0.02 + margin(0.02, tries));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(forty_percent_are_found_where_the_load_hides_them_unpaired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
