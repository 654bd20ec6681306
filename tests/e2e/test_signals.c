/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals: what is kept, what is said, and that nothing is left behind. */
#include "e2e.h"
#include "remains.h"
#include "samples.h"

#include "rg/units.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KILLS = 5 };

static void start_capture(struct e2e *e)
{
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--frequency", "499", "--window", "40s", "--",
		     e2e_program(e, "steady"));
	e2e_rg_wait_for(e, "profiling");
}

/* --- Signals that end it in order -------------------------------------------------------------- */

static void assert_kept_after(struct e2e *e, int sig)
{
	struct e2e_remains remains = {0};
	const struct rg_profile *p;

	start_capture(e);
	e2e_sleep_ms(600);
	e2e_remains_note(&remains, e2e_rg_pid(e));
	assert_true(remains.process_count >= 2 && remains.program_count > 0);
	e2e_rg_end_by(e, sig);
	e2e_assert_err(e, "interrupted: the window ended after");
	p = e2e_profile(e, "p.pb.gz");
	assert_string_equal(rg_profile_fact(p, RG_KEY_INTERRUPTED), "1");
	assert_in_range(rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0), 1, 39 * RG_NS_PER_S);
	assert_true(e2e_self(p, "hash_order", RG_VALUE_SAMPLES) > 0);
	e2e_assert_gone(&remains);
}

static void test_sigint_keeps_the_profile(void **state)
{
	e2e_need_root();
	assert_kept_after(*state, SIGINT);
}

static void test_sigterm_keeps_the_profile(void **state)
{
	e2e_need_root();
	assert_kept_after(*state, SIGTERM);
}

static void test_sighup_keeps_the_profile(void **state)
{
	e2e_need_root();
	assert_kept_after(*state, SIGHUP);
}

static void test_sigint_in_the_warm_up_writes_nothing(void **state)
{
	struct e2e_remains remains = {0};
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--warmup", "40s", "--",
		     e2e_program(e, "steady"));
	e2e_rg_wait_for(e, "warming up");
	e2e_remains_note(&remains, e2e_rg_pid(e));
	e2e_rg_end_by(e, SIGINT);
	e2e_assert_err(e, "interrupted before the window began");
	assert_false(e2e_exists(e, "p.pb.gz"));
	e2e_assert_gone(&remains);
}

/* The profile it had asked for is kept; a verdict over a part of the window is not made. */
static void test_sigint_in_a_check_gives_no_verdict(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_make_profile(e, "base.pb.gz", (const struct e2e_self[]){{"hash_order", 3000}, {"", 0}});
	E2E_RG(e, "baseline", "put", "--store", "dir:store", "v1", "base.pb.gz");
	e2e_assert_status(e, 0);
	E2E_RG_START(e, "check", "--store", "dir:store", "--baseline", "v1", "-o", "p.pb.gz",
		     "--json-out", "v.json", "--markdown-out", "v.md", "--window", "40s", "--",
		     e2e_program(e, "steady"));
	e2e_rg_wait_for(e, "profiling");
	e2e_sleep_ms(400);
	e2e_rg_end_by(e, SIGINT);
	assert_string_equal(e->out, "");
	e2e_assert_err(e, "no verdict");
	assert_false(e2e_exists(e, "v.json"));
	assert_false(e2e_exists(e, "v.md"));
	assert_string_equal(rg_profile_fact(e2e_profile(e, "p.pb.gz"), RG_KEY_INTERRUPTED), "1");
}

/* Ctrl-C twice, for those who cannot wait for a target that will not end: the guardian sees to that one. */
static void test_a_second_sigint_ends_it_at_once(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--window", "40s", "--",
		     e2e_program(e, "stubborn"), "truth");
	e2e_rg_wait_for(e, "profiling");
	e2e_wait_for_file(e, "truth");
	e2e_sleep_ms(200);
	kill(e2e_rg_pid(e), SIGINT);
	e2e_sleep_ms(300);
	e2e_rg_end_by(e, SIGINT);
	assert_false(e2e_exists(e, "p.pb.gz"));
}

/* --- SIGKILL ------------------------------------------------------------------------------------ */

static void kill_after(struct e2e *e, unsigned int ms)
{
	struct e2e_remains remains = {0};

	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--frequency", "499", "--window", "40s",
		     "--load", "sleep 40", "--", "/bin/sh", "-c", "\"$0\" & \"$0\"",
		     e2e_program(e, "steady"));
	for (unsigned int waited = 0; waited < ms; waited += 10) {
		e2e_sleep_ms(10);
		e2e_remains_note(&remains, e2e_rg_pid(e));
	}
	e2e_remains_note(&remains, e2e_rg_pid(e));
	e2e_rg_end_by(e, SIGKILL);
	e2e_assert_gone(&remains);
	assert_string_equal(e2e_ask(e, "ls -A"), "");
}

/* At times from before its start to the midst of the window. Seeded: the times are told on a failure. */
static void test_sigkill_leaves_nothing_behind(void **state)
{
	unsigned int seed = (unsigned int)getpid();
	struct e2e *e = *state;

	e2e_need_root();
	for (int i = 0; i < KILLS; i++) {
		unsigned int ms = (unsigned int)rand_r(&seed) % 200 * (unsigned int)(i + 1);

		print_message("SIGKILL after %u ms\n", ms);
		kill_after(e, ms);
	}
}

/* The guardian alone: then the target goes by itself, and the capture says why it failed. */
static void test_sigkill_of_the_guardian_ends_the_target(void **state)
{
	struct e2e_remains remains = {0};
	struct e2e *e = *state;

	e2e_need_root();
	start_capture(e);
	e2e_remains_note(&remains, e2e_rg_pid(e));
	e2e_sh(e, "pgrep -P %d | xargs kill -9", (int)e2e_rg_pid(e));
	e2e_rg_finish(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "killed together with its guardian");
	e2e_assert_gone(&remains);
}

/* --- Targets that will not go ----------------------------------------------------------------------- */

static void test_a_stubborn_target_and_its_daemon_are_gone(void **state)
{
	struct e2e_remains remains = {0};
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--window", "1s", "--",
		     e2e_program(e, "stubborn"), "truth");
	e2e_rg_wait_for(e, "profiling");
	e2e_sleep_ms(500);
	e2e_remains_note(&remains, e2e_rg_pid(e));
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	assert_false(e2e_process_lives((pid_t)e2e_number(e, "truth", "self", 1)));
	assert_false(e2e_process_lives((pid_t)e2e_number(e, "truth", "daemon", 1)));
	e2e_assert_gone(&remains);
	assert_true(e2e_self(e2e_profile(e, "p.pb.gz"), "burn_on", RG_VALUE_SAMPLES) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_sigint_keeps_the_profile),
		E2E_TEST(test_sigterm_keeps_the_profile),
		E2E_TEST(test_sighup_keeps_the_profile),
		E2E_TEST(test_sigint_in_the_warm_up_writes_nothing),
		E2E_TEST(test_sigint_in_a_check_gives_no_verdict),
		E2E_TEST(test_a_second_sigint_ends_it_at_once),
		E2E_TEST(test_sigkill_leaves_nothing_behind),
		E2E_TEST(test_sigkill_of_the_guardian_ends_the_target),
		E2E_TEST(test_a_stubborn_target_and_its_daemon_are_gone),
	};

	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
