/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way of comparing off-CPU time, and what does not. */
#include "wait_made.h"

static struct wait_set waits(void)
{
	struct wait_set set = wait_set_default();

	wait_put(&set, &(struct wait_spec){"fsync of libc.so.6;commit;main", RG_WAIT_DISK, "w", 30,
					   10, WAIT_EXPONENTIAL});
	return set;
}

struct row {
	const char *sentence;
	const char *key, *base, *canary; /* a fact; "" leaves it out */
	const char *key2, *base2, *canary2;
	const char *what; /* of the issue; NULL: none */
	const char *shown_base, *shown_canary;
	bool blocking, off_cpu;
	enum rg_outcome outcome;
};

#define THREAD RG_KEY_ACCOUNT_THREAD_NS
#define CLOSE  RG_KEY_ACCOUNT_CLOSURE
#define CLOSES "account of the threads' time"
#define CPU    "CPU time by samples against the scheduler's"

static const struct row rows[] = {
	{"an account that closes", CLOSE, "0.001", "-0.019", "", "", "", NULL, "", "", false, false,
	 RG_OUTCOME_PASS},
	{"one that does not", CLOSE, "0.001", "-0.021", "", "", "", CLOSES, "+0.1 %", "-2.1 %",
	 true, true, RG_OUTCOME_NOT_COMPARABLE},
	{"on one side, the other not known", CLOSE, "0.5", "", "", "", "", CLOSES, "+50.0 %",
	 "not known", true, true, RG_OUTCOME_NOT_COMPARABLE},
	{"within 4 standard errors", CLOSE, "0.05", "0.05", RG_KEY_ACCOUNT_CLOSURE_SE, "0.0126",
	 "0.0126", NULL, "", "", false, false, RG_OUTCOME_PASS},
	{"beyond 4 standard errors", CLOSE, "0.05", "0.05", RG_KEY_ACCOUNT_CLOSURE_SE, "0.0126",
	 "0.0124", CLOSES, "+5.0 %", "+5.0 %", true, true, RG_OUTCOME_NOT_COMPARABLE},
	{"what is no number is not known", CLOSE, "nan", "inf", "", "", "", NULL, "", "", false,
	 false, RG_OUTCOME_PASS},
	{"CPU time that the samples have", RG_KEY_ACCOUNT_CPU_ERROR, "0.03", "-0.03",
	 RG_KEY_ACCOUNT_CPU_ERROR_SE, "0.008", "0.008", NULL, "", "", false, false,
	 RG_OUTCOME_PASS},
	{"CPU time that they lack", RG_KEY_ACCOUNT_CPU_ERROR, "0.03", "-0.40",
	 RG_KEY_ACCOUNT_CPU_ERROR_SE, "0.008", "0.008", CPU, "+3.0 %", "-40.0 %", false, false,
	 RG_OUTCOME_PASS},
	{"as many threads", THREAD, "600000000000", "1400000000000", CLOSE, "0", "0", NULL, "", "",
	 false, false, RG_OUTCOME_PASS},
	{"three times as many", THREAD, "600000000000", "1800000000000", CLOSE, "0", "0", "threads",
	 "10 at a time", "30 at a time", true, true, RG_OUTCOME_NOT_COMPARABLE},
	{"a third", THREAD, "600000000000", "200000000000", CLOSE, "0", "0", "threads",
	 "10 at a time", "3.33 at a time", true, true, RG_OUTCOME_NOT_COMPARABLE},
	{"a few waits without a stack", RG_KEY_LOST_WAITS, "60", "60", "", "", "", NULL, "", "",
	 false, false, RG_OUTCOME_PASS},
	{"many", RG_KEY_LOST_WAITS, "0", "1800", "", "", "", "waits lost", "0.0 %", "51.4 %", true,
	 true, RG_OUTCOME_NOT_COMPARABLE},
	{"a little time without a stack", RG_KEY_OFF_CPU_UNATTRIBUTED_NS, "1000000000", "0", "", "",
	 "", NULL, "", "", false, false, RG_OUTCOME_PASS},
	{"much", RG_KEY_OFF_CPU_UNATTRIBUTED_NS, "18000000000", "0", "", "", "",
	 "waits without a function", "5", "0.0 %", true, true, RG_OUTCOME_NOT_COMPARABLE},
};

static struct rg_verdict *judge_row(const struct row *row, const struct wait_set *base,
				    const struct wait_set *canary)
{
	struct made_spec before = wait_default(base), after = wait_default(canary);
	struct rg_policy policy;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	made_set(&before, row->key, row->base);
	made_set(&after, row->key, row->canary);
	if (row->key2[0]) {
		made_set(&before, row->key2, row->base2);
		made_set(&after, row->key2, row->canary2);
	}
	return judge_specs(&before, &after, &policy);
}

