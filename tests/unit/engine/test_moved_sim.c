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
 * Whole profiles with a known truth: code that moves from function to function, and changes that only look like it. One
 * core, five minutes; between runs the cost of every function varies by 5 %. Counts are Poisson. Seeded: it passes or
 * fails the same every time.
 */

enum { OTHERS = 40, HANDLERS = 5, PATHS_MAX = 64, SLICES = 20, BUSY_SAMPLES = 29700 };

/* A function's own cost under one caller. */
struct path {
	const char *leaf, *caller; /* under a handler, or that handler itself */
	const char *above;         /* calls the caller; NULL: a handler does */
	int handler;
	double cost; /* part of the whole */
	const char *file;
};

struct program {
	struct path path[PATHS_MAX];
	int count;
};

static const char *const other_names[OTHERS] = {
	"alpha", "bravo", "carol", "delta", "ember", "fjord", "gamma", "hotel", "index", "joule",
	"kappa", "lemma", "mango", "nylon", "oscar", "paper", "quark", "radio", "sigma", "tango",
	"ultra", "vapor", "water", "xenon", "yacht", "zebra", "amber", "basil", "cedar", "dune",
	"eagle", "flint", "grape", "hazel", "ivory", "jade",  "kelp",  "lilac", "maple", "night",
};

static const char *const handler_names[HANDLERS] = {"serve", "query", "store", "audit", "flush"};

static void add(struct program *program, struct path path)
{
	assert_true(program->count < PATHS_MAX);
	program->path[program->count++] = path;
}

/* What does not change. */
static struct program background(void)
{
	struct program program = {0};

	for (int i = 0; i < OTHERS; i++)
		add(&program, (struct path){.leaf = other_names[i],
					    .handler = i % HANDLERS,
					    .cost = 0.8 * pow(1 + i, -0.6) / 15.5,
					    .file = i % 2 ? "shop.c" : "lib.c"});
	return program;
}

/* --- Profiles --------------------------------------------------------------------------------- */

static double factor(struct rg_sim_random *random, double cv)
{
	double spread = sqrt(log1p(cv * cv));

	return exp(spread * rg_sim_normal(random) - spread * spread / 2);
}

/* By the name alone: a function's cost varies alike whoever calls it. */
struct factors {
	const char *name[PATHS_MAX];
	double factor[PATHS_MAX];
	int count;
};

static double factor_of(struct factors *factors, const char *name, struct rg_sim_random *random)
{
	for (int i = 0; i < factors->count; i++) {
		if (strcmp(factors->name[i], name) == 0)
			return factors->factor[i];
	}
	factors->name[factors->count] = name;
	factors->factor[factors->count] = factor(random, 0.05);
	return factors->factor[factors->count++];
}

static uint32_t frame_of(struct rg_profile_builder *builder, const char *name, const char *file)
{
	uint32_t id, place;

	assert_int_equal(rg_profile_builder_module(builder, "server", "", &place, NULL), 0);
	assert_int_equal(rg_profile_builder_frame(builder,
						  &(struct rg_frame){.function = name,
								     .file = file,
								     .module = place},
						  &id, NULL),
			 0);
	return id;
}

static void add_path(struct rg_profile_builder *builder, const struct path *path, double mean,
		     struct rg_sim_random *random)
{
	struct rg_sample sample = {.thread = "", .wait = ""};
	uint32_t frames[5], depth = 0;

