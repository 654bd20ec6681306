/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How several looks share what one may err. */
#include "unit.h"

#include "judgement.h"

static struct rg_policy policy_at(uint32_t number, uint32_t of, double before, double now)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.look = (struct rg_policy_look){number, of, before, now};
	return policy;
}

static void a_single_look_has_all_of_it(void **state)
{
	struct rg_policy policy = policy_at(1, 1, 0, 1);

	(void)state;
	assert_float_equal(rg_policy_look_q(&policy), 0.01, 1e-15);
	assert_float_equal(rg_look_pass_level(&policy), 0.95, 1e-15);
}

static void the_looks_spend_the_whole_together(void **state)
{
	static const double now[] = {0, 0.2, 0.25, 0.6, 1};
	const uint32_t looks = COUNT(now) - 1;
	double spent = 0, passes = 0;

	(void)state;
	for (uint32_t look = 1; look <= looks; look++) {
		struct rg_policy policy = policy_at(look, looks, now[look - 1], now[look]);

		spent += rg_policy_look_q(&policy);
		passes += 1 - rg_look_pass_level(&policy);
		assert_true(rg_policy_look_q(&policy) > 0);
		assert_float_equal(rg_policy_spent_q(&policy), spent, 1e-15);
	}
	assert_float_equal(spent, 0.01, 1e-15);
	assert_true(passes < 2 * 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_single_look_has_all_of_it),
		cmocka_unit_test(the_looks_spend_the_whole_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
