/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_TARGET_H
#define CAPTURE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct rg_err;

/* A growing set of process ids, ascending. Zero-initialise; free with rg_pids_done(). */
struct rg_pids {
	pid_t *pid;
	size_t count, cap;
};

bool rg_pids_has(const struct rg_pids *pids, pid_t pid);
/* Returns 0 or RG_ENOMEM; one that is in the set already is no error. */
int rg_pids_add(struct rg_pids *pids, pid_t pid);
void rg_pids_done(struct rg_pids *pids);

/*
 * Adds all living descendants of the processes in the set to the set, from /proc as it is now.
 * Returns 0, RG_ENOMEM or RG_EIO.
 */
int rg_pids_add_descendants(struct rg_pids *pids, struct rg_err *err);

/*
 * A thread of the process that has not ended; 0 when there is none. It is the first one unless that has ended before
 * the others: then /proc/PID itself shows a zombie without an address space, and /proc/PID/task/THREAD the truth.
 */
pid_t rg_pid_thread(pid_t pid);
/* Whether the process exists and has not ended (a zombie has). */
bool rg_pid_alive(pid_t pid);
/* Whose child it is; 0 when it is gone. */
pid_t rg_pid_parent(pid_t pid);
/* Its first thread is off the CPU until something comes that it waits for. */
bool rg_pid_waits(pid_t pid);

/*
 * Base name of the executable a process runs, without " (deleted)". Returns 0, or RG_ENOTFOUND when it is gone or a
 * kernel thread.
 */
int rg_pid_program(pid_t pid, char *name, size_t size);

#endif
