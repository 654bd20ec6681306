/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_GUARDIAN_H
#define CAPTURE_GUARDIAN_H

#include <stddef.h>
#include <sys/types.h>

enum rg_guardian_news_kind {
	RG_GUARDIAN_STARTED = 1, /* value: pid of the process */
	RG_GUARDIAN_ENDED = 2,   /* value: its wait status */
	RG_GUARDIAN_GONE = 3,    /* it and all descendants have ended */
};

/* News from the guardian to us, in the order they happen. */
struct rg_guardian_news {
	enum rg_guardian_news_kind kind;
	int value;
};

/* What the guardian forks, and the descriptors that are the fork's alone. */
struct rg_guardian_child {
	void (*run)(void *ctx); /* does not return */
	void *ctx;
	const int *
		fds; /* closed in the guardian: their closing is news to whoever holds the other end */
	size_t fd_count;
};

/*
 * Body of the guardian process; does not return. It is forked by a process that may have threads, and asks of the C library
 * nothing that takes a lock but malloc() and what reads /proc by stdio: these locks glibc's fork() takes and gives back in the
 * child. Forks once, runs the child in the fork, and reports on
 * news_fd. Until control_fd closes it reaps; then it takes down all descendants: SIGTERM, SIGKILL after
 * grace_ms. When its parent ends, SIGKILL at once, and no more news.
 */
_Noreturn void rg_guardian_run(int control_fd, int news_fd, int grace_ms,
			       const struct rg_guardian_child *child);
/*
 * The same in two processes, so that nothing is left behind when one of them is killed by SIGKILL: this one becomes the
 * parent of the guardian, to whom all that it guards falls then, and ends that. news_fd closes when nothing is left.
 */
_Noreturn void rg_guardian_run_kept(int control_fd, int news_fd, int grace_ms,
				    const struct rg_guardian_child *child);

#endif
