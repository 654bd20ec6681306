/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_KIN_H
#define RG_KIN_H

#include <stdbool.h>
#include <stddef.h>

struct rg_arena;
struct rg_err;
struct rg_repo;

/*
 * Which functions hold lines of which others now: what two commits' files show of code that moved. The names that
 * are asked about come from profiles; files, lines and their number are whatever people committed.
 */

/* A function of either version's profiles. */
struct rg_kin_function {
	const char *name;  /* canonical */
	const char *file;  /* as the profile has it, which may be a base name only; "": not known */
	bool in_canary;    /* `file` is of the canary, else of the baseline */
	bool lost, gained; /* whether its code may have gone elsewhere, or some have come to it */
};

/* Code of one of the functions, as the baseline has it, is another's in the canary. */
struct rg_kin {
	size_t from, to; /* among those asked about */
	bool renamed; /* `from` is gone, `to` is new, and their bodies are alike; else lines moved */
	/* The commit that put them there, as a full hex id; "" where the history does not tell. */
	const char *commit;
};

enum {
	RG_KIN_FUNCTIONS_MAX = 256, /* asked about at a time */
	RG_KIN_FOUND_MAX = 64,
	RG_KIN_COMMITS_MAX = 8,            /* looked up */
	RG_KIN_FILES_MAX = 5000,           /* changed between the two */
	RG_KIN_FILE_MAX_BYTES = 8 << 20,   /* larger ones are passed over, and binary ones */
	RG_KIN_TOTAL_MAX_BYTES = 64 << 20, /* read of both versions */
	RG_KIN_LINES_MAX = 5000,           /* of one function */
};

/*
 * Compares the files of two commits, by full hex id, that differ; those between need not be here. A function is found by
 * the last part of its name, in a file called as the profile's where that is known; what could be several is none. It is
 * kin to another when lines of it that say something (three words and more, no comment) are gone from the one and came to
 * the other, three at least with 20 letters or digits together, which the baseline's changed files have nowhere else; and
 * when at least half of what went from the one came to functions that gained, and half of what came to the other from
 * functions that lost. It was renamed when three fifths of the longer body are the same.
 * The most lines first, at most RG_KIN_FOUND_MAX, in the arena. RG_ENOTFOUND: a commit is not here; the text says
 * which fetch brings it. RG_ELIMIT: more changed than is looked at. RG_EFORMAT, RG_EIO, RG_ENOMEM.
 */
int rg_repo_find_kin(const struct rg_repo *repo, const char *base, const char *canary,
		     const struct rg_kin_function *functions, size_t count, struct rg_arena *arena,
		     const struct rg_kin **out, size_t *found, struct rg_err *err);

#endif
