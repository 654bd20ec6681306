/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a run, joined: what was counted adds up, and what a part does not know the whole does not. */
#include "random_profile.h"

enum { SEEDS = 200 };

static size_t slices_of(const struct rg_profile *p)
{
	size_t count;

	rg_profile_slices(p, &count);
	return count;
}

static struct rg_profile *joined(const struct rg_profile *a, const struct rg_profile *b)
{
	const struct rg_profile *const part[] = {a, b};
	struct rg_profile *whole = NULL;

	assert_int_equal(rg_profile_join(part, 2, &whole, NULL), 0);
	return whole;
}

/* Random values may be as large as they can be. */
static bool fits(const struct rg_profile *a, const struct rg_profile *b)
{
	int64_t sum;
	uint64_t wall_ns;
	bool fits = !__builtin_add_overflow(rg_profile_fact_u64(a, RG_KEY_WALL_NS, 0),
					    rg_profile_fact_u64(b, RG_KEY_WALL_NS, 0), &wall_ns);

	for (int value = 0; value < RG_VALUE_COUNT; value++)
		fits &= !__builtin_add_overflow(rg_profile_total(a, (enum rg_value)value),
						rg_profile_total(b, (enum rg_value)value), &sum);
	return fits;
}

static void assert_adds_up(const struct rg_profile *a, const struct rg_profile *b)
{
	struct rg_profile *whole = joined(a, b);

	for (int value = 0; value < RG_VALUE_COUNT; value++)
		assert_int_equal(rg_profile_total(whole, (enum rg_value)value),
				 rg_profile_total(a, (enum rg_value)value) +
					 rg_profile_total(b, (enum rg_value)value));
	assert_int_equal(slices_of(whole), slices_of(a) + slices_of(b));
	rg_profile_free(whole);
}

static void values_and_slices_add_up(void **state)
{
	size_t added = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rg_profile *a = random_profile(seed), *b = random_profile(seed + SEEDS);

		if (fits(a, b)) {
			assert_adds_up(a, b);
			added++;
		}
		rg_profile_free(b);
		rg_profile_free(a);
	}
	assert_true(added > SEEDS / 2);
}

struct fact {
	const char *key, *value; /* NULL: has none */
};

static struct rg_profile *part_of(const struct fact *facts, size_t count, int64_t samples)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	const struct rg_sample sample = {
		.value = {samples}, .stack = make_leaf(b, "f"), .slice = 0, .thread = ""};

	assert_int_equal(rg_profile_builder_slice(b, &(struct rg_slice){.wall_ns = 1000}, NULL), 0);
	assert_int_equal(rg_profile_builder_sample(b, &sample, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		if (facts[i].value)
			assert_int_equal(
				rg_profile_builder_fact(b, facts[i].key, facts[i].value, NULL), 0);
	}
	return make_profile(b);
}

struct joins {
	const char *sentence;
	struct fact a[2], b[2], whole[2];
};

