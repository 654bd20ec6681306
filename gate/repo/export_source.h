/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_EXPORT_SOURCE_H
#define REPO_EXPORT_SOURCE_H

#include "export.h"
#include "export_filter.h"

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

/* A repository that the files of a commit come from: the user's, or a submodule's. */
struct export_source {
	struct exporter *x;
	const char *common_dir;
	const char *work_dir; /* NULL in a bare repository */
	size_t base;          /* of the exporter's path, where this repository's begins */
	struct export_filter filter;
	bool has_modules; /* its .gitmodules is in the commit */
	bool has_lfs;     /* it keeps contents of Git LFS */
};

/* The entry's path in its own repository. */
static inline const char *export_path_in(const struct export_source *source)
{
	return source->x->path + source->base;
}

/* What libgit2 failed by, about the entry at hand; with a word for what a partial clone has not. */
int export_fail_git(const struct exporter *x);
int export_fail_object(const struct exporter *x, int rc);

/* A file or link of a tree: written to the folder `at`, or only measured. */
int export_file(const struct export_source *source, const git_tree_entry *entry, int at);

#endif
