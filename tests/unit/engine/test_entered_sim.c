/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "../../bench/simulate.h"

#include "rg/diff.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/verdict.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * Where growth came in, of whole profiles with a known truth: importers that share a parser, each called by a request.
 * One core, five minutes; between runs the cost of every function varies by 5 %. Counts are Poisson. Seeded: it passes or
 * fails the same every time.
 */

enum { OTHERS = 40, PATHS_MAX = 96, DEPTH_MAX = 8, SLICES = 20, BUSY_SAMPLES = 29700 };

struct path {
	char stack[96]; /* names, the leaf first */
	double cost;    /* part of the whole, about */
};

struct program {
	struct path path[PATHS_MAX];
	int count;
};

/* --- Programs --------------------------------------------------------------------------------- */

/* The leaf's names come with a space behind them. */
static void add(struct program *program, double cost, const char *leaf, const char *caller)
{
	struct path *path = &program->path[program->count++];

	assert_true(program->count <= PATHS_MAX);
	snprintf(path->stack, sizeof(path->stack), "%s%s main", leaf, caller);
	path->cost = cost;
}

/* Of one parser under one caller: its own cost, and of what it calls. */
struct parsing {
	double own, copying, allocating;
};

static const struct parsing parse_once = {0.3, 0.5, 0.2};

static void parse(struct program *program, double cost, struct parsing parts, const char *caller)
{
	add(program, cost * parts.own, "parse_record ", caller);
	add(program, cost * parts.copying, "memcpy parse_record ", caller);
	add(program, cost * parts.allocating, "malloc parse_record ", caller);
}

static struct program background(void)
{
	struct program program = {0};
	char name[32];

	for (int i = 0; i < OTHERS; i++) {
		snprintf(name, sizeof(name), "other%02d ", i);
		add(&program, 0.75 * pow(1 + i, -0.6) / 15.5, name, "respond");
	}
	return program;
}

/* What each importer does itself, and to free what it parsed. */
static void import(struct program *program, double cost, double own, double freed,
		   const char *caller)
{
	add(program, cost * own, "", caller);
	add(program, cost * freed, "free ", caller);
}

static struct program three_importers(void)
{
	static const struct {
		const char *name;
		double cost;
	} importers[] = {{"import_orders request", 0.10},
			 {"import_stock request", 0.075},
			 {"import_prices request", 0.075}};
	struct program program = background();

	for (size_t i = 0; i < COUNT(importers); i++) {
		import(&program, importers[i].cost, 0.04, 0.06, importers[i].name);
		parse(&program, 0.9 * importers[i].cost, parse_once, importers[i].name);
	}
	return program;
}

/* Nobody else calls the parser. */
static struct program one_importer(void)
{
	struct program program = background();

	import(&program, 0.12, 0.1, 0.06, "import_prices request");
	parse(&program, 0.84 * 0.12, parse_once, "import_prices request");
	return program;
}

static bool has(const struct path *path, const char *name)
{
	return strstr(path->stack, name) != NULL;
}

static bool begins(const struct path *path, const char *name)
{
	return strncmp(path->stack, name, strlen(name)) == 0;
}

static void multiply(struct program *program, const char *leaf, const char *above, double factor)
{
	for (int i = 0; i < program->count; i++) {
		struct path *path = &program->path[i];

		if (begins(path, leaf) && has(path, above))
			path->cost *= factor;
	}
}

/* --- What changes ----------------------------------------------------------------------------- */

/* All that one importer calls, and a little of what it does itself. */
static void called_more_by_one(struct program *canary)
{
	multiply(canary, "", " import_prices", 2);
	multiply(canary, "import_prices", "", 1.3);
}

static void called_by_a_new_one(struct program *canary)
{
	import(canary, 0.11, 0.04, 0.06, "audit_prices request");
	parse(canary, 0.9 * 0.11, parse_once, "audit_prices request");
}

/* Its own code is slower, whoever calls it. */
static void itself_slower(struct program *canary)
{
	multiply(canary, "parse_record", "", 3);
}

/* Loops twice as often over what it calls, whoever calls it. */
static void itself_asks_for_more(struct program *canary)
{
	multiply(canary, "parse_record", "", 1.2);
	multiply(canary, "m", " parse_record", 2);
}

