/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be captured, and the status and words of each. */
#include "e2e.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Wrong usage: 2, before anything is run -------------------------------------------------- */

struct usage {
	const char *sentence;
	const char *words[12];
	const char *said;
};

static const struct usage usages[] = {
	{"a window of nothing", {"capture", "-o", "p", "--window", "0", "--", "true"}, "window"},
	{"a window of zero seconds",
	 {"capture", "-o", "p", "--window", "0s", "--", "true"},
	 "\"window\" must be 1s to 24h, not 0"},
	{"a window longer than a day",
	 {"capture", "-o", "p", "--window", "25h", "--", "true"},
	 "\"window\" must be 1s to 24h, not 25h"},
	{"a window that is no time",
	 {"capture", "-o", "p", "--window", "soon", "--", "true"},
	 "option '--window soon': must be a time"},
	{"a frequency beyond what timers do",
	 {"capture", "-o", "p", "--frequency", "1000000", "--", "true"},
	 "\"frequency\" must be"},
	{"a frequency of 0",
	 {"capture", "-o", "p", "--frequency", "0", "--", "true"},
	 "\"frequency\" must be"},
	{"a negative frequency",
	 {"capture", "-o", "p", "--frequency", "-1", "--", "true"},
	 "must be a whole number"},
	{"a slice longer than the window",
	 {"capture", "-o", "p", "--window", "2s", "--slice", "3s", "--", "true"},
	 "slice"},
	{"an unknown option has its nearest named",
	 {"capture", "-o", "p", "--windw", "2s", "--", "true"},
	 "unknown option '--windw' (did you mean '--window'?)"},
	{"a store, which a capture leaves alone",
	 {"capture", "-o", "p", "--store", "dir:s", "--", "true"},
	 "unknown option '--store'"},
	{"an unknown command has its nearest named",
	 {"captrue", "-o", "p", "--", "true"},
	 "unknown command 'captrue' (did you mean 'capture'?)"},
	{"two targets",
	 {"capture", "-o", "p", "--pid", "1", "--", "true"},
	 "two targets: say either --pid or '-- COMMAND'"},
	{"no target", {"capture", "-o", "p"}, "no target"},
	{"nothing behind the dashes", {"capture", "-o", "p", "--"}, "nothing behind '--'"},
	{"a command without the dashes",
	 {"capture", "-o", "p", "true"},
	 "unexpected argument 'true' (a command to run goes behind '--')"},
	{"no file to write", {"capture", "--", "true"}, "say where to write: --output FILE"},
	{"a pid that is none",
	 {"capture", "-o", "p", "--pid", "12,x"},
	 "must be process ids, separated by commas"},
	{"pid 0", {"capture", "-o", "p", "--pid", "0"}, "must be process ids"},
	{"an option without its value", {"capture", "-o"}, "option '--output' needs a value"},
};

static void test_wrong_usage_is_2(void **state)
{
	struct e2e *e = *state;

	for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
		print_message("%s\n", usages[i].sentence);
		e2e_rg(e, usages[i].words);
		e2e_assert_status(e, 2);
		e2e_assert_err(e, usages[i].said);
		assert_string_equal(e->out, "");
		assert_false(e2e_exists(e, "p"));
	}
}

/* --- Targets that cannot be run --------------------------------------------------------------- */

static void test_a_missing_program_is_2(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p", "--", "./no-such-program");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "target './no-such-program': cannot run it: No such file or directory");
	assert_false(e2e_exists(e, "p"));
}

static void test_a_program_that_is_not_executable_is_2(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_write_text(e, "text", "no program");
	E2E_RG(e, "capture", "-o", "p", "--", "./text");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "target './text': cannot run it: Permission denied");
	assert_false(e2e_exists(e, "p"));
}

/* As the documentation of rg_capture_run() has it. */
static void test_a_pid_of_no_process_is_2(void **state)
{
	struct e2e *e = *state;
	char pid[32];
	pid_t ended;

	e2e_need_root();
	ended = fork();
	if (ended == 0)
		_exit(0);
	waitpid(ended, NULL, 0);
	snprintf(pid, sizeof(pid), "%d", (int)ended);
	E2E_RG(e, "capture", "-o", "p", "--pid", pid);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no such process");
	e2e_assert_err(e, pid);
	assert_false(e2e_exists(e, "p"));
}

