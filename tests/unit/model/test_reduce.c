/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A reduced profile says the same of every stack, wait and fact; slices become parts of the window. */
#include "random_profile.h"

enum { SEEDS = 300 };

static int64_t sum_of(const struct rg_profile *p, enum rg_value value, bool waits_alone)
{
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(p, &count);
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (!waits_alone || *sample[i].thread)
			sum += sample[i].value[value];
	}
	return sum;
}

static void assert_same_facts(const struct rg_profile *a, const struct rg_profile *b)
{
	size_t left, right;
	const struct rg_fact *fact = rg_profile_facts(a, &left);

	rg_profile_facts(b, &right);
	assert_int_equal(left, right);
	for (size_t i = 0; i < left; i++)
		assert_string_equal(rg_profile_fact(b, fact[i].key), fact[i].value);
}

static void sums_facts_and_waiting_threads_stay(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rg_profile *p = random_profile(seed), *r;
		size_t before, after, most = 1 + seed % 7;

		assert_int_equal(rg_profile_reduce(p, (uint32_t)most, &r, NULL), 0);
		for (int value = 0; value < RG_VALUE_COUNT; value++) {
			assert_int_equal(rg_profile_total(r, (enum rg_value)value),
					 rg_profile_total(p, (enum rg_value)value));
			assert_int_equal(rg_profile_has(r, (enum rg_value)value),
					 rg_profile_has(p, (enum rg_value)value));
		}
		assert_int_equal(sum_of(r, RG_VALUE_OFF_CPU_NS, true),
				 sum_of(p, RG_VALUE_OFF_CPU_NS, true));
		assert_same_facts(p, r);
		rg_profile_slices(p, &before);
		rg_profile_slices(r, &after);
		assert_true(after <= most && (after > 0) == (before > 0));
		rg_profile_free(p);
		rg_profile_free(r);
	}
}

static void slices_become_equal_parts(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	const uint64_t parts[] = {600, 600, 610};
	struct rg_profile *p, *r;
	size_t count;

	(void)state;
	for (size_t i = 0; i < 18; i++) {
		const struct rg_slice slice = {
			.wall_ns = i == 17 ? 110 : 100, .cpu_ns = 7, .work_milli = 1000};

		assert_int_equal(rg_profile_builder_slice(b, &slice, NULL), 0);
	}
	p = make_profile(b);
	assert_int_equal(rg_profile_reduce(p, 3, &r, NULL), 0);
	const struct rg_slice *slice = rg_profile_slices(r, &count);

	assert_int_equal(count, COUNT(parts));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(slice[i].wall_ns, parts[i]);
		assert_int_equal(slice[i].cpu_ns, 42);
		assert_int_equal(slice[i].work_milli, 6000);
	}
	rg_profile_free(p);
	rg_profile_free(r);
}

/* Half the window in one slice: the parts that hold none are left out, and samples keep their time. */
static void parts_without_a_slice_are_left_out(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	const uint64_t wall[] = {1000, 250, 250, 500};
	struct rg_profile *p, *r;
	size_t count;

	(void)state;
	for (uint32_t i = 0; i < COUNT(wall); i++) {
		struct rg_sample sample = {.value = {1 + (int64_t)i},
					   .stack = make_leaf(b, "f"),
					   .slice = i,
					   .thread = "worker"};

		assert_int_equal(rg_profile_builder_slice(b, &(struct rg_slice){.wall_ns = wall[i]},
							  NULL),
				 0);
		assert_int_equal(rg_profile_builder_sample(b, &sample, NULL), 0);
	}
	p = make_profile(b);
	assert_int_equal(rg_profile_reduce(p, 4, &r, NULL), 0);
	rg_profile_slices(r, &count);
	assert_int_equal(count, 3);
	const struct rg_sample *sample = rg_profile_samples(r, &count);

	assert_int_equal(count, 3);
	assert_int_equal(sample[1].value[RG_VALUE_SAMPLES], 2 + 3);
	assert_string_equal(sample[1].thread, "");
	rg_profile_free(p);
	rg_profile_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_facts_and_waiting_threads_stay),
		cmocka_unit_test(slices_become_equal_parts),
		cmocka_unit_test(parts_without_a_slice_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
