/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must be alike to compare, and what was lost on the way. */
#include "made.h"

/* --- Provenance ------------------------------------------------------------------------------- */

struct fact_row {
	const char *sentence;
	const char *key, *base, *canary; /* "" leaves it out */
	const char *issue;               /* NULL: none of this name */
	bool blocking;
	const char *shown_base, *shown_canary;
};

static const struct fact_row fact_rows[] = {
	{"architectures differ", RG_KEY_ARCH, "x86_64", "aarch64", "architecture", true, "x86_64",
	 "aarch64"},
	{"CPU models differ", RG_KEY_CPU_MODEL, "A, B", "A, C", "CPU model", true, "A, B", "A, C"},
	{"equal CPU models with a comma are one value", RG_KEY_CPU_MODEL, "A, B", "A, B",
	 "CPU model", false, NULL, NULL},
	{"kernels differ in the minor version", RG_KEY_KERNEL, "6.1.0-18-amd64", "6.5.3", "kernel",
	 true, "6.1", "6.5"},
	{"kernels differ in the patch level only", RG_KEY_KERNEL, "6.1.0-18-amd64", "6.1.99",
	 "kernel", false, NULL, NULL},
	{"6.1 is not 6.12", RG_KEY_KERNEL, "6.1.0", "6.12.0", "kernel", true, "6.1", "6.12"},
	{"a kernel without numbers is compared whole", RG_KEY_KERNEL, "odd-1", "odd-2", "kernel",
	 true, "odd-1", "odd-2"},
	{"events differ", RG_KEY_EVENT, "cpu-clock", "cycles", "sampling event", true, "cpu-clock",
	 "cycles"},
	{"scenarios differ", RG_KEY_SCENARIO, "checkout", "search", "scenario", true, "checkout",
	 "search"},
	{"two hosts of one model: a caution", RG_KEY_HOST, "one", "two", "host", false, "one",
	 "two"},
	{"interrupted: a caution", RG_KEY_INTERRUPTED, "0", "1", "interrupted", false,
	 "0 of 1 runs", "1 of 1 runs"},
	{"the canary's target ended in the window", RG_KEY_WINDOW_NS, "300000000000",
	 "300000000001", "ended in the window", true, "0 of 1 runs", "1 of 1 runs"},
	{"so did the baseline's alone", RG_KEY_WINDOW_NS, "300000000001", "300000000000",
	 "ended in the window", true, "1 of 1 runs", "0 of 1 runs"},
	{"both ended", RG_KEY_WINDOW_NS, "400000000000", "400000000000", "ended in the window",
	 false, NULL, NULL},
	{"a window that is not recorded", RG_KEY_WINDOW_NS, "", "400000000000",
	 "ended in the window", true, "0 of 1 runs", "1 of 1 runs"},
	{"not recorded on one side: a caution that says what", RG_KEY_CPU_MODEL, "A", "",
	 "not recorded", false, "-", "CPU model"},
	{"losses not recorded", RG_KEY_LOST_TABLE_FULL, "0", "", "not recorded", false, "-",
	 "lost samples"},
	{"not recorded on either", RG_KEY_EVENT, "", "", "not recorded", false, "sampling event",
	 "sampling event"},
};

static void check_fact(const struct fact_row *row)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	rg_policy_init(&policy);
	made_set(&base, row->key, row->base);
	made_set(&canary, row->key, row->canary);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);
	const struct rg_issue *issue = row->issue ? find_issue(verdict, row->issue) : NULL;
	enum rg_outcome outcome = row->blocking ? RG_OUTCOME_NOT_COMPARABLE : RG_OUTCOME_PASS;

	if (verdict->outcome != outcome || !issue != !row->shown_base)
		fail_msg("%s: %s", row->sentence, rg_outcome_name(verdict->outcome));
	if (issue) {
		assert_int_equal(issue->blocking, row->blocking);
		assert_string_equal(issue->base, row->shown_base);
		assert_string_equal(issue->canary, row->shown_canary);
	}
	rg_verdict_free(verdict);
}

static void facts_are_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fact_rows); i++)
		check_fact(&fact_rows[i]);
}

