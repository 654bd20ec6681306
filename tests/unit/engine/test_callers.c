/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growth of callers whose callees run more often, and functions that have another name, of single pairs. */
#include "callers_drawn.h"

static struct rg_verdict *judge_grown(const struct program *program, const struct rg_policy *policy)
{
	struct rg_sim_random random = {7};
	struct change change = no_change;

	change.caller = 0;
	change.growth = 2;
	struct rg_profile *base = draw(program, &no_change, 0.05, &random);

	return drawn_judge(base, draw(program, &change, 0.05, &random), policy, NULL);
}

static struct rg_policy accepting(const struct rg_policy_accept *accept, size_t count)
{
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SHARE;
	policy.accept = accept;
	policy.accept_count = count;
	policy.today = 2;
	return policy;
}

static void assert_caller(const struct rg_verdict *verdict, enum rg_outcome outcome,
			  enum rg_status status)
{
	if (verdict->outcome != outcome || verdict->caller_count != 1)
		fail_msg("%s, %zu callers: %s", rg_outcome_name(verdict->outcome),
			 verdict->caller_count, verdict->reason);
	assert_string_equal(verdict->callers[0].key, "caller00");
	assert_int_equal(verdict->callers[0].status, status);
}

static void a_callers_growth_may_be_accepted(void **state)
{
	/* With its growth most of a function's comes in that fails by itself. */
	struct rg_policy_accept accept[] = {{"leaf14", "libc.so", "r", "o", 9, 5},
					    {"caller00", "server", "r", "o", 2, 5}};
	struct program program = make_program(1);
	struct rg_policy policy = accepting(accept, 1);
	struct rg_verdict *verdict = judge_grown(&program, &policy);

	(void)state;
	assert_caller(verdict, RG_OUTCOME_FAIL, RG_STATUS_REGRESSED);
	rg_verdict_free(verdict);
	policy.accept_count = 2;
	verdict = judge_grown(&program, &policy);
	assert_caller(verdict, RG_OUTCOME_PASS, RG_STATUS_ACCEPTED);
	assert_int_equal(verdict->entry_count, 0);
	rg_verdict_free(verdict);
	policy.today = 3;
	verdict = judge_grown(&program, &policy);
	assert_caller(verdict, RG_OUTCOME_FAIL, RG_STATUS_REGRESSED);
	assert_int_equal(verdict->callers[0].accept.found, RG_ACCEPTANCE_EXPIRED);
	assert_non_null(strstr(verdict->reason, "and that has expired"));
	rg_verdict_free(verdict);
}

/* Most of what the caller calls is one function, which then explains its growth. */
static void what_is_accepted_hides_no_callers_growth(void **state)
{
	struct rg_policy_accept accept = {"leaf99", NULL, "r", "o", 2, 50};
	struct program program = make_program(1);
	struct rg_policy policy = accepting(&accept, 0);
	struct rg_verdict *verdict;
	double left = 0.7 * program.caller_share[0];

	(void)state;
	for (size_t i = 0; i < COUNT(program.path) && left > 0; i++) {
		if (program.path[i].caller != 0)
			continue;
		program.path[i].leaf = 99;
		left -= program.path[i].cost;
	}
	verdict = judge_grown(&program, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(verdict->caller_count, 0);
	assert_string_equal(verdict->rows[0].key, "leaf99");
	rg_verdict_free(verdict);
	policy.accept_count = 1;
	verdict = judge_grown(&program, &policy);
	assert_caller(verdict, RG_OUTCOME_FAIL, RG_STATUS_REGRESSED);
	rg_verdict_free(verdict);
}

/* Of one pair: whether the heaviest library function is compared with what it was called before. */
static struct rg_row judge_renamed(double growth, enum rg_outcome *outcome)
{
	struct program program = make_program(1);
	struct rg_sim_random random = {77};
	struct change change = no_change;
	struct rg_policy policy;
	struct rg_row found = {.renamed_from = ""};

	change.renamed = program.path[0].leaf;
	change.renamed_growth = growth;
	struct rg_profile *base = draw(&program, &no_change, 0.05, &random);
	struct rg_profile *canary = draw(&program, &change, 0.05, &random);

	rg_policy_init(&policy);
	struct rg_verdict *verdict = drawn_judge(base, canary, &policy, NULL);

	for (size_t i = 0; i < verdict->row_count; i++) {
		if (strncmp(verdict->rows[i].function, "another", 7) == 0) {
			found = verdict->rows[i];
			found.renamed_from =
				strncmp(found.renamed_from, "leaf", 4) == 0 ? "leaf" : "";
		}
	}
	*outcome = verdict->outcome;
	rg_verdict_free(verdict);
	return found;
}

static void a_renamed_function_is_compared_with_what_it_was(void **state)
{
	enum rg_outcome outcome;
	struct rg_row row = judge_renamed(0, &outcome);

	(void)state;
	assert_string_equal(row.renamed_from, "leaf");
	assert_int_equal(row.status, RG_STATUS_UNCHANGED);
	assert_int_not_equal(outcome, RG_OUTCOME_FAIL);
	row = judge_renamed(0.8, &outcome);
	assert_string_equal(row.renamed_from, "leaf");
	assert_int_equal(row.status, RG_STATUS_REGRESSED);
	assert_int_equal(outcome, RG_OUTCOME_FAIL);
	/* Ten times as dear it is nobody's old self. */
	row = judge_renamed(9, &outcome);
	assert_string_equal(row.renamed_from, "");
	assert_int_equal(outcome, RG_OUTCOME_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_callers_growth_may_be_accepted),
		cmocka_unit_test(what_is_accepted_hides_no_callers_growth),
		cmocka_unit_test(a_renamed_function_is_compared_with_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
