/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same program under other conditions: told as what it is, and never as a regression of its code. */
#include "cgroup.h"
#include "samples.h"

#include <stdio.h>
#include <string.h>

/* Few seconds of few CPUs have to do. */
#define FINE "--frequency", "4999", "--window", "1s"

/* No one is in the way of a real-time process. */
static void capture_baseline(struct e2e *e)
{
	e2e_sh(e,
	       "chrt -f 1 \"$RG\" capture -q -o base --frequency 4999 --window 1s -- '%s' 100000",
	       e2e_program(e, "burst"));
}

static void capture_canary(struct e2e *e, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)pid);
	E2E_RG(e, "capture", "-q", "-o", "canary", FINE, "--pid", text);
	e2e_assert_status(e, 0);
}

static void test_a_limited_or_starved_canary_is_not_comparable(void **state)
{
	struct e2e *e = *state;
	const char *group;
	pid_t canary;

	e2e_need_root();
	e2e_disregard_steal(e);
	capture_baseline(e);
	canary = E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	for (int i = 0; i < 4; i++)
		E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	capture_canary(e, canary);
	E2E_RG(e, "diff", "--json", "base", "canary");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "\"outcome\": \"not_comparable\"");
	e2e_assert_out(e, "\"reason\": \"time waiting for a CPU: baseline ");
	e2e_assert_out(e, "at most 25.0 points apart");
	e2e_assert_out(e, "\"what\": \"CPUs busy with others\"");
	e2e_end_helpers(e);

	group = e2e_cgroup_limited(e, "limited", 0.1);
	if (!group) {
		print_message("skipped: no cgroup may be limited here\n");
		return;
	}
	canary = E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	e2e_cgroup_enter(group, canary);
	capture_canary(e, canary);
	assert_string_equal(rg_profile_fact(e2e_profile(e, "canary"), RG_KEY_CGROUP_LIMIT),
			    "0.100");
	E2E_RG(e, "diff", "base", "canary");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NOT COMPARABLE  CPU time denied by the cgroup's limit: baseline 0.0 %");
	e2e_assert_out(e, "(limit 0.100 CPUs)");
	e2e_assert_out(e, "give both sides the same CPU limit");
}

/* --- A back end ------------------------------------------------------------------------------ */

static void set_delay(struct e2e *e, const char *delay)
{
	e2e_write_text(e, "backend.delay", delay);
}

static void capture_frontend(struct e2e *e, const char *profile, const char *pid)
{
	E2E_RG(e, "capture", "-q", "-o", profile, "--frequency", "999", "--window", "1s", "--slice",
	       "100ms", "--pid", pid);
	e2e_assert_status(e, 0);
}

/*
 * The front end is the same throughout: the report has to show that it waits, in what function, for what; and that the
 * conditions are the same but for that.
 */
static void test_a_slow_back_end_shows_where_the_time_went(void **state)
{
	struct e2e *e = *state;
	char pid[32], port[32];

	e2e_need_root();
	set_delay(e, "0");
	E2E_SPAWN(e, e2e_program(e, "backend"), e2e_path(e, "backend"));
	e2e_wait_for_file(e, "backend");
	e2e_sleep_ms(100);
	snprintf(port, sizeof(port), "%d", (int)e2e_number(e, "backend", "port", 1));
	snprintf(pid, sizeof(pid), "%d", (int)E2E_SPAWN(e, e2e_program(e, "frontend"), port));
	e2e_sleep_ms(100);
	capture_frontend(e, "base", pid);

	/* 32 ms in place of 1. */
	set_delay(e, "5");
	e2e_sleep_ms(100);
	capture_frontend(e, "slow", pid);
	E2E_RG(e, "diff", "base", "slow");
	e2e_assert_out(e, "ask_backend");
	e2e_assert_out(e, "[network, recv]");
	e2e_assert_out(e, "conditions");
	e2e_assert_out(e, "waiting for the network: ");
	assert_true(e2e_under(e2e_profile(e, "slow"), "ask_backend", RG_VALUE_OFF_CPU_NS) >
		    2 * e2e_under(e2e_profile(e, "base"), "ask_backend", RG_VALUE_OFF_CPU_NS));
	assert_int_not_equal(e->status, 0);

	/* Cut off: it waits all the time, and no pass is made of that. */
	set_delay(e, "-");
	e2e_sleep_ms(200);
	capture_frontend(e, "cut", pid);
	E2E_RG(e, "diff", "base", "cut");
	assert_int_not_equal(e->status, 0);
	e2e_assert_out(e, "ask_backend");
	e2e_assert_out(e, "[network, recv]");
	e2e_assert_out(e, "waiting for the network: ");
	assert_true(e2e_under(e2e_profile(e, "cut"), "ask_backend", RG_VALUE_OFF_CPU_NS) >
		    INT64_C(950000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_CGROUP_TEST(test_a_limited_or_starved_canary_is_not_comparable),
		E2E_TEST(test_a_slow_back_end_shows_where_the_time_went),
	};

	return cmocka_run_group_tests_name("conditions", tests, NULL, NULL);
}
