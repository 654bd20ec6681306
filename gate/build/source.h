/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_SOURCE_H
#define BUILD_SOURCE_H

#include "rg/repo.h"

struct rg_build_options;
struct rg_err;

struct source {
	char commit[RG_REPO_ID_MAX]; /* that it is, or is based on; "" before the first one */
	char *note;                  /* malloc'd: what the tree is without; or NULL */
};

/* Exports into an open, empty directory, as whom the thread opens files now. */
int source_export(const struct rg_build_options *options, int folder, struct source *out,
		  struct rg_err *err);

#endif
