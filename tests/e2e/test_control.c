/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A baseline and a canary that run side by side: captured in the same window, compared slice by slice. */
#include "cgroup.h"
#include "instances.h"
#include "samples.h"

#include "rg/units.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FINE "--frequency", "2999", "--slice", "100ms"
#define LONG "--frequency", "999", "--window", "40s"

/* --- The comparison -------------------------------------------------------------------------- */

static void assert_same_window(struct e2e *e)
{
	const struct rg_profile *base = e2e_profile(e, "base.pb.gz");
	const struct rg_profile *canary = e2e_profile(e, "canary.pb.gz");
	size_t base_count, canary_count;
	const struct rg_slice *before = rg_profile_slices(base, &base_count);
	const struct rg_slice *after = rg_profile_slices(canary, &canary_count);
	uint64_t starts[] = {rg_profile_fact_u64(base, RG_KEY_STARTED_NS, 0),
			     rg_profile_fact_u64(canary, RG_KEY_STARTED_NS, 0)};

	assert_int_equal(base_count, 10);
	assert_int_equal(canary_count, 10);
	for (size_t i = 0; i < base_count; i++)
		assert_int_equal(before[i].wall_ns, after[i].wall_ns);
	/* Of one instant by two readings of two clocks. */
	assert_true(starts[0] > 0);
	assert_true(llabs((long long)(starts[0] - starts[1])) < (long long)RG_NS_PER_MS);
}

static void assert_facts(struct e2e *e, const struct instances *two)
{
	const struct rg_profile *base = e2e_profile(e, "base.pb.gz");
	const struct rg_profile *canary = e2e_profile(e, "canary.pb.gz");
	char with[32];

	snprintf(with, sizeof(with), "pid %s", two->base);
	assert_string_equal(rg_profile_fact(canary, RG_KEY_CONTROL_WITH), with);
	assert_string_equal(rg_profile_fact(base, RG_KEY_TARGET_BY), with);
	snprintf(with, sizeof(with), "pid %s", two->canary);
	assert_string_equal(rg_profile_fact(base, RG_KEY_CONTROL_WITH), with);
	assert_string_equal(rg_profile_fact(base, RG_KEY_CONTROL_PAIR),
			    rg_profile_fact(canary, RG_KEY_CONTROL_PAIR));
	assert_string_equal(rg_profile_fact(base, RG_KEY_VERSION), "v1.4");
	assert_null(rg_profile_fact(canary, RG_KEY_VERSION));
	/* Each is of its own instance alone. */
	assert_int_equal(rg_profile_fact_u64(base, RG_KEY_PROCESSES, 0), 1);
	assert_int_equal(rg_profile_fact_u64(canary, RG_KEY_PROCESSES, 0), 1);
}

static void test_two_alike_do_not_fail_and_are_a_pair(void **state)
{
	struct e2e *e = *state;
	struct instances same;

	e2e_need_root();
	same = two(e, "0", "as it was");
	E2E_RG(e, "check", "--baseline-pid", same.base, "--pid", same.canary, FINE, "--window",
	       "1s", "--baseline", "v1.4", "--output", "canary.pb.gz", "--baseline-output",
	       "base.pb.gz", "--work-uprobe", "steady:hash_order");
	if (e->status != 0 && e->status != 3)
		e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 concurrent run");
	e2e_assert_out(e, "v1.4");
	e2e_assert_out(e, "running beside the canary in the same window");
	/* Counted in each by itself. */
	e2e_assert_out(e, " calls");
	assert_facts(e, &same);
	assert_same_window(e);
	/* The profiles alone say it as well. */
	E2E_RG(e, "diff", "base.pb.gz", "canary.pb.gz", "--json");
	e2e_assert_out(e, "\"concurrent\": true");
}

/* As docker has systemd name the cgroups of two. */
#define BASE_ID   "1b5f7e0dd4c10000000000000000000000000000000000000000000000000001"
#define CANARY_ID "2b5f7e0dd4c10000000000000000000000000000000000000000000000000002"

static void test_containers_are_captured_side_by_side(void **state)
{
	struct e2e *e = *state;
	struct instances same;

	e2e_need_root();
	same = two(e, "0", "as it was");
	e2e_cgroup_enter(e2e_cgroup(e, "docker-" BASE_ID ".scope"), (pid_t)atoi(same.base));
	e2e_cgroup_enter(e2e_cgroup(e, "docker-" CANARY_ID ".scope"), (pid_t)atoi(same.canary));
	E2E_RG(e, "check", "--baseline-container", BASE_ID, "--container", CANARY_ID, FINE,
	       "--window", "1s", "--output", "canary.pb.gz", "--baseline-output", "base.pb.gz");
	if (e->status != 0 && e->status != 3)
		e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 concurrent run");
	assert_string_equal(rg_profile_fact(e2e_profile(e, "canary.pb.gz"), RG_KEY_CONTROL_WITH),
			    "container " BASE_ID);
	assert_string_equal(rg_profile_fact(e2e_profile(e, "base.pb.gz"), RG_KEY_TARGET_BY),
			    "container " BASE_ID);
	assert_int_equal(rg_profile_fact_u64(e2e_profile(e, "base.pb.gz"), RG_KEY_PROCESSES, 0), 1);
	assert_same_window(e);
}

