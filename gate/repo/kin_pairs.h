/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KIN_PAIRS_H
#define REPO_KIN_PAIRS_H

#include "kin_files.h"
#include "kin_functions.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Code of `from` is in `to` now. */
struct kin_pair {
	size_t from, to, lines; /* the first two: among the functions */
	/* In the canary, in the middle of those that went from the one to the other; 0: none did. */
	uint32_t line;
	bool renamed;
};

struct kin_pairs {
	struct kin_pair *items;
	size_t count, cap;
};

/* The most lines first, RG_KIN_FOUND_MAX at most. Free `items`, also on failure. As rg_repo_find_kin(). */
int kin_pairs_find(struct kin_pairs *out, struct kin_functions *functions,
		   const struct kin_files *files, struct rg_err *err);

#endif
