/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rounds_made.h"

#include <math.h>

/* Runs taken in rounds: which are, and what comparing them round by round is good for. */

static void what_the_machine_did_to_both_cancels(void **state)
{
	(void)state;
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_verdict *paired = judged("a", "a", 3500, (enum rg_basis)basis);
		struct rg_verdict *unpaired = judged(NULL, NULL, 3500, (enum rg_basis)basis);

		assert_int_equal(paired->paired_rounds, ROUNDS);
		assert_int_equal(unpaired->paired_rounds, 0);
		assert_int_equal(paired->outcome, RG_OUTCOME_PASS);
		assert_true(paired->rows[0].mdg < 0.30);
		assert_true(fabs(paired->rows[0].growth) < 0.01);
		if (basis == RG_BASIS_SECOND) {
			assert_int_equal(unpaired->outcome, RG_OUTCOME_UNDECIDED);
			assert_true(unpaired->total.mdg > 2 * paired->total.mdg);
		}
		rg_verdict_free(paired);
		rg_verdict_free(unpaired);
	}
}

static void growth_is_found_across_rounds(void **state)
{
	(void)state;
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_verdict *verdict = judged("a", "a", 4900, (enum rg_basis)basis);
		const struct rg_row *row = find_row(verdict, "f01");

		assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
		assert_int_equal(row->status, RG_STATUS_REGRESSED);
		assert_true(fabs(row->growth - 0.40) < 0.02);
		assert_true(row->growth_low < 0.40 && row->growth_high > 0.40);
		assert_int_equal(verdict->paired_rounds, ROUNDS);
		rg_verdict_free(verdict);
	}
}

static void swapped_sides_turn_the_growth_round(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 4900), swapped = rounds;

	(void)state;
	memcpy(swapped.run[0], rounds.run[1], sizeof(rounds.run[1]));
	memcpy(swapped.run[1], rounds.run[0], sizeof(rounds.run[0]));
	for (int basis = RG_BASIS_SECOND; basis <= RG_BASIS_SHARE; basis++) {
		struct rg_verdict *there = judge_rounds(&rounds, (enum rg_basis)basis);
		struct rg_verdict *back = judge_rounds(&swapped, (enum rg_basis)basis);

		for (size_t i = 0; i < there->row_count; i++) {
			const struct rg_row *row = &there->rows[i];
			const struct rg_row *mirror = find_row(back, row->key);

			assert_true(fabs((1 + row->growth) * (1 + mirror->growth) - 1) < 1e-9);
		}
		rg_verdict_free(there);
		rg_verdict_free(back);
	}
	rounds_done(&rounds);
}

static void a_function_that_is_new_in_every_round_fails(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 3500);

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec spec = spec_of(i, "a", 3500);

		made_extra(&spec, "fresh", 1200);
		rg_profile_free(rounds.run[1][i]);
		rounds.run[1][i] = made(&spec);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "fresh")->status, RG_STATUS_NEW);
	rg_verdict_free(verdict);
	rounds_done(&rounds);
}

/* A canary's run that is missing, taken twice, or of another series: nothing is paired. */
static void rounds_that_are_not_whole_are_not_paired(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 3500);
	struct made_spec again = spec_of(2, "a", 3500);

	(void)state;
	rounds.count[1] = ROUNDS - 1;
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->paired_rounds, 0);
	const struct rg_issue *issue = find_issue(verdict, "rounds");

	assert_non_null(issue);
	assert_false(issue->blocking);
	assert_string_equal(issue->base, "4 of 4 runs");
	assert_string_equal(issue->canary, "3 of 3 runs");
	assert_string_equal(issue->limit,
			    "not one run of each side in every round: judged as unpaired runs");
	rg_verdict_free(verdict);

	rounds.count[1] = ROUNDS;
	rg_profile_free(rounds.run[1][0]);
	rounds.run[1][0] = made(&again);
	verdict = judge_rounds(&rounds, RG_BASIS_SECOND);
	assert_int_equal(verdict->paired_rounds, 0);
	assert_non_null(find_issue(verdict, "rounds"));
	rg_verdict_free(verdict);
	rounds_done(&rounds);
}

static void runs_of_different_series_are_not_paired(void **state)
{
	static const char *const series[][2] = {{"a", "b"}, {"a", NULL}, {"", ""}, {NULL, "b"}};

	(void)state;
	for (size_t i = 0; i < COUNT(series); i++) {
		struct rg_verdict *verdict =
			judged(series[i][0], series[i][1], 3500, RG_BASIS_SHARE);

		assert_int_equal(verdict->paired_rounds, 0);
		assert_null(find_issue(verdict, "rounds"));
		rg_verdict_free(verdict);
	}
}

static void one_round_is_one_run_a_side(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 3500);
	struct rg_profile *first = rounds.run[1][0];

	(void)state;
	rounds.count[0] = rounds.count[1] = 1;
	rounds.run[1][0] = rounds.run[1][ROUNDS - 1]; /* of round 1 */
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->paired_rounds, 0);
	assert_null(find_issue(verdict, "rounds"));
	rg_verdict_free(verdict);
	rounds.run[1][0] = first;
	rounds_done(&rounds);
}

static void advice_asks_for_more_rounds(void **state)
{
	struct rounds rounds = make_rounds("a", "a", 4100);

	(void)state;
	rounds.count[0] = rounds.count[1] = ROUNDS;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct made_spec spec = spec_of(i, "a", i % 2 ? 5200 : 3300);

		rg_profile_free(rounds.run[1][i]);
		rounds.run[1][i] = made(&spec);
	}
	struct rg_verdict *verdict = judge_rounds(&rounds, RG_BASIS_SECOND);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_non_null(strstr(verdict->advice, "more paired rounds, about "));
	rg_verdict_free(verdict);
	rounds_done(&rounds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_machine_did_to_both_cancels),
		cmocka_unit_test(growth_is_found_across_rounds),
		cmocka_unit_test(swapped_sides_turn_the_growth_round),
		cmocka_unit_test(a_function_that_is_new_in_every_round_fails),
		cmocka_unit_test(rounds_that_are_not_whole_are_not_paired),
		cmocka_unit_test(runs_of_different_series_are_not_paired),
		cmocka_unit_test(one_round_is_one_run_a_side),
		cmocka_unit_test(advice_asks_for_more_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
