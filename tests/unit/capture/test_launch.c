/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processes.h"

#include "rg/capture.h"
#include "rg/launch.h"

#include <sys/resource.h>

/* A program, launched; what it prints is in the file "output" of the folder. */
struct launched {
	struct scratch scratch;
	struct rg_launch *launch;
	struct rg_err err;
	int output_fd;
	size_t fds; /* open before the launch */
};

static int begin_test(void **state)
{
	static struct launched l;

	alarm(PROCESSES_TEST_S);
	l = (struct launched){0};
	scratch_make(&l.scratch);
	l.output_fd = open(scratch_path(&l.scratch, "output"),
			   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	l.fds = processes_fds();
	*state = &l;
	return l.output_fd < 0;
}

/* Ends what runs. Every test leaves as many descriptors open as it found. */
static int end_test(void **state)
{
	struct launched *l = *state;

	rg_launch_free(l->launch);
	assert_int_equal(processes_fds(), l->fds);
	close(l->output_fd);
	scratch_remove(&l->scratch);
	alarm(0);
	return 0;
}

#define launch_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static int start_as(struct launched *l, const struct rg_capture_user *user, char *const *argv)
{
	const struct rg_launch_options options = {
		.argv = argv, .user = user, .what = "target", .output_fd = l->output_fd};

	return rg_launch_start(&options, &l->launch, &l->err);
}

static void start(struct launched *l, const char *program)
{
	char *const argv[] = {(char *)program, NULL};

	assert_int_equal(start_as(l, NULL, argv), 0);
}

/* Of the shell; DIR is the test's folder. */
static void start_script(struct launched *l, const char *script)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};

	assert_int_equal(setenv("DIR", l->scratch.root, 1), 0);
	assert_int_equal(start_as(l, NULL, argv), 0);
}

static void go(struct launched *l)
{
	assert_int_equal(rg_launch_go(l->launch, &l->err), 0);
}

/* Whether all of it is over, after a look. */
static bool gone(struct launched *l)
{
	rg_launch_poll(l->launch);
	return rg_launch_gone(l->launch);
}

static bool ended(struct launched *l)
{
	int status;

	rg_launch_poll(l->launch);
	return rg_launch_ended(l->launch, &status);
}

static void run_script(struct launched *l, const char *script)
{
	start_script(l, script);
	go(l);
	processes_wait_until(gone(l));
}

static void assert_printed(struct launched *l, const char *expected)
{
	char *text = scratch_read(&l->scratch, "output");

	assert_string_equal(text, expected);
	free(text);
}

/* The process id that a program wrote into a file, once it is there. */
static pid_t pid_in(struct launched *l, const char *name)
{
	int pid = 0;

	for (;;) {
		FILE *file = fopen(scratch_path(&l->scratch, name), "re");
		char end = 0;
		bool whole = file && fscanf(file, "%d%c", &pid, &end) == 2 && end == '\n';

		if (file)
			fclose(file);
		if (whole)
			return pid;
		processes_rest();
	}
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Stops it; returns the time that took. */
static double stop(struct launched *l)
{
	double from = seconds(CLOCK_MONOTONIC);

	rg_launch_stop(l->launch);
	return seconds(CLOCK_MONOTONIC) - from;
}

static pid_t parent_of(pid_t pid)
{
	char path[64];
	int parent = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d (%*[^)]) %*c %d", &parent), 1);
	fclose(file);
	return parent;
}

/* --- Running -------------------------------------------------------------------------------- */

static void test_runs(void **state)
{
	struct launched *l = *state;
	int status = -1;

	run_script(l, "echo out; echo err >&2");
	assert_true(rg_launch_ended(l->launch, &status));
	assert_int_equal(status, 0);
	assert_int_equal(rg_launch_failure(l->launch, &l->err), 0);
	assert_int_equal(l->err.code, 0);
	assert_printed(l, "out\nerr\n");
}

static void test_waits_until_told(void **state)
{
	struct launched *l = *state;
	int status;
	pid_t pid;

	start_script(l, "echo $$ >$DIR/ran");
	pid = rg_launch_pid(l->launch);
	usleep(50000);
	rg_launch_poll(l->launch);
	assert_false(scratch_exists(&l->scratch, "ran"));
	assert_false(processes_ended(pid));
	assert_false(rg_launch_ended(l->launch, &status));
	assert_false(rg_launch_gone(l->launch));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), 0);
	go(l);
	assert_int_equal(pid_in(l, "ran"), pid);
}

static void test_never_told(void **state)
{
	struct launched *l = *state;
	pid_t pid;

	start_script(l, "touch $DIR/ran");
	pid = rg_launch_pid(l->launch);
	rg_launch_free(l->launch);
	l->launch = NULL;
	assert_true(processes_ended(pid));
	assert_false(scratch_exists(&l->scratch, "ran"));
}

static void take_note(int sig)
{
	(void)sig;
}

