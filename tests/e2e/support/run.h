/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_RUN_H
#define E2E_RUN_H

#include "e2e.h"

/*
 * A program that runs: in a process group of its own, its output gathered, its time limited. It dies with us.
 */

/* argv[0] is a path. Directory, environment, user and stdout are those of the struct e2e. */
struct e2e_run *e2e_run_start(const struct e2e *e, const char *const *argv);
pid_t e2e_run_pid(const struct e2e_run *run);

/*
 * Gathers output until the program has ended, or until `words` were printed on stderr (NULL: never). Returns
 * whether that came within the limit of the struct e2e.
 */
bool e2e_run_gather(struct e2e_run *run, const char *words);
/* What was gathered, NUL-terminated. */
const char *e2e_run_err(const struct e2e_run *run);

/* Hands status and output over and frees the run, which must have ended. */
void e2e_run_take(struct e2e_run *run, int *status, char **out, char **err);
/* Ends it, its process group included. NULL is allowed. */
void e2e_run_kill(struct e2e_run *run);

#endif