/* A signal's end is a caution of its own; one end of several runs is no rule. */
static void ends_that_prove_nothing_are_cautions(void **state)
{
	struct made_spec spec = made_default();
	struct rg_profile *whole = made(&spec);
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&spec, RG_KEY_WINDOW_NS, "400000000000");
	struct rg_profile *cut = made(&spec);
	made_set(&spec, RG_KEY_INTERRUPTED, "1");
	struct rg_profile *stopped = made(&spec);
	const struct rg_profile *base[] = {whole, whole}, *canary[] = {whole, cut};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){base, 2}, &(struct rg_runs){canary, 2}, &policy);
	const struct rg_issue *issue = find_issue(verdict, "ended in the window");

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_non_null(issue);
	assert_false(issue->blocking);
	assert_string_equal(issue->base, "0 of 2 runs");
	assert_string_equal(issue->canary, "1 of 2 runs");
	rg_verdict_free(verdict);
	canary[0] = canary[1] = stopped;
	verdict = judge_runs(&(struct rg_runs){base, 2}, &(struct rg_runs){canary, 2}, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_null(find_issue(verdict, "ended in the window"));
	assert_non_null(find_issue(verdict, "interrupted"));
	rg_verdict_free(verdict);
	rg_profile_free(whole);
	rg_profile_free(cut);
	rg_profile_free(stopped);
}

static void nothing_to_say_about_equal_runs(void **state)
{
	const struct made_spec spec = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->issue_count, 0);
	rg_verdict_free(verdict);
}

static void runs_of_one_side_must_agree_too(void **state)
{
	struct made_spec spec = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	struct rg_profile *a = made(&spec);

	made_set(&spec, RG_KEY_ARCH, "aarch64");
	struct rg_profile *b = made(&spec);
	const struct rg_profile *base[] = {b, a}, *canary[] = {a};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){base, 2}, &(struct rg_runs){canary, 1}, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "architecture")->base, "aarch64, x86_64");
	rg_verdict_free(verdict);
	rg_profile_free(a);
	rg_profile_free(b);
}

static void a_not_comparable_verdict_says_why_and_decides_nothing(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&canary, RG_KEY_ARCH, "aarch64");
	made_set(&canary, RG_KEY_SCENARIO, "search");
	made_set(&canary, RG_KEY_HOST, "two");
	made_extra(&canary, "f01", 9000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(verdict->reason, "architecture: baseline x86_64, canary aarch64 (must "
					     "be equal); 1 more difference");
	assert_string_equal(verdict->advice, "profile both sides on machines of one kind");
	assert_true(verdict->issues[0].blocking && verdict->issues[1].blocking);
	assert_false(verdict->issues[2].blocking);
	for (size_t i = 0; i < verdict->row_count; i++)
		assert_int_equal(verdict->rows[i].status, RG_STATUS_UNKNOWN);
	assert_true(find_row(verdict, "f01")->growth > 1);
	rg_verdict_free(verdict);
}

/* --- Samples ---------------------------------------------------------------------------------- */

struct loss_row {
	const char *sentence, *key, *count;
	const char *issue;
	bool blocking;
};

/* The canary has 29,947 samples; the limit is 5 %. */
static const struct loss_row loss_rows[] = {
	{"4 % refused by a full table", RG_KEY_LOST_TABLE_FULL, "1200", NULL, false},
	{"6 % refused by a full table", RG_KEY_LOST_TABLE_FULL, "2000", "samples lost", true},
	{"6 % refused for a collision", RG_KEY_LOST_COLLISION, "2000", "samples lost", true},
	{"more lost than can be counted", RG_KEY_LOST_TABLE_FULL, "18446744073709551615",
	 "samples lost", true},
	{"8 % cut off: self CPU needs the leaf only", RG_KEY_CUT_NO_ROW, "2400",
	 "incomplete stacks", false},
	{"67 % cut off on one side: its callers are not the other's", RG_KEY_CUT_TOO_DEEP, "20000",
	 "incomplete stacks", true},
	{"a few truncated stacks", RG_KEY_CUT_UNREADABLE, "20", NULL, false},
	{"process records lost", RG_KEY_LOST_EVENTS, "3", "process records lost", false},
};

