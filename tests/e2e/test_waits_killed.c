/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGKILL of the capture, of its target and of both, at any moment, while it follows waits. */
#include "remains.h"
#include "samples.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	KILLS = 20,
	LONG_KILLS = 200,
	LATEST_MS = 500, /* loading the programs takes the half of it */
	LOOK_EVERY_MS = 10,
};

enum victim { CAPTURE, TARGET, BOTH, VICTIMS };

static void wait_and_note(struct e2e *e, struct e2e_remains *remains, unsigned int ms)
{
	for (unsigned int waited = 0; waited < ms; waited += LOOK_EVERY_MS) {
		e2e_sleep_ms(LOOK_EVERY_MS);
		e2e_remains_note(remains, e2e_rg_pid(e));
	}
	e2e_remains_note(remains, e2e_rg_pid(e));
}

/* A capture that was killed leaves no profile, not even a part of one. */
static void assert_no_trace(struct e2e *e)
{
	assert_string_equal(e2e_ask(e, "ls -A | grep -v '^truth$' || true"), "");
}

/* A capture whose target is gone either says that it could do nothing, or wrote a profile that can be read. */
static void assert_whole_or_none(struct e2e *e)
{
	if (e->status == 0) {
		e2e_profile(e, "p.pb.gz");
		e2e_sh(e, "rm p.pb.gz");
	} else if (e->status == 2) {
		e2e_assert_err(e, "no such process"); /* it was gone before the capture came */
	} else {
		e2e_assert_status(e, 4);
		assert_true(strlen(e->err) > 0);
	}
	assert_no_trace(e);
}

static void kill_at(enum victim victim, unsigned int ms)
{
	struct e2e_remains remains = {0};
	char pid[16];
	void *state = NULL;
	struct e2e *e;
	pid_t target;

	e2e_setup(&state);
	e = state;
	target = E2E_SPAWN(e, e2e_program(e, "waits/o2/pool_waits"), "starving", "truth");
	e2e_wait_for_file(e, "truth");
	snprintf(pid, sizeof(pid), "%d", (int)target);
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--window", "40s", "--pid", pid);
	wait_and_note(e, &remains, ms);
	if (victim != CAPTURE)
		kill(target, SIGKILL);
	if (victim != TARGET)
		kill(e2e_rg_pid(e), SIGKILL);
	e2e_rg_finish(e);
	if (victim == TARGET) {
		assert_whole_or_none(e);
	} else {
		e2e_assert_status(e, 128 + SIGKILL);
		assert_no_trace(e);
	}
	e2e_assert_gone(&remains);
	e2e_teardown(&state);
}

/* Seeded: the moments are told, for a failure. */
static void test_sigkill_at_any_moment(void **state)
{
	int kills = e2e_is_long() ? LONG_KILLS : KILLS;
	unsigned int seed = (unsigned int)getpid();

	(void)state;
	e2e_need_root();
	for (int i = 0; i < kills; i++) {
		static const char *const names[] = {"the capture", "the target", "both"};
		unsigned int ms = (unsigned int)rand_r(&seed) % LATEST_MS;

		print_message("SIGKILL of %s after %u ms\n", names[i % VICTIMS], ms);
		kill_at((enum victim)(i % VICTIMS), ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sigkill_at_any_moment),
	};

	return cmocka_run_group_tests_name("waits, killed", tests, NULL, NULL);
}
