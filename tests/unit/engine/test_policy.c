/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/arena.h"
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
	assert_true(policy.off_cpu.growth == 0.15 && policy.off_cpu.total_growth == 0.15);
	assert_true(policy.off_cpu.limit == 1.00 && policy.off_cpu.max_unattributed == 0.10);
	assert_true(policy.off_cpu.min_time_ns == 10000000 && policy.off_cpu.min_waits == 20);
	assert_true(policy.off_cpu.top_k == 5);
	assert_true(policy.idle.count + policy.not_idle.count + policy.plumbing.count == 0);
}

struct bad {
	const char *field;
	size_t offset;
	double value;
};

#define FIELD(name) #name, offsetof(struct rg_policy, name)

#define OFF_CPU(name)    "off_cpu " #name, offsetof(struct rg_policy, off_cpu.name)
#define COMPARABLE(name) "comparable " #name, offsetof(struct rg_policy, comparable.name)

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
	{OFF_CPU(growth), -0.01},
	{OFF_CPU(growth), NAN},
	{OFF_CPU(total_growth), 1001},
	{OFF_CPU(limit), -1},
	{OFF_CPU(max_unattributed), 1.1},
	{OFF_CPU(max_unattributed), NAN},
	{COMPARABLE(max_throttled), 1.1},
	{COMPARABLE(max_throttled), NAN},
	{COMPARABLE(max_starved), -0.1},
	{COMPARABLE(max_steal), 2},
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