	frames[depth++] = frame_of(builder, path->leaf, path->file ? path->file : "");
	if (path->caller)
		frames[depth++] = frame_of(builder, path->caller, "");
	if (path->above)
		frames[depth++] = frame_of(builder, path->above, "");
	frames[depth++] = frame_of(builder, handler_names[path->handler], "");
	frames[depth++] = frame_of(builder, "main", "");
	assert_int_equal(rg_profile_builder_stack(builder, frames, depth, &sample.stack, NULL), 0);
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
	for (int i = 0; i < program->count; i++) {
		const struct path *path = &program->path[i];

		add_path(builder, path,
			 path->cost * BUSY_SAMPLES * factor_of(&factors, path->leaf, random),
			 random);
	}
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

/* --- Pairs ------------------------------------------------------------------------------------ */

/* Two versions of the program; what is random in them is drawn anew for every pair. */
struct scenario {
	const char *what;
	void (*make)(struct program *base, struct program *canary, struct rg_sim_random *random);
	const char *grown; /* the function that is asked about */
	bool stripped;     /* no file is known */
	const char *from;  /* one of the functions that lost it */
};

struct rates {
	double fails; /* the verdict, by this function or by chance */
	double moved; /* the function is told to have moved */
	double named; /* and from where */
};

static void strip(struct program *program)
{
	for (int i = 0; i < program->count; i++)
		program->path[i].file = NULL;
}

static void look_for(const struct rg_verdict *verdict, const struct scenario *scenario, double part,
		     struct rates *rates)
{
	for (size_t i = 0; i < verdict->row_count; i++) {
		if (strcmp(verdict->rows[i].function, scenario->grown) != 0 ||
		    verdict->rows[i].status != RG_STATUS_MOVED)
			continue;
		rates->moved += part;
		for (size_t k = 0; k < verdict->move_count; k++) {
			if (verdict->moves[k].row != i ||
			    strcmp(verdict->moves[k].function, scenario->from) != 0)
				continue;
			rates->named += part;
			break;
		}
	}
}

/* `kinships`: what the sources say; NULL: nothing. */
static struct rates rates_of(const struct scenario *scenario, const struct rg_kinships *kinships,
			     enum rg_basis basis, int pairs)
{
	struct rg_sim_random random = {31};
	struct rates rates = {0};
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	for (int i = 0; i < pairs; i++) {
		struct program before = background(), after = background();

		scenario->make(&before, &after, &random);
		if (scenario->stripped) {
			strip(&before);
			strip(&after);
		}
		struct rg_profile *base = draw(&before, &random);
		struct rg_profile *canary = draw(&after, &random);
		const struct rg_profile *b = base, *c = canary;
		struct rg_verdict *verdict;

		assert_int_equal(rg_diff_judge_kin(&(struct rg_runs){&b, 1},
						   &(struct rg_runs){&c, 1}, &policy, kinships,
						   &verdict, NULL),
				 0);
		rates.fails += (double)(verdict->outcome == RG_OUTCOME_FAIL) / pairs;
		look_for(verdict, scenario, 1.0 / pairs, &rates);
		rg_verdict_free(verdict);
		rg_profile_free(base);
		rg_profile_free(canary);
	}
	return rates;
}

static int pairs_of(int pairs)
{
	const char *times = getenv("RG_SIM_TIMES");

	return times ? pairs * atoi(times) : pairs;
}

static struct rates say_kin(const struct scenario *scenario, const struct rg_kinships *kinships,
			    enum rg_basis basis, int pairs)
{
	struct rates rates = rates_of(scenario, kinships, basis, pairs_of(pairs));

	print_message("%-46s %-6s fails %5.1f %%, moved %5.1f, named %5.1f\n", scenario->what,
		      rg_basis_name(basis), 100 * rates.fails, 100 * rates.moved,
		      100 * rates.named);
	return rates;
}

static struct rates say(const struct scenario *scenario, enum rg_basis basis, int pairs)
{
	return say_kin(scenario, NULL, basis, pairs);
}

static const enum rg_basis bases[] = {RG_BASIS_SHARE, RG_BASIS_SECOND};

/* --- Code that moved -------------------------------------------------------------------------- */

static void split_in_two(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.08, .file = "order.c"});
	add(canary, (struct path){"scan_head", .handler = 1, .cost = 0.05, .file = "order.c"});
	add(canary, (struct path){"scan_body", .handler = 1, .cost = 0.03, .file = "order.c"});
}

static void split_in_three(struct program *base, struct program *canary,
			   struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.09, .file = "order.c"});
	add(canary, (struct path){"scan_head", .handler = 1, .cost = 0.03, .file = "order.c"});
	add(canary, (struct path){"scan_body", .handler = 1, .cost = 0.03, .file = "order.c"});
	add(canary, (struct path){"scan_tail", .handler = 1, .cost = 0.03, .file = "order.c"});
}