/* Another branch of it, which only one caller takes. */
static void asks_for_more_for_one(struct program *canary)
{
	multiply(canary, "malloc", " parse_record import_prices", 7);
}

/* All of it half as dear again, for one caller or three. */
static void itself_larger(struct program *canary)
{
	multiply(canary, "", "parse_record", 1.5);
}

static void requested_more(struct program *canary)
{
	multiply(canary, "", " request", 1.8);
}

struct scenario {
	const char *what;
	struct program (*make)(void);
	void (*change)(struct program *canary);
	const char *place;
	double named_min;
};

static const struct scenario scenarios[] = {
	{"one of three calls it twice as often", three_importers, called_more_by_one,
	 "import_prices", 0.95},
	{"a new one calls it as well", three_importers, called_by_a_new_one, "audit_prices", 0.95},
	{"slower itself, three callers", three_importers, itself_slower, "parse_record", 0.95},
	{"asks for more, three callers", three_importers, itself_asks_for_more, "parse_record",
	 0.95},
	{"asks for more on behalf of one of three", three_importers, asks_for_more_for_one,
	 "parse_record", 0.9},
	{"larger, three callers", three_importers, itself_larger, "parse_record", 0.9},
	{"all three called more often", three_importers, requested_more, "request", 0.95},
	{"slower itself, one caller", one_importer, itself_slower, "parse_record", 0.95},
	{"asks for more, one caller", one_importer, itself_asks_for_more, "parse_record", 0.95},
	{"larger, one caller", one_importer, itself_larger, "parse_record", 0.9},
	{"the only caller calls it twice as often", one_importer, called_more_by_one,
	 "import_prices", 0.7},
};

/* --- Profiles --------------------------------------------------------------------------------- */

static bool is_of_a_library(const char *name)
{
	return strcmp(name, "memcpy") == 0 || strcmp(name, "malloc") == 0 ||
	       strcmp(name, "free") == 0;
}

static uint32_t frame_of(struct rg_profile_builder *builder, const char *name)
{
	const char *module = is_of_a_library(name) ? "libc.so.6" : "server";
	uint32_t id, place;

	assert_int_equal(rg_profile_builder_module(builder, module, "", &place, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(
				 builder,
				 &(struct rg_frame){.function = name, .file = "", .module = place},
				 &id, NULL),
			 0);
	return id;
}

/* By the name of the leaf alone: a function's cost varies alike whoever calls it. */
struct factors {
	char name[PATHS_MAX][32];
	double factor[PATHS_MAX];
	int count;
};

static double factor_of(struct factors *factors, const char *name, struct rg_sim_random *random)
{
	double spread = sqrt(log1p(0.05 * 0.05));

	for (int i = 0; i < factors->count; i++) {
		if (strcmp(factors->name[i], name) == 0)
			return factors->factor[i];
	}
	snprintf(factors->name[factors->count], sizeof(factors->name[0]), "%s", name);
	factors->factor[factors->count] = exp(spread * rg_sim_normal(random) - spread * spread / 2);
	return factors->factor[factors->count++];
}

static void add_stack(struct rg_profile_builder *builder, const char *names, uint32_t *stack,
		      char leaf[32])
{
	uint32_t frames[DEPTH_MAX], depth = 0;
	char text[96], *rest = NULL;

	snprintf(text, sizeof(text), "%s", names);
	for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
		assert_true(depth < DEPTH_MAX);
		if (depth == 0)
			snprintf(leaf, 32, "%s", name);
		frames[depth++] = frame_of(builder, name);
	}
	assert_int_equal(rg_profile_builder_stack(builder, frames, depth, stack, NULL), 0);
}

static void add_path(struct rg_profile_builder *builder, const struct path *path,
		     struct factors *factors, struct rg_sim_random *random)
{
	struct rg_sample sample = {.thread = "", .wait = ""};
	char leaf[32];

	add_stack(builder, path->stack, &sample.stack, leaf);
	double mean = path->cost * BUSY_SAMPLES * factor_of(factors, leaf, random);

