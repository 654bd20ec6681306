/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_FLAME_H
#define CMD_FLAME_H

#include "rg/diff.h"

#include <stdbool.h>

struct rg_err;
struct rg_settings;
struct rg_verdict;

/* What a flame graph is drawn of; borrowed. A side may have no runs. */
struct rg_flame_sides {
	struct rg_runs base, canary;
};

/*
 * Draws it into a file: a page, or with `svg` a picture. verdict: NULL when there is none. Errors as
 * rg_flame_make() and rg_file_write_atomic() have them.
 */
int rg_flame_write(const char *path, bool svg, const struct rg_settings *settings,
		   const struct rg_flame_sides *sides, const struct rg_verdict *verdict,
		   struct rg_err *err);

#endif
