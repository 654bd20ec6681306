/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_JOB_H
#define GIT_JOB_H

#include <stdint.h>

struct rg_buf;
struct rg_err;

/*
 * What talks to the network does it in a process of its own: it acts as the owner of a directory, in full
 * where we are root; what it may write is bounded; it is ended when it is silent for too long (libgit2 1.5 itself
 * waits for ever), and when we end.
 */

enum {
	GS_JOB_LINES_MAX = 64 << 20, /* bytes of what it reports */
	GS_JOB_LINE_MAX = 2048,
};

struct gs_job {
	/* Runs in the process; reports by gs_job_say(). */
	int (*work)(const void *ctx, int out, struct rg_err *err);
	const void *ctx;
	const char *what;  /* for messages: "fetch from 'URL'" */
	uint64_t stall_ns; /* see struct rg_remote */
};

/*
 * Runs it, and appends the lines it reported (without heartbeats) to `lines`. Returns what work() did; RG_EIO when it
 * was silent for too long or died. Not while we have other threads: work() is no exec, and a lock that one of them held would
 * stay held.
 */
int gs_job_run(const struct gs_job *job, int directory, struct rg_buf *lines, struct rg_err *err);

/* From within the process: reports one line; line breaks in it become spaces. */
void gs_job_say(int out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Something was received. */
void gs_job_alive(int out);

#endif
