/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_EXIT_STATUS_H
#define CAPTURE_EXIT_STATUS_H

#include "../bpf/wire.h"

#include <stdbool.h>
#include <stddef.h>

/* What a process's exit status, as wait(2) has it, tells of its end. */

/* Neither well nor as it was asked to: SIGTERM, SIGINT, SIGHUP, SIGQUIT, and 128 more as a status. */
bool rg_exit_is_failure(int status);
/* By a signal that dumps core, SIGQUIT aside, which asks for it. */
bool rg_exit_is_crash(int status);
/* "shop killed by signal 11", in one line whatever the process calls itself. */
void rg_exit_describe(int status, const char comm[RGW_COMM_SIZE], char *out, size_t size);

#endif
