/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_JITMAPS_H
#define CAPTURE_JITMAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;

/*
 * Names of code that a process made while it ran, from the file that its JIT compiler writes for profilers:
 * /tmp/perf-PID.map, in its root and with the number it has in its own PID namespace (Linux,
 * tools/perf/Documentation/jit-interface.txt). Lines are "START SIZE name", hexadecimal; a later one is of newer
 * code. The file is the target's: it is read if it is a plain file of the process's user or root's, and
 * as long as all that are read take no more than 256 MiB.
 */
struct rg_jitmaps;

struct rg_jitmaps *rg_jitmaps_new(void);
void rg_jitmaps_free(struct rg_jitmaps *maps);

/*
 * A process has code of its own making: its folder is held open from now on, for the process may end and take its
 * root with it. Returns 0 or RG_ENOMEM.
 */
int rg_jitmaps_note(struct rg_jitmaps *maps, pid_t pid);

/*
 * What a process's file calls the code at an address: *name is the maps' own, NULL when the file says nothing. It is
 * read at the first question. Returns 0 or RG_ENOMEM.
 */
int rg_jitmaps_find(struct rg_jitmaps *maps, pid_t pid, uint64_t address, const char **name,
		    struct rg_err *err);

/* How many stretches of code its file names at present. Returns 0 or RG_ENOMEM. */
int rg_jitmaps_count(struct rg_jitmaps *maps, pid_t pid, size_t *count, struct rg_err *err);

/* --- One file -------------------------------------------------------------------------------- */

struct rg_jit_code {
	uint64_t start, end;
	const char *name;
};

/* By address, disjoint: where ranges overlap the later line's holds. */
struct rg_jitmap {
	struct rg_jit_code *code;
	size_t count;
};

/*
 * `text` of `len` bytes with room for one more behind them is cut into names, which stay in it. Lines of another
 * form are left out, and those beyond 2^20; names end after 4096 bytes, and absolute paths in them ("JS:*work
 * /srv/app/work.js:1:17", "py::work:/srv/app/work.py") are cut to what the file is called. Returns 0 or RG_ENOMEM.
 */
int rg_jitmap_parse(struct rg_jitmap *map, char *text, size_t len);
void rg_jitmap_done(struct rg_jitmap *map);
/* The code an address is in, or NULL. */
const struct rg_jit_code *rg_jitmap_find(const struct rg_jitmap *map, uint64_t address);

#endif
