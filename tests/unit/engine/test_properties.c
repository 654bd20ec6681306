/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include "base/sanitized.h"

/* What holds for every comparison, tried on many random ones; seeded. */

enum { WORLDS = 60, SANITIZED_WORLDS = 10 };

static struct rg_policy policy_on(enum rg_basis basis)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = basis;
	return policy;
}

#define EACH_WORLD(world, policy) \
	FIRST_WORLDS((uint64_t)tries(WORLDS, SANITIZED_WORLDS), world, policy)
#define FIRST_WORLDS(count, world, policy)                                                     \
	for (uint64_t seed_ = 1, last_ = (count); seed_ <= last_; seed_++)                     \
		for (struct rg_policy                                                          \
			     policy = policy_on(seed_ % 2 ? RG_BASIS_SECOND : RG_BASIS_SHARE), \
			     *once_ = &policy;                                                 \
		     once_; once_ = NULL)                                                      \
			for (struct world world = world_make(seed_), *also_ = &world; also_;   \
			     also_ = NULL)

/* The worlds are worth trying: every outcome is among them. */
static void worlds_differ(void **state)
{
	size_t outcome[5] = {0};

	(void)state;
	FIRST_WORLDS(WORLDS, world, policy)
	{
		struct rg_verdict *verdict =
			world_judge(&world, 0, &(struct world_order){0}, &policy);

		outcome[verdict->outcome]++;
		rg_verdict_free(verdict);
	}
	assert_true(outcome[RG_OUTCOME_FAIL] >= 5);
	assert_true(outcome[RG_OUTCOME_PASS] >= 5);
	assert_true(outcome[RG_OUTCOME_UNDECIDED] >= 5);
}

static void assert_mirrored(const struct rg_row *row, const struct rg_row *mirror)
{
	if (row->samples_base == 0 || row->samples_canary == 0)
		return;
	assert_close((1 + row->growth) * (1 + mirror->growth), 1, 1e-9);
	assert_close((1 + row->raw_growth) * (1 + mirror->raw_growth), 1, 1e-9);
	if (!row->tested || row->growth_high >= RG_GROWTH_MAX)
		return;
	assert_close((1 + row->growth_low) * (1 + mirror->growth_high), 1, 1e-9);
	assert_close((1 + row->growth_high) * (1 + mirror->growth_low), 1, 1e-9);
}

static void swapped_sides_turn_every_growth_round(void **state)
{
	(void)state;
	EACH_WORLD(world, policy)
	{
		struct world_order how = {0};
		struct rg_verdict *there = world_judge(&world, 0, &how, &policy);
		struct rg_verdict *back = world_judge(&world, 1, &how, &policy);

		assert_mirrored(&there->total, &back->total);
		for (size_t i = 0; i < there->row_count; i++) {
			const struct rg_row *mirror = find_row(back, there->rows[i].key);

			assert_non_null(mirror);
			assert_mirrored(&there->rows[i], mirror);
		}
		rg_verdict_free(there);
		rg_verdict_free(back);
	}
}

/* Frames, samples and runs in whatever order, and twice over: the same to the last bit. */
static void order_and_pools_change_not_a_byte(void **state)
{
	static const struct world_order orders[] = {
		{0},
		{.shuffle = 7},
		{.runs_backwards = true},
		{.shuffle = 8, .runs_backwards = true},
		{.pooled = true},
		{.shuffle = 9, .runs_backwards = true, .pooled = true}};

	(void)state;
	EACH_WORLD(world, policy)
	{
		struct rg_verdict *verdict = world_judge(&world, 0, &orders[0], &policy);

		for (size_t i = 0; i < COUNT(orders); i++) {
			struct rg_verdict *other = world_judge(&world, 0, &orders[i], &policy);

			assert_same_bytes(verdict, other);
			rg_verdict_free(other);
		}
		rg_verdict_free(verdict);
	}
}

