/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A baseline and a canary that cannot be captured side by side: refused before anything is, with what is wrong. */
#include "cgroup.h"
#include "instances.h"
#include "samples.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct refusal {
	const char *words[8];
	int status;
	const char *says;
};

static void assert_refused(struct e2e *e, const struct refusal *refusal)
{
	const char *words[12] = {"check", "--window", "40s"};

	for (size_t i = 0; i < sizeof(refusal->words) / sizeof(refusal->words[0]); i++)
		words[3 + i] = refusal->words[i];
	e2e_rg(e, words);
	e2e_assert_status(e, refusal->status);
	e2e_assert_err(e, refusal->says);
	e2e_assert_no_err(e, "profiling");
}

static void test_what_does_not_go_together_is_refused(void **state)
{
	static const struct refusal rows[] = {
		{{"--baseline-pid", "1"}, 2, "the canary runs already: say --pid"},
		{{"--baseline-pid", "1", "--", "true"}, 2, "the canary runs already: say --pid"},
		{{"--baseline-pid", "1", "--canary", "c"}, 2, "--canary is a profile"},
		{{"--baseline-pid", "1", "--pid", "2", "--pinned", "v1"},
		 2,
		 "--pinned compares with stored runs"},
		{{"--baseline-pid", "1", "--pid", "2", "--baseline", "latest"},
		 2,
		 "name its version"},
		{{"--baseline-pid", "1", "--pid", "2", "--baseline", "merge-base:main"},
		 2,
		 "chooses among stored runs"},
		{{"--baseline-pid", "1", "--baseline-unit", "a", "--pid", "2"},
		 2,
		 "two baselines: say either"},
		{{"--baseline-pod", "a/b", "--baseline-unit", "a", "--pid", "2"},
		 2,
		 "one baseline at a time"},
		{{"--baseline-cgroup", "", "--pid", "2"}, 2, "must not be empty"},
		{{"--baseline-pid", "one", "--pid", "2"}, 2, "must be process ids"},
		{{"--baseline-pid", "1", "--pid", "2", "--work-cmd", "echo 1"},
		 2,
		 "only the canary's work is counted: say --baseline-work-cmd as well"},
		{{"--baseline-pid", "1", "--pid", "2", "--baseline-work-metric",
		  "http://127.0.0.1:1/m#n"},
		 2,
		 "only the baseline's work is counted: say --work-metric as well"},
		{{"--baseline-pid", "1", "--pid", "2", "--baseline-work-metric", "none"},
		 2,
		 "option '--baseline-work-metric"},
		{{"--baseline-pid", "1", "--pid", "2", "--baseline-output", "no/such/folder"},
		 2,
		 "output 'no/such/folder'"},
		{{"--baseline-pid", "1", "--pid", "2", "--alternate"},
		 2,
		 "--alternate launches both versions"},
		{{"--baseline-pid", "1", "--pid", "2", "--store-baseline"},
		 2,
		 "--store-baseline stores the baseline's runs of rounds"},
		{{"--baseline", "v1.4", "--pid", "2", "--baseline-output", "b.pb.gz"},
		 2,
		 "--baseline-output is for a baseline that runs"},
		{{"--baseline", "v1.4", "--pid", "2", "--baseline-work-cmd", "echo 1"},
		 2,
		 "--baseline-work-cmd is for a baseline that runs"},
		{{"--baseline-pid", "1", "--all"}, 2, "neither may be all there is"},
	};
	struct e2e *e = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(e, &rows[i]);
}

static void test_instances_that_are_one_are_refused(void **state)
{
	struct e2e *e = *state;
	char parent[16], child[16], both[64];
	const char *group, *below;

	e2e_need_root();
	text_of(child, E2E_SPAWN(e, e2e_program(e, "steady")));
	text_of(parent, getpid());
	snprintf(both, sizeof(both), "process %s (steady) is part of both", child);
	assert_refused(e, &(struct refusal){{"--baseline-pid", child, "--pid", child}, 2, both});
	assert_refused(e, &(struct refusal){{"--baseline-pid", parent, "--pid", child},
					    2,
					    "is part of both the baseline and the canary"});
	group = e2e_cgroup(e, "shop");
	below = e2e_cgroup(e, "shop/worker");
	e2e_cgroup_enter(below, (pid_t)atoi(child));
	assert_refused(e, &(struct refusal){{"--baseline-cgroup", group, "--pid", child}, 2, both});
	assert_refused(e,
		       &(struct refusal){{"--baseline-cgroup", group, "--cgroup", below}, 2, both});
}

static void test_a_side_that_is_nobody_is_named(void **state)
{
	struct e2e *e = *state;
	char pid[16];

	e2e_need_root();
	text_of(pid, E2E_SPAWN(e, e2e_program(e, "steady")));
	assert_refused(e,
		       &(struct refusal){{"--baseline-pid", "999999999", "--pid", pid},
					 2,
					 "baseline: capture: process 999999999: no such process"});
	assert_refused(e, &(struct refusal){{"--baseline-pid", pid, "--pid", "999999999"},
					    2,
					    "canary: capture: process 999999999: no such process"});
	assert_refused(e, &(struct refusal){{"--baseline-cgroup", "/rg-e2e-none", "--pid", pid},
					    4,
					    "baseline: target: no cgroup '/rg-e2e-none'"});
	assert_refused(
		e, &(struct refusal){{"--baseline-cgroup", e2e_cgroup(e, "empty"), "--pid", pid},
				     4,
				     "baseline: target: no process is in cgroup"});
}

static void test_the_configuration_names_a_baseline_that_runs(void **state)
{
	struct e2e *e = *state;
	char pid[16];

	e2e_need_root();
	text_of(pid, E2E_SPAWN(e, e2e_program(e, "steady")));
	e2e_write_text(e, "regress-gate.json",
		       "{\"control\": {\"cgroup\": \"/rg-e2e-none\"}, \"window\": \"40s\"}");
	E2E_RG(e, "check", "--pid", pid);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "baseline: target: no cgroup '/rg-e2e-none'");
	/* The command line goes over it. */
	E2E_RG(e, "check", "--pid", pid, "--baseline-pid", pid);
	e2e_assert_status(e, 2);
	E2E_RG(e, "check", "--pid", pid, "--baseline", "label:none", "--store", "dir:store");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NO BASELINE");
	e2e_write_text(e, "regress-gate.json",
		       "{\"control\": {\"cgroup\": \"/a\", \"unit\": \"b\"}}");
	E2E_RG(e, "check", "--pid", pid);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "\"control\" names two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_what_does_not_go_together_is_refused),
		E2E_CGROUP_TEST(test_instances_that_are_one_are_refused),
		E2E_CGROUP_TEST(test_a_side_that_is_nobody_is_named),
		E2E_TEST(test_the_configuration_names_a_baseline_that_runs),
	};

	return cmocka_run_group_tests_name("control_refused", tests, NULL, NULL);
}
