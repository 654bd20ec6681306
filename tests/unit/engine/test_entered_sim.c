/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths_drawn.h"

/*
 * Where growth came in, of whole profiles with a known truth: importers that share a parser, each called by a request.
 * One core, five minutes; between runs the cost of every function varies by 5 %. Counts are Poisson. Seeded: it passes or
 * fails the same every time.
 */

/* --- Programs --------------------------------------------------------------------------------- */

/* The leaf's names come with a space behind them. */
static void add(struct paths *paths, double cost, const char *leaf, const char *caller)
{
	char names[PATH_TEXT_MAX];

	snprintf(names, sizeof(names), "%s%s", leaf, caller);
	paths_add(paths, cost, names);
}

/* Of one parser under one caller: its own cost, and of what it calls. */
struct parsing {
	double own, copying, allocating;
};

static const struct parsing parse_once = {0.3, 0.5, 0.2};

static void parse(struct paths *paths, double cost, struct parsing parts, const char *caller)
{
	add(paths, cost * parts.own, "parse_record ", caller);
	add(paths, cost * parts.copying, "memcpy parse_record ", caller);
	add(paths, cost * parts.allocating, "malloc parse_record ", caller);
}

static struct paths background(void)
{
	struct paths paths = {0};

	paths_add_others(&paths, 0.75);
	return paths;
}

/* What each importer does itself, and to free what it parsed. */
static void import(struct paths *paths, double cost, double own, double freed, const char *caller)
{
	add(paths, cost * own, "", caller);
	add(paths, cost * freed, "free ", caller);
}

static struct paths three_importers(void)
{
	static const struct {
		const char *name;
		double cost;
	} importers[] = {{"import_orders request", 0.10},
			 {"import_stock request", 0.075},
			 {"import_prices request", 0.075}};
	struct paths paths = background();

	for (size_t i = 0; i < COUNT(importers); i++) {
		import(&paths, importers[i].cost, 0.04, 0.06, importers[i].name);
		parse(&paths, 0.9 * importers[i].cost, parse_once, importers[i].name);
	}
	return paths;
}

/* Nobody else calls the parser. */
static struct paths one_importer(void)
{
	struct paths paths = background();

	import(&paths, 0.12, 0.1, 0.06, "import_prices request");
	parse(&paths, 0.84 * 0.12, parse_once, "import_prices request");
	return paths;
}

/* --- What changes ----------------------------------------------------------------------------- */

/* All that one importer calls, and a little of what it does itself. */
static void called_more_by_one(struct paths *canary)
{
	paths_multiply(canary, "", " import_prices", 2);
	paths_multiply(canary, "import_prices", "", 1.3);
}

static void called_by_a_new_one(struct paths *canary)
{
	import(canary, 0.11, 0.04, 0.06, "audit_prices request");
	parse(canary, 0.9 * 0.11, parse_once, "audit_prices request");
}

/* Its own code is slower, whoever calls it. */
static void itself_slower(struct paths *canary)
{
	paths_multiply(canary, "parse_record", "", 3);
}

/* Loops twice as often over what it calls, whoever calls it. */
static void itself_asks_for_more(struct paths *canary)
{
	paths_multiply(canary, "parse_record", "", 1.2);
	paths_multiply(canary, "m", " parse_record", 2);
}

/* Another branch of it, which only one caller takes. */
static void asks_for_more_for_one(struct paths *canary)
{
	paths_multiply(canary, "malloc", " parse_record import_prices", 7);
}

/* All of it half as dear again, for one caller or three. */
static void itself_larger(struct paths *canary)
{
	paths_multiply(canary, "", "parse_record", 1.5);
}

static void requested_more(struct paths *canary)
{
	paths_multiply(canary, "", " request", 1.8);
}

struct scenario {
	const char *what;
	struct paths (*make)(void);
	void (*change)(struct paths *canary);
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

static uint32_t frame_of(const void *ctx, struct rg_profile_builder *builder, const char *name)
{
	(void)ctx;
	return drawn_frame(builder, name, "", is_of_a_library(name) ? "libc.so.6" : "server");
}

static struct rg_profile *draw(const struct paths *paths, struct rg_sim_random *random)
{
	return paths_draw(paths, frame_of, NULL, random);
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
	struct paths before = scenario->make(), after = scenario->make();
	struct rg_policy policy;

	scenario->change(&after);
	struct rg_profile *base = draw(&before, random), *canary = draw(&after, random);

	rg_policy_init(&policy);
	policy.basis = basis;
	return drawn_judge(base, canary, &policy, NULL);
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

static void growth_came_in_where_it_did(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(scenarios) * COUNT(drawn_bases); i++) {
		const struct scenario *scenario = &scenarios[i / COUNT(drawn_bases)];
		enum rg_basis basis = drawn_bases[i % COUNT(drawn_bases)];
		struct rates rates = rates_of(scenario, basis, drawn_pairs(25));

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
