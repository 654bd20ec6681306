/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processes.h"

#include "guardian.h"

/* A guardian with a short grace, and the pipes to it. */
struct guarded {
	struct scratch scratch;
	pid_t pid;
	int control_fd, news_fd;
};

enum { GRACE_MS = 300 };

static void run_script(void *ctx)
{
	execl("/bin/sh", "sh", "-c", (const char *)ctx, NULL);
	_exit(127);
}

static void guard(struct guarded *g, const char *script)
{
	const struct rg_guardian_child child = {.run = run_script,
						.ctx = (void *)(uintptr_t)script};
	int control[2], news[2];

	assert_int_equal(setenv("DIR", g->scratch.root, 1), 0);
	assert_int_equal(pipe2(control, O_CLOEXEC), 0);
	assert_int_equal(pipe2(news, O_CLOEXEC), 0);
	g->pid = fork();
	assert_true(g->pid >= 0);
	if (g->pid == 0) {
		close(control[1]);
		close(news[0]);
		rg_guardian_run(control[0], news[1], GRACE_MS, &child);
	}
	close(control[0]);
	close(news[1]);
	g->control_fd = control[1];
	g->news_fd = news[0];
}

static int begin_test(void **state)
{
	static struct guarded g;

	alarm(PROCESSES_TEST_S);
	scratch_make(&g.scratch);
	g.control_fd = g.news_fd = -1;
	*state = &g;
	return 0;
}

static int end_test(void **state)
{
	struct guarded *g = *state;

	if (g->control_fd >= 0)
		close(g->control_fd);
	close(g->news_fd);
	waitpid(g->pid, NULL, 0);
	scratch_remove(&g->scratch);
	alarm(0);
	return 0;
}

#define guardian_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static void end_it(struct guarded *g)
{
	close(g->control_fd);
	g->control_fd = -1;
}

static int next_news(const struct guarded *g, int kind)
{
	struct rg_guardian_news news;

	assert_int_equal(read(g->news_fd, &news, sizeof(news)), sizeof(news));
	assert_int_equal(news.kind, kind);
	return news.value;
}

static int no_more_news(const struct guarded *g)
{
	char byte;

	return read(g->news_fd, &byte, 1) == 0;
}

static void wait_for_file(struct guarded *g, const char *name)
{
	processes_wait_until(scratch_exists(&g->scratch, name));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void test_news(void **state)
{
	struct guarded *g = *state;
	int status;

	guard(g, "exit 7");
	assert_true(next_news(g, RG_GUARDIAN_STARTED) > 0);
	status = next_news(g, RG_GUARDIAN_ENDED);
	assert_int_equal(WEXITSTATUS(status), 7);
	next_news(g, RG_GUARDIAN_GONE);
	assert_true(no_more_news(g));
}

/* The end of the process is told when it comes, not when all have ended. */
static void test_descendant_outlives_it(void **state)
{
	struct guarded *g = *state;

	guard(g, "(while [ ! -e $DIR/end ]; do sleep 0.02; done) & exit 0");
	next_news(g, RG_GUARDIAN_STARTED);
	assert_int_equal(next_news(g, RG_GUARDIAN_ENDED), 0);
	scratch_write(&g->scratch, "end", "");
	next_news(g, RG_GUARDIAN_GONE);
	assert_true(no_more_news(g));
}

/* Of ended descendants whose parents are gone too, none stays a zombie while the process runs. */
static void test_reaps(void **state)
{
	struct guarded *g = *state;
	char path[64], line[64] = "";
	FILE *file;

	guard(g, "for i in 1 2 3 4 5; do (true & ) ; done; touch $DIR/up; exec sleep 30");
	wait_for_file(g, "up");
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)g->pid, (int)g->pid);
	/* One number and no more. */
	do {
		processes_rest();
		file = fopen(path, "re");
		assert_non_null(file);
		assert_non_null(fgets(line, sizeof(line), file));
		fclose(file);
	} while (strchr(line, ' ') != strrchr(line, ' '));
	assert_int_equal(strtol(line, NULL, 10), next_news(g, RG_GUARDIAN_STARTED));
	end_it(g);
}