static void check_issue(const struct row *row, const struct rg_verdict *verdict)
{
	const struct rg_issue *issue = row->what ? find_issue(verdict, row->what) : NULL;

	if (!row->what) {
		for (size_t i = 0; i < verdict->issue_count; i++)
			if (verdict->issues[i].blocking)
				fail_msg("%s: %s", row->sentence, verdict->issues[i].what);
		return;
	}
	if (!issue || issue->blocking != row->blocking || issue->off_cpu != row->off_cpu ||
	    strncmp(issue->base, row->shown_base, strlen(row->shown_base)) != 0 ||
	    strncmp(issue->canary, row->shown_canary, strlen(row->shown_canary)) != 0)
		fail_msg("%s: %s, %s, %s", row->sentence, issue ? issue->what : "no issue",
			 issue ? issue->base : "", issue ? issue->canary : "");
	if (row->blocking && (!strstr(verdict->reason, row->what) || !verdict->advice[0]))
		fail_msg("%s: '%s', '%s'", row->sentence, verdict->reason, verdict->advice);
}

static void accounts_must_close(void **state)
{
	struct wait_set set = waits();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_verdict *verdict = judge_row(&rows[i], &set, &set);

		if (verdict->outcome != rows[i].outcome)
			fail_msg("%s: %s: %s", rows[i].sentence, rg_outcome_name(verdict->outcome),
				 verdict->reason);
		check_issue(&rows[i], verdict);
		assert_int_equal(verdict->off_cpu.judged, rows[i].outcome == RG_OUTCOME_PASS);
		rg_verdict_free(verdict);
	}
}

/* Whether the account of 600 s of threads' time is off by too much, when that is known besides. */
static bool is_off(const char *closure, const char *known, const char *ns)
{
	struct wait_set set = waits();
	struct made_spec before = wait_default(&set), after = before;
	struct rg_policy policy;
	struct rg_verdict *verdict;
	bool off;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	policy.comparable.max_steal = 1;
	made_set(&after, THREAD, "600000000000");
	made_set(&after, CLOSE, closure);
	made_set(&after, known, ns);
	verdict = judge_specs(&before, &after, &policy);
	off = find_issue(verdict, CLOSES) != NULL;
	rg_verdict_free(verdict);
	return off;
}

/* What the hypervisor took while a thread was on a CPU is in no account, and in nobody's power. */
static void stolen_time_is_no_gap_in_the_account(void **state)
{
	(void)state;
	assert_true(is_off("-0.05", RG_KEY_MACHINE_STEAL_NS, "0"));
	assert_true(is_off("-0.05", RG_KEY_MACHINE_STEAL_NS, "12000000000"));
	assert_false(is_off("-0.05", RG_KEY_MACHINE_STEAL_NS, "30000000000"));
	assert_true(is_off("0.05", RG_KEY_MACHINE_STEAL_NS, "30000000000"));
}

/* That is in it twice, and what is missing is something else. */
static void measuring_a_switch_is_no_gap_in_the_account(void **state)
{
	(void)state;
	assert_true(is_off("0.03", RG_KEY_OWN_BPF_NS, "0"));
	assert_true(is_off("0.03", RG_KEY_OWN_BPF_NS, "5000000000"));
	assert_false(is_off("0.03", RG_KEY_OWN_BPF_NS, "7000000000"));
	assert_true(is_off("-0.03", RG_KEY_OWN_BPF_NS, "7000000000"));
}

/* Whether so many waits without a stack keep a minute with so much waiting, by the account, from being compared. */
static bool lost_waits_matter(const struct wait_set *set, const char *lost, const char *blocked_ns)
{
	struct made_spec before = wait_default(set), after = before;
	struct rg_policy policy;
	struct rg_verdict *verdict;
	const struct rg_issue *issue;
	bool matter;

	rg_policy_init(&policy);
	policy.limit = policy.off_cpu.limit = 2;
	made_set(&after, THREAD, "600000000000");
	made_set(&after, CLOSE, "0");
	made_set(&after, RG_KEY_LOST_WAITS, lost);
	if (blocked_ns)
		made_set(&after, RG_KEY_ACCOUNT_BLOCKED_NS, blocked_ns);
	verdict = judge_specs(&before, &after, &policy);
	issue = find_issue(verdict, "waits lost");
	matter = issue && issue->blocking;
	assert_int_equal(verdict->outcome == RG_OUTCOME_NOT_COMPARABLE, matter);
	rg_verdict_free(verdict);
	return matter;
}