static void what_has_no_samples_changes_not_a_byte(void **state)
{
	const struct world_order plain = {0}, more = {.unrelated = true};

	(void)state;
	EACH_WORLD(world, policy)
	{
		struct rg_verdict *verdict = world_judge(&world, 0, &plain, &policy);
		struct rg_verdict *other = world_judge(&world, 0, &more, &policy);

		assert_same_bytes(verdict, other);
		rg_verdict_free(verdict);
		rg_verdict_free(other);
	}
}

static void assert_same_figures(const struct rg_row *a, const struct rg_row *b)
{
	assert_int_equal(a->status, b->status);
	assert_close(1 + a->growth, 1 + b->growth, 1e-9);
	assert_close(1 + a->growth_high, 1 + b->growth_high, 1e-9);
	assert_close(1 + a->mdg, 1 + b->mdg, 1e-9);
}

/* Slices of equal length, one a batch: when in the window a sample fell is not asked. */
static void the_order_of_slices_changes_nothing(void **state)
{
	const struct world_order plain = {0}, backwards = {.slices_backwards = true};

	(void)state;
	EACH_WORLD(world, policy)
	{
		struct rg_verdict *verdict = world_judge(&world, 0, &plain, &policy);
		struct rg_verdict *other = world_judge(&world, 0, &backwards, &policy);

		assert_int_equal(verdict->outcome, other->outcome);
		assert_same_figures(&verdict->total, &other->total);
		assert_int_equal(verdict->row_count, other->row_count);
		for (size_t i = 0; i < verdict->row_count; i++)
			assert_same_figures(&verdict->rows[i],
					    find_row(other, verdict->rows[i].key));
		rg_verdict_free(verdict);
		rg_verdict_free(other);
	}
}

/* What all functions have in common is weighed by the counts: it moves, within what is known of it. */
static void assert_well_within_the_interval(const struct rg_row *row, const struct rg_row *other)
{
	double width = log((1 + row->growth_high) / (1 + row->growth_low));

	assert_true(fabs(log((1 + row->growth) / (1 + other->growth))) <= 0.25 * width);
}

/* One side twice as busy, or twice as long: shares are the same, and so is what is made of them. */
static void scaled_counts_leave_shares_and_decided_verdicts(void **state)
{
	const struct world_order plain = {0};
	static const struct world_order scaled[] = {
		{.times = {1, 2}}, {.times = {2, 1}}, {.times = {1, 4}, .longer = true}};
	const size_t worlds = (size_t)tries(WORLDS, SANITIZED_WORLDS);
	size_t decided = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= worlds; seed++) {
		struct rg_policy policy = policy_on(RG_BASIS_SHARE);
		struct world world = world_make(seed);
		struct rg_verdict *verdict = world_judge(&world, 0, &plain, &policy);

		for (size_t k = 0; k < COUNT(scaled); k++) {
			struct rg_verdict *other = world_judge(&world, 0, &scaled[k], &policy);

			for (size_t i = 0; i < verdict->row_count; i++) {
				const struct rg_row *row = &verdict->rows[i];
				const struct rg_row *same = find_row(other, row->key);

				assert_close(same->share_base, row->share_base, 1e-12);
				assert_close(same->share_canary, row->share_canary, 1e-12);
				assert_close(1 + same->raw_growth, 1 + row->raw_growth, 1e-9);
				if (row->tested)
					assert_well_within_the_interval(row, same);
			}
			/* More samples may decide what was not; they turn nothing round. */
			if (verdict->outcome == RG_OUTCOME_FAIL)
				assert_int_not_equal(other->outcome, RG_OUTCOME_PASS);
			if (verdict->outcome == RG_OUTCOME_PASS)
				assert_int_not_equal(other->outcome, RG_OUTCOME_FAIL);
			decided += other->outcome == verdict->outcome;
			rg_verdict_free(other);
		}
		rg_verdict_free(verdict);
	}
	assert_true(decided > worlds * COUNT(scaled) * 6 / 10);
}

