/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets whose processes fail, or are started again, while they are profiled: no gate passes them. */
#include "cgroup.h"
#include "samples.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FINE "--frequency", "2999", "--window", "1s"

enum { NAME_SIZE = 16 };

static uint64_t fact(struct e2e *e, const char *profile, const char *key)
{
	return rg_profile_fact_u64(e2e_profile(e, profile), key, UINT64_MAX);
}

/* Its name is no other program's on this machine, not even of another run of this test. */
static void make_service(struct e2e *e, char name[NAME_SIZE])
{
	e2e_need_root();
	snprintf(name, NAME_SIZE, "rg-e2e-%d", (int)getpid());
	e2e_program_copy(e, "burst", name);
}

static void await_service(struct e2e *e, const char *name)
{
	e2e_sh(e, "until pgrep -x %s > /dev/null; do sleep 0.02; done", name);
}

static void assert_first_failure(struct e2e *e, const char *profile, const char *name, int sig)
{
	char text[64];

	snprintf(text, sizeof(text), "%s killed by signal %d", name, sig);
	assert_string_equal(rg_profile_fact(e2e_profile(e, profile), RG_KEY_FAILURE), text);
}

/* A service that lives, told by its name. */
static void capture_baseline(struct e2e *e, const char *name)
{
	E2E_SPAWN(e, e2e_path(e, "%s", name), "100000");
	await_service(e, name);
	E2E_RG(e, "capture", "-o", "base", FINE, "--comm", name);
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "failed");
	assert_int_equal(fact(e, "base", RG_KEY_FAILED), 0);
	assert_null(rg_profile_fact(e2e_profile(e, "base"), RG_KEY_FAILURE));
	assert_int_equal(fact(e, "base", RG_KEY_LIVED), 1);
}

/* $0 in the script is its name. So many that one is there at any time. */
static void start_canary(struct e2e *e, const char *name, const char *script)
{
	e2e_end_helpers(e);
	for (int i = 0; i < 4; i++)
		E2E_SPAWN(e, "/bin/sh", "-c", script, name);
	await_service(e, name);
}

static void assert_crash_loop(struct e2e *e, const char *name)
{
	start_canary(
		e, name,
		"ulimit -c 0; while :; do timeout -s SEGV 0.15 ./$0 100000; done 2> /dev/null");
	E2E_RG(e, "capture", "-o", "crashes", FINE, "--comm", name);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "processes of the target failed while it was profiled; the first: ");
	assert_true(fact(e, "crashes", RG_KEY_FAILED) >= 3);
	assert_int_equal(fact(e, "crashes", RG_KEY_LIVED), 0);
	assert_first_failure(e, "crashes", name, SIGSEGV);
	E2E_RG(e, "diff", "base", "crashes");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NOT COMPARABLE  processes that failed: baseline none, canary ");
	e2e_assert_out(e, " killed by signal 11");
	e2e_assert_out(e, "see why they failed");
	/* Where they may fail, it is still not the same that was there throughout. */
	e2e_write_text(e, "regress-gate.json",
		       "{\"policy\": {\"comparable\": {\"max_failed\": 1000}}}");
	E2E_RG(e, "diff", "base", "crashes");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NOT COMPARABLE  ended in the window");
	e2e_assert_out(e, "at most 1000 in a run");
}

/* It ends well each time, and is started again. */
static void assert_loop(struct e2e *e, const char *name)
{
	start_canary(e, name, "while :; do ./$0 40; done");
	E2E_RG(e, "capture", "-o", "loops", FINE, "--comm", name);
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "failed");
	assert_int_equal(fact(e, "loops", RG_KEY_FAILED), 0);
	assert_int_equal(fact(e, "loops", RG_KEY_LIVED), 0);
	E2E_RG(e, "diff", "base", "loops");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NOT COMPARABLE  ended in the window: baseline 0 of 1 runs, canary 1 of "
			  "1 runs");
	/* A program that does a piece of work does so on both sides. */
	E2E_RG(e, "diff", "loops", "loops");
	assert_null(strstr(e->out, "ended in the window"));
}

