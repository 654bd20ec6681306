/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PROGRAM_H
#define CMD_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

struct rg_err;

/* What looking for executables below a directory came to. */
struct rg_program {
	char *path;   /* the likeliest, as "./build/server"; NULL: there is none. free() it */
	size_t found; /* executables seen */
	bool named;   /* called like the directory */
	bool cut;     /* the tree is too large: not all of it was looked at */
};

/*
 * Looks for ELF executables below `top`, in RG_PROGRAM_ENTRIES_MAX entries at most and RG_PROGRAM_DEPTH_MAX
 * directories deep; follows no links, and leaves out hidden directories. One that is called like `name` is
 * likelier than others, one for tests or examples less so.
 */
int rg_program_find(const char *top, const char *name, struct rg_program *out, struct rg_err *err);

enum { RG_PROGRAM_ENTRIES_MAX = 50000, RG_PROGRAM_DEPTH_MAX = 6 };

#endif
