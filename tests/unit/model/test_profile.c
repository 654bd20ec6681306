/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

static void an_empty_profile_has_nothing(void **state)
{
	struct rg_profile *p = make_profile(rg_profile_builder_new());
	size_t count = 77;

	(void)state;
	rg_profile_modules(p, &count);
	assert_int_equal(count, 0);
	count = 77;
	rg_profile_frames(p, &count);
	assert_int_equal(count, 0);
	count = 77;
	rg_profile_stacks(p, &count);
	assert_int_equal(count, 0);
	count = 77;
	rg_profile_samples(p, &count);
	assert_int_equal(count, 0);
	count = 77;
	rg_profile_slices(p, &count);
	assert_int_equal(count, 0);
	count = 77;
	rg_profile_facts(p, &count);
	assert_int_equal(count, 0);
	assert_null(rg_profile_fact(p, "host"));
	for (int v = 0; v < RG_VALUE_COUNT; v++) {
		assert_false(rg_profile_has(p, (enum rg_value)v));
		assert_int_equal(rg_profile_total(p, (enum rg_value)v), 0);
	}
	rg_profile_free(p);
}

static void measured_and_zero_is_not_unmeasured(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_sample sample = {.value = {[RG_VALUE_WAITS] = 2}, .slice = RG_NO_SLICE};
	struct rg_err err = {0};
	struct rg_profile *p;

	(void)state;
	sample.stack = make_leaf(b, "f");
	rg_profile_builder_measures(b, RG_VALUE_CPU_NS);
	assert_int_equal(rg_profile_builder_sample(b, &sample, &err), 0);
	p = make_profile(b);
	assert_false(rg_profile_has(p, RG_VALUE_SAMPLES));
	assert_true(rg_profile_has(p, RG_VALUE_CPU_NS));
	assert_true(rg_profile_has(p, RG_VALUE_WAITS));
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 0);
	assert_int_equal(rg_profile_total(p, RG_VALUE_WAITS), 2);
	rg_profile_free(p);
}

static void facts_are_sorted_and_the_last_value_wins(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_err err = {0};
	const struct rg_fact *facts;
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_fact(b, "version", "v1.4");
	make_fact(b, "host", "a");
	make_fact(b, "version", "v1.5");
	assert_int_equal(rg_profile_builder_fact_u64(b, "cpus", UINT64_MAX, &err), 0);
	p = make_profile(b);
	facts = rg_profile_facts(p, &count);
	assert_int_equal(count, 3);
	assert_string_equal(facts[0].key, "cpus");
	assert_string_equal(facts[1].key, "host");
	assert_string_equal(facts[2].value, "v1.5");
	assert_string_equal(rg_profile_fact(p, "host"), "a");
	assert_null(rg_profile_fact(p, "hos"));
	assert_true(rg_profile_fact_u64(p, "cpus", 1) == UINT64_MAX);
	assert_int_equal(rg_profile_fact_u64(p, "host", 33), 33);
	assert_int_equal(rg_profile_fact_u64(p, "absent", 44), 44);
	rg_profile_free(p);
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	rg_profile_free(NULL);
	rg_profile_builder_free(NULL);
}

static void real_facts_are_finite_decimal_numbers(void **state)
{
	static const struct {
		const char *text;
		double value; /* -9: none */
	} rows[] = {
		{"0.0012", 0.0012}, {"-2", -2},  {"1.5e-3", 0.0015}, {"+.5", 0.5}, {"", -9},
		{"nan", -9},        {"inf", -9}, {"1e999", -9},      {" 1", -9},   {"1 ", -9},
		{"0x10", -9},       {"1,5", -9}, {"e", -9},          {"1e", -9},   {"-", -9},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_profile_builder *b = rg_profile_builder_new();
		struct rg_profile *p;

		make_fact(b, RG_KEY_ACCOUNT_CLOSURE, rows[i].text);
		p = make_profile(b);
		if (rg_profile_fact_real(p, RG_KEY_ACCOUNT_CLOSURE, -9) != rows[i].value)
			fail_msg("'%s'", rows[i].text);
		assert_true(rg_profile_fact_real(p, RG_KEY_OFF_CPU_ERROR, 7) == 7);
		rg_profile_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_facts_are_finite_decimal_numbers),
		cmocka_unit_test(an_empty_profile_has_nothing),
		cmocka_unit_test(measured_and_zero_is_not_unmeasured),
		cmocka_unit_test(facts_are_sorted_and_the_last_value_wins),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