static const struct joins joins[] = {
	{"lengths and losses add up",
	 {{RG_KEY_WALL_NS, "5"}, {RG_KEY_LOST_COLLISION, "1"}},
	 {{RG_KEY_WALL_NS, "7"}, {RG_KEY_LOST_COLLISION, "2"}},
	 {{RG_KEY_WALL_NS, "12"}, {RG_KEY_LOST_COLLISION, "3"}}},
	{"a number that a part does not know is not known of the whole",
	 {{RG_KEY_LOST_EVENTS, "5"}, {RG_KEY_OWN_BPF_NS, NULL}},
	 {{RG_KEY_LOST_EVENTS, NULL}, {RG_KEY_OWN_BPF_NS, "7"}},
	 {{RG_KEY_LOST_EVENTS, NULL}, {RG_KEY_OWN_BPF_NS, NULL}}},
	{"what says which run it is comes from the first",
	 {{RG_KEY_STARTED_NS, "5"}, {RG_KEY_TARGET_BY, "x"}},
	 {{RG_KEY_STARTED_NS, "9"}, {RG_KEY_TARGET_BY, "pid 7"}},
	 {{RG_KEY_STARTED_NS, "5"}, {RG_KEY_TARGET_BY, "x"}}},
	{"processes that failed add up, and the first of them is told",
	 {{RG_KEY_FAILED, "0"}, {RG_KEY_FAILURE, NULL}},
	 {{RG_KEY_FAILED, "2"}, {RG_KEY_FAILURE, "shop exited with status 1"}},
	 {{RG_KEY_FAILED, "2"}, {RG_KEY_FAILURE, "shop exited with status 1"}}},
	{"of the first two",
	 {{RG_KEY_FAILED, "1"}, {RG_KEY_FAILURE, "shop exited with status 1"}},
	 {{RG_KEY_FAILED, "1"}, {RG_KEY_FAILURE, "shop exited with status 2"}},
	 {{RG_KEY_FAILED, "2"}, {RG_KEY_FAILURE, "shop exited with status 1"}}},
	{"who did not live through a part did not live through the whole",
	 {{RG_KEY_LIVED, "3"}, {RG_KEY_PROCESSES, "4"}},
	 {{RG_KEY_LIVED, "0"}, {RG_KEY_PROCESSES, "5"}},
	 {{RG_KEY_LIVED, "0"}, {RG_KEY_PROCESSES, "5"}}},
	{"be it the first",
	 {{RG_KEY_LIVED, "0"}, {RG_KEY_PROCESSES, "5"}},
	 {{RG_KEY_LIVED, "1"}, {RG_KEY_PROCESSES, "4"}},
	 {{RG_KEY_LIVED, "0"}, {RG_KEY_PROCESSES, "5"}}},
	{"the larger of thresholds",
	 {{RG_KEY_OFF_CPU_THRESHOLD_NS, "10"}, {RG_KEY_OFF_CPU_ERROR, "0.5"}},
	 {{RG_KEY_OFF_CPU_THRESHOLD_NS, "8"}, {RG_KEY_OFF_CPU_ERROR, "0.25"}},
	 {{RG_KEY_OFF_CPU_THRESHOLD_NS, "10"}, {RG_KEY_OFF_CPU_ERROR, "0.500000"}}},
	{"relative errors by what they are relative to",
	 {{RG_KEY_ACCOUNT_CPU_NS, "300"}, {RG_KEY_ACCOUNT_CPU_ERROR, "-0.02"}},
	 {{RG_KEY_ACCOUNT_CPU_NS, "100"}, {RG_KEY_ACCOUNT_CPU_ERROR, "0.02"}},
	 {{RG_KEY_ACCOUNT_CPU_NS, "400"}, {RG_KEY_ACCOUNT_CPU_ERROR, "-0.010000"}}},
	{"standard errors by the sum of squares",
	 {{RG_KEY_ACCOUNT_CPU_NS, "100"}, {RG_KEY_ACCOUNT_CPU_ERROR_SE, "0.06"}},
	 {{RG_KEY_ACCOUNT_CPU_NS, "100"}, {RG_KEY_ACCOUNT_CPU_ERROR_SE, "0.08"}},
	 {{RG_KEY_ACCOUNT_CPU_NS, "200"}, {RG_KEY_ACCOUNT_CPU_ERROR_SE, "0.050000"}}},
	{"names by the samples that have one",
	 {{RG_KEY_LEVEL, "1.0000"}, {RG_KEY_INTERRUPTED, NULL}},
	 {{RG_KEY_LEVEL, "0.5000"}, {RG_KEY_INTERRUPTED, "1"}},
	 {{RG_KEY_LEVEL, "0.8750"}, {RG_KEY_INTERRUPTED, "1"}}},
	{"work adds up",
	 {{RG_KEY_WORK_UNIT, "request"}, {RG_KEY_WORK_TOTAL, "1.5"}},
	 {{RG_KEY_WORK_UNIT, "request"}, {RG_KEY_WORK_TOTAL, "2"}},
	 {{RG_KEY_WORK_UNIT, "request"}, {RG_KEY_WORK_TOTAL, "3.500"}}},
	{"and is not known of the whole when it was lost in a part",
	 {{RG_KEY_WORK_UNIT, "request"}, {RG_KEY_WORK_TOTAL, "1.5"}},
	 {{RG_KEY_WORK_UNIT, "request"}, {RG_KEY_WORK_LOST, "no answer"}},
	 {{RG_KEY_WORK_TOTAL, NULL}, {RG_KEY_WORK_LOST, "no answer"}}},
};

/* Three of four samples are of the first part. */
static void facts_are_those_of_the_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(joins); i++) {
		struct rg_profile *a = part_of(joins[i].a, 2, 3), *b = part_of(joins[i].b, 2, 1);
		struct rg_profile *whole = joined(a, b);

		for (size_t k = 0; k < 2; k++) {
			const struct fact *fact = &joins[i].whole[k];
			const char *value = rg_profile_fact(whole, fact->key);

			if (!value != !fact->value || (value && strcmp(value, fact->value) != 0))
				fail_msg("%s: %s is %s", joins[i].sentence, fact->key,
					 value ? value : "missing");
		}
		rg_profile_free(whole);
		rg_profile_free(b);
		rg_profile_free(a);
	}
}

static void a_sum_that_does_not_fit_is_refused(void **state)
{
	const struct fact large = {RG_KEY_WALL_NS, "18446744073709551615"};
	struct rg_profile *a = part_of(&large, 1, 1), *whole = NULL;
	const struct rg_profile *const part[] = {a, a};
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_profile_join(part, 2, &whole, &err), RG_ELIMIT);
	assert_string_equal(err.text, "profile: join 'wall_ns': more than 2^64 - 1");
	assert_null(whole);
	rg_profile_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_slices_add_up),
		cmocka_unit_test(facts_are_those_of_the_whole),
		cmocka_unit_test(a_sum_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
