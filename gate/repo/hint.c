/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/text.h"

#include <stdlib.h>
#include <string.h>

enum { HINT_TEXT_MAX = 768, TAGS_SHOWN = 3 };

/* Highest version first, as people count: v1.10 before v1.9. */
static int newer_first(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strverscmp(*b, *a);
}

static void add_tags(struct rg_buf *hint, const char *revision, git_strarray *tags)
{
	const char *nearest =
		rg_text_nearest(revision, (const char *const *)tags->strings, tags->count);

	if (nearest) {
		rg_buf_addf(hint, "; did you mean '%.100s'?", nearest);
		return;
	}
	qsort(tags->strings, tags->count, sizeof(*tags->strings), newer_first);
	for (size_t i = 0; i < tags->count && i < TAGS_SHOWN; i++)
		rg_buf_addf(hint, "%s'%.60s'", i ? ", " : "; tags here: ", tags->strings[i]);
	if (tags->count > TAGS_SHOWN)
		rg_buf_addf(hint, " and %zu more", tags->count - TAGS_SHOWN);
}

static void add_fetch(struct rg_buf *hint, const struct rg_repo *repo, bool has_tags)
{
	if (repo->shallow)
		rg_buf_adds(hint, "; this clone is shallow: 'git fetch --tags --unshallow' brings "
				  "all of it, 'git fetch --tags --depth=N' the last N commits");
	else if (!has_tags)
		rg_buf_adds(hint, "; there are no tags here: 'git fetch --tags' brings them");
}

int repo_fail_unknown(const struct rg_repo *repo, const char *revision, struct rg_err *err)
{
	git_strarray tags = {0};
	struct rg_buf hint;

	rg_buf_init(&hint, HINT_TEXT_MAX);
	/* Without the list the hint is shorter, and the failure the same. */
	if (!git_tag_list(&tags, repo->git) && tags.count)
		add_tags(&hint, revision, &tags);
	add_fetch(&hint, repo, tags.count > 0);
	rg_err_set(err, RG_ENOTFOUND, "repo: resolve '%.200s': no such revision%s", revision,
		   hint.data ? hint.data : "");
	git_strarray_dispose(&tags);
	rg_buf_done(&hint);
	return RG_ENOTFOUND;
}
