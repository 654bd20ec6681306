/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the policy says of off-CPU time. */
#include "server_waits.h"

static enum rg_outcome outcome_at(const struct wait_set *base, const struct wait_set *canary,
				  struct rg_policy_look look)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 10;
	policy.look = look;
	struct rg_verdict *verdict = judge_sets(base, canary, &policy);
	enum rg_outcome outcome = verdict->outcome;

	rg_verdict_free(verdict);
	return outcome;
}

/* A look that sees a tenth spends a hundredth: what fails at it fails at a single one, and not the other way round. */
static void an_early_look_fails_fewer_waits(void **state)
{
	const struct rg_policy_look once = {.number = 1, .of = 1, .now = 1};
	const struct rg_policy_look early = {.number = 1, .of = 2, .now = 0.1};
	size_t failed = 0, withheld = 0;

	(void)state;
	for (double grown = 1; grown < 3; grown += 0.1) {
		struct wait_set base = usual(1), canary = usual(2);

		of(&canary, &audit)->mean_ms *= grown;
		enum rg_outcome at_once = outcome_at(&base, &canary, once);
		enum rg_outcome at_first = outcome_at(&base, &canary, early);

		assert_true(at_first != RG_OUTCOME_FAIL || at_once == RG_OUTCOME_FAIL);
		failed += at_first == RG_OUTCOME_FAIL;
		withheld += at_once == RG_OUTCOME_FAIL && at_first == RG_OUTCOME_UNDECIDED;
	}
	assert_true(failed > 0 && withheld > 0);
}

/* By all that is shown of it, so that the function's other waits are none of it. */
static void a_grown_wait_may_be_accepted(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_policy_accept accept[] = {
		{"audit_append [disk, fsync]", "server", "r", "o", 2, 10},
		{RG_POLICY_TOTAL_WAITS, NULL, "r", "o", 2, 10},
	};
	struct rg_policy policy;
	struct rg_verdict *verdict;

	(void)state;
	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	policy.accept = accept;
	policy.accept_count = COUNT(accept);
	policy.today = 2;
	of(&canary, &audit)->mean_ms = 37.6;
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_int_equal(judged_wait(verdict, "audit_append", RG_WAIT_DISK, "fsync")->status,
			 RG_STATUS_ACCEPTED);
	assert_int_equal(verdict->off_cpu.total.status, RG_STATUS_ACCEPTED);
	assert_text_has(verdict->reason,
			"waits: no growth beyond 15 %, but for 2 that are accepted");
	rg_verdict_free(verdict);
	/* The total of the CPU time is another. */
	accept[1].match = RG_POLICY_TOTAL;
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
	accept[1].match = RG_POLICY_TOTAL_WAITS;
	accept[0].match = "audit_append [lock, *]";
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

static void limits_of_waits_are_their_own(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_policy policy;
	struct rg_verdict *verdict;

	(void)state;
	rg_policy_init(&policy);
	policy.limit = 2;
	policy.off_cpu.growth = policy.off_cpu.total_growth = 20;
	policy.off_cpu.limit = 30;
	of(&canary, &audit)->mean_ms = 40;
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_text_has(verdict->reason, "waits: no growth beyond 2000 %");
	rg_verdict_free(verdict);

	/* The total alone. */
	policy.off_cpu.total_growth = 0.15;
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_FAIL);
	assert_text_has(verdict->reason, " % more in all per second (limit 15 %)");
	assert_text_has(verdict->reason, "though no single wait fails");
	rg_verdict_free(verdict);
}

static void ignored_functions_wait_unjudged(void **state)
{
	static const char *const ignore[] = {"audit_*"};
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_policy policy;
	struct rg_verdict *verdict;

	(void)state;
	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	policy.off_cpu.total_growth = 1000;
	policy.ignore = ignore;
	policy.ignore_count = 1;
	of(&canary, &audit)->mean_ms = 40;
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_int_equal(judged_wait(verdict, "audit_append", RG_WAIT_DISK, "fsync")->status,
			 RG_STATUS_IGNORED);
	assert_int_equal(verdict->off_cpu.ignored_count, 1);
	assert_true(verdict->off_cpu.ignored_share_canary > 0.5);
	rg_verdict_free(verdict);
}

static void the_seed_rule_knows_no_waits(void **state)
{
	struct wait_set base = usual(1), canary = usual(2);
	struct rg_policy policy;
	struct rg_verdict *verdict;

	(void)state;
	rg_policy_init(&policy);
	policy.rule = RG_RULE_LITERAL;
	of(&canary, &audit)->mean_ms = 400;
	verdict = judge_sets(&base, &canary, &policy);
	assert_outcome(verdict, RG_OUTCOME_PASS);
	assert_true(verdict->off_cpu.measured);
	assert_false(verdict->off_cpu.judged);
	assert_true(verdict->off_cpu.total.cost_canary > 5);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_early_look_fails_fewer_waits),
		cmocka_unit_test(a_grown_wait_may_be_accepted),
		cmocka_unit_test(limits_of_waits_are_their_own),
		cmocka_unit_test(ignored_functions_wait_unjudged),
		cmocka_unit_test(the_seed_rule_knows_no_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
