/* SPDX-License-Identifier: GPL-2.0-or-later */
/* processes MODE: children, by every way there is to make one; the parent waits. */
#include "chain.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STACK_BYTES = 256 * 1024 };

static _Noreturn STEP void burn_in_child(void)
{
	for (;;)
		sink += burn_leaf(sink);
}

static void wait_for(long pid)
{
	if (pid < 0 || waitpid((pid_t)pid, NULL, __WALL) != pid)
		exit(1);
}

static STEP void run_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		burn_in_child();
	wait_for(pid);
}

/* Executes its own program anew, in the mode "child". */
static STEP void run_exec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl(program_invocation_name, program_invocation_name, "child", (char *)NULL);
		_exit(1);
	}
	wait_for(pid);
}

/* The child runs on its parent's stack. */
static STEP void run_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		burn_in_child();
	wait_for(pid);
}

static STEP void run_clone3(void)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		burn_in_child();
	wait_for(pid);
}

static STEP int start_of_clone(void *arg)
{
	(void)arg;
	burn_in_child();
}

/* The child's stack is its own and begins in the C library. */
static STEP void run_clone(void)
{
	static char stack[STACK_BYTES] __attribute__((aligned(16)));

	wait_for(clone(start_of_clone, stack + sizeof(stack), SIGCHLD, NULL));
}

static const struct mode modes[] = {
	{"child", burn_in_child}, {"fork", run_fork},     {"exec", run_exec},
	{"vfork", run_vfork},     {"clone3", run_clone3}, {"clone", run_clone},
};

RUN_MODES(modes)
