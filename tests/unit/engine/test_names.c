/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/policy.h"
#include "rg/verdict.h"

static void every_value_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(rg_rule_name(RG_RULE_STATISTICAL), "statistical");
	assert_string_equal(rg_rule_name(RG_RULE_LITERAL), "literal");
	assert_string_equal(rg_basis_name(RG_BASIS_AUTO), "auto");
	assert_string_equal(rg_basis_name(RG_BASIS_SECOND), "second");
	assert_string_equal(rg_basis_name(RG_BASIS_WORK), "work");
	assert_string_equal(rg_basis_name(RG_BASIS_SHARE), "share");
	assert_string_equal(rg_outcome_name(RG_OUTCOME_UNDECIDED), "undecided");
	assert_string_equal(rg_outcome_name(RG_OUTCOME_PASS), "pass");
	assert_string_equal(rg_outcome_name(RG_OUTCOME_FAIL), "fail");
	assert_string_equal(rg_outcome_name(RG_OUTCOME_NOT_COMPARABLE), "not_comparable");
	assert_string_equal(rg_outcome_name(RG_OUTCOME_NO_BASELINE), "no_baseline");
	assert_string_equal(rg_status_name(RG_STATUS_UNKNOWN), "unknown");
	assert_string_equal(rg_status_name(RG_STATUS_UNCHANGED), "unchanged");
	assert_string_equal(rg_status_name(RG_STATUS_IMPROVED), "improved");
	assert_string_equal(rg_status_name(RG_STATUS_DISPLACED), "displaced");
	assert_string_equal(rg_status_name(RG_STATUS_SUSPECT), "suspect");
	assert_string_equal(rg_status_name(RG_STATUS_NEW), "new");
	assert_string_equal(rg_status_name(RG_STATUS_REGRESSED), "regressed");
	assert_string_equal(rg_status_name(RG_STATUS_MOVED), "moved");
	assert_string_equal(rg_status_name(RG_STATUS_PLACED), "placed");
	assert_string_equal(rg_commit_of_name(RG_COMMIT_OF_ROW), "row");
	assert_string_equal(rg_commit_of_name(RG_COMMIT_OF_CALLER), "caller");
	assert_string_equal(rg_commit_of_name(RG_COMMIT_OF_ENTRY), "entry");
	assert_string_equal(rg_commit_of_name((enum rg_commit_of)3), "invalid");
	assert_string_equal(rg_move_how_name(RG_MOVE_REPLACED), "replaced");
	assert_string_equal(rg_move_how_name(RG_MOVE_INLINED), "inlined");
	assert_string_equal(rg_move_how_name(RG_MOVE_TAKEN_OUT), "taken_out");
	assert_string_equal(rg_move_how_name(RG_MOVE_LINES), "lines");
	assert_string_equal(rg_move_how_name((enum rg_move_how)4), "invalid");
	assert_string_equal(rg_status_name(RG_STATUS_IGNORED), "ignored");
}

static void zero_is_inconclusive(void **state)
{
	const struct rg_verdict unset = {0};

	(void)state;
	assert_string_equal(rg_outcome_name(unset.outcome), "undecided");
	assert_string_equal(rg_status_name(unset.total.status), "unknown");
}

static void other_values_have_a_name_too(void **state)
{
	(void)state;
	assert_string_equal(rg_rule_name((enum rg_rule)9), "invalid");
	assert_string_equal(rg_basis_name((enum rg_basis)9), "invalid");
	assert_string_equal(rg_outcome_name((enum rg_outcome)9), "invalid");
	assert_string_equal(rg_status_name((enum rg_status)11), "invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_has_its_name),
		cmocka_unit_test(zero_is_inconclusive),
		cmocka_unit_test(other_values_have_a_name_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