/* The second piece is called by the first. */
static void split_in_a_chain(struct program *base, struct program *canary,
			     struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.08, .file = "order.c"});
	add(canary, (struct path){"scan_head", .handler = 1, .cost = 0.04, .file = "order.c"});
	add(canary, (struct path){"scan_body", .caller = "scan_head", .handler = 1, .cost = 0.04,
				  .file = "order.c"});
}

static void taken_out(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.08, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.03, .file = "order.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.05,
				  .file = "order.c"});
}

static void inlined(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.04, .file = "order.c"});
	add(base, (struct path){"digits", .caller = "parse_order", .handler = 1, .cost = 0.05,
				.file = "number.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.088, .file = "order.c"});
}

/* One caller has it inlined, another calls it as before. */
static void inlined_in_one_caller(struct program *base, struct program *canary,
				  struct rg_sim_random *random)
{
	inlined(base, canary, random);
	for (int i = 0; i < 2; i++)
		add(i ? base : canary,
		    (struct path){"digits", .caller = "parse_basket", .handler = 2, .cost = 0.04,
				  .file = "number.c"});
}

static void merged(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"scan_head", .handler = 1, .cost = 0.05, .file = "order.c"});
	add(base, (struct path){"scan_body", .handler = 1, .cost = 0.04, .file = "order.c"});
	add(canary, (struct path){"scan_head", .handler = 1, .cost = 0.09, .file = "order.c"});
}

/* Called from elsewhere than before. */
static void moved_within_the_file(struct program *base, struct program *canary,
				  struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .caller = "on_read", .handler = 1, .cost = 0.06,
				.file = "order.c"});
	add(base, (struct path){"on_read", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(base, (struct path){"on_timer", .handler = 2, .cost = 0.02, .file = "order.c"});
	add(canary, (struct path){"on_read", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(canary, (struct path){"on_timer", .handler = 2, .cost = 0.02, .file = "order.c"});
	add(canary, (struct path){"batch", .caller = "on_timer", .handler = 2, .cost = 0.06,
				  .file = "order.c"});
}

static const struct scenario moves[] = {
	{"split in two", split_in_two, "scan_body", false, "parse_order"},
	{"split in two, stripped", split_in_two, "scan_body", true, "parse_order"},
	{"split in three", split_in_three, "scan_body", false, "parse_order"},
	{"split, one piece calls the other", split_in_a_chain, "scan_body", true, "parse_order"},
	{"a piece taken out", taken_out, "scan_body", false, "parse_order"},
	{"a piece taken out, stripped", taken_out, "scan_body", true, "parse_order"},
	{"inlined", inlined, "parse_order", false, "digits"},
	{"inlined, stripped", inlined, "parse_order", true, "digits"},
	{"inlined in one of two callers", inlined_in_one_caller, "parse_order", true, "digits"},
	{"merged", merged, "scan_head", false, "scan_body"},
	{"moved within the file", moved_within_the_file, "batch", false, "parse_order"},
};

static void what_moved_does_not_fail(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(moves); i++) {
		struct rates rates = say(&moves[i], bases[i % COUNT(bases)], 100);

		bad += rates.fails > 0.07 || rates.named != rates.moved;
	}
	assert_int_equal(bad, 0);
}

/* --- Code that did not ------------------------------------------------------------------------ */

static double between(struct rg_sim_random *random, double low, double high)
{
	return low + (high - low) * rg_sim_uniform(random);
}

/* In its file and under its caller others cost more or less, by up to a third. */
static void grown_among_others(struct program *base, struct program *canary,
			       struct rg_sim_random *random)
{
	static const char *const beside[] = {"check",     "format", "lookup",
					     "sort_rows", "emit",   "hash"};

	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.09, .file = "order.c"});
	for (size_t i = 0; i < COUNT(beside); i++) {
		double cost = between(random, 0.005, 0.05);

		add(base, (struct path){beside[i], .handler = 1, .cost = cost, .file = "order.c"});
		add(canary,
		    (struct path){beside[i], .handler = 1,
				  .cost = cost * between(random, 0.65, 1.1), .file = "order.c"});
	}
}