/* Until its exec it has our handlers: to SIGTERM it may do what we would. */
static void test_never_told_with_handlers(void **state)
{
	const struct sigaction note = {.sa_handler = take_note};
	struct sigaction before;
	struct launched *l = *state;

	assert_int_equal(sigaction(SIGTERM, &note, &before), 0);
	for (int i = 0; i < 20; i++) {
		start_script(l, "true");
		assert_true(stop(l) < 2);
		rg_launch_free(l->launch);
		l->launch = NULL;
	}
	assert_int_equal(sigaction(SIGTERM, &before, NULL), 0);
}

static void test_input_is_empty(void **state)
{
	struct launched *l = *state;

	run_script(l, "cat; readlink /proc/self/fd/0");
	assert_printed(l, "/dev/null\n");
}

/* Its own descriptors only, whatever we have open. */
static void test_descriptors(void **state)
{
	struct launched *l = *state;
	int leaky = open("/dev/null", O_RDONLY), high = dup2(leaky, 200);

	assert_true(leaky >= 0 && high == 200);
	run_script(l, "exec ls /proc/self/fd");
	close(leaky);
	close(high);
	assert_printed(l, "0\n1\n2\n3\n"); /* 3 is the folder that ls reads */
}

/* A guardian that held another's pipe would keep it from seeing us end. */
static void test_descriptors_of_guardians(void **state)
{
	struct launched *l = *state;
	char *const argv[] = {(char *)"sleep", (char *)"30", NULL};
	const struct rg_launch_options options = {.argv = argv, .what = "load", .output_fd = -1};
	struct rg_launch *second;
	struct dirent *entry;
	char path[64];
	size_t count = 0;
	DIR *fds;

	start_script(l, "sleep 30");
	go(l);
	assert_int_equal(rg_launch_start(&options, &second, &l->err), 0);
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)parent_of(rg_launch_pid(second)));
	fds = opendir(path);
	assert_non_null(fds);
	while ((entry = readdir(fds)))
		count += entry->d_name[0] != '.';
	closedir(fds);
	assert_int_equal(count, 6); /* the standard ones, control, news, signals */
	rg_launch_free(second);
}

static void test_own_group(void **state)
{
	struct launched *l = *state;
	pid_t pid;

	start_script(l, "sleep 30");
	pid = rg_launch_pid(l->launch);
	assert_int_equal(getpgid(pid), pid);
	assert_int_not_equal(getsid(pid), getsid(0));
}

/* --- Failing -------------------------------------------------------------------------------- */

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
		assert_int_equal(rg_launch_go(l->launch, &l->err), RG_EUSAGE);
		assert_int_equal(l->err.code, RG_EUSAGE);
		assert_string_equal(l->err.text, rows[i].text);
		rg_launch_free(l->launch);
		l->launch = NULL;
		l->err = (struct rg_err){0};
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
		assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
		assert_int_equal(l->err.code, RG_ETARGET);
		assert_string_equal(l->err.text, rows[i].text);
		rg_launch_free(l->launch);
		l->launch = NULL;
		l->err = (struct rg_err){0};
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

/* --- Ending --------------------------------------------------------------------------------- */

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

static void test_guardian_killed(void **state)
{
	struct launched *l = *state;
	pid_t pid;

	start_script(l, "exec sleep 30");
	go(l);
	pid = rg_launch_pid(l->launch);
	assert_int_equal(kill(parent_of(pid), SIGKILL), 0);
	processes_wait_until(processes_ended(pid));
	processes_wait_until(gone(l));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
	assert_string_equal(l->err.text, "target 'sh': was killed together with its guardian");
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

/* --- Where, and with what ------------------------------------------------------------------- */

static void start_in(struct launched *l, const char *directory, const char *script)
{
	char *const argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)script, NULL};
	char *const environment[] = {(char *)"ONE=1", (char *)"HOME=/elsewhere", NULL};
	const struct rg_capture_user nobody = {.uid = 65534, .gid = 65534};
	const struct rg_launch_options options = {
		.argv = argv,
		.user = geteuid() == 0 ? &nobody : NULL,
		.directory = directory,
		.environment = environment,
		.what = "target",
		.output_fd = l->output_fd,
	};

	assert_int_equal(rg_launch_start(&options, &l->launch, &l->err), 0);
}

static void test_directory_and_environment(void **state)
{
	struct launched *l = *state;

	processes_need_root();
	assert_int_equal(setenv("TWO", "2", 1), 0);
	start_in(l, "/usr/share", "pwd; echo $ONE,$TWO,$HOME");
	go(l);
	processes_wait_until(gone(l));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), 0);
	assert_printed(l, "/usr/share\n1,,/nonexistent\n");
	/* Ours stays as it was. */
	assert_string_equal(getenv("TWO"), "2");
	assert_null(getenv("ONE"));
}

/* The scratch folder is ours alone, and the program another's. */
static void test_directory_refused(void **state)
{
	struct launched *l = *state;

	processes_need_root();
	start_in(l, l->scratch.root, "true");
	assert_int_equal(rg_launch_go(l->launch, &l->err), RG_EUSAGE);
	assert_string_equal(l->err.text, "target '/bin/sh': cannot run it: Permission denied");
}