static void test_a_canary_that_is_started_again_is_not_comparable(void **state)
{
	struct e2e *e = *state;
	char name[NAME_SIZE];

	make_service(e, name);
	capture_baseline(e, name);
	assert_loop(e, name);
	assert_crash_loop(e, name);
}

/* A pod's: the container that holds it together lives, another's program fails again and again. */
static void test_what_fails_beside_what_lives_is_told(void **state)
{
	struct e2e *e = *state;
	char name[NAME_SIZE];
	const char *group;

	make_service(e, name);
	group = e2e_cgroup(e, "pod");
	e2e_cgroup_enter(group, E2E_SPAWN(e, "/bin/sleep", "100"));
	e2e_write_text(e, "start", "echo $$ > $1/cgroup.procs\n./$2 60\nexit 3\n");
	E2E_SPAWN(e, "/bin/sh", "-c", "while :; do sh start $0 $1; done", group, name);
	await_service(e, name);
	E2E_RG(e, "capture", "-o", "p", FINE, "--cgroup", group);
	e2e_assert_status(e, 0);
	assert_true(fact(e, "p", RG_KEY_FAILED) >= 2);
	assert_string_equal(rg_profile_fact(e2e_profile(e, "p"), RG_KEY_FAILURE),
			    "sh exited with status 3");
	assert_true(fact(e, "p", RG_KEY_LIVED) >= 1);
}

static void test_children_may_fail_and_may_not_crash(void **state)
{
	struct e2e *e = *state;
	char name[NAME_SIZE];
	const char *group;
	char text[32];
	pid_t parent;

	make_service(e, name);
	group = e2e_cgroup(e, "shop");
	parent = E2E_SPAWN(e, "/bin/sh", "-c", "while :; do /bin/false; done");
	e2e_cgroup_enter(group, parent);
	E2E_RG(e, "capture", "-o", "p", FINE, "--cgroup", group);
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "failed");
	assert_true(fact(e, "p", RG_KEY_PROCESSES) > 20);
	assert_int_equal(fact(e, "p", RG_KEY_FAILED), 0);
	assert_true(fact(e, "p", RG_KEY_LIVED) >= 1);
	e2e_end_helpers(e);

	/* Told by its number: what it starts is no main process. */
	parent = E2E_SPAWN(e, "/bin/sh", "-c",
			   "ulimit -c 0; while :; do timeout -s ABRT 0.2 ./$0 100000; done 2> "
			   "/dev/null",
			   name);
	snprintf(text, sizeof(text), "%d", (int)parent);
	E2E_RG(e, "capture", "-o", "crashed", FINE, "--pid", text);
	e2e_assert_status(e, 0);
	assert_true(fact(e, "crashed", RG_KEY_FAILED) >= 2);
	assert_first_failure(e, "crashed", name, SIGABRT);
	assert_null(rg_profile_fact(e2e_profile(e, "crashed"), RG_KEY_LIVED));
}

/* systemd removes a unit's and makes it anew within milliseconds. */
static void test_a_cgroup_that_is_made_anew_is_another(void **state)
{
	struct e2e *e = *state;
	char name[NAME_SIZE];
	const char *group;

	make_service(e, name);
	group = e2e_cgroup(e, "unit");
	e2e_cgroup_enter(group, E2E_SPAWN(e, e2e_path(e, "%s", name), "100000"));
	E2E_RG_START(e, "capture", "-o", "p", "--window", "40s", "--cgroup", group);
	e2e_rg_wait_for(e, "profiling for");
	e2e_sleep_ms(300);
	e2e_end_helpers(e);
	e2e_sh(e, "until rmdir '%s' 2>/dev/null; do :; done; mkdir '%s'", group, group);
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "the target ended by itself");
	assert_true(fact(e, "p", RG_KEY_WALL_NS) < fact(e, "p", RG_KEY_WINDOW_NS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_canary_that_is_started_again_is_not_comparable),
		E2E_CGROUP_TEST(test_what_fails_beside_what_lives_is_told),
		E2E_CGROUP_TEST(test_children_may_fail_and_may_not_crash),
		E2E_CGROUP_TEST(test_a_cgroup_that_is_made_anew_is_another),
	};

	return cmocka_run_group_tests_name("lives", tests, NULL, NULL);
}
