/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launched.h"

/* --- Failing ---------------------------------------------------------------------------------- */

/* That this is what it returned and said; then there may be another launch. */
static void assert_told(struct launched *l, int returned, int code, const char *text)
{
	assert_int_equal(returned, code);
	assert_int_equal(l->err.code, code);
	assert_string_equal(l->err.text, text);
	rg_launch_free(l->launch);
	l->launch = NULL;
	l->err = (struct rg_err){0};
}

static void test_cannot_run(void **state)
{
	static const struct {
		const char *why, *program, *text;
	} rows[] = {
		{"no such file", "/no/such/program",
		 "target '/no/such/program': cannot run it: No such file or directory (is it "
		 "built, "
		 "and the path right?)"},
		{"nowhere along PATH", "no-such-program",
		 "target 'no-such-program': cannot run it: No such file or directory (is it built, "
		 "and the path right?)"},
		{"no name", "",
		 "target '': cannot run it: No such file or directory (is it built, and the path "
		 "right?)"},
		{"not executable", "/etc/passwd",
		 "target '/etc/passwd': cannot run it: Permission denied"},
		{"a folder", "/tmp", "target '/tmp': cannot run it: Permission denied"},
		{"a file as a folder", "/etc/passwd/x",
		 "target '/etc/passwd/x': cannot run it: Not a directory"},
	};
	struct launched *l = *state;

	/* Folders that may be searched: others make it a want of permission. */
	assert_int_equal(setenv("PATH", "/usr/bin:/bin", 1), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].why);
		start(l, rows[i].program);
		assert_told(l, rg_launch_go(l->launch, &l->err), RG_EUSAGE, rows[i].text);
	}
}

static void test_damaged_program(void **state)
{
	struct launched *l = *state;

	scratch_write_bytes(&l->scratch, "damaged",
			    "\x7f"
			    "ELF\2\1\1",
			    7);
	assert_int_equal(chmod(scratch_path(&l->scratch, "damaged"), 0755), 0);
	start(l, scratch_path(&l->scratch, "damaged"));
	/* execvp() hands to the shell what the kernel cannot run; that fails. */
	if (rg_launch_go(l->launch, &l->err) == 0) {
		processes_wait_until(gone(l));
		assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
	}
	assert_true(l->err.code == RG_ETARGET || l->err.code == RG_EUSAGE);
}

static void test_failures(void **state)
{
	static const struct {
		const char *why, *script, *text;
	} rows[] = {
		{"a status", "echo oops; exit 3",
		 "target 'sh': exited with status 3; the end of its output:\noops\n"},
		{"a status, in silence", "exit 1",
		 "target 'sh': exited with status 1; the end of its output:\n(it printed "
		 "nothing)\n"},
		{"a signal", "echo oops; kill -SEGV $$",
		 "target 'sh': was killed by signal 11 (Segmentation fault); the end of its "
		 "output:\noops\n"},
		{"a NUL does not hide what follows", "printf 'a\\0b\\n'; exit 3",
		 "target 'sh': exited with status 3; the end of its output:\na b\n"},
		{"a descendant prints last", "exec 2>&1; (sleep 0.1; echo late) & wait; exit 3",
		 "target 'sh': exited with status 3; the end of its output:\nlate\n"},
		{"what it printed is not a format", "echo '%s%n'; exit 3",
		 "target 'sh': exited with status 3; the end of its output:\n%s%n\n"},
	};
	struct launched *l = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].why);
		run_script(l, rows[i].script);
		assert_told(l, rg_launch_failure(l->launch, &l->err), RG_ETARGET, rows[i].text);
	}
}

/* The moment its end is known, the last it printed is known too. */
static void test_output_before_the_end(void **state)
{
	struct launched *l = *state;

	for (int i = 0; i < 30; i++) {
		start_script(l, "echo fatal; exit 3");
		go(l);
		while (!ended(l))
			;
		assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
		assert_text_has(l->err.text, "fatal");
		rg_launch_free(l->launch);
		l->err = (struct rg_err){0};
	}
	l->launch = NULL;
}

