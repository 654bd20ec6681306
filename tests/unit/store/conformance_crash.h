/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_CRASH_H
#define TEST_CONFORMANCE_CRASH_H

/*
 * A writer that is killed before each of its system calls that change files, one after the other: every
 * state that a SIGKILL can leave behind is met, without a hook in the code. The next program finds a
 * store that is readable and whole, with the run or without it, and can go on.
 */

#include "conformance_damage.h"
#include "fixture.h"

#include "base/sanitized.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>

struct crash {
	const char *sentence;
	void (*prepare)(struct fixture *fixture);
	int (*act)(struct fixture *fixture); /* 0, or what went wrong */
	size_t before, after;                /* runs */
};

static bool creates(const struct __ptrace_syscall_info *info)
{
	const uint64_t nr = info->entry.nr;

#ifdef SYS_open
	if (nr == SYS_open)
		return info->entry.args[1] & O_CREAT;
#endif
	return nr == SYS_openat && (info->entry.args[2] & O_CREAT);
}

static bool changes_files(const struct __ptrace_syscall_info *info)
{
	static const long calls[] = {
		SYS_mkdirat,   SYS_renameat2, SYS_linkat,   SYS_unlinkat, SYS_write, SYS_pwrite64,
		SYS_ftruncate, SYS_fchmod,    SYS_fchmodat, SYS_fchownat,
#ifdef SYS_renameat
		SYS_renameat,
#endif
#ifdef SYS_mkdir
		SYS_mkdir,     SYS_rename,    SYS_link,     SYS_unlink,   SYS_rmdir, SYS_chmod,
#endif
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (info->entry.nr == (uint64_t)calls[i])
			return true;
	}
	return creates(info);
}

static pid_t start_traced(struct fixture *fixture, const struct crash *crash)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(255);
		raise(SIGSTOP);
		_exit(crash->act(fixture));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSTOPPED(status))
		return -1;
	assert_int_equal(
		ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL), 0);
	return pid;
}

/* Runs to the next system call, in or out. Returns whether it is still there. */
static bool step(pid_t pid, struct __ptrace_syscall_info *info)
{
	int status = 0;

	assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	if (!WIFSTOPPED(status))
		return false;
	assert_true(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(*info), info) > 0);
	return true;
}

/* Kills it before its nth change. False when it made fewer and ended. */
static bool killed_before(pid_t pid, int nth)
{
	struct __ptrace_syscall_info info;
	int changes = 0;

	while (step(pid, &info)) {
		if (info.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_files(&info))
			continue;
		if (changes++ < nth)
			continue;
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		return true;
	}
	return false;
}

static void assert_readable(struct fixture *fixture, const struct crash *crash, int nth)
{
	struct rg_store_list list = find_all(fixture);

	if (list.damaged || (list.count != crash->before && list.count != crash->after))
		fail_msg("%s, killed before change %d: %zu runs, %zu damaged: %s", crash->sentence,
			 nth, list.count, list.damaged,
			 list.first_damaged ? list.first_damaged : "");
	assert_whole(fixture, list.count);
	rg_store_list_done(&list);
}

static void assert_goes_on(struct fixture *fixture, const struct crash *crash)
{
	char id[RG_STORE_ID_MAX];
	int rc = crash->act(fixture);

	if (rc)
		fail_msg("%s: does not go on", crash->sentence);
	assert_whole(fixture, crash->after);
	put_text(fixture, &sample_key, "after all that", id);
	assert_whole(fixture, crash->after + 1);
	assert_sound(fixture);
}

static void fresh_store(struct fixture *fixture, const struct crash *crash)
{
	char command[512];

	snprintf(command, sizeof(command), "rm -rf '%s/s'", fixture->scratch.root);
	assert_int_equal(system(command), 0);
	rg_store_close(fixture->store);
	fixture->store = fixture_open(fixture, "s");
	crash->prepare(fixture);
}

/* Returns how often it was killed, or -1 where processes cannot be traced. */
static int kill_at_each(struct fixture *fixture, const struct crash *crash)
{
	enum { TOO_MANY = 2000 };
	const int apart = tries(1, 4);
	int killed = 0;

	for (int nth = 0; nth < TOO_MANY; nth += apart, killed++) {
		pid_t pid;

		fresh_store(fixture, crash);
		pid = start_traced(fixture, crash);
		if (pid < 0)
			return -1;
		if (!killed_before(pid, nth))
			return killed;
		assert_readable(fixture, crash, nth);
		assert_goes_on(fixture, crash);
	}
	fail_msg("%s: never ends", crash->sentence);
	return 0;
}

static void with_nothing(struct fixture *fixture)
{
	(void)fixture;
}

static void with_one(struct fixture *fixture)
{
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
}

static void with_two(struct fixture *fixture)
{
	char id[RG_STORE_ID_MAX];

	with_one(fixture);
	put_text(fixture, &sample_key, "new", id);
}

static int put_new(struct fixture *fixture)
{
	struct rg_store_run run = {0};
	bool created;
	int rc = rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created, NULL);

	rg_store_run_done(&run);
	return rc ? 1 : 0;
}

/* Of a run that another act has removed already there is nothing to do. */
static int remove_hello(struct fixture *fixture)
{
	char scenario[] = "checkout", version[] = "v1.4", arch[] = "x86_64";
	struct rg_store_run run = {
		.scenario = scenario, .version = version, .arch = arch, .bytes = 5};
	int rc;

	memcpy(run.id, hello_id, sizeof(run.id));
	rc = rg_store_remove(fixture->store, &run, NULL);
	return rc && rc != RG_ENOTFOUND;
}

static void with_waste(struct fixture *fixture)
{
	with_two(fixture);
	remove_hello(fixture);
	leave_waste(fixture);
	make_old(fixture);
}

static int prune_to_one(struct fixture *fixture)
{
	const struct rg_store_retention retention = {.keep_runs = 1};

	return rg_store_prune(fixture->store, &retention, NULL) ? 1 : 0;
}

static const struct crash crashes[] = {
	{"the first run of a store", with_nothing, put_new, 0, 1},
	{"another run of a key", with_one, put_new, 1, 2},
	{"the last run of a key is removed", with_one, remove_hello, 1, 0},
	{"one of two runs is removed", with_two, remove_hello, 2, 1},
	{"one of two runs is pruned", with_two, prune_to_one, 2, 1},
	{"old waste is swept", with_waste, prune_to_one, 1, 1},
};

static void a_kill_at_each_step_leaves_a_whole_store(void **state)
{
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
		const int steps = kill_at_each(fixture, &crashes[i]);

		if (steps < 0) {
			print_message("%s: skipped: processes cannot be traced here\n", __func__);
			return;
		}
		print_message("%s: killed at %d steps\n", crashes[i].sentence, steps);
		assert_true(steps > 0);
	}
}

#define CONFORMANCE_CRASH STORE_TEST(a_kill_at_each_step_leaves_a_whole_store)

#endif
