/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KIN_FILES_H
#define REPO_KIN_FILES_H

#include "changed_source.h"
#include "repo.h"

#include <stddef.h>

enum kin_side { KIN_BASE, KIN_CANARY, KIN_SIDES };

/* A file of one version that the other has not, or has otherwise. */
struct kin_file {
	const char *path;
	git_oid blob;
};

struct kin_files {
	const struct rg_repo *repo;
	const struct kin_file *list[KIN_SIDES];
	size_t count[KIN_SIDES];
};

struct rg_arena;

/* Records that more changed than is looked at. */
int kin_fail_large(struct rg_err *err);

/* What two commits differ in; lives in the arena. As rg_repo_find_kin(). */
int kin_files_list(struct kin_files *out, const struct rg_repo *repo, const char *base,
		   const char *canary, struct rg_arena *arena, struct rg_err *err);

/* Reads the files of a side one after the other, and hands each to `look`, which returns 0 or an error it has set. */
typedef int (*kin_look_fn)(void *ctx, const struct kin_file *file, const struct source *source,
			   struct rg_err *err);
int kin_files_read(const struct kin_files *files, enum kin_side side, kin_look_fn look, void *ctx,
		   struct rg_err *err);

#endif
