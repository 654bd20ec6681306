/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include "report.h"

#include "rg/buf.h"

/* --- Words ------------------------------------------------------------------------------------ */

struct percent {
	double share;
	const char *text;
};

static const struct percent percents[] = {
	{0, "0 %"},         {0.15, "15 %"},    {0.125, "12.5 %"},  {0.1234, "12.3 %"},
	{3.12, "312 %"},    {0.9996, "100 %"}, {-0.051, "-5.1 %"}, {-1, "-100 %"},
	{1000, "100000 %"}, {0.0025, "0.3 %"},
};

static void percents_have_one_decimal_at_most(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(percents); i++) {
		struct rg_buf out;

		rg_buf_init(&out, 100);
		rg_word_percent(&out, percents[i].share);
		assert_string_equal(out.data, percents[i].text);
		rg_buf_done(&out);
	}
}

struct name {
	const char *function, *shown;
};

static const struct name names[] = {
	{"price_line", "price_line()"},
	{"std::vector::size", "std::vector::size()"},
	{"f(int)", "f(int)"},
	{"[server]+0x12", "[server]+0x12"},
	{"evil\n\x1b[31m", "evil\\x0a\\x1b[31m"},
};

static void names_are_safe_and_look_like_functions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct rg_row row = {.function = names[i].function};
		struct rg_buf out;

		rg_buf_init(&out, 1000);
		rg_word_function(&out, &row);
		assert_int_equal(out.failed, 0);
		assert_string_equal(out.data, names[i].shown);
		rg_buf_done(&out);
	}
}

static void fill(char *name, size_t size, const char *piece)
{
	size_t len = strlen(piece);

	for (size_t i = 0; i + len < size; i += len)
		memcpy(name + i, piece, len);
}

/* Letters, escapes, wide characters, and combining accents that take no column at all. */
static void long_names_are_cut_whatever_they_are_made_of(void **state)
{
	const char *const pieces[] = {"x", "\x1b", "\xff", "\xe6\xbc\xa2", "\xcc\x81"};
	char name[60000];

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		struct made_spec base = made_default(), canary = made_default();
		struct rg_policy policy;

		memset(name, 0, sizeof(name));
		fill(name, sizeof(name), pieces[i]);
		rg_policy_init(&policy);
		made_extra(&canary, name, 9000);
		struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

		assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
		assert_true(strlen(verdict->reason) < 400);
		assert_null(strchr(verdict->reason, '\x1b'));
		assert_int_equal(strlen(verdict->rows[0].function), strlen(name));
		rg_verdict_free(verdict);
	}
}

/* --- Advice ----------------------------------------------------------------------------------- */

static struct rg_verdict *judge_noisy(double times, size_t runs, const struct rg_policy *policy)
{
	const struct rg_profile *list[8];
	struct rg_profile *profile[8];
	struct rg_verdict *verdict;

	for (size_t i = 0; i < runs; i++) {
		struct made_spec spec = made_default();

		spec.times = times;
		profile[i] = made(&spec);
		list[i] = profile[i];
	}
	verdict = judge_runs(&(struct rg_runs){list, runs}, &(struct rg_runs){list, 1}, policy);
	for (size_t i = 0; i < runs; i++)
		rg_profile_free(profile[i]);
	return verdict;
}

struct advice_row {
	const char *sentence;
	double times, prior_cv;
	size_t base_runs;
	const char *advice;
};

static const struct advice_row advice_rows[] = {
	{"noise between runs: canary runs and baselines", 1, 0.12, 1,
	 "more runs, about 19 of the canary and as many of the baseline would decide"},
	{"noise within the runs alone: a longer window", 0.05, 0, 1,
	 "a longer window, about 9.5 times as long (47m30s) on both sides would decide"},
	{"both: a part of either", 0.05, 0.05, 1,
	 "a longer window, about 19 times as long (1h35m) on both sides, and more runs, about 4 of "
	 "the canary and as many of the baseline would decide"},
	{"hopeless: the load is too low", 0.008, 0.05, 1,
	 "the program is too idle to be judged: put it under load"},
};

static void advice_says_what_would_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(advice_rows); i++) {
		const struct advice_row *row = &advice_rows[i];
		struct rg_policy policy;

		rg_policy_init(&policy);
		policy.prior_cv = row->prior_cv;
		struct rg_verdict *verdict = judge_noisy(row->times, row->base_runs, &policy);

		if (verdict->outcome != RG_OUTCOME_UNDECIDED ||
		    strcmp(verdict->advice, row->advice) != 0)
			fail_msg("%s: %s; %s", row->sentence, verdict->reason, verdict->advice);
		rg_verdict_free(verdict);
	}
}

/* It had a CPU for half of the time that it could run. */
static void one_that_waits_for_a_cpu_is_not_too_idle(void **state)
{
	struct made_spec spec = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	spec.times = 0.008;
	made_set(&spec, RG_KEY_ACCOUNT_THREAD_NS, "300000000000");
	made_set(&spec, RG_KEY_ACCOUNT_CLOSURE, "0.00000");
	made_set(&spec, RG_KEY_ACCOUNT_CPU_NS, "2396000000");
	made_set(&spec, RG_KEY_ACCOUNT_RUNQ_NS, "2396000000");
	struct rg_verdict *verdict = judge_specs(&spec, &spec, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->advice, "others had the CPUs it waited for: use a quieter "
					     "machine, or give it CPUs of its own");
	rg_verdict_free(verdict);
}

static void with_baselines_enough_canary_runs_are_asked_for(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_profile *profile[4];
	const struct rg_profile *list[4];
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (size_t i = 0; i < 3; i++) {
		/* Runs that differ by 8 % in every other function. */
		made_extra(&base, "f00", i == 1 ? 7560 : 7000);
		made_extra(&base, "f02", i == 2 ? 2520 : 2333);
		profile[i] = made(&base);
		list[i] = profile[i];
		memset(base.extra, 0, sizeof(base.extra));
	}
	made_extra(&canary, "f01", 4150); /* 18.6 % more */
	profile[3] = made(&canary);
	list[3] = profile[3];
	struct rg_verdict *verdict =
		judge_runs(&(struct rg_runs){list, 3}, &(struct rg_runs){list + 3, 1}, &policy);

	/* Those runs agree so well elsewhere that the growth is certain. */
	assert_int_equal(verdict->outcome, RG_OUTCOME_FAIL);
	rg_verdict_free(verdict);
	policy.q = 1e-6;
	verdict = judge_runs(&(struct rg_runs){list, 3}, &(struct rg_runs){list + 3, 1}, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_UNDECIDED);
	assert_string_equal(verdict->advice, "more canary runs, about 2 in all would decide");
	rg_verdict_free(verdict);
	for (size_t i = 0; i < 4; i++)
		rg_profile_free(profile[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percents_have_one_decimal_at_most),
		cmocka_unit_test(names_are_safe_and_look_like_functions),
		cmocka_unit_test(long_names_are_cut_whatever_they_are_made_of),
		cmocka_unit_test(advice_says_what_would_decide),
		cmocka_unit_test(one_that_waits_for_a_cpu_is_not_too_idle),
		cmocka_unit_test(with_baselines_enough_canary_runs_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
