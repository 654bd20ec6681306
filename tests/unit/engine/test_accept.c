/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growth that the policy accepts: until when, up to how much, and what it does not cover. */
#include "made.h"

#include "accept.h"

enum { TODAY = 20500 };

static const struct rg_policy_accept example = {
	.match = "f01",
	.reason = "checked twice",
	.owner = "ada",
	.expires = TODAY,
	.growth = 1.5,
};

static struct rg_policy accepting(const struct rg_policy_accept *accept, size_t count)
{
	struct rg_policy policy = policy_per_second();

	policy.accept = accept;
	policy.accept_count = count;
	policy.today = TODAY;
	return policy;
}

/* f01 costs twice as much, which is 11.7 % of the whole more; f00 may be changed, too. */
static struct rg_verdict *judge_doubled(const struct rg_policy *policy)
{
	struct made_spec base = made_default(), canary = made_default();

	made_extra(&canary, "f01", 7000);
	return judge_specs(&base, &canary, policy);
}

/* --- One function ----------------------------------------------------------------------------- */

struct row {
	const char *sentence;
	struct rg_policy_accept accept;
	enum rg_acceptance found;
};

static const struct row rows[] = {
	{"on its last day", {"f01", NULL, "r", "o", TODAY, 1.5}, RG_ACCEPTANCE_HOLDS},
	{"the day after", {"f01", NULL, "r", "o", TODAY - 1, 1.5}, RG_ACCEPTANCE_EXPIRED},
	{"up to more than it grew by", {"f01", NULL, "r", "o", TODAY, 1.05}, RG_ACCEPTANCE_HOLDS},
	{"up to less", {"f01", NULL, "r", "o", TODAY, 0.9}, RG_ACCEPTANCE_EXCEEDED},
	{"expired and exceeded", {"f01", NULL, "r", "o", TODAY - 1, 0}, RG_ACCEPTANCE_EXPIRED},
	{"by a pattern", {"f*", NULL, "r", "o", TODAY, 1.5}, RG_ACCEPTANCE_HOLDS},
	{"in its module", {"f01", "server", "r", "o", TODAY, 1.5}, RG_ACCEPTANCE_HOLDS},
	{"by a name that is to be made canonical",
	 {"f01.isra.0", "server", "r", "o", TODAY, 1.5},
	 RG_ACCEPTANCE_HOLDS},
	{"in another module", {"f01", "libc.so", "r", "o", TODAY, 1.5}, RG_ACCEPTANCE_NONE},
	{"another function", {"f02", NULL, "r", "o", TODAY, 1.5}, RG_ACCEPTANCE_NONE},
	{"the total", {RG_POLICY_TOTAL, NULL, "r", "o", TODAY, 1.5}, RG_ACCEPTANCE_NONE},
};

static void what_an_acceptance_does_to_a_function(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_policy policy = accepting(&rows[i].accept, 1);
		bool holds = rows[i].found == RG_ACCEPTANCE_HOLDS;
		struct rg_verdict *verdict = judge_doubled(&policy);
		const struct rg_row *row = find_row(verdict, "f01");

		if (row->accept.found != rows[i].found ||
		    row->status != (holds ? RG_STATUS_ACCEPTED : RG_STATUS_REGRESSED) ||
		    verdict->outcome != (holds ? RG_OUTCOME_PASS : RG_OUTCOME_FAIL))
			fail_msg("%s: %s, %s, %s", rows[i].sentence,
				 rg_acceptance_name(row->accept.found), rg_status_name(row->status),
				 verdict->reason);
		assert_true(row->tested);
		assert_close(row->growth, 1, 0.1);
		rg_verdict_free(verdict);
	}
}

static void the_reason_says_what_was_accepted(void **state)
{
	struct rg_policy policy = accepting(&example, 1);
	struct rg_verdict *verdict = judge_doubled(&policy);
	const struct rg_row *row = &verdict->rows[0];

	(void)state;
	assert_text_has(verdict->reason,
			"no growth beyond 15 %, but for 1 that is accepted; could");
	assert_string_equal(row->key, "f01");
	assert_string_equal(row->accept.reason, "checked twice");
	assert_string_equal(row->accept.owner, "ada");
	assert_int_equal(row->accept.expires, TODAY);
	assert_true(row->accept.growth == 1.5);
	rg_verdict_free(verdict);
	policy.today = TODAY + 1;
	verdict = judge_doubled(&policy);
	assert_text_has(verdict->reason,
			"; 150 % were accepted until 2026-02-16 by ada, and that has expired");
	rg_verdict_free(verdict);
}

/* Nothing left unset can read as a pass. */
static void without_a_day_nothing_is_accepted(void **state)
{
	struct rg_policy policy = accepting(&example, 1);
	struct rg_verdict *verdict;

	(void)state;
	policy.today = 0;
	verdict = judge_doubled(&policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "f01")->accept.found, RG_ACCEPTANCE_EXPIRED);
	rg_verdict_free(verdict);
}

