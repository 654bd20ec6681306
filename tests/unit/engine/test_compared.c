/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which outcomes are of a comparison: of an undecided one, whether it lacks certainty alone. */
#include "made.h"

static const char *const everything[] = {"*"};

struct side {
	const char *sentence;
	size_t base, canary; /* functions; the samples are as many as that, or thousands */
	bool thousands;
	bool share, ignored, literal;
	bool other_machine;
	enum rg_outcome outcome;
	bool compared;
};

static const struct side sides[] = {
	{.sentence = "the same on both sides",
	 .base = 40,
	 .canary = 40,
	 .thousands = true,
	 .outcome = RG_OUTCOME_PASS,
	 .compared = true},
	{.sentence = "too few samples, but some",
	 .base = 3,
	 .canary = 3,
	 .outcome = RG_OUTCOME_UNDECIDED,
	 .compared = true},
	{.sentence = "too few of shares",
	 .base = 3,
	 .canary = 3,
	 .share = true,
	 .outcome = RG_OUTCOME_UNDECIDED,
	 .compared = true},
	{.sentence = "too few under the seed rule",
	 .base = 3,
	 .canary = 3,
	 .literal = true,
	 .outcome = RG_OUTCOME_UNDECIDED,
	 .compared = true},
	{.sentence = "too few of another machine",
	 .base = 3,
	 .canary = 3,
	 .other_machine = true,
	 .outcome = RG_OUTCOME_UNDECIDED},
	{.sentence = "enough of another machine",
	 .base = 40,
	 .canary = 40,
	 .thousands = true,
	 .other_machine = true,
	 .outcome = RG_OUTCOME_NOT_COMPARABLE},
	{.sentence = "an empty canary", .base = 3, .outcome = RG_OUTCOME_UNDECIDED},
	{.sentence = "an empty baseline", .canary = 3, .outcome = RG_OUTCOME_UNDECIDED},
	{.sentence = "two empty ones", .outcome = RG_OUTCOME_UNDECIDED},
	{.sentence = "two empty ones under the seed rule",
	 .literal = true,
	 .outcome = RG_OUTCOME_UNDECIDED},
	{.sentence = "all is ignored, and shares have no total",
	 .base = 40,
	 .canary = 40,
	 .thousands = true,
	 .share = true,
	 .ignored = true,
	 .outcome = RG_OUTCOME_UNDECIDED},
	{.sentence = "all is ignored under the seed rule",
	 .base = 40,
	 .canary = 40,
	 .thousands = true,
	 .ignored = true,
	 .literal = true,
	 .outcome = RG_OUTCOME_UNDECIDED},
};

static struct rg_verdict *judge_side(const struct side *side)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy = policy_per_second();

	base.functions = side->base;
	canary.functions = side->canary;
	base.heaviest = canary.heaviest = side->thousands ? 7000 : 60;
	policy.basis = side->share ? RG_BASIS_SHARE : RG_BASIS_SECOND;
	policy.rule = side->literal ? RG_RULE_LITERAL : RG_RULE_STATISTICAL;
	if (side->ignored) {
		policy.ignore = everything;
		policy.ignore_count = 1;
	}
	if (side->other_machine)
		made_set(&canary, RG_KEY_ARCH, "arm64");
	return judge_specs(&base, &canary, &policy);
}

static void which_outcomes_are_of_a_comparison(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sides); i++) {
		struct rg_verdict *verdict = judge_side(&sides[i]);

		if (verdict->outcome != sides[i].outcome || verdict->compared != sides[i].compared)
			fail_msg("%s: %s, %s: %s", sides[i].sentence,
				 rg_outcome_name(verdict->outcome),
				 verdict->compared ? "compared" : "not compared", verdict->reason);
		rg_verdict_free(verdict);
	}
}

/* A failure is one, and what is only suspected is a comparison. */
static void so_are_growth_and_the_suspicion_of_it(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	made_extra(&canary, "f01", 7000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_true(verdict->compared);
	rg_verdict_free(verdict);
	/* Three hundred samples: 35 and 50 of one function may be chance. */
	canary = made_default();
	made_extra(&canary, "f01", 5000);
	base.times = canary.times = 0.01;
	verdict = judge_specs(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
	assert_true(verdict->compared);
	rg_verdict_free(verdict);
}

static void not_without_runs_on_both_sides(void **state)
{
	const struct rg_policy policy = policy_per_second();
	struct made_spec spec = made_default();
	struct rg_profile *full = made(&spec);
	const struct rg_profile *one[] = {full};
	const struct rg_runs runs = {one, 1}, none = {NULL, 0};
	struct rg_verdict *verdict = judge_runs(&runs, &none, &policy);

	(void)state;
	assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
	assert_false(verdict->compared);
	rg_verdict_free(verdict);
	verdict = judge_runs(&none, &runs, &policy);
	assert_outcome(verdict, RG_OUTCOME_NO_BASELINE);
	assert_false(verdict->compared);
	rg_verdict_free(verdict);
	rg_profile_free(full);
}

/* That there is no baseline either makes no first version of it. */
static void an_empty_canary_is_undecided_without_a_baseline(void **state)
{
	static const enum rg_rule rules[] = {RG_RULE_STATISTICAL, RG_RULE_LITERAL};
	struct made_spec spec = made_default(), nothing = made_default();

	nothing.functions = 0;
	struct rg_profile *full = made(&spec), *empty = made(&nothing);
	const struct rg_profile *const sets[][2] = {{empty, NULL}, {full, empty}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct rg_runs none = {NULL, 0}, runs = {sets[i % 2], 1 + i % 2};
		struct rg_policy policy = policy_per_second();

		policy.rule = rules[i / 2];
		struct rg_verdict *verdict = judge_runs(&none, &runs, &policy);

		assert_outcome(verdict, RG_OUTCOME_UNDECIDED);
		assert_false(verdict->compared);
		assert_string_equal(verdict->reason, "a canary run holds no CPU samples");
		rg_verdict_free(verdict);
	}
	rg_profile_free(full);
	rg_profile_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_outcomes_are_of_a_comparison),
		cmocka_unit_test(so_are_growth_and_the_suspicion_of_it),
		cmocka_unit_test(not_without_runs_on_both_sides),
		cmocka_unit_test(an_empty_canary_is_undecided_without_a_baseline),
	};

	return cmocka_run_group_tests_name("engine/compared", tests, NULL, NULL);
}
