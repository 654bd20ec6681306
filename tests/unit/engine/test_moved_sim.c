/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that moves from function to function, and changes that only look like it: what stacks and names show. */
#include "moved_drawn.h"

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
		struct rates rates = say(&moves[i], drawn_bases[i % COUNT(drawn_bases)], 100);

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

/* Its only caller costs what it did, but for what noise there is. */
static void new_under_one_as_dear(struct program *base, struct program *canary,
				  struct rg_sim_random *random)
{
	(void)random;
	add(base, (struct path){"parse_order", .handler = 1, .cost = 0.16, .file = "order.c"});
	add(canary, (struct path){"parse_order", .handler = 1, .cost = 0.16, .file = "order.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.03,
				  .file = "scan.c"});
}

/* What became so much cheaper is called beside it by the same caller, in the same file, and by that one still. */
static void new_beside_a_larger_gain(struct program *base, struct program *canary,
				     struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++)
		add(i ? base : canary,
		    (struct path){"parse_order", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(base, (struct path){"sort_rows", .caller = "parse_order", .handler = 1, .cost = 0.15,
				.file = "order.c"});
	add(canary, (struct path){"sort_rows", .caller = "parse_order", .handler = 1, .cost = 0.03,
				  .file = "order.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.03,
				  .file = "scan.c"});
}

/* Another caller's calls are gone. */
static void new_beside_calls_gone_elsewhere(struct program *base, struct program *canary,
					    struct rg_sim_random *random)
{
	(void)random;
	for (int i = 0; i < 2; i++)
		add(i ? base : canary,
		    (struct path){"parse_order", .handler = 1, .cost = 0.02, .file = "order.c"});
	add(base, (struct path){"copy", .caller = "parse_basket", .handler = 2, .cost = 0.12,
				.file = "libc.c"});
	add(canary, (struct path){"scan_body", .caller = "parse_order", .handler = 1, .cost = 0.03,
				  .file = "scan.c"});
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
	{"new, under one as dear as before", new_under_one_as_dear, "scan_body", false, ""},
	{"new, beside a larger gain", new_beside_a_larger_gain, "scan_body", false, ""},
	{"the same, stripped", new_beside_a_larger_gain, "scan_body", true, ""},
	{"new, and others' calls gone", new_beside_calls_gone_elsewhere, "scan_body", false, ""},
	{"the same, stripped", new_beside_calls_gone_elsewhere, "scan_body", true, ""},
	{"new, and a smaller one removed elsewhere", new_beside_a_removed_smaller_one,
	 "parse_order", false, ""},
};

static void what_grew_is_not_excused(void **state)
{
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(regressions); i++) {
		struct rates rates = say(&regressions[i], drawn_bases[i % COUNT(drawn_bases)], 50);

		bad += rates.moved > 0.02 || rates.fails < 0.7;
	}
	assert_int_equal(bad, 0);
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
	struct rg_profile *base = draw(&before, &random);

	verdict = drawn_judge(base, draw(&after, &random), &policy, NULL);
	assert_int_equal(verdict->rows[0].status, RG_STATUS_MOVED);
	assert_string_equal(verdict->rows[0].function, "parse_order");
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(verdict->reason,
			       "parse_order() and what its code came from may use up to "));
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_moved_does_not_fail),
		cmocka_unit_test(what_grew_is_not_excused),
		cmocka_unit_test(a_doubtful_move_is_no_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
