/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparable_made.h"

/* The runs below have 299.47 s of CPU time in 300 s. */

struct facts {
	const char *limit, *throttled_ns, *runq_ns, *busy_ns, *steal_ns; /* NULL: not recorded */
};

/* Of 4 CPUs. The account closes: nothing else is to be in the way. */
static struct made_spec ran_under(const struct facts *facts)
{
	struct made_spec spec = made_default();

	made_set(&spec, RG_KEY_CPUS, "4");
	made_set_known(&spec, RG_KEY_CGROUP_LIMIT, facts->limit);
	made_set_known(&spec, RG_KEY_CGROUP_THROTTLED_NS, facts->throttled_ns);
	made_set_known(&spec, RG_KEY_MACHINE_BUSY_NS, facts->busy_ns);
	made_set_known(&spec, RG_KEY_MACHINE_STEAL_NS, facts->steal_ns);
	if (!facts->runq_ns)
		return spec;
	made_set(&spec, RG_KEY_ACCOUNT_THREAD_NS, "600000000000");
	made_set(&spec, RG_KEY_ACCOUNT_CPU_NS, "299470000000");
	made_set(&spec, RG_KEY_ACCOUNT_RUNQ_NS, facts->runq_ns);
	made_set(&spec, RG_KEY_ACCOUNT_BLOCKED_NS, "0");
	made_set(&spec, RG_KEY_ACCOUNT_CLOSURE, "0");
	return spec;
}

struct row {
	const char *sentence;
	struct facts base, canary;
	bool fails;        /* one function grew */
	const char *issue; /* NULL: none */
	enum rg_outcome outcome;
	const char *shown_base, *shown_canary, *limit;
};

#define DENIED "CPU time denied by the cgroup's limit"
#define QUEUE  "time waiting for a CPU"
#define STEAL  "time stolen by the hypervisor"