static void test_a_canary_that_costs_more_fails_by_name(void **state)
{
	struct e2e *e = *state;
	struct instances hot;

	e2e_need_root();
	e2e_disregard_steal(e);
	/* Before others on the machine: few samples of a crowded one decide nothing. */
	hot = two(e, "-10", "hot");
	E2E_RG(e, "check", "--baseline-pid", hot.base, "--pid", hot.canary, FINE, "--window",
	       "2500ms");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  hash_order() uses");
	e2e_assert_out(e, "running beside the canary in the same window");
}

/* --- Within the window ------------------------------------------------------------------------ */

/* Two alike, when a check of them is within a window longer than any test. */
static struct instances two_profiled(struct e2e *e)
{
	struct instances same = two(e, "0", "as it was");

	E2E_RG_START(e, "check", "--baseline-pid", same.base, "--pid", same.canary, LONG,
		     "--output", "canary.pb.gz");
	e2e_rg_wait_for(e, "profiling for");
	return same;
}

static void test_a_side_that_ends_is_named(void **state)
{
	struct e2e *e = *state;
	struct instances same;
	char says[64];

	e2e_need_root();
	same = two_profiled(e);
	snprintf(says, sizeof(says), "canary: process %s ended 0.", same.canary);
	e2e_sleep_ms(100);
	kill((pid_t)atoi(same.canary), SIGKILL);
	e2e_rg_finish(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, says);
	assert_false(e2e_exists(e, "canary.pb.gz"));
}

/* It is neither side's. */
static void test_a_load_that_fails_is_told_as_that(void **state)
{
	struct e2e *e = *state;
	struct instances same;

	e2e_need_root();
	same = two(e, "0", "as it was");
	E2E_RG(e, "check", "--baseline-pid", same.base, "--pid", same.canary, LONG, "--load",
	       "echo no such host; exit 7");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "load 'echo no such host; exit 7': exited with status 7");
	e2e_assert_err(e, "no such host");
	e2e_assert_no_err(e, "canary:");
}

/* Its cgroup lives on, and so does the window; but the process that is in it now is another. */
static void test_a_side_that_is_started_again_is_named(void **state)
{
	struct e2e *e = *state;
	const char *group;
	char canary[16];
	pid_t first;

	e2e_need_root();
	group = e2e_cgroup(e, "shop");
	first = E2E_SPAWN(e, e2e_program(e, "steady"));
	e2e_cgroup_enter(group, first);
	text_of(canary, E2E_SPAWN(e, e2e_program(e, "steady")));
	E2E_RG_START(e, "check", "--baseline-cgroup", group, "--pid", canary, "--window", "1s",
		     "--slice", "100ms");
	e2e_rg_wait_for(e, "profiling for");
	e2e_cgroup_enter(group, E2E_SPAWN(e, e2e_program(e, "steady")));
	kill(first, SIGKILL);
	e2e_rg_finish(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "baseline: no process that it began with lived to the end");
}

static void test_a_signal_ends_both(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	two_profiled(e);
	e2e_rg_end_by(e, SIGINT);
	e2e_assert_err(e, "interrupted: both sides are needed for the whole window");
	assert_false(e2e_exists(e, "canary.pb.gz"));
}

/* The window is over, but nothing was said yet. */
static void test_a_signal_while_code_is_named_is_not_lost(void **state)
{
	struct e2e *e = *state;
	struct instances same;

	e2e_need_root();
	same = two(e, "0", "as it was");
	E2E_RG_START(e, "check", "--baseline-pid", same.base, "--pid", same.canary, FINE,
		     "--window", "1s");
	e2e_rg_wait_for(e, "naming code");
	e2e_rg_end_by(e, SIGINT);
	e2e_assert_err(e, "interrupted: no verdict is made of a part of the window");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_two_alike_do_not_fail_and_are_a_pair),
		E2E_CGROUP_TEST(test_containers_are_captured_side_by_side),
		E2E_TEST(test_a_canary_that_costs_more_fails_by_name),
		E2E_TEST(test_a_side_that_ends_is_named),
		E2E_TEST(test_a_load_that_fails_is_told_as_that),
		E2E_CGROUP_TEST(test_a_side_that_is_started_again_is_named),
		E2E_TEST(test_a_signal_ends_both),
		E2E_TEST(test_a_signal_while_code_is_named_is_not_lost),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