static void of_several_one_that_holds_counts(void **state)
{
	struct rg_policy_accept both[] = {example, example};
	struct rg_policy policy = accepting(both, 2);
	struct rg_verdict *verdict;

	(void)state;
	both[0].growth = 0.1;
	both[1].owner = "bob";
	verdict = judge_doubled(&policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(find_row(verdict, "f01")->accept.owner, "bob");
	rg_verdict_free(verdict);
	/* Else the first one has the word. */
	both[1].growth = 0.2;
	verdict = judge_doubled(&policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_string_equal(find_row(verdict, "f01")->accept.owner, "ada");
	rg_verdict_free(verdict);
}

/* --- What it does not cover ------------------------------------------------------------------- */

static void it_covers_no_other_function(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy = accepting(&example, 1);
	struct rg_verdict *verdict;

	(void)state;
	policy.total_growth = 1;
	made_extra(&canary, "f01", 7000);
	made_extra(&canary, "f02", 4700);
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_string_equal(verdict->rows[0].key, "f02");
	assert_int_equal(verdict->rows[0].status, RG_STATUS_REGRESSED);
	assert_int_equal(verdict->rows[1].status, RG_STATUS_ACCEPTED);
	assert_text_has(verdict->reason, "f02() uses");
	rg_verdict_free(verdict);
}

static void what_is_unchanged_is_not_accepted(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy = accepting(&example, 1);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	(void)state;
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_UNCHANGED);
	assert_int_equal(find_row(verdict, "f01")->accept.found, RG_ACCEPTANCE_NONE);
	rg_verdict_free(verdict);
}

static void the_total_is_accepted_by_itself(void **state)
{
	struct rg_policy_accept both[] = {example, example};
	struct rg_policy policy = accepting(both, 1);
	struct made_spec base = made_default(), canary = made_default();
	struct rg_verdict *verdict;

	(void)state;
	both[0].match = "f00";
	both[1].match = RG_POLICY_TOTAL;
	made_extra(&canary, "f00", 14000);
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_int_equal(find_row(verdict, "f00")->status, RG_STATUS_ACCEPTED);
	assert_int_equal(verdict->total.status, RG_STATUS_REGRESSED);
	rg_verdict_free(verdict);
	/* No pattern is the total's. */
	both[0].match = "*";
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
	policy.accept_count = 2;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->total.status, RG_STATUS_ACCEPTED);
	assert_text_has(verdict->reason, "but for 2 that are accepted");
	rg_verdict_free(verdict);
}

static void what_is_new_takes_all_growth(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy_accept accept = example;
	struct rg_policy policy = accepting(&accept, 1);
	struct rg_verdict *verdict;

	(void)state;
	accept.match = "fresh";
	accept.growth = RG_GROWTH_MAX - 1;
	made_extra(&canary, "fresh", 3000);
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(find_row(verdict, "fresh")->status, RG_STATUS_NEW);
	assert_int_equal(find_row(verdict, "fresh")->accept.found, RG_ACCEPTANCE_EXCEEDED);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
	accept.growth = RG_GROWTH_MAX;
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(find_row(verdict, "fresh")->status, RG_STATUS_ACCEPTED);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	rg_verdict_free(verdict);
}

static void the_seed_rule_takes_it_too(void **state)
{
	struct rg_policy policy = accepting(&example, 1);
	struct rg_verdict *verdict;

	(void)state;
	policy.rule = RG_RULE_LITERAL;
	verdict = judge_doubled(&policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_ACCEPTED);
	rg_verdict_free(verdict);
	policy.today++;
	verdict = judge_doubled(&policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
}

/* Too few samples: nothing fails, so nothing is accepted. */
static void an_undecided_verdict_accepts_nothing(void **state)
{
	struct rg_policy policy = accepting(&example, 1);
	struct rg_verdict *verdict;

	(void)state;
	policy.min_samples = 1000000;
	verdict = judge_doubled(&policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_int_equal(find_row(verdict, "f01")->status, RG_STATUS_UNKNOWN);
	assert_int_equal(find_row(verdict, "f01")->accept.found, RG_ACCEPTANCE_NONE);
	rg_verdict_free(verdict);
}

/* --- The policy ------------------------------------------------------------------------------- */

static const struct {
	struct rg_policy_accept accept;
	const char *text;
} refused[] = {
	{{"", NULL, "r", "o", 1, 0}, "a pattern has 1 to 512 bytes"},
	{{"f", "", "r", "o", 1, 0}, "a pattern has 1 to 512 bytes"},
	{{"f", NULL, "", "o", 1, 0}, "the reason of what is accepted has 1 to 200 bytes"},
	{{"f", NULL, "r", NULL, 1, 0}, "the owner of what is accepted has 1 to 200 bytes"},
	{{"f", NULL, "r", "o", 0, 0}, "accepted until day 0 is out of range"},
	{{"f", NULL, "r", "o", 1, -0.1}, "accepted growth -0.1 is out of range"},
	{{"f", NULL, "r", "o", 1, 1001}, "accepted growth 1001 is out of range"},
};

static void what_is_incomplete_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct rg_policy policy = accepting(&refused[i].accept, 1);
		struct rg_err err = {0};

		assert_int_equal(rg_policy_check(&policy, &err), RG_EUSAGE);
		assert_text_has(err.text, refused[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_acceptance_does_to_a_function),
		cmocka_unit_test(the_reason_says_what_was_accepted),
		cmocka_unit_test(without_a_day_nothing_is_accepted),
		cmocka_unit_test(of_several_one_that_holds_counts),
		cmocka_unit_test(it_covers_no_other_function),
		cmocka_unit_test(what_is_unchanged_is_not_accepted),
		cmocka_unit_test(the_total_is_accepted_by_itself),
		cmocka_unit_test(what_is_new_takes_all_growth),
		cmocka_unit_test(the_seed_rule_takes_it_too),
		cmocka_unit_test(an_undecided_verdict_accepts_nothing),
		cmocka_unit_test(what_is_incomplete_is_refused),
	};

	return cmocka_run_group_tests_name("engine/accept", tests, NULL, NULL);
}