/* --- User ----------------------------------------------------------------------------------- */

static void run_as(struct launched *l, uid_t uid, gid_t gid, const char *script)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)script, NULL};
	const struct rg_capture_user user = {.uid = uid, .gid = gid};

	assert_int_equal(start_as(l, &user, argv), 0);
	go(l);
	processes_wait_until(gone(l));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), 0);
}

static void test_user(void **state)
{
	struct launched *l = *state;

	processes_need_root();
	run_as(l, 65534, 65534,
	       "id -u; id -g; id -G; echo $HOME $USER $LOGNAME; grep CapEff /proc/self/status");
	assert_printed(l, "65534\n65534\n65534\n/nonexistent nobody nobody\n"
			  "CapEff:\t0000000000000000\n");
}

static void test_user_without_a_name(void **state)
{
	struct launched *l = *state;

	processes_need_root();
	run_as(l, 54321, 54322, "id -u; id -g; id -G");
	assert_printed(l, "54321\n54322\n54322\n");
}

/* It is taken down although it is another's. */
static void test_user_is_guarded(void **state)
{
	char *const argv[] = {(char *)"sleep", (char *)"30", NULL};
	const struct rg_capture_user nobody = {.uid = 65534, .gid = 65534};
	struct launched *l = *state;
	pid_t pid;

	processes_need_root();
	assert_int_equal(start_as(l, &nobody, argv), 0);
	go(l);
	pid = rg_launch_pid(l->launch);
	assert_int_equal(kill(parent_of(pid), SIGKILL), 0);
	processes_wait_until(processes_ended(pid));
}

/* 0 when the refusal is the one there should be. */
static int become_root(void *ctx)
{
	char *const argv[] = {(char *)"true", NULL};
	const struct rg_capture_user root = {0};
	const struct rg_launch_options options = {
		.argv = argv, .user = &root, .what = "target", .output_fd = -1};
	struct rg_launch *launch;
	struct rg_err err = {0};

	(void)ctx;
	alarm(PROCESSES_TEST_S);
	if (rg_launch_start(&options, &launch, &err))
		return 1;
	usleep(50000); /* its failure comes before our word */
	if (rg_launch_go(launch, &err) != RG_EUSAGE)
		return 2;
	rg_launch_free(launch);
	return strcmp(err.text, "target 'true': cannot run it: Operation not permitted") ? 3 : 0;
}

static void test_user_refused(void **state)
{
	(void)state;
	processes_need_root();
	assert_int_equal(scratch_in_child(become_root, NULL, true), 0);
}

/* It was killed while it waited: our word reaches nobody, and that is no reason to die. */
static void test_killed_before_go(void **state)
{
	struct launched *l = *state;
	pid_t pid;

	start_script(l, "true");
	pid = rg_launch_pid(l->launch);
	assert_int_equal(kill(pid, SIGKILL), 0);
	processes_wait_until(processes_ended(pid));
	go(l);
	processes_wait_until(gone(l));
	assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
	assert_text_has(l->err.text, "was killed by signal 9 (Killed)");
}

/* --- No room -------------------------------------------------------------------------------- */

/* 0 when each launch that finds no descriptor left says so and gives back those it had. */
static int without_descriptors(void *ctx)
{
	char *const argv[] = {(char *)"true", NULL};
	const struct rg_launch_options options = {.argv = argv, .what = "load", .output_fd = -1};
	const rlim_t open_now = 3;

	(void)ctx;
	close_range((unsigned int)open_now, ~0U, 0);
	for (rlim_t room = 0; room < 10; room++) {
		const struct rlimit limit = {open_now + room, 64}, enough = {64, 64};
		struct rg_launch *launch;
		struct rg_err err = {0};

		if (setrlimit(RLIMIT_NOFILE, &limit) ||
		    rg_launch_start(&options, &launch, &err) != RG_EIO ||
		    strcmp(err.text, "load 'true': Too many open files") != 0 ||
		    setrlimit(RLIMIT_NOFILE, &enough) || processes_fds() != open_now + 3)
			return 1;
	}
	return 0;
}

static void test_no_descriptors(void **state)
{
	(void)state;
	assert_int_equal(scratch_in_child(without_descriptors, NULL, false), 0);
}

static void test_free_nothing(void **state)
{
	(void)state;
	rg_launch_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		launch_test(test_runs),
		launch_test(test_waits_until_told),
		launch_test(test_never_told),
		launch_test(test_never_told_with_handlers),
		launch_test(test_input_is_empty),
		launch_test(test_descriptors),
		launch_test(test_descriptors_of_guardians),
		launch_test(test_own_group),
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
		launch_test(test_killed_parent),
		launch_test(test_killed_parent_before_go),
		launch_test(test_directory_and_environment),
		launch_test(test_directory_refused),
		launch_test(test_user),
		launch_test(test_user_without_a_name),
		launch_test(test_user_is_guarded),
		launch_test(test_user_refused),
		launch_test(test_killed_before_go),
		launch_test(test_no_descriptors),
		launch_test(test_free_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
