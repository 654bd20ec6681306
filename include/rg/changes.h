/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_CHANGES_H
#define RG_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_arena;
struct rg_err;
struct rg_repo;

/*
 * Which commits changed a function's lines. What is asked with (file, line, name) is from a profile; what
 * comes back (subjects, authors, lines) is whatever people committed.
 */

/* A function within a commit's file. */
struct rg_function_place {
	const char *path; /* below the repository's top */
	uint32_t first_line, last_line;
};

/*
 * Finds the function in the commit's files: the file that ends in the profile's path (which may be a base name
 * only), and in it the lines from the function's name to its end, as indentation shows them. Where several files
 * could be meant, and the name does not tell, *found is false. Texts go into the arena.
 * RG_ENOTFOUND when the commit is not here; RG_EFORMAT, RG_EIO of a damaged repository; RG_ENOMEM.
 */
int rg_repo_find_function(const struct rg_repo *repo, const char *commit, const char *file,
			  uint32_t line, const char *name, struct rg_arena *arena,
			  struct rg_function_place *out, bool *found, struct rg_err *err);

enum {
	RG_CHANGED_LINES_MAX = 12,  /* lines kept of one commit */
	RG_CHANGED_WALK_MAX = 5000, /* commits looked at */
};

struct rg_changed {
	const char *id, *subject, *author; /* hex id; first line of the message; name */
	const char *path;                  /* in the canary */
	/* What is left of the changed lines in the canary; 0: nothing. */
	uint32_t first_line, last_line;
	const char *lines; /* with "+" or "-" before each and a newline behind */
};

/*
 * The commits that `canary` has and `base` has not, and that changed lines of the function: the latest first, at most
 * `most`, into the arena. The lines are followed through edits above them, renames of the file, and
 * merges (a merge counts when it changed the lines against all its parents).
 * RG_ENOTFOUND: the history between the two is not all here (shallow); the text says which fetch brings it.
 * RG_ELIMIT: more than RG_CHANGED_WALK_MAX commits lie between.
 */
int rg_repo_changed_lines(const struct rg_repo *repo, const char *base, const char *canary,
			  const struct rg_function_place *place, size_t most,
			  struct rg_arena *arena, const struct rg_changed **out, size_t *count,
			  struct rg_err *err);

#endif
