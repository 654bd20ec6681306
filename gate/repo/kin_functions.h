/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KIN_FUNCTIONS_H
#define REPO_KIN_FUNCTIONS_H

#include "changed_range.h"
#include "kin_definitions.h"
#include "kin_files.h"
#include "kin_lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The functions that are asked about, as both versions' changed files have them. */

struct rg_arena;
struct rg_kin_function;

/* A function in one version. */
struct kin_version {
	size_t definitions; /* that its name may stand for */
	const char *path;
	uint32_t first, last;   /* lines, the head included */
	struct kin_lines lines; /* of the body */
};

struct kin_function {
	const struct rg_kin_function *asked;
	char own[CHANGED_NAME_MAX]; /* the last part of its name */
	struct kin_version version[KIN_SIDES];
	struct kin_lines gone, come; /* none where it could be several functions */
};

struct kin_functions {
	struct kin_function *items; /* by their own names, each of which is one's alone */
	size_t count;
	const char **names; /* of them, in their order */
	struct kin_budget budget;
	size_t lines_left; /* of pairs of functions that may still be compared */
};

/* What are asked about; live in the arena. Also on failure kin_functions_done() is due. RG_ENOMEM. */
int kin_functions_make(struct kin_functions *out, const struct rg_kin_function *asked, size_t count,
		       struct rg_arena *arena, struct rg_err *err);
void kin_functions_done(struct kin_functions *functions);

/* Finds them in the files, and what went from each and came to it. As rg_repo_find_kin(). */
int kin_functions_read(struct kin_functions *functions, const struct kin_files *files,
		       struct rg_err *err);

/* 0 or RG_ENOMEM, which ends the walk. */
typedef int (*kin_pair_fn)(void *ctx, struct kin_function *from, struct kin_function *to);
/*
 * Each function whose code may have gone elsewhere, with each that some may have come to. RG_ENOMEM; RG_ELIMIT when they
 * have more lines than may be compared.
 */
int kin_functions_each_pair(struct kin_functions *functions, kin_pair_fn look, void *ctx,
			    struct rg_err *err);

#endif
