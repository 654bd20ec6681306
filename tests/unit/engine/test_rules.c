/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include "align.h"
#include "rules.h"

#include "rg/arena.h"

#include <stdlib.h>

/*
 * Functions that a policy ignores or gives limits of their own. f00 has 23 % of the samples, f01
 * 11.7 %, f05 the sixth place.
 */

/* The canary has that many samples of the function. */
static struct rg_verdict *judge_changed(const char *function, int64_t samples,
					const struct rg_policy *policy)
{
	struct made_spec base = made_default(), canary = made_default();

	made_extra(&canary, function, samples);
	return judge_specs(&base, &canary, policy);
}

/* --- Which rule ------------------------------------------------------------------------------- */

struct chosen {
	const char *sentence, *function, *module;
	const char *pattern; /* of the rule that applies; NULL: none does */
	double growth;
	bool ignored;
};

static const struct rg_policy_function limits[] = {
	{"json_*", "libjson.so", 0.2, RG_POLICY_INHERIT, RG_POLICY_INHERIT},
	{"json_parse", NULL, 0.3, 0.6, 0.05},
	{"json_*", NULL, 0.4, RG_POLICY_INHERIT, RG_POLICY_INHERIT},
	{"price.isra.0", "libz.so.1.2.13", 0.5, RG_POLICY_INHERIT, RG_POLICY_INHERIT},
	{"spin_lock", NULL, 0.6, RG_POLICY_INHERIT, RG_POLICY_INHERIT},
	{"*.cold", NULL, 0.7, RG_POLICY_INHERIT, RG_POLICY_INHERIT},
};

static const char *const ignored[] = {"spin_*", "idle"};

static const struct chosen choices[] = {
	{"what nothing names", "memcpy", "a", NULL, 0.15, false},
	{"the first that matches counts", "json_parse", "libjson.so", "json_*", 0.2, false},
	{"a module that is another is no match", "json_parse", "a", "json_parse", 0.3, false},
	{"the general one comes last", "json_write", "a", "json_*", 0.4, false},
	{"an exact name is made canonical, its module too", "price", "libz.so", "price.isra.0", 0.5,
	 false},
	{"a pattern with wildcards is not: it must not come to match all", "memset", "a", NULL,
	 0.15, false},
	{"to ignore goes before any limit", "spin_lock", "a", "spin_*", 0.15, true},
	{"an exact name to ignore", "idle", "a", "idle", 0.15, true},
	{"and no more than it", "idle2", "a", NULL, 0.15, false},
};

static void the_rule_of_a_function(void **state)
{
	struct rg_policy policy = policy_per_second();
	struct rg_function functions[COUNT(choices)];
	struct rg_alignment alignment = {.function = functions, .table.rows = COUNT(choices)};
	struct rg_arena *arena = rg_arena_new(0);
	const struct rg_rules *rules = NULL;

	(void)state;
	policy.functions = limits;
	policy.function_count = COUNT(limits);
	policy.ignore = ignored;
	policy.ignore_count = COUNT(ignored);
	for (size_t i = 0; i < COUNT(choices); i++)
		functions[i] = (struct rg_function){choices[i].function, choices[i].module};
	assert_int_equal(rg_rules_make(&rules, &alignment, &policy, arena, NULL), 0);
	for (size_t i = 0; i < COUNT(choices); i++) {
		const struct rg_row_rule *rule = rg_row_rule_of(rules, i);
		const char *pattern = rule->pattern ? rule->pattern : "none";
		const char *expected = choices[i].pattern ? choices[i].pattern : "none";

		if (strcmp(pattern, expected) != 0 || rule->growth != choices[i].growth ||
		    rule->ignored != choices[i].ignored)
			fail_msg("%s: %s", choices[i].sentence, pattern);
	}
	assert_true(rg_row_rule_of(rules, 2)->limit == 0.6);
	assert_true(rg_row_rule_of(rules, 2)->min_share == 0.05);
	assert_true(rg_row_rule_of(rules, 3)->limit == policy.limit);
	assert_true(rules->total.growth == policy.total_growth);
	rg_arena_free(arena);
}

