/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launched.h"

/* --- Running ---------------------------------------------------------------------------------- */

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

/* --- Where, and with what --------------------------------------------------------------------- */

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

/* make's $(PWD) and process.env.PWD are nothing else than this variable. */
static void test_PWD_is_the_directory(void **state)
{
	struct launched *l = *state;
	char *const argv[] = {(char *)"printenv", (char *)"PWD", NULL};
	const struct rg_launch_options options = {.argv = argv,
						  .directory = "/usr/share",
						  .what = "target",
						  .output_fd = l->output_fd};

	assert_int_equal(setenv("PWD", "/elsewhere", 1), 0);
	assert_int_equal(rg_launch_start(&options, &l->launch, &l->err), 0);
	go(l);
	processes_wait_until(gone(l));
	assert_printed(l, "/usr/share\n");
	assert_string_equal(getenv("PWD"), "/elsewhere");
}

/* What we raised for ourselves is not its. */
static void test_file_limit(void **state)
{
	struct launched *l = *state;
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)"ulimit -Sn", NULL};
	const struct rg_launch_options options = {
		.argv = argv, .file_limit = 17, .what = "target", .output_fd = l->output_fd};
	struct rlimit before, after;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(rg_launch_start(&options, &l->launch, &l->err), 0);
	go(l);
	processes_wait_until(gone(l));
	assert_printed(l, "17\n");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
	assert_int_equal(after.rlim_cur, before.rlim_cur);
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

/* Called by what the user wrote, not by the shell that reads it; of a script by its first line. */
static void test_a_shell_command(void **state)
{
	static const struct {
		const char *shell, *text;
	} rows[] = {
		{"echo lost; exit 3", "load 'echo lost; exit 3': exited with status 3; the end of "
				      "its output:\nlost\n"},
		{"echo lost\nexit 3",
		 "load 'echo lost…': exited with status 3; the end of its output:\nlost\n"},
	};
	struct launched *l = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rg_launch_options options = {
			.shell = rows[i].shell, .what = "load", .output_fd = l->output_fd};

		l->err = (struct rg_err){0};
		assert_int_equal(rg_launch_start(&options, &l->launch, &l->err), 0);
		go(l);
		processes_wait_until(gone(l));
		assert_int_equal(rg_launch_failure(l->launch, &l->err), RG_ETARGET);
		assert_string_equal(l->err.text, rows[i].text);
		rg_launch_free(l->launch);
		l->launch = NULL;
	}
}

/* --- User ------------------------------------------------------------------------------------- */

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

/* --- No room ---------------------------------------------------------------------------------- */

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
		launch_test(test_directory_and_environment),
		launch_test(test_PWD_is_the_directory),
		launch_test(test_file_limit),
		launch_test(test_a_shell_command),
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