static void check_loss(const struct loss_row *row)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	rg_policy_init(&policy);
	made_set(&canary, row->key, row->count);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	if (verdict->outcome != (row->blocking ? RG_OUTCOME_NOT_COMPARABLE : RG_OUTCOME_PASS))
		fail_msg("%s: %s", row->sentence, verdict->reason);
	if (row->issue)
		assert_int_equal(find_issue(verdict, row->issue)->blocking, row->blocking);
	else
		assert_int_equal(verdict->issue_count, 0);
	assert_int_equal(verdict->canary.loss_count, 1);
	assert_string_equal(verdict->canary.losses[0].key, row->key);
	assert_int_equal(verdict->base.loss_count, 0);
	rg_verdict_free(verdict);
}

static void losses_are_limited(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(loss_rows); i++)
		check_loss(&loss_rows[i]);
}

/* Two thirds of one side's samples are of programs that begin and end: the stacks are all there, if not of the program. */
static void the_kernels_part_alone_is_no_loss(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&base, RG_KEY_NO_USER_STACK, "0");
	made_set(&canary, RG_KEY_NO_USER_STACK, "20000");
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_int_equal(verdict->issue_count, 0);
	assert_int_equal(verdict->canary.loss_count, 0);
	rg_verdict_free(verdict);
}

static void losses_of_several_runs_are_summed(void **state)
{
	struct made_spec spec = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&spec, RG_KEY_CUT_TOO_DEEP, "7");
	struct rg_profile *profile = made(&spec);
	const struct rg_profile *runs[] = {profile, profile};
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){runs, 2}, &(struct rg_runs){runs, 1}, &policy);

	assert_int_equal(verdict->base.losses[0].count, 14);
	assert_int_equal(verdict->canary.losses[0].count, 7);
	rg_verdict_free(verdict);
	rg_profile_free(profile);
}

static void names_missing_on_one_side_only_block(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_extra(&base, "[server]+0x1", 3000);
	made_extra(&canary, "[server]+0x1", 3000);
	struct rg_verdict *both = judge_specs(&base, &canary, &policy);

	assert_int_equal(both->outcome, RG_OUTCOME_PASS);
	assert_close(both->canary.named_share, 29947.0 / 32947, 1e-9);
	rg_verdict_free(both);
	made_extra(&canary, "[server]+0x2", 9000);
	struct rg_verdict *one = judge_specs(&base, &canary, &policy);

	assert_int_equal(one->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(one, "samples with a function name")->base, "90.9 %");
	assert_string_equal(one->advice, "give both sides the same symbols");
	rg_verdict_free(one);
}

/* A program that got faster leaves more to a library without symbols. */
static void a_library_without_symbols_may_become_a_greater_part(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_extra(&base, "[libz.so.1]+0x1", 6000);
	made_extra(&canary, "[libz.so.1]+0x1", 16000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_true(verdict->outcome != RG_OUTCOME_NOT_COMPARABLE);
	rg_verdict_free(verdict);
}

/* What has neither name nor place may be anything. */
static void what_is_placeless_has_no_counterpart(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_extra(&base, "[unknown]", 3000);
	made_extra(&canary, "[unknown]", 12000);
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	rg_verdict_free(verdict);
}

static void without_slices_the_noise_is_taken_as_least_and_that_is_said(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	canary.slices = 0;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(find_issue(verdict, "time slices")->canary, "0 of 1 runs");
	assert_string_equal(find_issue(verdict, "time slices")->base, "1 of 1 runs");
	assert_true(verdict->base.has_slices);
	assert_false(verdict->canary.has_slices);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_are_compared),
		cmocka_unit_test(ends_that_prove_nothing_are_cautions),
		cmocka_unit_test(nothing_to_say_about_equal_runs),
		cmocka_unit_test(runs_of_one_side_must_agree_too),
		cmocka_unit_test(a_not_comparable_verdict_says_why_and_decides_nothing),
		cmocka_unit_test(losses_are_limited),
		cmocka_unit_test(the_kernels_part_alone_is_no_loss),
		cmocka_unit_test(losses_of_several_runs_are_summed),
		cmocka_unit_test(names_missing_on_one_side_only_block),
		cmocka_unit_test(a_library_without_symbols_may_become_a_greater_part),
		cmocka_unit_test(what_is_placeless_has_no_counterpart),
		cmocka_unit_test(without_slices_the_noise_is_taken_as_least_and_that_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
