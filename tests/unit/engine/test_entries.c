/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where growth came in, of whole verdicts: by one caller of several, by several, and of waits. */
#include "wait_made.h"

#define LIBC  " of libc.so.6"
#define START ";start_thread" LIBC ";clone3" LIBC

static const struct rg_entry *find_entry(const struct rg_verdict *verdict,
					 enum rg_dimension dimension, enum rg_growth_of of,
					 const char *function)
{
	for (size_t i = 0; i < verdict->entry_count; i++) {
		const struct rg_entry *entry = &verdict->entries[i];

		if (entry->dimension == dimension && entry->of == of &&
		    strcmp(entry->function, function) == 0)
			return entry;
	}
	return NULL;
}

/* --- CPU time --------------------------------------------------------------------------------- */

enum { PATHS_MAX = 5, EACH = 1200 };

struct paths {
	const char *stack[PATHS_MAX];
	int64_t samples[PATHS_MAX];
};

static void add_paths(struct rg_profile_builder *builder, const void *with)
{
	const struct paths *paths = with;

	for (size_t i = 0; i < PATHS_MAX && paths->stack[i]; i++) {
		uint32_t stack = wait_stack(builder, paths->stack[i]);
		struct made_spec spec = made_default();

		for (uint32_t slice = 0; slice < spec.slices; slice++)
			made_sample(builder, &spec, stack, slice,
				    paths->samples[i] / (int64_t)spec.slices);
	}
}

/* All call one function of a library. */
static struct paths callers_of_one(void)
{
	return (struct paths){
		.stack = {"strtod" LIBC ";load;main", "strtod" LIBC ";parse;main",
			  "strtod" LIBC ";price;main", "strtod" LIBC ";audit;main"},
		.samples = {EACH, EACH, EACH, EACH},
	};
}

static struct rg_verdict *judge_paths(const struct paths *before, const struct paths *after,
				      enum rg_basis basis)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	base.more = canary.more = add_paths;
	base.with = before;
	canary.with = after;
	return judge_specs(&base, &canary, &policy);
}

static void of_several_callers_the_one_is_named(void **state)
{
	struct paths before = callers_of_one(), after = callers_of_one();
	const struct rg_entry *entry;

	(void)state;
	after.samples[1] *= 4;
	struct rg_verdict *verdict = judge_paths(&before, &after, RG_BASIS_SECOND);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	entry = find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "parse");
	assert_non_null(entry);
	assert_close(entry->explains, 1, 0.01);
	assert_null(find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "load"));
	rg_verdict_free(verdict);
}

static void growth_that_is_split_has_several_places(void **state)
{
	struct paths before = callers_of_one(), after = callers_of_one();

	(void)state;
	after.samples[0] *= 3;
	after.samples[2] *= 3;
	struct rg_verdict *verdict = judge_paths(&before, &after, RG_BASIS_SECOND);
	const struct rg_entry *load =
		find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "load");
	const struct rg_entry *price =
		find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "price");

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_non_null(load);
	assert_non_null(price);
	assert_int_equal(load->row, price->row);
	assert_string_equal(verdict->rows[load->row].function, "strtod");
	assert_close(load->explains, 0.5, 0.05);
	assert_close(price->explains, 0.5, 0.05);
	assert_null(find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "parse"));
	assert_null(find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "main"));
	rg_verdict_free(verdict);
}

/* Four fifths and no less: of three ways with a part too small for one, what is left is not told. */
static void what_is_split_too_finely_is_not_told_as_one_of_its_parts(void **state)
{
	struct paths before = callers_of_one(), after = callers_of_one();

	(void)state;
	for (size_t i = 0; i < 4; i++)
		after.samples[i] *= 2;
	struct rg_verdict *verdict = judge_paths(&before, &after, RG_BASIS_SECOND);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	for (size_t i = 0; i < verdict->entry_count; i++)
		assert_true(verdict->entries[i].explains >= 0.8);
	rg_verdict_free(verdict);
}

