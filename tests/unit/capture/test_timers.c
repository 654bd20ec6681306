/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "timers.h"

#include "rg/units.h"

static const uint32_t frequencies[] = {1, 49, 99, 100, 997, 4999, 10000};

/* A sample stands for 1/frequency seconds, whichever timer took it. */
static void test_the_timers_share_the_frequency(void **state)
{
	(void)state;
	for (size_t f = 0; f < sizeof(frequencies) / sizeof(frequencies[0]); f++) {
		size_t count = rg_timers_per_cpu(frequencies[f], 2);
		double hz = 0;

		for (size_t i = 0; i < count; i++)
			hz += (double)RG_NS_PER_S /
			      (double)rg_timers_period_ns(frequencies[f], count, i);
		assert_true(hz > frequencies[f] * 0.99999 && hz < frequencies[f] * 1.00001);
	}
}

static void test_no_two_periods_are_alike(void **state)
{
	(void)state;
	for (size_t i = 1; i < RG_TIMERS_PER_CPU_MAX; i++) {
		uint64_t slower = rg_timers_period_ns(4999, RG_TIMERS_PER_CPU_MAX, i - 1);

		assert_true(rg_timers_period_ns(4999, RG_TIMERS_PER_CPU_MAX, i) < slower);
		assert_true(slower > 5 * RG_NS_PER_MS);
	}
}

static void test_the_usual_frequency_takes_one_timer(void **state)
{
	(void)state;
	assert_int_equal(rg_timers_per_cpu(99, 2), 1);
	assert_int_equal(rg_timers_period_ns(99, 1, 0), RG_NS_PER_S / 99);
}

static void test_many_cpus_take_a_bounded_number(void **state)
{
	(void)state;
	assert_int_equal(rg_timers_per_cpu(4999, 2), RG_TIMERS_PER_CPU_MAX);
	assert_int_equal(rg_timers_per_cpu(4999, 128), 16);
	assert_int_equal(rg_timers_per_cpu(4999, 8192), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_timers_share_the_frequency),
		cmocka_unit_test(test_no_two_periods_are_alike),
		cmocka_unit_test(test_the_usual_frequency_takes_one_timer),
		cmocka_unit_test(test_many_cpus_take_a_bounded_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
