/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_EXPORT_FILTER_H
#define REPO_EXPORT_FILTER_H

#include "export.h"

#include <git2.h>
#include <stdbool.h>

/* What checking a commit out makes of its files: as its own .gitattributes say, not those of the work tree. */
struct export_filter {
	git_repository
		*git; /* without a work tree or an index, which libgit2 would look at first */
	git_oid commit;
	git_config *config;
	bool programs; /* it has filter programs, so that each file must be looked at */
};

/* Returns what libgit2 does. `common_dir`: the repository's. */
int export_filter_open(struct export_filter *filter, const char *common_dir, const git_oid *commit);
void export_filter_close(struct export_filter *filter);

/*
 * Refuses a file of this path in its repository that a filter program would make. RG_EUSAGE, RG_EFORMAT.
 */
int export_filter_check(const struct export_filter *filter, const struct exporter *x,
			const char *path);
/* The file's bytes as they are on disk; free with git_buf_dispose(). Returns what libgit2 does. */
int export_filter_apply(const struct export_filter *filter, git_blob *blob, const char *path,
			git_buf *out);

#endif