static void test_ignores_sigterm(void **state)
{
	struct guarded *g = *state;
	double from;
	int status;

	guard(g, "trap '' TERM; touch $DIR/up; while :; do sleep 0.05; done");
	next_news(g, RG_GUARDIAN_STARTED);
	wait_for_file(g, "up");
	from = now();
	end_it(g);
	status = next_news(g, RG_GUARDIAN_ENDED);
	assert_true(now() - from >= GRACE_MS / 1000.0);
	assert_true(now() - from < 5);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	next_news(g, RG_GUARDIAN_GONE);
}

/* Each generation ignores it, in a session of its own; when its parent dies there is the next. */
static void test_daemons_that_ignore_sigterm(void **state)
{
	struct guarded *g = *state;

	guard(g, "trap '' TERM; setsid sh -c 'setsid sh -c \"touch $DIR/up; sleep 30; sleep 30\" & "
		 "sleep 30; sleep 30' & sleep 30; sleep 30");
	next_news(g, RG_GUARDIAN_STARTED);
	wait_for_file(g, "up");
	end_it(g);
	next_news(g, RG_GUARDIAN_ENDED);
	next_news(g, RG_GUARDIAN_GONE);
	assert_int_equal(waitpid(g->pid, NULL, 0), g->pid);
	/* A subreaper ends with no child left; had one survived, it would be ours now or init's. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_forks_without_end(void **state)
{
	struct guarded *g = *state;

	guard(g, "trap '' TERM; touch $DIR/up; spawn() { sleep 0.05 & (sleep 0.1; spawn) & }; "
		 "while :; do spawn; sleep 0.1; done");
	next_news(g, RG_GUARDIAN_STARTED);
	wait_for_file(g, "up");
	usleep(200000);
	end_it(g);
	next_news(g, RG_GUARDIAN_ENDED);
	next_news(g, RG_GUARDIAN_GONE);
}

static void test_stopped(void **state)
{
	struct guarded *g = *state;
	int status;

	guard(g, "touch $DIR/up; kill -STOP $$; sleep 30");
	next_news(g, RG_GUARDIAN_STARTED);
	wait_for_file(g, "up");
	usleep(50000);
	end_it(g);
	status = next_news(g, RG_GUARDIAN_ENDED);
	assert_true(WIFSIGNALED(status));
	next_news(g, RG_GUARDIAN_GONE);
}

/* Nobody reads its news any more: it ends all the same. */
static void test_reader_is_gone(void **state)
{
	struct guarded *g = *state;
	int status;

	guard(g, "touch $DIR/up; sleep 30");
	wait_for_file(g, "up");
	close(g->news_fd);
	end_it(g);
	assert_int_equal(waitpid(g->pid, &status, 0), g->pid);
	assert_true(WIFEXITED(status));
	g->news_fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* for the end of the test */
}

/* The lines of a process's status that say which signals it has blocked and ignores. */
static const char *signals_of(const char *path, char text[256])
{
	FILE *file = fopen(path, "re");
	char line[128];

	assert_non_null(file);
	text[0] = '\0';
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, "SigBlk", 6) || !strncmp(line, "SigIgn", 6))
			strcat(text, line);
	fclose(file);
	return text;
}

/* The program finds signals as we did, whatever the guardian does with its own. */
static void test_signals_of_the_child(void **state)
{
	struct guarded *g = *state;
	char ours[256], its[256];

	guard(g, "cat /proc/self/status >$DIR/status; exit 0");
	next_news(g, RG_GUARDIAN_STARTED);
	next_news(g, RG_GUARDIAN_ENDED);
	assert_string_equal(signals_of(scratch_path(&g->scratch, "status"), its),
			    signals_of("/proc/self/status", ours));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		guardian_test(test_news),
		guardian_test(test_descendant_outlives_it),
		guardian_test(test_reaps),
		guardian_test(test_ignores_sigterm),
		guardian_test(test_daemons_that_ignore_sigterm),
		guardian_test(test_forks_without_end),
		guardian_test(test_stopped),
		guardian_test(test_reader_is_gone),
		guardian_test(test_signals_of_the_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
