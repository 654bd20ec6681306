/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_LAUNCH_H
#define RG_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_capture_user;
struct rg_err;

/*
 * A program run by us: started, watched, and taken down with all its descendants.
 *
 * Between us and it stands a guardian process, the subreaper of everything the program forks. It
 * holds one end of a pipe; when we end in whatever way, SIGKILL included, it sees the pipe close and
 * kills them all. So nothing we launched outlives us.
 */
struct rg_launch;

struct rg_launch_options {
	char *const *argv;                  /* NULL-terminated */
	const char *shell;                  /* in its place: a command for /bin/sh */
	const struct rg_capture_user *user; /* or NULL */
	const char *directory;              /* where it runs; NULL: where we are */
	/* NULL-terminated; with a user HOME, USER, LOGNAME and SHELL become his, with a directory PWD is it. NULL: ours. */
	char *const *environment;
	uint64_t file_limit; /* files it may have open, RLIMIT_NOFILE; 0: as many as we */
	const char *what;    /* for messages: "target", "load" */
	int output_fd;       /* its output is copied there; -1: nowhere */
};

/*
 * Starts the guardian and the process, which waits before its exec: rg_launch_go() lets it run, so
 * that it can be watched from its first instruction.
 */
int rg_launch_start(const struct rg_launch_options *options, struct rg_launch **out,
		    struct rg_err *err);
/* Lets it exec. RG_EUSAGE when the program cannot be run, with the reason. */
int rg_launch_go(struct rg_launch *launch, struct rg_err *err);

pid_t rg_launch_pid(const struct rg_launch *launch);

/*
 * Takes in what there is to read, without waiting: output (its end is kept) and news of the process. Call it at least every
 * 100 ms: a program that prints more than a pipe holds would wait otherwise.
 */
void rg_launch_poll(struct rg_launch *launch);
/* The launched process itself has ended; *status is as from waitpid(). */
bool rg_launch_ended(const struct rg_launch *launch, int *status);
/* The end of what it printed so far, as text. */
const char *rg_launch_output(const struct rg_launch *launch);
/* Looks out for a text in what it prints from now on: of RG_READY_LINE_MAX bytes at most, borrowed. */
void rg_launch_await(struct rg_launch *launch, const char *text);
/* Whether it has been printed. */
bool rg_launch_seen(const struct rg_launch *launch);
/* It and all its descendants have ended. */
bool rg_launch_gone(const struct rg_launch *launch);

/*
 * A failed ended process as an error: RG_ETARGET "target 'x': exited with status 3", with the end of its
 * output; also when it is gone and nobody knows how. 0 when it has not ended or ended with status 0.
 */
int rg_launch_failure(const struct rg_launch *launch, struct rg_err *err);

/* SIGTERM to the tree, SIGKILL after the grace time; returns when all are gone. */
void rg_launch_stop(struct rg_launch *launch);
/* rg_launch_stop() if need be, and frees. */
void rg_launch_free(struct rg_launch *launch);

#endif
