/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What another tool's profile lacks, and what can be compared all the same. */
#include "made.h"

static void without_wall_time_only_shares_can_be_compared(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	canary.wall_ns = 0;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(find_issue(verdict, "not recorded")->canary, "wall time");
	assert_true(verdict->canary.busy_cores == 0);
	rg_verdict_free(verdict);
	policy.basis = RG_BASIS_SECOND;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_int_equal(verdict->basis, RG_BASIS_SHARE);
	assert_true(find_issue(verdict, "wall time")->blocking);
	assert_non_null(strstr(verdict->reason, "wall time: baseline 0 runs without, canary 1"));
	assert_string_equal(verdict->advice,
			    "judge by basis 'share', or profile with regress-gate");
	rg_verdict_free(verdict);
}

static void slices_tell_the_wall_time_too(void **state)
{
	const struct made_spec base = made_default();
	struct made_spec canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	made_set(&canary, RG_KEY_WALL_NS, "not a number");
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->canary.wall_ns, 300000000000);
	rg_verdict_free(verdict);
}

static void cpu_time_without_samples_is_counted_in_periods(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	base.no_samples = true;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->base.samples, verdict->canary.samples);
	assert_close(verdict->total.cost_base, verdict->total.cost_canary, 1e-12);
	assert_null(find_issue(verdict, "CPU time per sample"));
	rg_verdict_free(verdict);
	base.period_ns = 0;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->base.samples, verdict->canary.samples);
	assert_false(find_issue(verdict, "CPU time per sample")->blocking);
	assert_non_null(strstr(find_issue(verdict, "CPU time per sample")->limit, "assumed"));
	rg_verdict_free(verdict);
}

static void samples_of_unknown_length_only_compare_as_shares(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SECOND;
	canary.no_cpu = true;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	/* The period says it. */
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->canary.cpu_ns, verdict->base.cpu_ns);
	rg_verdict_free(verdict);
	canary.period_ns = 0;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_true(find_issue(verdict, "CPU time per sample")->blocking);
	rg_verdict_free(verdict);
	policy.basis = RG_BASIS_SHARE;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_wall_time_only_shares_can_be_compared),
		cmocka_unit_test(slices_tell_the_wall_time_too),
		cmocka_unit_test(cpu_time_without_samples_is_counted_in_periods),
		cmocka_unit_test(samples_of_unknown_length_only_compare_as_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
