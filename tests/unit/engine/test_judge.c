/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may never pass, and counts at the limits of numbers. */
#include "made.h"

/* --- What may never pass ---------------------------------------------------------------------- */

static void a_policy_out_of_range_is_refused(void **state)
{
	struct rg_policy policy = policy_per_second();
	struct rg_verdict *verdict = NULL;
	const struct rg_runs none = {NULL, 0};
	struct rg_err err = {0};

	(void)state;
	policy.q = NAN;
	assert_int_equal(rg_diff_judge(&none, &none, &policy, &verdict, &err), RG_EUSAGE);
	assert_non_null(strstr(err.text, "policy: q"));
	assert_null(verdict);
}

static void no_baseline_run_is_no_baseline(void **state)
{
	const struct rg_policy policy = policy_per_second();
	const struct made_spec spec = made_default();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *run = profile;
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){NULL, 0}, &(struct rg_runs){&run, 1}, &policy);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_NO_BASELINE);
	assert_string_equal(verdict->reason, "there is no baseline run to compare with");
	assert_true(strlen(verdict->advice) > 0);
	assert_int_equal(verdict->row_count, 0);
	assert_true(verdict->canary.samples > 20000);
	rg_verdict_free(verdict);
	rg_profile_free(profile);
}

static void no_canary_run_is_undecided(void **state)
{
	const struct rg_policy policy = policy_per_second();
	const struct made_spec spec = made_default();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *run = profile;
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){&run, 1}, &(struct rg_runs){NULL, 0}, &policy);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason, "there is no canary run");
	rg_verdict_free(verdict);
	rg_profile_free(profile);
}

struct empty {
	const char *sentence;
	bool base, canary;
	bool literal;
	const char *reason;
};

static const struct empty empties[] = {
	{"an empty canary", false, true, false, "a canary run holds no CPU samples"},
	{"an empty baseline", true, false, false, "a baseline run holds no CPU samples"},
	{"both empty", true, true, false, "a baseline run holds no CPU samples"},
	{"an empty canary under the seed rule", false, true, true,
	 "a canary run holds no CPU samples"},
	{"an empty baseline under the seed rule", true, false, true,
	 "a baseline run holds no CPU samples"},
};

static void an_empty_side_never_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(empties); i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy = policy_per_second();

		policy.min_samples = 0;
		policy.rule = empties[i].literal ? RG_RULE_LITERAL : RG_RULE_STATISTICAL;
		base.functions = empties[i].base ? 0 : base.functions;
		canary.functions = empties[i].canary ? 0 : canary.functions;
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		if (verdict->outcome != RG_OUTCOME_UNDECIDED ||
		    strcmp(verdict->reason, empties[i].reason) != 0)
			fail_msg("%s: %s", empties[i].sentence, verdict->reason);
		rg_verdict_free(verdict);
	}
}

static void one_empty_run_among_several_is_undecided(void **state)
{
	const struct rg_policy policy = policy_per_second();
	struct made_spec spec = made_default(), hollow = made_default();
	struct rg_profile *full = made(&spec);

	(void)state;
	hollow.functions = 0;
	struct rg_profile *empty = made(&hollow);
	const struct rg_profile *base[] = {full, full}, *canary[] = {full, empty};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){base, 2}, &(struct rg_runs){canary, 2}, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason, "a canary run holds no CPU samples");
	assert_false(verdict->compared);
	rg_verdict_free(verdict);
	rg_profile_free(full);
	rg_profile_free(empty);
}

static void below_the_minimum_of_samples_is_always_undecided(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy = policy_per_second();
		bool flip = i % 2;

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		policy.rule = i % 3 == 0 ? RG_RULE_LITERAL : RG_RULE_STATISTICAL;
		policy.basis = i % 5 < 2 ? RG_BASIS_SHARE : RG_BASIS_SECOND;
		/* At most 199 on one side; on the other anything, a hundredfold growth included. */
		*(flip ? &base : &canary) =
			(struct made_spec){.functions = 1 + seed % 8,
					   .heaviest = 1 + (int64_t)((seed >> 16) % 60),
					   .slices = 20,
					   .period_ns = 10000000,
					   .wall_ns = 300000000000,
					   .module = "server"};
		if (i % 4 == 0)
			made_set(&canary, RG_KEY_ARCH, "arm64");
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
		assert_non_null(strstr(verdict->reason, "too few samples: baseline "));
		for (size_t k = 0; k < verdict->row_count; k++)
			assert_int_equal(verdict->rows[k].status, RG_STATUS_UNKNOWN);
		rg_verdict_free(verdict);
	}
}

static void the_reason_names_the_counts(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	const struct rg_policy policy = policy_per_second();

	(void)state;
	canary.functions = 1;
	canary.heaviest = 57;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_string_equal(verdict->reason, "too few samples: baseline 29,947, canary 57; "
					     "needed are 200 on either side");
	assert_string_equal(verdict->advice,
			    "a longer window, about 4 times as long (20m) on both sides");
	rg_verdict_free(verdict);
}

/* --- Limits ----------------------------------------------------------------------------------- */

static void counts_that_do_not_add_up_are_refused(void **state)
{
	struct made_spec spec = {.functions = 1,
				 .heaviest = INT64_MAX / 2,
				 .period_ns = 1,
				 .wall_ns = 1000000000,
				 .module = "server"};
	const struct rg_policy policy = policy_per_second();
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *runs[] = {profile, profile, profile};
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_diff_judge(&(struct rg_runs){runs, 3}, &(struct rg_runs){runs, 1},
				       &policy, &verdict, &err),
			 RG_ELIMIT);
	assert_string_equal(err.text, "diff: add up the samples: more than 2^63 - 1");
	assert_null(verdict);
	rg_profile_free(profile);
}

static void the_largest_counts_that_fit_are_judged(void **state)
{
	struct made_spec spec = {.functions = 1,
				 .heaviest = INT64_MAX / 10 * 9,
				 .period_ns = 1,
				 .wall_ns = 1000000000,
				 .module = "server"};
	const struct rg_policy policy = policy_per_second();

	(void)state;
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_true(row_is_finite(&verdict->rows[0]) && row_is_finite(&verdict->total));
	rg_verdict_free(verdict);
}

/* CPU times below half a period round to no sample at all. */
static void a_profile_that_rounds_to_nothing_is_empty(void **state)
{
	struct made_spec spec = made_default();
	struct rg_policy policy = policy_per_second();

	(void)state;
	policy.min_samples = 0;
	spec.no_samples = true;
	spec.functions = 8;
	spec.heaviest = 1;
	made_set(&spec, RG_KEY_PERIOD_NS, "30000000");
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->reason, "a baseline run holds no CPU samples");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_out_of_range_is_refused),
		cmocka_unit_test(no_baseline_run_is_no_baseline),
		cmocka_unit_test(no_canary_run_is_undecided),
		cmocka_unit_test(an_empty_side_never_passes),
		cmocka_unit_test(one_empty_run_among_several_is_undecided),
		cmocka_unit_test(below_the_minimum_of_samples_is_always_undecided),
		cmocka_unit_test(the_reason_names_the_counts),
		cmocka_unit_test(counts_that_do_not_add_up_are_refused),
		cmocka_unit_test(the_largest_counts_that_fit_are_judged),
		cmocka_unit_test(a_profile_that_rounds_to_nothing_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
