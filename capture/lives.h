/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LIVES_H
#define CAPTURE_LIVES_H

#include "../bpf/wire.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * How the target's processes ended, and whether those it began with lived.
 *
 * Processes are of families: who became part of the target without a parent in it, and all who descend from it. A family's
 * main process is its oldest that lives: a service's first process and not the children that do its work; in a container
 * what the container's runtime started, once that has ended itself.
 */
struct rg_lives;

struct rg_lives *rg_lives_new(void);
void rg_lives_free(struct rg_lives *lives);

/* A process that runs already. Returns 0 or RG_ENOMEM. */
int rg_lives_begin(struct rg_lives *lives, pid_t pid, pid_t parent, uint64_t time_ns);
/* What happened to one, in order. Returns 0 or RG_ENOMEM. */
int rg_lives_event(struct rg_lives *lives, const struct rgw_event *event);
/*
 * When all who were there already are in, children maybe before their parents: makes families of them. Those who come later have
 * parents that are known. Before, nobody is known to be a main process.
 */
void rg_lives_settle(struct rg_lives *lives);

/*
 * Processes that failed: a main process that was killed by a signal or exited with a status other than 0, unless it was asked
 * to end (SIGTERM, SIGINT, SIGHUP, SIGQUIT, and 128 more as a status), once a family; and any whose signal is that of a
 * crash (SIGSEGV, SIGABRT and others that dump core).
 */
uint64_t rg_lives_failed(const struct rg_lives *lives);
/* What the first of these did, for people: "shop killed by signal 11"; "" without any. One line. */
const char *rg_lives_failure(const struct rg_lives *lives);
/* Processes alive whose family was part of the target at a time (CLOCK_MONOTONIC). */
uint64_t rg_lives_since(const struct rg_lives *lives, uint64_t time_ns);

#endif
