/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/err.h"
#include "rg/policy.h"

static void defaults_are_those_documented_and_valid(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	assert_int_equal(rg_policy_check(&policy, NULL), 0);
	assert_int_equal(policy.rule, RG_RULE_STATISTICAL);
	assert_int_equal(policy.basis, RG_BASIS_AUTO);
	assert_true(policy.growth == 0.15 && policy.total_growth == 0.15 && policy.limit == 0.30);
	assert_true(policy.min_share == 0.01 && policy.q == 0.01 && policy.prior_cv == 0.05);
	assert_true(policy.top_k == 5 && policy.min_samples == 200);
	assert_true(policy.max_lost == 0.05 && policy.max_unnamed_gap == 0.10);
	assert_true(policy.load_low == 0.4 && policy.load_high == 2.5);
}

struct bad {
	const char *field;
	size_t offset;
	double value;
};

#define FIELD(name) #name, offsetof(struct rg_policy, name)

static const struct bad bads[] = {
	{FIELD(growth), -0.01},
	{FIELD(growth), 1001},
	{FIELD(growth), NAN},
	{FIELD(total_growth), -1},
	{FIELD(total_growth), INFINITY},
	{FIELD(limit), -1},
	{FIELD(limit), NAN},
	{FIELD(min_share), 1.1},
	{FIELD(min_share), NAN},
	{FIELD(q), 0},
	{FIELD(q), 0.6},
	{FIELD(q), NAN},
	{FIELD(prior_cv), -0.1},
	{FIELD(prior_cv), NAN},
	{FIELD(max_lost), 2},
	{FIELD(max_unnamed_gap), -1},
	{FIELD(load_low), 0},
	{FIELD(load_low), 1.5},
	{FIELD(load_high), 0.9},
	{FIELD(load_high), NAN},
};

static void fractions_out_of_range_are_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bads); i++) {
		struct rg_policy policy;
		struct rg_err err = {0};

		rg_policy_init(&policy);
		memcpy((char *)&policy + bads[i].offset, &bads[i].value, sizeof(double));
		assert_int_equal(rg_policy_check(&policy, &err), RG_EUSAGE);
		assert_int_equal(err.code, RG_EUSAGE);
		assert_non_null(strstr(err.text, "policy: "));
		assert_non_null(strstr(err.text, bads[i].field));
	}
}

static void top_k_and_enums_are_checked_too(void **state)
{
	struct rg_policy policy;
	struct rg_err err = {0};

	(void)state;
	rg_policy_init(&policy);
	policy.top_k = 0;
	assert_int_equal(rg_policy_check(&policy, &err), RG_EUSAGE);
	assert_string_equal(err.text, "policy: top_k 0 is out of range: 1 to 100");
	policy.top_k = 101;
	assert_int_equal(rg_policy_check(&policy, NULL), RG_EUSAGE);
	rg_policy_init(&policy);
	policy.rule = (enum rg_rule)7;
	assert_int_equal(rg_policy_check(&policy, NULL), RG_EUSAGE);
	rg_policy_init(&policy);
	policy.basis = (enum rg_basis)7;
	assert_int_equal(rg_policy_check(&policy, NULL), RG_EUSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_documented_and_valid),
		cmocka_unit_test(fractions_out_of_range_are_refused_by_name),
		cmocka_unit_test(top_k_and_enums_are_checked_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