static void lost_waits_matter_where_they_could_be_judged(void **state)
{
	struct wait_set set = waits(), few = wait_set_default();

	(void)state;
	/* The least that is judged is 10 ms in each of the 60 seconds, */
	assert_true(lost_waits_matter(&set, "1800", "600000000"));
	assert_false(lost_waits_matter(&set, "1800", "599000000"));
	assert_true(lost_waits_matter(&set, "1800", NULL));
	assert_true(lost_waits_matter(&set, "1800", "0"));
	/* and 20 waits. */
	wait_put(&few, &(struct wait_spec){"fsync of libc.so.6;commit;main", RG_WAIT_DISK, "w", 0.2,
					   100, WAIT_EXPONENTIAL});
	assert_false(lost_waits_matter(&few, "3", "1200000000"));
	assert_true(lost_waits_matter(&few, "30", "1200000000"));
}

/* More threads and more waiting: a failure that is only said to be one if the threads were meant. */
static void more_threads_do_not_excuse_a_failure(void **state)
{
	static const struct row more = {
		"", THREAD, "600000000000", "1800000000000", CLOSE, "0", "0", NULL,
		"", "",     false,          false,           0};
	static const struct row fewer = {
		"", THREAD, "600000000000", "200000000000", CLOSE, "0", "0", NULL,
		"", "",     false,          false,          0};
	struct wait_set base = waits(), canary = waits();
	struct rg_verdict *verdict;

	(void)state;
	canary.wait[0].mean_ms = 40;
	verdict = judge_row(&more, &base, &canary);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_false(find_issue(verdict, "threads")->blocking);
	rg_verdict_free(verdict);
	verdict = judge_row(&fewer, &base, &canary);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	rg_verdict_free(verdict);
}

/* CPU time is judged by itself: its failure stands when waits cannot be compared. */
static void a_failure_of_cpu_time_stands(void **state)
{
	struct wait_set set = waits();
	struct made_spec base = wait_default(&set), canary = base;
	struct rg_verdict *verdict;
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&canary, CLOSE, "0.5");
	made_extra(&canary, "f00", 4000);
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	assert_false(verdict->off_cpu.judged);
	assert_true(find_issue(verdict, CLOSES)->blocking);
	rg_verdict_free(verdict);
}

/* --- The account as it is reported ------------------------------------------------------------ */

static void the_account_is_reported(void **state)
{
	static const struct rg_fact facts[] = {
		{THREAD, "600000000000"},
		{RG_KEY_ACCOUNT_CPU_NS, "60000000000"},
		{RG_KEY_ACCOUNT_RUNQ_NS, "6000000000"},
		{RG_KEY_ACCOUNT_BLOCKED_NS, "534000000000"},
		{CLOSE, "-0.0005"},
		{RG_KEY_OWN_CPU_NS, "30000000"},
		{RG_KEY_OWN_BPF_NS, "210000000"},
		{RG_KEY_OFF_CPU_THRESHOLD_NS, "1000000"},
		{RG_KEY_OFF_CPU_ERROR, "0.012"},
		{RG_KEY_LOST_WAITS, "3"},
	};
	struct wait_set set = waits();
	struct made_spec made = wait_default(&set);
	struct rg_verdict *verdict;
	const struct rg_account *account;
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i < COUNT(facts); i++)
		made_set(&made, facts[i].key, facts[i].value);
	verdict = judge_specs(&made, &made, &policy);
	account = &verdict->canary.account;
	assert_true(account->known && account->own_known && account->off_cpu);
	assert_false(account->cpu_known);
	assert_int_equal(account->blocked_ns, UINT64_C(534000000000));
	assert_int_equal(account->own_bpf_ns, 210000000);
	assert_int_equal(account->threshold_ns, 1000000);
	assert_true(account->closure == -0.0005 && account->off_cpu_error == 0.012);
	assert_close(verdict->off_cpu.runq_canary, 0.1, 1e-9);
	assert_string_equal(verdict->base.losses[0].key, RG_KEY_LOST_WAITS);
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_must_close),
		cmocka_unit_test(stolen_time_is_no_gap_in_the_account),
		cmocka_unit_test(measuring_a_switch_is_no_gap_in_the_account),
		cmocka_unit_test(lost_waits_matter_where_they_could_be_judged),
		cmocka_unit_test(more_threads_do_not_excuse_a_failure),
		cmocka_unit_test(a_failure_of_cpu_time_stands),
		cmocka_unit_test(the_account_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
