/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often growth is found and traced to the caller that asks for more, of many pairs with a known truth. */
#include "callers_drawn.h"

struct rates {
	double fail, by_function, by_caller, named; /* that caller, or the place of what fails */
};

static bool names(const struct rg_verdict *verdict, int caller)
{
	char name[32];

	snprintf(name, sizeof(name), "caller%02d", caller);
	if (verdict->caller_count > 0 && strcmp(verdict->callers[0].function, name) == 0)
		return true;
	return verdict->caller_count == 0 && verdict->entry_count > 0 &&
	       strcmp(verdict->entries[0].function, name) == 0;
}

static struct rates rates_of(const struct program *program, const struct change *change, double cv,
			     enum rg_basis basis, int pairs, uint64_t seed)
{
	struct rg_sim_random random = {seed};
	struct rates rates = {0};
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	for (int i = 0; i < pairs; i++) {
		struct rg_profile *base = draw(program, &no_change, cv, &random);
		struct rg_profile *canary = draw(program, change, cv, &random);
		struct rg_verdict *verdict = drawn_judge(base, canary, &policy, NULL);
		bool fail = verdict->outcome == RG_OUTCOME_FAIL;

		rates.fail += (double)fail / pairs;
		rates.by_caller += (double)(fail && verdict->caller_count > 0) / pairs;
		rates.by_function += (double)(fail && verdict->caller_count == 0) / pairs;
		rates.named += (double)(fail && names(verdict, change->caller)) / pairs;
		rg_verdict_free(verdict);
	}
	return rates;
}

static void say(const char *what, const struct rates *rates)
{
	print_message("%-34s fail %5.1f %%: by a function %5.1f, by a caller %5.1f; caller named "
		      "%5.1f\n",
		      what, 100 * rates->fail, 100 * rates->by_function, 100 * rates->by_caller,
		      100 * rates->named);
}

static void nothing_changed(void **state)
{
	struct program program = make_program(1);

	(void)state;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates =
			rates_of(&program, &no_change, 0.05, drawn_bases[i], drawn_pairs(150), 5);

		say(rg_basis_name(drawn_bases[i]), &rates);
		assert_true(rates.by_caller <= 0.007);
		assert_true(rates.fail <= 0.03);
	}
}

/* Six callers with 2 to 5 % of the whole each, one after the other. */
static struct rates grown(const struct change *like, enum rg_basis basis, int pairs)
{
	struct program program = make_program(1);
	struct rates mean = {0};
	struct change change = *like;

	for (change.caller = 0; change.caller < 6; change.caller++) {
		struct rates one = rates_of(&program, &change, 0.05, basis, drawn_pairs(pairs),
					    7 + (uint64_t)change.caller);

		mean.fail += one.fail / 6;
		mean.by_function += one.by_function / 6;
		mean.by_caller += one.by_caller / 6;
		mean.named += one.named / 6;
	}
	return mean;
}

static bool fails_by_a_caller(const struct rg_profile *base, const struct rg_profile *canary,
			      struct rg_policy_look look)
{
	struct rg_verdict *verdict;
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.look = look;
	assert_int_equal(rg_diff_judge(&(struct rg_runs){&base, 1}, &(struct rg_runs){&canary, 1},
				       &policy, &verdict, NULL),
			 0);
	bool fails = verdict->caller_count > 0;

	rg_verdict_free(verdict);
	return fails;
}

/* A look that sees a tenth spends a hundredth of the callers' part as well. */
static void an_early_look_fails_fewer_callers(void **state)
{
	const struct rg_policy_look once = {.number = 1, .of = 1, .now = 1};
	const struct rg_policy_look early = {.number = 1, .of = 2, .now = 0.1};
	struct program program = make_program(1);
	struct rg_sim_random random = {11};
	struct change change = no_change;
	size_t failed = 0, withheld = 0;

	(void)state;
	change.caller = 0;
	for (change.growth = 0.2; change.growth < 3; change.growth += 0.1) {
		struct rg_profile *base = draw(&program, &no_change, 0.05, &random);
		struct rg_profile *canary = draw(&program, &change, 0.05, &random);
		bool at_once = fails_by_a_caller(base, canary, once);
		bool at_first = fails_by_a_caller(base, canary, early);

		assert_true(at_once || !at_first);
		failed += at_first;
		withheld += at_once && !at_first;
		rg_profile_free(base);
		rg_profile_free(canary);
	}
	assert_true(failed > 0 && withheld > 0);
}

/* The whole program grows by 2 % then, and no function of the top by much. */
static void a_caller_asks_for_more(void **state)
{
	struct change change = no_change;

	(void)state;
	change.growth = 0.6;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates = grown(&change, drawn_bases[i], 10);

		say("a caller of 2 to 5 %, 60 % more", &rates);
		assert_true(rates.by_caller >= 0.25);
		assert_true(rates.named >= rates.fail - 0.05);
	}
	change.growth = 2;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates = grown(&change, drawn_bases[i], 5);

		say("three times as much", &rates);
		assert_true(rates.fail >= 0.9);
		assert_true(rates.named >= 0.85);
	}
}

static void a_larger_gain_hides_nothing(void **state)
{
	struct change change = no_change;

	(void)state;
	change.growth = 2;
	change.removed = make_program(1).path[0].leaf;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates = grown(&change, drawn_bases[i], 5);

		say("that, and a heavy function gone", &rates);
		assert_true(rates.fail >= 0.9);
		assert_true(rates.named >= 0.85);
	}
}

static void moved_calls_are_no_growth(void **state)
{
	struct program program = make_program(1);
	struct change change = no_change;

	(void)state;
	change.caller = 2;
	change.moved_to = 3;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates =
			rates_of(&program, &change, 0.05, drawn_bases[i], drawn_pairs(40), 9);

		say("moved", &rates);
		assert_true(rates.by_caller <= 0.02);
	}
}

static void a_gain_elsewhere_is_no_growth(void **state)
{
	struct program program = make_program(1);
	struct change change = no_change;

	(void)state;
	change.removed = program.path[0].leaf;
	for (size_t i = 0; i < COUNT(drawn_bases); i++) {
		struct rates rates =
			rates_of(&program, &change, 0.05, drawn_bases[i], drawn_pairs(40), 9);

		say("removed", &rates);
		assert_true(rates.by_caller <= 0.02);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(a_caller_asks_for_more),
		cmocka_unit_test(an_early_look_fails_fewer_callers),
		cmocka_unit_test(a_larger_gain_hides_nothing),
		cmocka_unit_test(moved_calls_are_no_growth),
		cmocka_unit_test(a_gain_elsewhere_is_no_growth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
