/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_CHANGED_DIFF_H
#define REPO_CHANGED_DIFF_H

#include "repo.h"

#include "rg/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A function's lines in one version of its file, each with its number in the canary's; 0: not there any more. */
struct span {
	uint32_t first, count;
	uint32_t *canary; /* `count` numbers */
};

/* Replaces *out, which is freed. RG_ENOMEM. */
int span_copy(struct span *out, const struct span *from);
void span_done(struct span *span);

/* What a version of a file changed of a span, compared with a version before it. */
struct change {
	bool touched;
	/* Of the changed lines, in the canary; 0: nothing is left of them. */
	uint32_t first_line, last_line;
	struct rg_buf lines; /* with their signs; the first few */
	struct span
		before; /* the same lines in the version before; count 0: none of them was there */
};

/* `older` may be NULL: no such file. Free the change with change_done(), also after an error. */
int change_of(struct change *change, git_blob *older, git_blob *newer, const struct span *span,
	      struct rg_err *err);
void change_done(struct change *change);

#endif
