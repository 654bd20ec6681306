/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_made.h"

/* Two processes side by side: which runs are a pair, what pairing them cancels, and what it cannot know. */

/* What the load was in each slice. */
static const uint32_t wave[20] = {9, 8, 7, 5, 3, 2, 1, 1, 2, 3, 5, 7, 8, 9, 9, 8, 5, 3, 2, 1};
static const uint32_t ebbing[20] = {1, 2, 3, 5, 8, 9, 9, 8, 7, 5, 3, 2, 1, 1, 2, 3, 5, 7, 8, 9};

static struct made_spec side(const char *pair)
{
	struct made_spec spec = made_default();

	spec.load = wave;
	if (pair)
		made_set(&spec, RG_KEY_CONTROL_PAIR, pair);
	return spec;
}

static struct rg_verdict *judge_by(const struct made_spec *base, const struct made_spec *canary,
				   enum rg_basis basis)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	return judge_specs(base, canary, &policy);
}

static double mdg_of(const struct rg_verdict *verdict, const char *key)
{
	const struct rg_row *row = find_row(verdict, key);

	assert_non_null(row);
	return row->mdg;
}

/* --- Which are a pair ------------------------------------------------------------------------- */

static void two_of_one_pair_are_concurrent(void **state)
{
	struct made_spec base = side("a"), canary = side("a");
	struct rg_verdict *verdict = judge_by(&base, &canary, RG_BASIS_SHARE);

	(void)state;
	assert_true(verdict->concurrent);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->issue_count, 0);
	rg_verdict_free(verdict);
}

static void others_are_not(void **state)
{
	static const char *const pairs[][2] = {{"a", "b"}, {"a", NULL}, {"", ""}, {NULL, "b"}};

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct made_spec base = side(pairs[i][0]), canary = side(pairs[i][1]);
		struct rg_verdict *verdict = judge_by(&base, &canary, RG_BASIS_SHARE);

		assert_false(verdict->concurrent);
		assert_null(find_issue(verdict, "window"));
		rg_verdict_free(verdict);
	}
}

static void windows_that_differ_are_not_paired_but_said(void **state)
{
	struct made_spec base = side("a"), shorter = side("a"), fewer = side("a");
	const struct made_spec *const other[] = {&shorter, &fewer};

	(void)state;
	shorter.wall_ns /= 2;
	fewer.slices = 19;
	for (size_t i = 0; i < COUNT(other); i++) {
		struct rg_verdict *verdict = judge_by(&base, other[i], RG_BASIS_SHARE);
		const struct rg_issue *issue = find_issue(verdict, "window");

		assert_false(verdict->concurrent);
		assert_non_null(issue);
		assert_false(issue->blocking);
		assert_string_equal(issue->limit,
				    "their slices are not the same: judged as two windows");
		rg_verdict_free(verdict);
	}
}

static void several_runs_a_side_are_runs(void **state)
{
	struct made_spec base = side("a"), canary = side("a");
	struct rg_profile *before = made(&base), *after = made(&canary);
	const struct rg_profile *two[] = {before, before}, *one = after;
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){two, 2}, &(struct rg_runs){&one, 1}, &policy);

	assert_false(verdict->concurrent);
	rg_verdict_free(verdict);
	verdict = judge_runs(&(struct rg_runs){two, 2}, &(struct rg_runs){NULL, 0}, &policy);
	assert_false(verdict->concurrent);
	rg_verdict_free(verdict);
	rg_profile_free(before);
	rg_profile_free(after);
}

/* As a folder of profiles is kept. */
static void reduced_profiles_stay_a_pair(void **state)
{
	struct made_spec spec = side("a");
	struct rg_profile *whole = made(&spec), *less = NULL, *too = NULL;
	struct rg_policy policy;

	(void)state;
	assert_int_equal(rg_profile_reduce(whole, 10, &less, NULL), 0);
	assert_int_equal(rg_profile_reduce(whole, 10, &too, NULL), 0);
	const struct rg_profile *base = less, *canary = too;

	rg_policy_init(&policy);
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){&base, 1}, &(struct rg_runs){&canary, 1}, &policy);

	assert_true(verdict->concurrent);
	rg_verdict_free(verdict);
	rg_profile_free(whole);
	rg_profile_free(less);
	rg_profile_free(too);
}

