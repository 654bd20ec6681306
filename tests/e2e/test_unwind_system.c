/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks that signals, processes, threads, libraries, the kernel and run-time code have a part in. */
#include "chain_rows.h"

static const struct e2e_chain_row rows[] = {
	{"a signal handler's caller is the function it interrupted", "signals", "same", NULL,
	 "o2 o2fp static", CHAIN_ALL,
	 "burn_long handle_signal (lib) burn_interrupted run_same_stack" CHAIN_ROOT, 80, 0, NULL,
	 0},
	{"also from a stack of its own", "signals", "other", NULL, "o2 static", CHAIN_ALL,
	 "burn_long handle_signal (lib) burn_interrupted run_other_stack" CHAIN_ROOT, 80, 0, NULL,
	 0},
#if defined(__x86_64__)
	{"and what is between them has its own name", "signals", "same", NULL, "static", NULL,
	 "burn_long handle_signal __restore_rt burn_interrupted run_same_stack" CHAIN_ROOT, 80, 0,
	 NULL, 0},
	{"a function interrupted at its first instruction is not the one before it", "signals",
	 "fault", NULL, "o2 static", CHAIN_ALL,
	 "burn_long pass_fault (lib) fault_at_once run_fault" CHAIN_ROOT, 50, 0, NULL, 0},
#endif

	{"a forked child has its parent's tables", "processes", "fork", NULL, "o2 static",
	 CHAIN_ALL, "burn_leaf burn_in_child run_fork" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a child that executes a program has that program's", "processes", "exec", NULL,
	 "o2 static", CHAIN_ALL, "burn_leaf burn_in_child" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a vforked child is on its parent's stack", "processes", "vfork", NULL, "o2", CHAIN_ALL,
	 "burn_leaf burn_in_child run_vfork" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a child by clone3 alone", "processes", "clone3", NULL, "o2", CHAIN_ALL,
	 "burn_leaf burn_in_child run_clone3" CHAIN_ROOT, 90, 0, NULL, 0},
	{"a child with a stack of its own begins in clone()", "processes", "clone", NULL,
	 "o2 static", CHAIN_ALL, "burn_leaf burn_in_child start_of_clone (lib)", 90, 0, NULL, 0},

	{"a thread begins in the C library", "stacks", "thread", NULL, "o2 o2fp static", CHAIN_ALL,
	 "burn_leaf work start_of_thread (lib)+", 90, 0, NULL, 0},
	{"a stub of a lazily bound library has its caller", "libraries", "plt", NULL, "o2",
	 CHAIN_SHARED, "(plt) run_plt" CHAIN_ROOT " | plugin_nothing run_plt" CHAIN_ROOT, 2, 0,
	 NULL, 0},
	{"a library calls back into the program", "libraries", "callback", NULL, "o2", CHAIN_SHARED,
	 "burn_leaf plugin_calls_back plugin_call run_callback" CHAIN_ROOT, 90, 0, NULL, 0},
	{"below the kernel's frames are the system call's", "kernel", "read", NULL, "o2 static",
	 CHAIN_ALL, "(kernel)+ (lib) read_zeroes run_read" CHAIN_ROOT, 50, 0, NULL, 0},
	{"also of short system calls", "kernel", "getppid", NULL, "o2", CHAIN_ALL,
	 "(kernel)+ (lib) run_getppid" CHAIN_ROOT, 10, 0, NULL, 0},
	{"below a page fault's frames is the instruction that touched the page", "kernel", "faults",
	 NULL, "o2 static", CHAIN_ALL,
	 "(kernel)+ touch_pages run_faults" CHAIN_ROOT " | (lib) run_faults" CHAIN_ROOT, 30, 0,
	 NULL, 0},

	{"code made at run time is left by its frame pointers", "jit", "callback", NULL,
	 "o2 o2fp static", CHAIN_ALL, "burn_leaf called_back (anon) run_callback" CHAIN_ROOT, 90, 0,
	 NULL, 0},

	/* Each has a capture to itself. */
	/* It returns to the first instruction of __start_context, whose own rule leads nowhere. */
	{"a coroutine ends where it was started", "stacks", "coroutine", NULL, "o2 static",
	 CHAIN_ALL,
	 "burn_leaf work start_of_coroutine (lib)? [truncated]? |"
	 " (lib)+ start_of_coroutine (lib)? [truncated]? | (lib)* run_coroutine" CHAIN_ROOT,
	 80, 0, NULL, 0},
	{"a library loaded during the window is unwound", "libraries", "late", NULL, "o2 o2fp",
	 CHAIN_SHARED,
	 "burn_leaf late_step late_entry run_late" CHAIN_ROOT
	 " | burn_long burn_before_loading run_late" CHAIN_ROOT
	 " | (lib)+ now_ms? burn_before_loading run_late" CHAIN_ROOT
	 " | (lib)+ load_late run_late" CHAIN_ROOT,
	 30, 1300, NULL, 0},
};

int main(int argc, char **argv)
{
	return e2e_run_chain_rows("unwinding beyond calls", rows, sizeof(rows) / sizeof(*rows),
				  argc, argv);
}
