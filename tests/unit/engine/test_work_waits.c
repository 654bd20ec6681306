/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits per unit of work. */
#include "work_made.h"

static struct wait_set asking(double per_second, double mean_ms)
{
	struct wait_set set = wait_set_default();

	wait_put(&set, &(struct wait_spec){"recv of libc.so.6;ask;handle;main", RG_WAIT_NETWORK,
					   "w", per_second, mean_ms, WAIT_POISSON});
	wait_put(&set, &(struct wait_spec){"epoll_wait of libc.so.6;loop;main", RG_WAIT_POLL, "m",
					   10, 90, WAIT_EVEN});
	return set;
}

static struct rg_verdict *judge_waits(const struct wait_set *base, const char *base_work,
				      const struct wait_set *canary, const char *canary_work)
{
	struct made_spec before = wait_default(base), after = wait_default(canary);
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = 2;
	policy.off_cpu.limit = 2;
	set_work(&before, base_work);
	set_work(&after, canary_work);
	before.times = 1;
	after.times = strcmp(base_work, canary_work) ? 2 : 1;
	return judge_specs(&before, &after, &policy);
}

/* 100 waits of 5 ms a second at 50 requests a second: 10 ms a request. */
static void waits_are_per_request_too(void **state)
{
	const struct wait_set base = asking(100, 5), canary = asking(200, 5);
	struct rg_verdict *verdict = judge_waits(&base, "3000", &canary, "6000");
	const struct rg_row *row = judged_wait(verdict, "ask", "network", "recv");

	(void)state;
	assert_int_equal(verdict->basis, RG_BASIS_WORK);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_non_null(row);
	assert_close(row->cost_base, 0.010, 0.03);
	assert_close(row->cost_canary, 0.010, 0.03);
	assert_true(row->tested);
	/* What nobody asked for is per second all the same. */
	assert_close(verdict->off_cpu.idle_canary, 0.9, 0.01);
	rg_verdict_free(verdict);
}

static void longer_waits_fail_per_request(void **state)
{
	const struct wait_set base = asking(100, 5), canary = asking(200, 10);
	struct rg_verdict *verdict = judge_waits(&base, "3000", &canary, "6000");

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_non_null(strstr(verdict->reason, "more in ask() [network, recv] per request"));
	rg_verdict_free(verdict);
}

/* Gating begins at so much time a second, whatever a request takes of it. */
static void small_waits_stay_small_per_request(void **state)
{
	const struct wait_set base = asking(20, 0.2), canary = asking(20, 0.45);
	struct rg_verdict *verdict = judge_waits(&base, "3", &canary, "3");
	const struct rg_row *row = judged_wait(verdict, "ask", "network", "recv");

	(void)state;
	/* 4 and 9 ms a second, 80 and 180 ms a request. */
	assert_close(row->cost_canary, 0.180, 0.1);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	rg_verdict_free(verdict);
	const struct wait_set longer = asking(20, 0.9);

	verdict = judge_waits(&base, "3", &longer, "3");
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_are_per_request_too),
		cmocka_unit_test(longer_waits_fail_per_request),
		cmocka_unit_test(small_waits_stay_small_per_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