/* --- What cancels, and what does not ---------------------------------------------------------- */

static void a_wave_of_both_is_no_noise_of_either(void **state)
{
	struct made_spec base = side("a"), canary = side("a"), alone = side(NULL);
	struct rg_verdict *paired = judge_by(&base, &canary, RG_BASIS_SECOND);
	struct rg_verdict *unpaired = judge_by(&alone, &alone, RG_BASIS_SECOND);

	(void)state;
	assert_int_equal(paired->outcome, RG_OUTCOME_PASS);
	assert_int_equal(unpaired->outcome, RG_OUTCOME_UNDECIDED);
	assert_true(mdg_of(paired, "f00") < 0.5 * mdg_of(unpaired, "f00"));
	rg_verdict_free(paired);
	rg_verdict_free(unpaired);
}

/* Opposite waves are as much noise as two waves, and that of one side alone is not the other's. */
static void what_only_one_did_does_not_cancel(void **state)
{
	struct made_spec base = side("a"), canary = side("a");

	(void)state;
	canary.load = ebbing;
	struct rg_verdict *verdict = judge_by(&base, &canary, RG_BASIS_SECOND);

	assert_true(verdict->concurrent);
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_true(mdg_of(verdict, "f00") > 1);
	rg_verdict_free(verdict);
}

/* However much is sampled: between two processes of one build there is the prior's variance, as between any two runs. */
static void slices_do_not_tell_one_process_from_another(void **state)
{
	struct made_spec base = side("a"), canary = side("a");
	struct made_spec much = side("a"), more = side("a");

	(void)state;
	base.load = canary.load = much.load = more.load = NULL;
	much.times = more.times = 1000;
	struct rg_verdict *few = judge_by(&base, &canary, RG_BASIS_SECOND);
	struct rg_verdict *many = judge_by(&much, &more, RG_BASIS_SECOND);
	double least = 0.05 * sqrt(2);

	/* 95 % of a normal variable lie within 1.96 standard deviations, and of Student's t beyond. */
	assert_true(log1p(find_row(many, "f00")->growth_high) > 1.96 * least);
	assert_true(find_row(many, "f00")->growth_high <= find_row(few, "f00")->growth_high);
	rg_verdict_free(few);
	rg_verdict_free(many);
}

static void a_function_of_one_side_alone_is_judged_all_the_same(void **state)
{
	struct made_spec base = side("a"), canary = side("a");

	(void)state;
	made_extra(&canary, "audit", 4000);
	struct rg_verdict *verdict = judge_by(&base, &canary, RG_BASIS_SHARE);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "audit")->status, RG_STATUS_NEW);
	rg_verdict_free(verdict);
}

/* --- Waits ------------------------------------------------------------------------------------ */

struct waves {
	uint64_t seed;
	const uint32_t *load;
};

static void add_waves(struct rg_profile_builder *builder, const void *with)
{
	static const struct wait_spec spec = {
		"fsync of libc.so.6;commit;main", RG_WAIT_DISK, "w", 20, 5, WAIT_EXPONENTIAL};
	const struct waves *waves = with;
	struct rg_sim_random random = {waves->seed};
	uint32_t stack = wait_stack(builder, spec.stack);

	rg_profile_builder_measures(builder, RG_VALUE_WAITS);
	rg_profile_builder_measures(builder, RG_VALUE_OFF_CPU_NS);
	for (uint32_t s = 0; s < 20; s++)
		wait_slice(builder, &random, &spec, 1, stack, s, 3.0 * waves->load[s]);
}

static double wait_mdg(const char *pair, const uint32_t *load)
{
	const struct waves first = {1, wave}, second = {2, load};
	struct made_spec base = side(pair), canary = side(pair);

	base.more = canary.more = add_waves;
	base.with = &first;
	canary.with = &second;
	struct rg_verdict *verdict = judge_by(&base, &canary, RG_BASIS_SHARE);
	double mdg = verdict->off_cpu.total.mdg;

	assert_true(verdict->off_cpu.judged);
	assert_true(mdg > 0);
	assert_int_equal(verdict->off_cpu.row_count, 1);
	assert_true(verdict->off_cpu.rows[0].mdg > 0);
	rg_verdict_free(verdict);
	return mdg;
}

