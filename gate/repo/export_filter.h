/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_EXPORT_FILTER_H
#define REPO_EXPORT_FILTER_H

#include "export.h"
#include "export_convert.h"

#include <git2.h>
#include <stdbool.h>

/* A file is read into memory whole, be it in a pack or loose. */
enum { EXPORT_FILE_MAX_BYTES = 1 << 30 };

/* What checking a commit out makes of its files: as its own .gitattributes say, not those of the work tree. */
struct export_filter {
	git_repository
		*git; /* without a work tree or an index, which libgit2 would look at first */
	git_oid commit;
	git_config *config;
	enum export_ends text_ends; /* of what is known to be text: core.autocrlf, core.eol */
	bool auto_crlf;
	bool no_links; /* core.symlinks */
};

/* What becomes of one file. */
struct export_made {
	struct export_conversion conversion;
	bool lfs; /* Git LFS puts the content in its place */
};

/* Returns what libgit2 does. `common_dir`: the repository's. */
int export_filter_open(struct export_filter *filter, const char *common_dir, const git_oid *commit);
void export_filter_close(struct export_filter *filter);

/*
 * Of a file of this path in its repository. RG_EUSAGE when a filter program would make it, or it would have an encoding that is
 * not made here; RG_EFORMAT.
 */
int export_filter_find(const struct export_filter *filter, const struct exporter *x,
		       const char *path, struct export_made *out);

#endif