/* 299.47 s of throttling beside as much CPU time is 50 %; what grew, grew by 55 s. */
static const struct row rows[] = {
	{"a canary with half a CPU",
	 {.limit = "none", .throttled_ns = "0"},
	 {.limit = "0.500", .throttled_ns = "299470000000"},
	 false,
	 DENIED,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (no limit)",
	 "50.0 % (limit 0.500 CPUs)",
	 "at most 5.0 points apart"},
	{"what grew under another limit is no failure",
	 {.limit = "none", .throttled_ns = "0"},
	 {.limit = "0.500", .throttled_ns = "299470000000"},
	 true,
	 DENIED,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (no limit)",
	 "45.8 % (limit 0.500 CPUs)",
	 "at most 5.0 points apart"},
	{"a baseline with half a CPU",
	 {.limit = "0.500", .throttled_ns = "299470000000"},
	 {.limit = "none", .throttled_ns = "0"},
	 false,
	 DENIED,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "50.0 % (limit 0.500 CPUs)",
	 "0.0 % (no limit)",
	 "at most 5.0 points apart"},
	{"the same limit, and it is reached: no pass",
	 {.limit = "1.000", .throttled_ns = "0"},
	 {.limit = "1.000", .throttled_ns = "299470000000"},
	 false,
	 DENIED,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (limit 1.000 CPUs)",
	 "50.0 % (limit 1.000 CPUs)",
	 "at most 5.0 points apart"},
	{"the same limit, reached by what grew: a failure",
	 {.limit = "1.000", .throttled_ns = "0"},
	 {.limit = "1.000", .throttled_ns = "299470000000"},
	 true,
	 DENIED,
	 RG_OUTCOME_FAIL,
	 "0.0 % (limit 1.000 CPUs)",
	 "45.8 % (limit 1.000 CPUs)",
	 "the limit is the same: the canary wants more"},
	{"4 points",
	 {.limit = "1.000", .throttled_ns = "0"},
	 {.limit = "1.000", .throttled_ns = "12000000000"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"both throttled alike",
	 {.limit = "0.500", .throttled_ns = "299470000000"},
	 {.limit = "0.500", .throttled_ns = "290000000000"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"another limit that nobody reaches",
	 {.limit = "4.000", .throttled_ns = "0"},
	 {.limit = "2.000", .throttled_ns = "0"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"throttling not recorded on one side",
	 {.limit = NULL, .throttled_ns = NULL},
	 {.limit = "0.500", .throttled_ns = "299470000000"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	/* The threads could run for 600 s: half a CPU's worth for each of 4. */
	{"neighbours",
	 {.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "299470000000"},
	 {.limit = "none",
	  .throttled_ns = "0",
	  .runq_ns = "299470000000",
	  .busy_ns = "1199470000000"},
	 false,
	 QUEUE,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (others on 0.0 % of the CPUs)",
	 "50.0 % (others on 75.0 % of the CPUs)",
	 "at most 25.0 points apart"},
	{"what grew beside neighbours is no failure",
	 {.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "299470000000"},
	 {.limit = "none",
	  .throttled_ns = "0",
	  .runq_ns = "299470000000",
	  .busy_ns = "1199470000000"},
	 true,
	 QUEUE,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (others on 0.0 % of the CPUs)",
	 "50.0 % (others on 75.0 % of the CPUs)",
	 "at most 25.0 points apart"},
	{"neighbours on both sides, in the way of one",
	 {.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "1199470000000"},
	 {.limit = "none",
	  .throttled_ns = "0",
	  .runq_ns = "299470000000",
	  .busy_ns = "1199470000000"},
	 false,
	 QUEUE,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (others on 75.0 % of the CPUs)",
	 "50.0 % (others on 75.0 % of the CPUs)",
	 "at most 25.0 points apart"},
	{"its own threads, five for each CPU",
	 {.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "299470000000"},
	 {.limit = "none",
	  .throttled_ns = "0",
	  .runq_ns = "5700530000000",
	  .busy_ns = "299470000000"},
	 false,
	 QUEUE,
	 RG_OUTCOME_PASS,
	 "0.0 % (others on 0.0 % of the CPUs)",
	 "95.0 % (others on 0.0 % of the CPUs)",
	 "its own threads are more than the CPUs: is that meant?"},
	{"a fifth of the time",
	 {.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "299470000000"},
	 {.limit = "none",
	  .throttled_ns = "0",
	  .runq_ns = "74867500000",
	  .busy_ns = "1199470000000"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"throttled threads wait for a CPU, too",
	 {.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "299470000000"},
	 {.limit = "0.500",
	  .throttled_ns = "299470000000",
	  .runq_ns = "299470000000",
	  .busy_ns = "299470000000"},
	 false,
	 DENIED,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (no limit)",
	 "50.0 % (limit 0.500 CPUs)",
	 "at most 5.0 points apart"},
	/* Of 4 x 300 s. */
	{"a hypervisor's other guests",
	 {.steal_ns = "0"},
	 {.steal_ns = "120000000000"},
	 false,
	 STEAL,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 %",
	 "10.0 %",
	 "at most 5.0 points apart"},
	{"a little of that",
	 {.steal_ns = "0"},
	 {.steal_ns = "48000000000"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"figures that are none",
	 {.limit = "none", .throttled_ns = "0"},
	 {.limit = "-1", .throttled_ns = "-299470000000"},
	 false,
	 NULL,
	 RG_OUTCOME_PASS,
	 NULL,
	 NULL,
	 NULL},
	{"more than can be",
	 {.limit = "none", .throttled_ns = "0"},
	 {.limit = "0.1", .throttled_ns = "1e308"},
	 false,
	 DENIED,
	 RG_OUTCOME_NOT_COMPARABLE,
	 "0.0 % (no limit)",
	 "100.0 % (limit 0.1 CPUs)",
	 "at most 5.0 points apart"},
};

static void check(const struct row *row)
{
	struct made_spec base = ran_under(&row->base), canary = ran_under(&row->canary);
	struct rg_policy policy;

	rg_policy_init(&policy);
	if (row->fails)
		made_extra(&canary, "f01", 9000);
	assert_comparable(row->sentence, judge_specs(&base, &canary, &policy),
			  &(struct comparable_expected){row->outcome, row->issue, row->shown_base,
							row->shown_canary, row->limit});
}

static void conditions_that_are_too_far_apart_are_not_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i]);
}

static void the_limits_are_the_policys(void **state)
{
	struct made_spec base = ran_under(&(struct facts){.limit = "none", .throttled_ns = "0"});
	struct made_spec canary =
		ran_under(&(struct facts){.limit = "0.500", .throttled_ns = "299470000000"});
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	policy.comparable.max_throttled = 0.6;
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	rg_verdict_free(verdict);
}

static void how_it_was_built_is_a_caution_and_the_governor_is_more(void **state)
{
	struct made_spec base = made_default(), canary = made_default();
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&base, RG_KEY_COMPILER, "GNU C17 12.2.0");
	made_set(&canary, RG_KEY_COMPILER, "GNU C17 13.2.0");
	made_set(&base, RG_KEY_COMPILER_FLAGS, "-O2");
	made_set(&canary, RG_KEY_COMPILER_FLAGS, "-O0");
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_int_equal(verdict->outcome, RG_OUTCOME_PASS);
	assert_string_equal(find_issue(verdict, "compiler")->canary, "GNU C17 13.2.0");
	assert_string_equal(find_issue(verdict, "compiler flags")->base, "-O2");
	rg_verdict_free(verdict);
	made_set(&base, RG_KEY_GOVERNOR, "performance");
	made_set(&canary, RG_KEY_GOVERNOR, "powersave");
	verdict = judge_specs(&base, &canary, &policy);
	assert_int_equal(verdict->outcome, RG_OUTCOME_NOT_COMPARABLE);
	assert_string_equal(verdict->reason, "frequency governor: baseline performance, canary "
					     "powersave (must be equal)");
	assert_string_equal(verdict->advice, "set the same CPU frequency governor for both sides");
	rg_verdict_free(verdict);
}

static const struct rg_condition *find_condition(const struct rg_verdict *verdict, const char *what)
{
	for (size_t i = 0; i < verdict->condition_count; i++)
		if (!strcmp(verdict->conditions[i].what, what))
			return &verdict->conditions[i];
	return NULL;
}

static void conditions_are_told_side_by_side(void **state)
{
	struct made_spec base = ran_under(&(struct facts){
		.limit = "none", .throttled_ns = "0", .runq_ns = "0", .busy_ns = "299470000000"});
	struct made_spec canary =
		ran_under(&(struct facts){.limit = "0.500", .throttled_ns = "299470000000"});
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	made_set(&canary, RG_KEY_TARGET_BY, "unit shop.service");
	made_set(&canary, RG_KEY_WORK_TOTAL, "30000");
	made_set(&canary, RG_KEY_WORK_UNIT, "request");
	struct rg_verdict *verdict = judge_specs(&base, &canary, &policy);

	assert_string_equal(find_condition(verdict, "CPU limit")->base, "none");
	assert_string_equal(find_condition(verdict, "CPU limit")->canary, "0.500");
	assert_string_equal(find_condition(verdict, DENIED)->canary, "50.0 %");
	assert_string_equal(find_condition(verdict, "threads at a time")->base, "2");
	assert_string_equal(find_condition(verdict, "threads at a time")->canary, "not known");
	assert_string_equal(find_condition(verdict, "target")->base, "not known");
	assert_string_equal(find_condition(verdict, "target")->canary, "unit shop.service");
	assert_string_equal(find_condition(verdict, "work a second")->base, "not known");
	assert_string_equal(find_condition(verdict, "work a second")->canary, "100");
	assert_null(find_condition(verdict, "compiler"));
	rg_verdict_free(verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_that_are_too_far_apart_are_not_compared),
		cmocka_unit_test(the_limits_are_the_policys),
		cmocka_unit_test(how_it_was_built_is_a_caution_and_the_governor_is_more),
		cmocka_unit_test(conditions_are_told_side_by_side),
	};

	return cmocka_run_group_tests_name("comparable_conditions", tests, NULL, NULL);
}
