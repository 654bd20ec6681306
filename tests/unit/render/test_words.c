/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "words.h"

#include "rg/profile.h"

static void test_unset_reads_as_undecided(void **state)
{
	(void)state;
	assert_string_equal(rg_outcome_word((enum rg_outcome)0), "UNDECIDED");
	assert_string_equal(rg_outcome_word((enum rg_outcome)99), "UNDECIDED");
	assert_string_equal(rg_outcome_word(RG_OUTCOME_PASS), "PASS");
}

static void test_unknown_says_which(void **state)
{
	struct rg_row row = {.tested = true};

	(void)state;
	assert_string_equal(rg_row_word(&row), "undecided");
	row.tested = false;
	assert_string_equal(rg_row_word(&row), "untested");
	row.status = RG_STATUS_DISPLACED;
	assert_string_equal(rg_row_word(&row), "displaced");
}

static const struct {
	const char *why;
	enum rg_outcome outcome;
	enum rg_rule rule;
	enum rg_status first, total;
	const char *expected;
} fired[] = {
	{"a function that grew", RG_OUTCOME_FAIL, RG_RULE_STATISTICAL, RG_STATUS_REGRESSED,
	 RG_STATUS_UNCHANGED, "regressed"},
	{"a new function", RG_OUTCOME_FAIL, RG_RULE_STATISTICAL, RG_STATUS_NEW, RG_STATUS_UNCHANGED,
	 "new"},
	{"the total before any function", RG_OUTCOME_FAIL, RG_RULE_STATISTICAL, RG_STATUS_NEW,
	 RG_STATUS_REGRESSED, "total"},
	{"only the total", RG_OUTCOME_FAIL, RG_RULE_STATISTICAL, RG_STATUS_SUSPECT,
	 RG_STATUS_REGRESSED, "total"},
	{"the literal rule says so", RG_OUTCOME_FAIL, RG_RULE_LITERAL, RG_STATUS_NEW,
	 RG_STATUS_UNKNOWN, "literal, new"},
	{"undecided for a function", RG_OUTCOME_UNDECIDED, RG_RULE_STATISTICAL, RG_STATUS_SUSPECT,
	 RG_STATUS_UNCHANGED, "suspect"},
	{"undecided for the total", RG_OUTCOME_UNDECIDED, RG_RULE_STATISTICAL, RG_STATUS_UNCHANGED,
	 RG_STATUS_SUSPECT, "suspect total"},
	{"undecided for want of samples", RG_OUTCOME_UNDECIDED, RG_RULE_STATISTICAL,
	 RG_STATUS_UNKNOWN, RG_STATUS_UNKNOWN, ""},
	{"a pass follows from no row", RG_OUTCOME_PASS, RG_RULE_STATISTICAL, RG_STATUS_UNCHANGED,
	 RG_STATUS_UNCHANGED, ""},
	{"what cannot be compared fires no rule", RG_OUTCOME_NOT_COMPARABLE, RG_RULE_STATISTICAL,
	 RG_STATUS_REGRESSED, RG_STATUS_REGRESSED, ""},
};

static void test_fired_rule(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fired); i++) {
		struct rg_verdict verdict = unit_verdict(rows, 1);

		verdict.outcome = fired[i].outcome;
		verdict.policy.rule = fired[i].rule;
		rows[0].status = fired[i].first;
		verdict.total.status = fired[i].total;
		if (strcmp(rg_fired_rule(&verdict), fired[i].expected) != 0)
			fail_msg("%s: '%s'", fired[i].why, rg_fired_rule(&verdict));
	}
}

static void test_ignored_rows_take_nobodys_place(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 30);

	(void)state;
	rows[1].status = rows[3].status = RG_STATUS_IGNORED;
	assert_int_equal(rg_rows_shown(&verdict), 7);
	/* But they do not fill the screen. */
	for (size_t i = 0; i < 30; i++)
		rows[i].status = RG_STATUS_IGNORED;
	assert_int_equal(rg_rows_shown(&verdict), 10);
	assert_false(rg_row_fails(&rows[0]));
	assert_string_equal(rg_row_word(&rows[0]), "ignored");
}

static void test_own_limits_are_those_that_were_applied(void **state)
{
	struct rg_row row = {.tested = true, .pattern = "f*"};

	(void)state;
	assert_true(rg_row_has_own_limit(&row));
	row.tested = false;
	assert_false(rg_row_has_own_limit(&row));
	row = (struct rg_row){.tested = true, .pattern = ""};
	assert_false(rg_row_has_own_limit(&row));
	row.pattern = NULL;
	assert_false(rg_row_has_own_limit(&row));
}

static void test_all_failing_rows_are_shown(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 12);

	(void)state;
	assert_int_equal(rg_rows_shown(&verdict), 5);
	for (size_t i = 0; i < 9; i++)
		rows[i].status = RG_STATUS_NEW;
	assert_int_equal(rg_rows_shown(&verdict), 9);
	verdict.row_count = 3;
	assert_int_equal(rg_rows_shown(&verdict), 3);
}

static void test_growth_is_adjusted(void **state)
{
	static struct rg_row rows[UNIT_ROWS_MAX];
	struct rg_verdict verdict = unit_verdict(rows, 8);

	(void)state;
	assert_false(rg_growth_is_adjusted(&verdict));
	rows[2].raw_growth = 3.2;
	assert_false(rg_growth_is_adjusted(&verdict));
	rows[2].raw_growth = 3.4;
	assert_true(rg_growth_is_adjusted(&verdict));
	/* A new function has no growth to be adjusted. */
	rows[2].samples_base = 0;
	assert_false(rg_growth_is_adjusted(&verdict));
	/* Nor does a row that is not shown matter. */
	rows[6].raw_growth = 0;
	assert_false(rg_growth_is_adjusted(&verdict));
}

static void test_losses(void **state)
{
	const struct rg_loss loss = {RG_KEY_CUT_TOO_DEEP, 12};
	struct rg_side side = {0};

	(void)state;
	assert_string_equal(rg_loss_word(RG_KEY_LOST_TABLE_FULL), "table full");
	assert_null(rg_loss_word("lost.other"));
	assert_null(rg_loss_word(NULL));
	assert_false(rg_losses_known(&side));
	side.tool = "regress-gate 0.1.0";
	assert_true(rg_losses_known(&side));
	side = (struct rg_side){.losses = &loss, .loss_count = 1};
	assert_true(rg_losses_known(&side));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unset_reads_as_undecided),
		cmocka_unit_test(test_unknown_says_which),
		cmocka_unit_test(test_fired_rule),
		cmocka_unit_test(test_ignored_rows_take_nobodys_place),
		cmocka_unit_test(test_own_limits_are_those_that_were_applied),
		cmocka_unit_test(test_all_failing_rows_are_shown),
		cmocka_unit_test(test_growth_is_adjusted),
		cmocka_unit_test(test_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