/* --- Ignored ---------------------------------------------------------------------------------- */

static void an_ignored_function_is_shown_and_fails_nothing(void **state)
{
	static const char *const patterns[] = {"f01"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	policy.total_growth = 1;
	struct rg_verdict *verdict = judge_changed("f01", 7000, &policy);
	const struct rg_row *row = find_row(verdict, "f01");

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_non_null(row);
	assert_int_equal(row->status, RG_STATUS_IGNORED);
	assert_false(row->tested);
	assert_string_equal(row->pattern, "f01");
	/* What it did is told all the same. */
	assert_close(row->raw_growth, 1, 0.01);
	assert_int_equal(row->rank_canary, 2);
	assert_int_equal(verdict->ignored_count, 1);
	assert_close(verdict->ignored_share_base, row->share_base, 1e-12);
	assert_close(verdict->ignored_share_canary, row->share_canary, 1e-12);
	rg_verdict_free(verdict);
}

static void the_total_still_holds_what_is_ignored(void **state)
{
	static const char *const patterns[] = {"f00"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *verdict = judge_changed("f00", 28000, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->total.status, RG_STATUS_REGRESSED);
	assert_non_null(strstr(verdict->reason, "the whole program uses"));
	rg_verdict_free(verdict);
}

/* f05 is sixth, and fifth without f00. */
static void the_next_function_takes_the_place(void **state)
{
	static const char *const patterns[] = {"f00"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	struct rg_verdict *with = judge_changed("f39", 180, &policy);

	assert_false(find_row(with, "f05")->tested);
	rg_verdict_free(with);
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *without = judge_changed("f39", 180, &policy);

	assert_true(find_row(without, "f05")->tested);
	assert_int_equal(find_row(without, "f05")->rank_base, 6);
	rg_verdict_free(without);
}

struct blind {
	const char *sentence, *pattern;
	enum rg_rule rule;
	enum rg_basis basis;
	enum rg_outcome outcome;
};

static const struct blind blinds[] = {
	{"everything ignored, on shares", "*", RG_RULE_STATISTICAL, RG_BASIS_SHARE,
	 RG_OUTCOME_UNDECIDED},
	{"everything ignored, by the seed rule", "*", RG_RULE_LITERAL, RG_BASIS_SHARE,
	 RG_OUTCOME_UNDECIDED},
	{"everything ignored, per second: the total is judged", "f*", RG_RULE_STATISTICAL,
	 RG_BASIS_SECOND, RG_OUTCOME_PASS},
	{"all but one", "f0?", RG_RULE_STATISTICAL, RG_BASIS_SHARE, RG_OUTCOME_PASS},
};

static void what_tests_nothing_does_not_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blinds); i++) {
		const char *const patterns[] = {blinds[i].pattern};
		struct made_spec spec = made_default();
		struct rg_policy policy = policy_per_second();

		policy.rule = blinds[i].rule;
		policy.basis = blinds[i].basis;
		policy.ignore = patterns;
		policy.ignore_count = 1;
		struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

		if (verdict->outcome != blinds[i].outcome)
			fail_msg("%s: %s", blinds[i].sentence, verdict->reason);
		if (verdict->outcome == RG_OUTCOME_UNDECIDED)
			assert_non_null(strstr(verdict->reason,
					       "no function that is not ignored reaches 1 %"));
		rg_verdict_free(verdict);
	}
}