static void test_prints_much(void **state)
{
	struct launched *l = *state;
	struct stat st;

	run_script(l, "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo last words; exit 3");
	assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
	assert_text_has(l->err.text, "exited with status 3");
	assert_text_has(l->err.text, "xxxx\nlast words\n");
	assert_true(strlen(l->err.text) < 800);
	assert_int_equal(stat(scratch_path(&l->scratch, "output"), &st), 0);
	assert_int_equal(st.st_size, 1000000 + 1 + strlen("last words\n"));
}

/* Half a megabyte between two looks: a service that logs is not held up. */
static void test_is_not_held_up(void **state)
{
	struct launched *l = *state;

	start_script(l, "head -c 500000 /dev/zero; echo $$ >$DIR/done");
	go(l);
	pid_in(l, "done");
}

static void test_nobody_reads_the_copy(void **state)
{
	struct launched *l = *state;
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)"echo one; echo two; exit 3",
			      NULL};
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	const struct rg_launch_options options = {
		.argv = argv, .what = "target", .output_fd = full};

	assert_true(full >= 0);
	assert_int_equal(rg_launch_start(&options, &l->launch, &l->err), 0);
	go(l);
	processes_wait_until(gone(l));
	close(full);
	assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
	assert_text_has(l->err.text, "one\ntwo\n");
}

/* Some supervisors start us so; the system then tells nobody how a process ended. */
static int status_with_children_ignored(void *ctx)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)"exit 3", NULL};
	const struct rg_launch_options options = {.argv = argv, .what = "target", .output_fd = -1};
	struct rg_launch *launch;
	int status = 0;

	(void)ctx;
	alarm(PROCESSES_TEST_S);
	signal(SIGCHLD, SIG_IGN);
	if (rg_launch_start(&options, &launch, NULL) || rg_launch_go(launch, NULL))
		return 100;
	while (!rg_launch_gone(launch))
		rg_launch_poll(launch);
	if (!rg_launch_ended(launch, &status))
		return 101;
	rg_launch_free(launch);
	return WEXITSTATUS(status);
}

static void test_children_ignored(void **state)
{
	(void)state;
	assert_int_equal(scratch_in_child(status_with_children_ignored, NULL, false), 3);
}

/* --- Ending ----------------------------------------------------------------------------------- */

static void test_stop(void **state)
{
	struct launched *l = *state;

	start_script(l, "exec 2>/dev/null; trap 'echo bye; exit 0' TERM; echo $$ >$DIR/up; while "
			":; do sleep 0.05; done");
	go(l);
	pid_in(l, "up");
	assert_true(stop(l) < 2);
	assert_true(rg_launch_gone(l->launch));
	assert_printed(l, "bye\n");
	assert_true(stop(l) < 0.1);
}

/* It closed its output: waiting for its end must not be done busily. */
static void test_stop_is_idle(void **state)
{
	struct launched *l = *state;
	double cpu;

	start_script(l, "exec >&- 2>&-; trap 'sleep 1; exit' TERM; echo $$ >$DIR/up;"
			"while :; do sleep 0.05; done");
	go(l);
	pid_in(l, "up");
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	assert_true(stop(l) > 0.9);
	assert_true(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu < 0.2);
}

static void test_background(void **state)
{
	struct launched *l = *state;
	int status = -1;
	pid_t pid;

	start_script(l, "(echo $$ >/dev/null; exec sleep 30) & echo $! >$DIR/child");
	go(l);
	pid = pid_in(l, "child");
	processes_wait_until(ended(l));
	assert_true(rg_launch_ended(l->launch, &status));
	assert_int_equal(status, 0);
	assert_false(rg_launch_gone(l->launch));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), 0);
	stop(l);
	assert_true(processes_ended(pid));
}

static const char double_fork[] =
	"setsid sh -c '(setsid sh -c \"echo \\$\\$ >$DIR/far; exec sleep 30\") & "
	"echo $$ >$DIR/near; exec sleep 30' & wait";

/* In sessions of their own, beyond any process group; asked to end at once, not when the grace is over. */
static void test_daemons(void **state)
{
	struct launched *l = *state;
	pid_t near, far;

	start_script(l, double_fork);
	go(l);
	near = pid_in(l, "near");
	far = pid_in(l, "far");
	assert_int_not_equal(getsid(far), getsid(rg_launch_pid(l->launch)));
	assert_true(stop(l) < 2);
	assert_true(processes_ended(near));
	assert_true(processes_ended(far));
}