static void beside_a_gain(struct program *base, struct program *canary, double before, double after)
{
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.09, .file = "order.c"});
	add(base, (struct path){"sort_rows", .handler = 1, .cost = before, .file = "order.c"});
	add(canary, (struct path){"sort_rows", .handler = 1, .cost = after, .file = "order.c"});
}

/* The same file, the same caller, and as much as the other grew. */
static void beside_an_equal_gain(struct program *base, struct program *canary,
				 struct rg_sim_random *random)
{
	(void)random;
	beside_a_gain(base, canary, 0.0375, 0.0075);
}

static void beside_a_larger_gain(struct program *base, struct program *canary,
				 struct rg_sim_random *random)
{
	(void)random;
	beside_a_gain(base, canary, 0.1, 0.02);
}

/* A function that was removed, which is no place that code of another file's can have come from. */
static void beside_a_removed_one(struct program *base, struct program *canary,
				 struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.09, .file = "order.c"});
	add(base, (struct path){"log_rows", .handler = 1, .cost = 0.03, .file = "log.c"});
}

/* What it calls became five times as fast, as much as it grew itself. */
static void above_a_gain(struct program *base, struct program *canary, struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.09, .file = "order.c"});
	add(base, (struct path){"digits", .caller = "parse_order", .handler = 1, .cost = 0.0375,
				.file = "order.c"});
	add(canary, (struct path){"digits", .caller = "parse_order", .handler = 1, .cost = 0.0075,
				  .file = "order.c"});
}

/* Taken out, and twice as dear there. */
static void moved_and_grown(struct program *base, struct program *canary,
			    struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.08, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.03, .file = "order.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.1,
				  .file = "order.c"});
}

/* Another name in the same file, and at more than twice the cost. */
static void new_beside_a_removed_smaller_one(struct program *base, struct program *canary,
					     struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"log_rows", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 2, .cost = 0.05, .file = "order.c"});
}

/* What it called is called by another now, or the stacks no longer tell by whom. */
static void beside_calls_that_others_make(struct program *base, struct program *canary,
					  struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.09, .file = "order.c"});
	add(base, (struct path){"digits", .caller = "parse_order", .handler = 1, .cost = 0.03,
				.file = "number.c"});
	add(canary, (struct path){"digits", .handler = 1, .cost = 0.03, .file = "number.c"});
}

/* Another calls it than before, it costs half as much again, and that one became cheaper by as much. */
static void called_by_a_cheaper_one(struct program *base, struct program *canary,
				    struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"digits", .handler = 1, .cost = 0.06, .file = "number.c"});
	add(canary, (struct path){"digits", .caller = "parse_order", .handler = 1, .cost = 0.09,
				  .file = "number.c"});
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.06, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.03, .file = "order.c"});
}

static const struct scenario regressions[] = {
	{"half more, among others that change", grown_among_others, "parse_order", false, ""},
	{"the same, stripped", grown_among_others, "parse_order", true, ""},
	{"beside one that became as much faster", beside_an_equal_gain, "parse_order", false, ""},
	{"the same, stripped", beside_an_equal_gain, "parse_order", true, ""},
	{"beside a larger gain", beside_a_larger_gain, "parse_order", false, ""},
	{"beside one of another file that was removed", beside_a_removed_one, "parse_order", false,
	 ""},
	{"the same, stripped", beside_a_removed_one, "parse_order", true, ""},
	{"what it calls became as much faster", above_a_gain, "parse_order", true, ""},
	{"what it called others call", beside_calls_that_others_make, "parse_order", false, ""},
	{"a cheaper one calls it", called_by_a_cheaper_one, "digits", false, ""},
	{"taken out, and twice as dear", moved_and_grown, "scan_body", false, ""},
	{"new, and a smaller one removed elsewhere", new_beside_a_removed_smaller_one,
	 "parse_order", false, ""},
};