/* By the seed rule f01, when it shrinks, makes room for f05; ignored, it had no room to make. */
static void the_seed_rule_ranks_without_the_ignored(void **state)
{
	static const char *const patterns[] = {"f01"};
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.rule = RG_RULE_LITERAL;
	policy.growth = 1;
	struct rg_verdict *verdict = judge_changed("f01", 100, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "f05")->status, RG_STATUS_NEW);
	rg_verdict_free(verdict);
	policy.ignore = patterns;
	policy.ignore_count = 1;
	verdict = judge_changed("f01", 100, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_IGNORED);
	rg_verdict_free(verdict);
}

/* Four of eight functions double. What is common to the rest is nothing, if they are left out of it. */
static void what_is_ignored_does_not_count_as_common(void **state)
{
	static const char *const patterns[] = {"f00", "f01", "f02", "f03"};
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy = policy_per_second();

	(void)state;
	base.functions = canary.functions = 8;
	made_extra(&canary, "f00", 14000);
	made_extra(&canary, "f01", 7000);
	made_extra(&canary, "f02", 4667);
	made_extra(&canary, "f03", 3500);
	policy.ignore = patterns;
	policy.ignore_count = COUNT(patterns);
	policy.total_growth = 2;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		assert_close(1 + row->growth, row->status == RG_STATUS_IGNORED ? 2 : 1, 0.001);
	}
	rg_verdict_free(verdict);
}

/* It would have been tested as new, at a place where nothing else is looked at. */
static void a_new_function_that_is_ignored_is_shown(void **state)
{
	static const char *const patterns[] = {"fre*"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *verdict = judge_changed("fresh", 600, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "fresh")->status, RG_STATUS_IGNORED);
	rg_verdict_free(verdict);
}

static void an_ignored_function_stays_so_where_nothing_is_judged(void **state)
{
	static const char *const patterns[] = {"f01"};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	policy.min_samples = 1000000;
	struct rg_verdict *verdict = judge_changed("f01", 7000, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_IGNORED);
	assert_int_equal(find_row(verdict, "f00")->status, RG_STATUS_UNKNOWN);
	rg_verdict_free(verdict);
}

/* --- Limits of their own ---------------------------------------------------------------------- */

struct own {
	const char *sentence;
	struct rg_policy_function function;
	enum rg_rule rule;
	enum rg_outcome outcome;
	const char *reason; /* part of it */
};

/* f01 doubles; the total may. */
static const struct own owns[] = {
	{"a function that may double",
	 {"f01", NULL, 1.5, -1, -1},
	 RG_RULE_STATISTICAL,
	 RG_OUTCOME_PASS,
	 "no growth beyond 15 %, or what single functions are allowed"},
	{"one of another name may",
	 {"f02", NULL, 1.5, -1, -1},
	 RG_RULE_STATISTICAL,
	 RG_OUTCOME_FAIL,
	 "f01() uses 99 % more CPU per second (limit 15 %)"},
	{"one of another module may",
	 {"f01", "libc.so", 1.5, -1, -1},
	 RG_RULE_STATISTICAL,
	 RG_OUTCOME_FAIL,
	 "(limit 15 %)"},
	{"one that may grow by half",
	 {"f0*", "server", 0.5, -1, -1},
	 RG_RULE_STATISTICAL,
	 RG_OUTCOME_FAIL,
	 "f01() uses 99 % more CPU per second (limit 50 %)"},
	{"one that counts from a larger share on",
	 {"f01", NULL, -1, -1, 0.5},
	 RG_RULE_STATISTICAL,
	 RG_OUTCOME_PASS,
	 "no growth beyond 15 %"},
	{"by the seed rule too",
	 {"f01", NULL, 1.5, -1, -1},
	 RG_RULE_LITERAL,
	 RG_OUTCOME_PASS,
	 "grew beyond 15 %, or what single functions are allowed"},
	{"and not too much",
	 {"f01", NULL, 0.5, -1, -1},
	 RG_RULE_LITERAL,
	 RG_OUTCOME_FAIL,
	 "f01() takes 79.1 % larger a share of the CPU time (limit 50 %)"},
};