/* Once each: many programs take a second SIGTERM for "at once". */
static void test_one_signal_each(void **state)
{
	struct launched *l = *state;

	start_script(l, "exec 2>/dev/null; trap 'echo term; n=1' TERM; echo $$ >$DIR/up;"
			"while [ -z \"$n\" ]; do sleep 0.01; done; sleep 0.2; sleep 0.2");
	go(l);
	pid_in(l, "up");
	stop(l);
	assert_printed(l, "term\n");
}

/* Who ends every process of ours by name or control group sends it to the guardian too. */
static void test_guardian_keeps_on(void **state)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGPIPE};
	struct launched *l = *state;
	pid_t guardian, far;

	start_script(l, double_fork);
	go(l);
	guardian = parent_of(rg_launch_pid(l->launch));
	far = pid_in(l, "far");
	for (size_t i = 0; i < COUNT(signals); i++)
		assert_int_equal(kill(guardian, signals[i]), 0);
	usleep(50000);
	rg_launch_poll(l->launch);
	assert_false(rg_launch_gone(l->launch));
	assert_false(processes_ended(guardian));
	stop(l);
	assert_true(processes_ended(far));
}

/* Nothing is left behind, be it in a session of its own. */
static void assert_ends_with(struct launched *l, pid_t (*whom)(pid_t pid))
{
	pid_t pid, near, far;

	start_script(l, double_fork);
	go(l);
	pid = rg_launch_pid(l->launch);
	near = pid_in(l, "near");
	far = pid_in(l, "far");
	assert_int_equal(kill(whom(pid), SIGKILL), 0);
	processes_wait_until(gone(l));
	assert_true(processes_ended(pid));
	assert_true(processes_ended(near));
	assert_true(processes_ended(far));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
	assert_string_equal(l->err.text, "target 'sh': was killed together with its guardian");
}

static void test_guardian_killed(void **state)
{
	assert_ends_with(*state, parent_of);
}

static pid_t keeper_of(pid_t pid)
{
	return parent_of(parent_of(pid));
}

static void test_keeper_killed(void **state)
{
	assert_ends_with(*state, keeper_of);
}

static void launch_and_sleep(void *ctx)
{
	struct launched *l = ctx;

	start_script(l, double_fork);
	go(l);
	pid_in(l, "near");
	pid_in(l, "far");
}

/* We end without a chance to do anything: all of it ends nevertheless. */
static void test_killed_parent(void **state)
{
	struct launched *l = *state;
	pid_t us = processes_fork(launch_and_sleep, l);
	pid_t near = pid_in(l, "near"), far = pid_in(l, "far");

	assert_false(processes_ended(near));
	assert_false(processes_ended(far));
	processes_kill(us);
	processes_wait_until(processes_ended(near) && processes_ended(far));
}

static void launch_and_wait_to_go(void *ctx)
{
	struct launched *l = ctx;
	FILE *file;

	start_script(l, "touch $DIR/ran");
	file = fopen(scratch_path(&l->scratch, "pid"), "we");
	if (!file || fprintf(file, "%d\n", (int)rg_launch_pid(l->launch)) < 0 || fclose(file))
		_exit(1);
}

static void test_killed_parent_before_go(void **state)
{
	struct launched *l = *state;
	pid_t us = processes_fork(launch_and_wait_to_go, l), pid = pid_in(l, "pid");

	assert_false(processes_ended(pid));
	processes_kill(us);
	processes_wait_until(processes_ended(pid));
	assert_false(scratch_exists(&l->scratch, "ran"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		launch_test(test_cannot_run),
		launch_test(test_damaged_program),
		launch_test(test_failures),
		launch_test(test_output_before_the_end),
		launch_test(test_prints_much),
		launch_test(test_is_not_held_up),
		launch_test(test_nobody_reads_the_copy),
		launch_test(test_children_ignored),
		launch_test(test_stop),
		launch_test(test_stop_is_idle),
		launch_test(test_background),
		launch_test(test_daemons),
		launch_test(test_one_signal_each),
		launch_test(test_guardian_keeps_on),
		launch_test(test_guardian_killed),
		launch_test(test_keeper_killed),
		launch_test(test_killed_parent),
		launch_test(test_killed_parent_before_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
