/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that a policy gives limits of their own. f00 has 23 % of the samples, f01 11.7 %. */
#include "made.h"

#include "align.h"
#include "rules.h"

#include "rg/arena.h"

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
		cmocka_unit_test(limits_of_single_functions),
		cmocka_unit_test(the_limit_of_a_pass_may_be_a_functions_own),
		cmocka_unit_test(a_row_tells_its_limit_and_why),
		cmocka_unit_test(a_verdict_outlives_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