static void what_grew_is_not_excused(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(regressions); i++) {
		struct rates rates = say(&regressions[i], bases[i % COUNT(bases)], 50);

		bad += rates.moved > 0.02 || rates.fails < 0.7;
	}
	assert_int_equal(bad, 0);
}

/* --- What the sources say ---------------------------------------------------------------------- */

static void two_functions(struct program *base, struct program *canary, const double price[2],
			  const double tax[2])
{
	add(base, (struct path){"price", .handler = 1, .cost = price[0], .file = "price.c"});
	add(canary, (struct path){"price", .handler = 1, .cost = price[1], .file = "price.c"});
	add(base, (struct path){"tax", .handler = 2, .cost = tax[0], .file = "tax.c"});
	add(canary, (struct path){"tax", .handler = 2, .cost = tax[1], .file = "tax.c"});
}

static void a_piece_moved(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.1, 0.04}, (const double[]){0.03, 0.088});
}

static void grown_by_more(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.1, 0.07}, (const double[]){0.03, 0.12});
}

static void lost_far_more(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.1, 0.02}, (const double[]){0.06, 0.09});
}

static void in_a_large_domain(struct program *base, struct program *canary,
			      struct rg_sim_random *random)
{
	(void)random;
	two_functions(base, canary, (const double[]){0.3, 0.25}, (const double[]){0.03, 0.08});
}

/* Called from elsewhere, and no file is known. */
static void renamed(struct program *base, struct program *canary, double after)
{
	add(base, (struct path){"sum_of", .handler = 1, .cost = 0.04});
	add(canary, (struct path){"total_of", .handler = 2, .cost = after});
}

static void renamed_alike(struct program *base, struct program *canary,
			  struct rg_sim_random *random)
{
	(void)random;
	renamed(base, canary, 0.04);
}

static void renamed_and_dearer(struct program *base, struct program *canary,
			       struct rg_sim_random *random)
{
	(void)random;
	renamed(base, canary, 0.16);
}

static void renamed_and_far_cheaper(struct program *base, struct program *canary,
				    struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"sum_of", .handler = 1, .cost = 0.18});
	add(canary, (struct path){"total_of", .handler = 2, .cost = 0.015});
}

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static const struct rg_kinship price_to_tax = {"price", "tax", false, COMMIT};
static const struct rg_kinship tax_to_price = {"tax", "price", false, COMMIT};
static const struct rg_kinship sum_to_total = {"sum_of", "total_of", true, COMMIT};

static const struct known {
	struct scenario scenario;
	const struct rg_kinship *kinship; /* NULL: none is known */
	bool fails;
} known[] = {
	{{"lines moved, not known", a_piece_moved, "tax", false, ""}, NULL, true},
	{{"lines moved", a_piece_moved, "tax", false, "price"}, &price_to_tax, false},
	{{"the same, stripped", a_piece_moved, "tax", true, "price"}, &price_to_tax, false},
	{{"lines moved the other way", a_piece_moved, "tax", false, ""}, &tax_to_price, true},
	{{"lines of others moved", a_piece_moved, "tax", false, ""}, &sum_to_total, true},
	{{"lines moved, and it grew by three times that", grown_by_more, "tax", false, ""},
	 &price_to_tax,
	 true},
	{{"lines moved, and a larger gain", lost_far_more, "tax", false, ""}, &price_to_tax, true},
	{{"lines moved in a large domain", in_a_large_domain, "tax", false, ""},
	 &price_to_tax,
	 true},
	{{"renamed, not known", renamed_alike, "total_of", false, ""}, NULL, true},
	{{"renamed", renamed_alike, "total_of", false, ""}, &sum_to_total, false},
	{{"renamed, four times as dear", renamed_and_dearer, "total_of", false, ""},
	 &sum_to_total,
	 true},
	{{"renamed, a twelfth of the cost", renamed_and_far_cheaper, "total_of", false, ""},
	 &sum_to_total,
	 false},
};