/* On shares no caller can be judged where the program has few functions; what fails is explained all the same. */
static void of_few_functions_growth_is_explained_too(void **state)
{
	struct paths before = callers_of_one(), after = callers_of_one();
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SHARE;
	base.functions = canary.functions = 1;
	base.more = canary.more = add_paths;
	after.samples[1] *= 8;
	base.with = &before;
	canary.with = &after;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->caller_count, 0);
	assert_non_null(find_entry(verdict, RG_DIMENSION_ON_CPU, RG_GROWTH_OF_ROW, "parse"));
	assert_text_has(verdict->reason, ", through parse()");
	rg_verdict_free(verdict);
}

/* --- Waits ------------------------------------------------------------------------------------ */

static struct wait_set two_that_sync(uint64_t seed)
{
	struct wait_set set = wait_set_default();
	struct wait_spec wait = {"fsync" LIBC ";audit_append;on_order" START,
				 RG_WAIT_DISK,
				 "w",
				 20,
				 4,
				 WAIT_EXPONENTIAL};

	set.seed = seed;
	wait_put(&set, &wait);
	wait.stack = "fsync" LIBC ";audit_append;on_stock" START;
	wait_put(&set, &wait);
	return set;
}

/* The wait's anchor is where it waits; who asks for it more often is further up. */
static void assert_wait_entered(const struct rg_verdict *verdict)
{
	const struct rg_entry *entry =
		find_entry(verdict, RG_DIMENSION_OFF_CPU, RG_GROWTH_OF_ROW, "on_stock");

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_string_equal(verdict->off_cpu.rows[0].function, "audit_append");
	assert_non_null(entry);
	assert_int_equal(entry->row, 0);
	assert_true(entry->explains >= 0.8);
	assert_string_equal(entry->file, "server.c");
	assert_int_equal(entry->line, 7);
	assert_null(find_entry(verdict, RG_DIMENSION_OFF_CPU, RG_GROWTH_OF_ROW, "on_order"));
	assert_int_equal(find_entry(verdict, RG_DIMENSION_OFF_CPU, RG_GROWTH_OF_TOTAL,
				    "on_stock") ||
				 find_entry(verdict, RG_DIMENSION_OFF_CPU, RG_GROWTH_OF_TOTAL,
					    "audit_append"),
			 1);
	assert_text_has(verdict->reason, ", through on_stock()");
}

static void growth_of_waits_came_in_by_a_caller(void **state)
{
	struct wait_set base = two_that_sync(1), canary = two_that_sync(2);
	struct made_spec before = wait_default(&base), after = wait_default(&canary);
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	canary.wait[1].per_second *= 8;
	struct rg_verdict *verdict = judge_specs(&before, &after, &policy);

	assert_wait_entered(verdict);
	rg_verdict_free(verdict);
}

/* A service that mostly waits has few functions with samples, or too few samples to judge any. */
static void waits_are_explained_where_cpu_time_decides_nothing(void **state)
{
	struct wait_set base = two_that_sync(1), canary = two_that_sync(2);
	struct made_spec before = wait_default(&base), after = wait_default(&canary);
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	canary.wait[1].per_second *= 8;
	before.functions = after.functions = 2;
	for (int64_t heaviest = 1000; heaviest > 0; heaviest /= 20) {
		before.heaviest = after.heaviest = heaviest;
		struct rg_verdict *verdict = judge_specs(&before, &after, &policy);

		assert_wait_entered(verdict);
		rg_verdict_free(verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_several_callers_the_one_is_named),
		cmocka_unit_test(growth_that_is_split_has_several_places),
		cmocka_unit_test(what_is_split_too_finely_is_not_told_as_one_of_its_parts),
		cmocka_unit_test(of_few_functions_growth_is_explained_too),
		cmocka_unit_test(growth_of_waits_came_in_by_a_caller),
		cmocka_unit_test(waits_are_explained_where_cpu_time_decides_nothing),
	};

	return cmocka_run_group_tests_name("engine/entries", tests, NULL, NULL);
}