static void waves_of_waits_cancel_too(void **state)
{
	(void)state;
	assert_true(wait_mdg("a", wave) < 0.6 * wait_mdg(NULL, wave));
	assert_true(wait_mdg("a", ebbing) > wait_mdg("a", wave));
}

/* --- The load's split ------------------------------------------------------------------------- */

/* Samples, in ninths of what the other side has. */
static struct rg_verdict *split(double base_times, double canary_times, uint64_t base_work,
				uint64_t canary_work, enum rg_basis basis)
{
	struct made_spec base = side("a"), canary = side("a");
	char before[24], after[24];

	base.times = base_times;
	canary.times = canary_times;
	base.work = base_work;
	canary.work = canary_work;
	snprintf(before, sizeof(before), "%llu", (unsigned long long)base_work);
	snprintf(after, sizeof(after), "%llu", (unsigned long long)canary_work);
	if (base_work)
		made_set(&base, RG_KEY_WORK_TOTAL, before);
	if (canary_work)
		made_set(&canary, RG_KEY_WORK_TOTAL, after);
	return judge_by(&base, &canary, basis);
}

static void an_uneven_split_does_not_matter_per_work(void **state)
{
	struct rg_verdict *verdict = split(9, 1, 90000, 10000, RG_BASIS_WORK);
	const struct rg_issue *issue = find_issue(verdict, "load");

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_non_null(issue);
	assert_false(issue->blocking);
	rg_verdict_free(verdict);
	/* And a canary that costs twice as much for its part is seen to. */
	verdict = split(9, 2, 90000, 10000, RG_BASIS_WORK);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

/* A canary with less of the load may be compared by shares; one that is busier may cost more in all it does. */
static void shares_bear_a_smaller_part_of_the_load_but_no_larger_one(void **state)
{
	struct rg_verdict *verdict = split(9, 1, 0, 0, RG_BASIS_SHARE);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(find_issue(verdict, "load")->limit,
			    "shares do not show growth that all functions have in common");
	rg_verdict_free(verdict);
	verdict = split(1, 9, 0, 0, RG_BASIS_SHARE);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	rg_verdict_free(verdict);
}

static void per_second_the_split_is_a_caution(void **state)
{
	struct rg_verdict *verdict = split(1, 1, 0, 0, RG_BASIS_SECOND);
	const struct rg_issue *issue = find_issue(verdict, "load's split");

	(void)state;
	assert_non_null(issue);
	assert_false(issue->blocking);
	assert_string_equal(issue->limit,
			    "per second, the side that gets more of the load costs more");
	rg_verdict_free(verdict);
}

static void other_programs_are_a_caution(void **state)
{
	struct made_spec base = side("a"), canary = side("a");

	(void)state;
	made_set(&base, RG_KEY_TARGET, "nginx");
	made_set(&canary, RG_KEY_TARGET, "server");
	struct rg_verdict *verdict = judge_by(&base, &canary, RG_BASIS_SHARE);
	const struct rg_issue *issue = find_issue(verdict, "program");

	assert_non_null(issue);
	assert_false(issue->blocking);
	assert_string_equal(issue->base, "nginx");
	assert_string_equal(issue->canary, "server");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_one_pair_are_concurrent),
		cmocka_unit_test(others_are_not),
		cmocka_unit_test(windows_that_differ_are_not_paired_but_said),
		cmocka_unit_test(several_runs_a_side_are_runs),
		cmocka_unit_test(reduced_profiles_stay_a_pair),
		cmocka_unit_test(a_wave_of_both_is_no_noise_of_either),
		cmocka_unit_test(what_only_one_did_does_not_cancel),
		cmocka_unit_test(slices_do_not_tell_one_process_from_another),
		cmocka_unit_test(a_function_of_one_side_alone_is_judged_all_the_same),
		cmocka_unit_test(waves_of_waits_cancel_too),
		cmocka_unit_test(an_uneven_split_does_not_matter_per_work),
		cmocka_unit_test(shares_bear_a_smaller_part_of_the_load_but_no_larger_one),
		cmocka_unit_test(per_second_the_split_is_a_caution),
		cmocka_unit_test(other_programs_are_a_caution),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