/* Both sides alike: twice the load at the same cost of each function, per second and on shares. */
static void scaling_both_sides_turns_no_verdict_round(void **state)
{
	const struct world_order plain = {0}, both = {.times = {3, 3}};

	(void)state;
	EACH_WORLD(world, policy)
	{
		struct rg_verdict *verdict = world_judge(&world, 0, &plain, &policy);
		struct rg_verdict *other = world_judge(&world, 0, &both, &policy);

		assert_close(1 + other->total.growth, 1 + verdict->total.growth, 1e-9);
		if (verdict->outcome == RG_OUTCOME_FAIL)
			assert_int_not_equal(other->outcome, RG_OUTCOME_PASS);
		if (verdict->outcome == RG_OUTCOME_PASS)
			assert_int_not_equal(other->outcome, RG_OUTCOME_FAIL);
		rg_verdict_free(verdict);
		rg_verdict_free(other);
	}
}

/* 300 slices and the 20 they are reduced to: the batches are the same. */
static void reduced_profiles_change_not_a_byte(void **state)
{
	(void)state;
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_policy policy = policy_on((enum rg_basis)basis);
		struct made_spec spec[2] = {made_default(), made_default()};
		struct rg_profile *whole[2], *reduced[2];
		size_t samples[2];

		for (int end = 0; end < 2; end++) {
			spec[end].slices = 300;
			made_extra(&spec[end], "f01", end ? 5200 : 3500);
			whole[end] = made(&spec[end]);
			assert_int_equal(rg_profile_reduce(whole[end], 20, &reduced[end], NULL), 0);
		}
		struct rg_verdict *verdict = judge_runs(
			&(struct rg_runs){(const struct rg_profile *const *)&whole[0], 1},
			&(struct rg_runs){(const struct rg_profile *const *)&whole[1], 1}, &policy);
		struct rg_verdict *same = judge_runs(
			&(struct rg_runs){(const struct rg_profile *const *)&reduced[0], 1},
			&(struct rg_runs){(const struct rg_profile *const *)&reduced[1], 1},
			&policy);

		assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
		assert_same_bytes(verdict, same);
		rg_profile_samples(whole[0], &samples[0]);
		rg_profile_samples(reduced[0], &samples[1]);
		assert_true(samples[1] < samples[0] / 5);
		rg_verdict_free(verdict);
		rg_verdict_free(same);
		for (int end = 0; end < 2; end++) {
			rg_profile_free(whole[end]);
			rg_profile_free(reduced[end]);
		}
	}
}

/* However much it grew, on whatever basis and by either rule. */
static void fewer_than_the_minimum_of_samples_is_undecided(void **state)
{
	(void)state;
	EACH_WORLD(world, policy)
	{
		struct rg_sim_random random = {seed_};
		int poor = (int)(rg_sim_next(&random) % 2);
		struct rg_verdict *rich = world_judge(&world, 0, &(struct world_order){0}, &policy);
		int64_t samples = poor ? rich->canary.samples : rich->base.samples;

		policy.min_samples = (uint64_t)samples + 1;
		for (int rule = RG_RULE_STATISTICAL; rule <= RG_RULE_LITERAL; rule++) {
			policy.rule = (enum rg_rule)rule;
			struct rg_verdict *verdict =
				world_judge(&world, 0, &(struct world_order){0}, &policy);

			assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
			assert_non_null(strstr(verdict->reason, "too few samples"));
			for (size_t i = 0; i < verdict->row_count; i++)
				assert_int_equal(verdict->rows[i].status, RG_STATUS_UNKNOWN);
			rg_verdict_free(verdict);
		}
		rg_verdict_free(rich);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worlds_differ),
		cmocka_unit_test(swapped_sides_turn_every_growth_round),
		cmocka_unit_test(order_and_pools_change_not_a_byte),
		cmocka_unit_test(what_has_no_samples_changes_not_a_byte),
		cmocka_unit_test(the_order_of_slices_changes_nothing),
		cmocka_unit_test(scaled_counts_leave_shares_and_decided_verdicts),
		cmocka_unit_test(scaling_both_sides_turns_no_verdict_round),
		cmocka_unit_test(reduced_profiles_change_not_a_byte),
		cmocka_unit_test(fewer_than_the_minimum_of_samples_is_undecided),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