static void limits_of_single_functions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(owns); i++) {
		struct rg_policy policy = policy_per_second();

		policy.rule = owns[i].rule;
		policy.total_growth = 1;
		policy.functions = &owns[i].function;
		policy.function_count = 1;
		struct rg_verdict *verdict = judge_changed("f01", 7000, &policy);

		if (verdict->outcome != owns[i].outcome || !strstr(verdict->reason, owns[i].reason))
			fail_msg("%s: %s", owns[i].sentence, verdict->reason);
		rg_verdict_free(verdict);
	}
}

/* f01's interval reaches to about 15 %: too far for a limit of 5 %, and not for one of 30 %. */
static void the_limit_of_a_pass_may_be_a_functions_own(void **state)
{
	const struct rg_policy_function function = {"f01", NULL, 0.01, 0.05, RG_POLICY_INHERIT};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.functions = &function;
	policy.function_count = 1;
	struct rg_verdict *verdict = judge_changed("f39", 180, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(verdict->reason, "f01() may use up to"));
	assert_non_null(strstr(verdict->reason, "too much to pass (limit 5 %)"));
	rg_verdict_free(verdict);
}

static void a_row_tells_its_limit_and_why(void **state)
{
	const struct rg_policy_function function = {"f0[1", NULL, 1, -1, -1};
	const struct rg_policy_function other = {"f01", NULL, 0.5, -1, -1};
	const struct rg_policy_function both[] = {function, other};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.functions = both;
	policy.function_count = 2;
	struct rg_verdict *verdict = judge_changed("f39", 180, &policy);

	assert_true(find_row(verdict, "f01")->growth_allowed == 0.5);
	assert_string_equal(find_row(verdict, "f01")->pattern, "f01");
	assert_true(find_row(verdict, "f00")->growth_allowed == 0.15);
	assert_string_equal(find_row(verdict, "f00")->pattern, "");
	assert_true(verdict->total.growth_allowed == policy.total_growth);
	rg_verdict_free(verdict);
}

/* --- Ownership -------------------------------------------------------------------------------- */

static void a_verdict_outlives_the_policy(void **state)
{
	char match[] = "f01", module[] = "server", pattern[] = "f02";
	struct rg_policy_function function = {match, module, 0.5, -1, -1};
	const char *patterns[] = {pattern};
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.functions = &function;
	policy.function_count = 1;
	policy.ignore = patterns;
	policy.ignore_count = 1;
	struct rg_verdict *verdict = judge_changed("f39", 180, &policy);

	memset(match, 'x', 3);
	memset(module, 'x', 6);
	memset(pattern, 'x', 3);
	function.growth = 9;
	patterns[0] = "y";
	assert_string_equal(verdict->policy.functions[0].match, "f01");
	assert_string_equal(verdict->policy.functions[0].module, "server");
	assert_true(verdict->policy.functions[0].growth == 0.5);
	assert_string_equal(verdict->policy.ignore[0], "f02");
	assert_string_equal(find_row(verdict, "f02")->pattern, "f02");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule_of_a_function),
		cmocka_unit_test(an_ignored_function_is_shown_and_fails_nothing),
		cmocka_unit_test(the_total_still_holds_what_is_ignored),
		cmocka_unit_test(the_next_function_takes_the_place),
		cmocka_unit_test(what_tests_nothing_does_not_pass),
		cmocka_unit_test(the_seed_rule_ranks_without_the_ignored),
		cmocka_unit_test(what_is_ignored_does_not_count_as_common),
		cmocka_unit_test(a_new_function_that_is_ignored_is_shown),
		cmocka_unit_test(an_ignored_function_stays_so_where_nothing_is_judged),
		cmocka_unit_test(limits_of_single_functions),
		cmocka_unit_test(the_limit_of_a_pass_may_be_a_functions_own),
		cmocka_unit_test(a_row_tells_its_limit_and_why),
		cmocka_unit_test(a_verdict_outlives_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
