/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PROCMAPS_H
#define CAPTURE_PROCMAPS_H

#include "sideband.h"

#include <stdbool.h>
#include <sys/types.h>

struct rg_err;

/*
 * One line of /proc/PID/maps (proc(5)): "start-end perms offset dev inode path". Returns true for an executable mapping, which is
 * put into *record (pid and time are the caller's); record->path points into the line, without " (deleted)", unescaped. A line of
 * any other form gives false.
 */
bool rg_procmaps_line(char *line, struct rg_mapping_record *record);

/*
 * Hands out the executable mappings a process has now, each stamped time_ns. A process that is gone has none.
 * A non-zero return of fn ends it and is returned.
 */
int rg_procmaps_read(pid_t pid, uint64_t time_ns, rg_mapping_fn fn, void *ctx);

#endif
