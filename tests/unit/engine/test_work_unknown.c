/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost per unit of work where the work is not known, or is not what it seems. */
#include "work_made.h"

struct facts {
	const char *total, *lost, *source, *unit; /* NULL: none of it */
};

#define COUNTED                                                   \
	{                                                         \
		"100000", NULL, "uprobe server:handle", "request" \
	}

static const struct unknown_row {
	const char *what;
	struct facts base, canary;
	enum rg_basis basis;
	enum rg_outcome outcome;
	const char *issue, *before, *after;
} unknown_rows[] = {
	{"nobody counted, nobody asked",
	 {0},
	 {0},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"nobody counted",
	 {0},
	 {0},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "not counted",
	 "not counted"},
	{"only the canary counted",
	 {0},
	 COUNTED,
	 RG_BASIS_AUTO,
	 RG_OUTCOME_PASS,
	 "work",
	 "not counted",
	 "100000"},
	{"only the canary counted, and it is asked for",
	 {0},
	 COUNTED,
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "not counted",
	 "100000"},
	{"none was done",
	 COUNTED,
	 {"0", NULL, "uprobe server:handle", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "none"},
	{"none was done on either side",
	 {"0", NULL, "uprobe server:handle", "request"},
	 {"0", NULL, "uprobe server:handle", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "none",
	 "none"},
	{"counting failed",
	 COUNTED,
	 {NULL, "the counter was reset", "metric requests_total", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted: the counter was reset"},
	{"counting failed on both sides",
	 {NULL, "the counter was reset", "metric requests_total", "request"},
	 {NULL, "the counter was reset", "metric requests_total", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "not counted: the counter was reset",
	 "not counted: the counter was reset"},
	{"the command ended in the baseline only",
	 {"1", NULL, RG_WORK_COMPLETION, "run"},
	 {0},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "completion",
	 "1",
	 "not counted"},
	{"the command ended in the canary only",
	 {0},
	 {"1", NULL, RG_WORK_COMPLETION, "run"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "completion",
	 "not counted",
	 "1"},
	{"another unit",
	 COUNTED,
	 {"100000", NULL, "uprobe server:handle", "row"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "unit of work",
	 "request",
	 "row"},
	{"another way of counting",
	 COUNTED,
	 {"100000", NULL, "uprobe server:serve", "request"},
	 RG_BASIS_AUTO,
	 RG_OUTCOME_PASS,
	 "work counted by",
	 "uprobe server:handle",
	 "uprobe server:serve"},
	{"no number",
	 COUNTED,
	 {"many", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"not a number",
	 COUNTED,
	 {"nan", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"less than none",
	 COUNTED,
	 {"-1", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"beyond counting",
	 COUNTED,
	 {"1e300", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "not counted"},
	{"next to none",
	 COUNTED,
	 {"1e-300", NULL, NULL, NULL},
	 RG_BASIS_WORK,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "work",
	 "100000",
	 "none"},
};

static struct made_spec with_facts(const struct facts *facts)
{
	struct made_spec spec = made_default();

	if (facts->total)
		made_set(&spec, RG_KEY_WORK_TOTAL, facts->total);
	if (facts->lost)
		made_set(&spec, RG_KEY_WORK_LOST, facts->lost);
	if (facts->source)
		made_set(&spec, RG_KEY_WORK_SOURCE, facts->source);
	if (facts->unit)
		made_set(&spec, RG_KEY_WORK_UNIT, facts->unit);
	return spec;
}

static void what_is_not_counted_never_passes_as_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(unknown_rows); i++) {
		const struct unknown_row *row = &unknown_rows[i];
		const struct made_spec base = with_facts(&row->base),
				       canary = with_facts(&row->canary);
		struct rg_verdict *verdict = judge_on(&base, &canary, row->basis);
		const struct rg_issue *issue = row->issue ? find_issue(verdict, row->issue) : NULL;
		bool blocked = row->outcome == RG_OUTCOME_NOT_COMPARABLE;

		if (verdict->outcome != row->outcome)
			fail_msg("%s: %s: %s", row->what, rg_outcome_name(verdict->outcome),
				 verdict->reason);
		if (!issue != !row->issue)
			fail_msg("%s: issue", row->what);
		if (issue) {
			assert_string_equal(issue->base, row->before);
			assert_string_equal(issue->canary, row->after);
			assert_int_equal(issue->blocking, blocked);
		}
		if (blocked) {
			assert_non_null(strstr(verdict->reason, row->issue));
			assert_null(strstr(verdict->advice, "machines of one kind"));
		}
		rg_verdict_free(verdict);
	}
}

/* A side whose runs do not agree in what they know. */
static void every_run_must_have_counted(void **state)
{
	const struct made_spec counted = worked("100000", 1), other = made_default(),
			       idle = worked("0", 1);
	struct rg_profile *run[] = {made(&counted), made(&other), made(&idle)};
	const struct rg_profile *const base[] = {run[0], run[1]}, *const also[] = {run[0], run[2]};
	const struct rg_runs canary = {(const struct rg_profile *const[]){run[0]}, 1};
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	struct rg_verdict *verdict = judge_runs(&(struct rg_runs){base, 2}, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "work")->base, "counted in 1 of 2 runs");
	assert_true(verdict->base.work == 0);
	rg_verdict_free(verdict);
	verdict = judge_runs(&(struct rg_runs){also, 2}, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "work")->base, "none in 1 of 2 runs");
	rg_verdict_free(verdict);
	for (size_t i = 0; i < COUNT(run); i++)
		rg_profile_free(run[i]);
}

static void a_unit_that_is_no_name_is_not_shown(void **state)
{
	struct made_spec base = worked("100000", 1), canary = base;

	(void)state;
	made_set(&base, RG_KEY_WORK_UNIT, "<img src=x>");
	made_set(&canary, RG_KEY_WORK_UNIT, "<img src=x>");
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_WORK);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(verdict->work_unit, RG_WORK_UNIT);
	rg_verdict_free(verdict);
}

static void samples_of_unknown_length_have_no_cost(void **state)
{
	struct made_spec base = worked("100000", 1), canary = base;

	(void)state;
	canary.no_cpu = true;
	canary.period_ns = 0;
	struct rg_verdict *verdict = judge_on(&base, &canary, RG_BASIS_AUTO);

	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(find_issue(verdict, "CPU time per sample")->limit,
			    "basis 'work' needs it on every run");
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_counted_never_passes_as_counted),
		cmocka_unit_test(every_run_must_have_counted),
		cmocka_unit_test(a_unit_that_is_no_name_is_not_shown),
		cmocka_unit_test(samples_of_unknown_length_have_no_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