/* --- Targets that fail ------------------------------------------------------------------------- */

static void assert_failed_target(struct e2e *e, const char *script, const char *how)
{
	E2E_RG(e, "capture", "-o", "p", "--window", "30s", "--", "/bin/sh", "-c", script);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, how);
	assert_false(e2e_exists(e, "p"));
}

static void test_a_failing_target_is_4_with_its_last_words(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	assert_failed_target(e, "echo port 8080 is taken >&2; exit 3",
			     "target '/bin/sh': exited with status 3");
	e2e_assert_err(e, "port 8080 is taken");
}

static void test_a_crashing_target_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	assert_failed_target(e, "echo about to crash; kill -SEGV $$",
			     "target '/bin/sh': was killed by signal 11");
	e2e_assert_err(e, "about to crash");
}

static void test_a_silent_failure_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	assert_failed_target(e, "exit 1", "(it printed nothing)");
}

/* More than any pipe holds, and of that the end. */
static void test_the_last_words_are_the_last(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	assert_failed_target(e, "echo the first word; seq 1 200000; echo the last word; exit 1",
			     "the last word");
	e2e_assert_no_err(e, "the first word");
}

/* The words of another program are shown as text, whatever they are. */
static void test_last_words_cannot_touch_the_terminal(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	assert_failed_target(e, "printf '\\033[31mred\\a\\n'; exit 1", "[31mred");
	assert_null(strchr(e->err, '\033'));
	assert_null(strchr(e->err, '\a'));
}

static void test_a_target_gone_before_its_first_sample_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p", "--frequency", "1", "--window", "5s", "--", "/bin/true");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "target: ended before it could be sampled");
	assert_false(e2e_exists(e, "p"));
}

static void test_a_target_that_ends_in_the_warm_up_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p", "--warmup", "20s", "--window", "5s", "--", "/bin/true");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "ended during the warm-up");
	assert_false(e2e_exists(e, "p"));
}

/* --- Places that cannot be written, privileges that are missing --------------------------------- */

/* Asked before the window: after it, what was profiled would be lost. */
static void test_a_folder_that_is_not_there_is_2_at_once(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "capture", "-o", "no/such/directory/p", "--window", "1h", "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no/such/directory");
}

static void test_a_full_disk_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "/dev/full", "--window", "1s", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "/dev/full");
	e2e_assert_err(e, "No space left");
}

static void test_without_privileges_it_is_4_and_says_what_to_do(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e->uid = 65534;
	E2E_RG(e, "capture", "-o", "p", "--window", "1s", "--", "/bin/sleep", "5");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "run it as root (sudo)");
	assert_false(e2e_exists(e, "p"));
}

static void test_help_is_for_the_asking(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "capture", "--help");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "usage: regress-gate capture");
	e2e_assert_out(e, "Exit status:");
	E2E_RG(e, "--version");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "regress-gate ");
	e->stdout_path = "/dev/full";
	E2E_RG(e, "capture", "--help");
	e2e_assert_status(e, 4);
	E2E_RG(e, "--help");
	e2e_assert_status(e, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_wrong_usage_is_2),
		E2E_TEST(test_a_missing_program_is_2),
		E2E_TEST(test_a_program_that_is_not_executable_is_2),
		E2E_TEST(test_a_pid_of_no_process_is_2),
		E2E_TEST(test_a_failing_target_is_4_with_its_last_words),
		E2E_TEST(test_a_crashing_target_is_4),
		E2E_TEST(test_a_silent_failure_is_4),
		E2E_TEST(test_the_last_words_are_the_last),
		E2E_TEST(test_last_words_cannot_touch_the_terminal),
		E2E_TEST(test_a_target_gone_before_its_first_sample_is_4),
		E2E_TEST(test_a_target_that_ends_in_the_warm_up_is_4),
		E2E_TEST(test_a_folder_that_is_not_there_is_2_at_once),
		E2E_TEST(test_a_full_disk_is_4),
		E2E_TEST(test_without_privileges_it_is_4_and_says_what_to_do),
		E2E_TEST(test_help_is_for_the_asking),
	};

	return cmocka_run_group_tests_name("capture_usage", tests, NULL, NULL);
}