	for (uint32_t slice = 0; slice < SLICES; slice++) {
		int64_t count = rg_sim_poisson(random, mean / SLICES);

		if (count == 0)
			continue;
		sample.slice = slice;
		sample.value[RG_VALUE_SAMPLES] = count;
		sample.value[RG_VALUE_CPU_NS] = count * 10000000;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
}

static struct rg_profile *draw(const struct program *program, struct rg_sim_random *random)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;
	struct factors factors = {.count = 0};

	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	rg_profile_builder_fact(builder, RG_KEY_PERIOD_NS, "10000000", NULL);
	rg_profile_builder_fact(builder, RG_KEY_WALL_NS, "300000000000", NULL);
	for (int i = 0; i < SLICES; i++)
		rg_profile_builder_slice(builder, &(struct rg_slice){.wall_ns = 15000000000}, NULL);
	for (int i = 0; i < program->count; i++)
		add_path(builder, &program->path[i], &factors, random);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

/* --- Pairs ------------------------------------------------------------------------------------ */

/* What the reader is told first of where it grew. */
static const char *place_of(const struct rg_verdict *verdict)
{
	for (size_t i = 0; verdict->caller_count > 0 && i < verdict->entry_count; i++) {
		if (verdict->entries[i].of == RG_GROWTH_OF_CALLER && verdict->entries[i].row == 0)
			return verdict->entries[i].function;
	}
	if (verdict->caller_count > 0)
		return verdict->callers[0].function;
	if (verdict->entry_count > 0)
		return verdict->entries[0].function;
	return verdict->row_count > 0 ? verdict->rows[0].function : "";
}

struct rates {
	double fail, named; /* of all pairs; of those that fail */
	char other[32];     /* named in its place, the last time */
};

static struct rg_verdict *judge(const struct scenario *scenario, enum rg_basis basis,
				struct rg_sim_random *random)
{
	struct program before = scenario->make(), after = scenario->make();
	struct rg_verdict *verdict;
	struct rg_policy policy;

	scenario->change(&after);
	struct rg_profile *base = draw(&before, random), *canary = draw(&after, random);
	const struct rg_profile *b = base, *c = canary;

	rg_policy_init(&policy);
	policy.basis = basis;
	assert_int_equal(rg_diff_judge(&(struct rg_runs){&b, 1}, &(struct rg_runs){&c, 1}, &policy,
				       &verdict, NULL),
			 0);
	rg_profile_free(base);
	rg_profile_free(canary);
	return verdict;
}

static struct rates rates_of(const struct scenario *scenario, enum rg_basis basis, int pairs)
{
	struct rg_sim_random random = {47};
	struct rates rates = {.other = "-"};
	int failed = 0, named = 0;

	for (int i = 0; i < pairs; i++) {
		struct rg_verdict *verdict = judge(scenario, basis, &random);

		if (verdict->outcome == RG_OUTCOME_FAIL) {
			bool right = strcmp(place_of(verdict), scenario->place) == 0;

			failed++;
			named += right;
			if (!right)
				snprintf(rates.other, sizeof(rates.other), "%s", place_of(verdict));
		}
		rg_verdict_free(verdict);
	}
	rates.fail = (double)failed / pairs;
	rates.named = failed ? (double)named / failed : 0;
	return rates;
}

static int pairs_of(int pairs)
{
	const char *times = getenv("RG_SIM_TIMES");

	return times ? pairs * atoi(times) : pairs;
}

static const enum rg_basis bases[] = {RG_BASIS_SHARE, RG_BASIS_SECOND};

static void growth_came_in_where_it_did(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(scenarios) * COUNT(bases); i++) {
		const struct scenario *scenario = &scenarios[i / COUNT(bases)];
		enum rg_basis basis = bases[i % COUNT(bases)];
		struct rates rates = rates_of(scenario, basis, pairs_of(25));

		print_message("%-42s %-6s fails %5.1f %%, names %s in %5.1f %% (else %s)\n",
			      scenario->what, rg_basis_name(basis), 100 * rates.fail,
			      scenario->place, 100 * rates.named, rates.other);
		bad += rates.named < scenario->named_min || rates.fail < 0.5;
	}
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth_came_in_where_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