static void what_the_sources_say_must_be_borne_out_by_costs(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		const struct rg_kinships kinships = {known[i].kinship, known[i].kinship != NULL};
		struct rates rates =
			say_kin(&known[i].scenario, &kinships, bases[i % COUNT(bases)], 50);

		if (known[i].fails)
			bad += rates.moved > 0.02 || rates.fails < 0.95;
		else
			bad += rates.fails > 0.07 || rates.named != rates.moved;
	}
	assert_int_equal(bad, 0);
}

static struct rg_verdict *judge_once(void (*make)(struct program *base, struct program *canary,
						  struct rg_sim_random *random),
				     const struct rg_kinship *kinship)
{
	struct rg_sim_random random = {5};
	struct program before = background(), after = background();
	struct rg_verdict *verdict;
	struct rg_policy policy;

	make(&before, &after, &random);
	struct rg_profile *base = draw(&before, &random), *canary = draw(&after, &random);
	const struct rg_profile *b = base, *c = canary;

	rg_policy_init(&policy);
	assert_int_equal(rg_diff_judge_kin(&(struct rg_runs){&b, 1}, &(struct rg_runs){&c, 1},
					   &policy, &(struct rg_kinships){kinship, 1}, &verdict,
					   NULL),
			 0);
	rg_profile_free(base);
	rg_profile_free(canary);
	return verdict;
}

static void what_the_sources_say_is_told_with_the_commit(void **state)
{
	struct rg_verdict *verdict = judge_once(a_piece_moved, &price_to_tax);

	(void)state;
	assert_int_equal(verdict->rows[0].status, RG_STATUS_MOVED);
	assert_string_equal(verdict->rows[0].function, "tax");
	assert_int_equal(verdict->move_count, 1);
	assert_int_equal(verdict->moves[0].how, RG_MOVE_LINES);
	assert_string_equal(verdict->moves[0].function, "price");
	assert_string_equal(verdict->moves[0].commit, COMMIT);
	rg_verdict_free(verdict);
	verdict = judge_once(renamed_and_dearer, &sum_to_total);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->rows[0].status, RG_STATUS_REGRESSED);
	assert_string_equal(verdict->rows[0].function, "total_of");
	assert_string_equal(verdict->rows[0].renamed_from, "sum_of");
	assert_string_equal(verdict->rows[0].renamed_by, COMMIT);
	assert_true(verdict->rows[0].growth > 2 && verdict->rows[0].growth < 4);
	assert_string_equal(verdict->rows[1].renamed_by, "");
	rg_verdict_free(verdict);
}

/* --- What is not certain ---------------------------------------------------------------------- */

/* Nothing else is asked about; the limit is as narrow as the growth that is allowed. */
static void a_doubtful_move_is_no_pass(void **state)
{
	struct rg_sim_random random = {3};
	struct program before = background(), after = background();
	struct rg_policy policy;
	struct rg_verdict *verdict;

	(void)state;
	rg_policy_init(&policy);
	policy.growth = policy.limit = 0.05;
	policy.basis = RG_BASIS_SHARE;
	policy.ignore = other_names;
	policy.ignore_count = OTHERS;
	inlined(&before, &after, &random);
	struct rg_profile *base = draw(&before, &random), *canary = draw(&after, &random);
	const struct rg_profile *b = base, *c = canary;

	assert_int_equal(rg_diff_judge(&(struct rg_runs){&b, 1}, &(struct rg_runs){&c, 1}, &policy,
				       &verdict, NULL),
			 0);
	assert_int_equal(verdict->rows[0].status, RG_STATUS_MOVED);
	assert_string_equal(verdict->rows[0].function, "parse_order");
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(verdict->reason,
			       "parse_order() and what its code came from may use up to "));
	rg_verdict_free(verdict);
	rg_profile_free(base);
	rg_profile_free(canary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_moved_does_not_fail),
		cmocka_unit_test(what_grew_is_not_excused),
		cmocka_unit_test(what_the_sources_say_must_be_borne_out_by_costs),
		cmocka_unit_test(what_the_sources_say_is_told_with_the_commit),
		cmocka_unit_test(a_doubtful_move_is_no_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