static void looks_that_add_nothing_are_refused(void **state)
{
	static const struct rg_policy_look bad[] = {
		{0, 1, 0, 1},     {2, 1, 0, 1},     {1, 65, 0, 1},     {1, 0, 0, 1},
		{1, 2, 0.5, 0.5}, {1, 2, 0.5, 0.4}, {1, 2, -0.1, 0.5}, {1, 2, 0, 1.1},
		{1, 2, 0, NAN},   {1, 2, NAN, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct rg_policy policy;
		struct rg_err err = {0};

		rg_policy_init(&policy);
		policy.look = bad[i];
		assert_int_equal(rg_policy_check(&policy, &err), RG_EUSAGE);
		assert_non_null(strstr(err.text, "policy: look "));
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
	policy.comparable.max_failed = UINT64_C(1000000000001);
	assert_int_equal(rg_policy_check(&policy, &err), RG_EUSAGE);
	rg_policy_init(&policy);
	policy.rule = (enum rg_rule)7;
	assert_int_equal(rg_policy_check(&policy, NULL), RG_EUSAGE);
	rg_policy_init(&policy);
	policy.basis = (enum rg_basis)7;
	assert_int_equal(rg_policy_check(&policy, NULL), RG_EUSAGE);
}

struct bad_list {
	const char *sentence;
	struct rg_policy_function function;
	const char *pattern; /* to ignore */
	const char *text;    /* of the error */
};

static char long_pattern[RG_POLICY_PATTERN_MAX + 2];

static const struct bad_list bad_lists[] = {
	{"a pattern to ignore that is empty",
	 {"f", NULL, -1, -1, -1},
	 "",
	 "policy: a pattern has 1 to 512 bytes, not 0"},
	{"one that is too long",
	 {"f", NULL, -1, -1, -1},
	 long_pattern,
	 "policy: a pattern has 1 to 512 bytes, not at least 513"},
	{"one that is missing", {"f", NULL, -1, -1, -1}, NULL, "policy: a pattern has 1 to 512"},
	{"a function without a name", {NULL, NULL, 0.5, -1, -1}, "g", "policy: a pattern has"},
	{"a module without a name", {"f", "", 0.5, -1, -1}, "g", "policy: a pattern has"},
	{"a growth below zero",
	 {"f", NULL, -0.5, -1, -1},
	 "g",
	 "policy: growth -0.5 is out of range: 0 to 1000"},
	{"a growth that is no number", {"f", NULL, NAN, -1, -1}, "g", "policy: growth"},
	{"a limit without end", {"f", NULL, -1, INFINITY, -1}, "g", "policy: limit inf"},
	{"a share above the whole", {"f", NULL, -1, -1, 1.5}, "g", "policy: min_share 1.5"},
};

static void lists_are_checked_entry_by_entry(void **state)
{
	(void)state;
	memset(long_pattern, 'x', sizeof(long_pattern) - 1);
	for (size_t i = 0; i < COUNT(bad_lists); i++) {
		struct rg_policy policy;
		struct rg_err err = {0};

		rg_policy_init(&policy);
		policy.functions = &bad_lists[i].function;
		policy.function_count = 1;
		policy.ignore = &bad_lists[i].pattern;
		policy.ignore_count = 1;
		if (rg_policy_check(&policy, &err) != RG_EUSAGE ||
		    !strstr(err.text, bad_lists[i].text))
			fail_msg("%s: %s", bad_lists[i].sentence, err.text);
	}
}

static void lists_are_no_longer_than_they_may_be(void **state)
{
	static struct rg_policy_function functions[RG_POLICY_LIST_MAX + 1];
	static const char *ignore[RG_POLICY_LIST_MAX + 1];
	struct rg_err many_functions = {0}, many_patterns = {0};
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i <= RG_POLICY_LIST_MAX; i++) {
		functions[i] = (struct rg_policy_function){"f", NULL, 0.5, -1, -1};
		ignore[i] = "f";
	}
	policy.functions = functions;
	policy.ignore = ignore;
	policy.function_count = policy.ignore_count = RG_POLICY_LIST_MAX;
	assert_int_equal(rg_policy_check(&policy, NULL), 0);
	policy.function_count++;
	assert_int_equal(rg_policy_check(&policy, &many_functions), RG_EUSAGE);
	assert_string_equal(many_functions.text,
			    "policy: more than 256 functions with limits of their own");
	policy.ignore_count++;
	assert_int_equal(rg_policy_check(&policy, &many_patterns), RG_EUSAGE);
	assert_string_equal(many_patterns.text, "policy: more than 256 patterns to ignore");
}

static void patterns_of_waits_are_checked_too(void **state)
{
	static const char *many[RG_POLICY_LIST_MAX + 1], *const empty = "";
	static const size_t lists[] = {offsetof(struct rg_policy, idle),
				       offsetof(struct rg_policy, not_idle),
				       offsetof(struct rg_policy, plumbing)};
	static const char *const names[] = {"idle waits", "waits that are not idle", "plumbing"};

	(void)state;
	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = "f";
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct rg_policy_list list = {many, RG_POLICY_LIST_MAX};
		struct rg_err empty_err = {0}, long_err = {0};
		struct rg_policy policy;

		rg_policy_init(&policy);
		memcpy((char *)&policy + lists[i], &list, sizeof(list));
		assert_int_equal(rg_policy_check(&policy, NULL), 0);
		list.count++;
		memcpy((char *)&policy + lists[i], &list, sizeof(list));
		assert_int_equal(rg_policy_check(&policy, &long_err), RG_EUSAGE);
		assert_non_null(strstr(long_err.text, "more than 256 patterns of "));
		assert_non_null(strstr(long_err.text, names[i]));
		list = (struct rg_policy_list){&empty, 1};
		memcpy((char *)&policy + lists[i], &list, sizeof(list));
		assert_int_equal(rg_policy_check(&policy, &empty_err), RG_EUSAGE);
		assert_string_equal(empty_err.text, "policy: a pattern has 1 to 512 bytes, not 0");
	}
}

static void a_copy_owns_its_patterns(void **state)
{
	char text[] = "worker";
	const char *pattern = text;
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_policy policy, copy;

	(void)state;
	rg_policy_init(&policy);
	policy.idle = policy.not_idle = policy.plumbing = (struct rg_policy_list){&pattern, 1};
	assert_int_equal(rg_policy_copy(&copy, &policy, arena), 0);
	text[0] = 'X';
	assert_string_equal(copy.idle.pattern[0], "worker");
	assert_string_equal(copy.not_idle.pattern[0], "worker");
	assert_string_equal(copy.plumbing.pattern[0], "worker");
	assert_true(copy.off_cpu.min_waits == 20);
	rg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_of_waits_are_checked_too),
		cmocka_unit_test(a_copy_owns_its_patterns),
		cmocka_unit_test(defaults_are_those_documented_and_valid),
		cmocka_unit_test(fractions_out_of_range_are_refused_by_name),
		cmocka_unit_test(looks_that_add_nothing_are_refused),
		cmocka_unit_test(top_k_and_enums_are_checked_too),
		cmocka_unit_test(lists_are_checked_entry_by_entry),
		cmocka_unit_test(lists_are_no_longer_than_they_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
