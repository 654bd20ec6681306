/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>

/* A tag of a tag of a tag … is a mistake or an attack. */
enum { DEPTH_MAX = 16 };

struct collect {
	git_repository *git;
	struct rg_repo_tags tags;
	size_t cap;
	struct rg_err *err;
};

static int add(struct collect *collect, const git_oid *commit)
{
	struct rg_repo_tags *tags = &collect->tags;

	if (RG_GROW(tags->ids, collect->cap, tags->count))
		return rg_err_nomem(collect->err, "repo");
	git_oid_tostr(tags->ids[tags->count++], RG_REPO_ID_MAX, commit);
	return 0;
}

/*
 * Replaces the id of a tag object by what it is a tag of. Returns 1 when it is of a tag again. The
 * object at the end need not be there.
 */
static int follow(struct collect *collect, git_oid *id, git_object_t *type)
{
	git_tag *tag = NULL;

	if (git_tag_lookup(&tag, collect->git, id))
		return repo_git_fail(collect->err, "tags: read a tag");
	*type = git_tag_target_type(tag);
	*id = *git_tag_target_id(tag);
	git_tag_free(tag);
	return *type == GIT_OBJECT_TAG;
}

static int add_annotated(struct collect *collect, const char *name, git_oid id)
{
	git_object_t type = GIT_OBJECT_TAG;
	int rc = 1;

	for (int i = 0; rc == 1 && i < DEPTH_MAX; i++)
		rc = follow(collect, &id, &type);
	if (rc == 1)
		return rg_err_set(collect->err, RG_EFORMAT,
				  "repo: tags: '%.200s' is a tag of a tag, and so on", name);
	if (rc)
		return rc;
	return type == GIT_OBJECT_COMMIT ? add(collect, &id) : 0;
}

static int visit(const char *name, git_oid *id, void *ctx)
{
	struct collect *collect = ctx;
	git_object *object = NULL;
	git_object_t type = GIT_OBJECT_COMMIT;
	int rc = git_object_lookup(&object, collect->git, id, GIT_OBJECT_ANY);

	/* What is not there can only be the end of a shallow clone: a commit. */
	if (rc && rc != GIT_ENOTFOUND)
		return repo_git_fail(collect->err, "tags: read what a tag stands for");
	if (!rc)
		type = git_object_type(object);
	git_object_free(object);
	if (type == GIT_OBJECT_COMMIT)
		return add(collect, id);
	return type == GIT_OBJECT_TAG ? add_annotated(collect, name, *id) : 0;
}

static int compare(const void *left, const void *right)
{
	return strcmp(left, right);
}

static void sort_once(struct rg_repo_tags *tags)
{
	size_t kept = 0;

	if (tags->count)
		qsort(tags->ids, tags->count, sizeof(*tags->ids), compare);
	for (size_t i = 0; i < tags->count; i++) {
		if (kept && !strcmp(tags->ids[kept - 1], tags->ids[i]))
			continue;
		memmove(tags->ids[kept++], tags->ids[i], sizeof(*tags->ids));
	}
	tags->count = kept;
}

int rg_repo_tags(const struct rg_repo *repo, struct rg_repo_tags *out, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct collect collect = {.git = repo->git, .err = &failure};
	int rc = git_tag_foreach(repo->git, visit, &collect);

	if (failure.code) {
		rc = rg_err_set(err, failure.code, "%s", failure.text);
	} else if (rc) {
		rc = repo_git_fail(err, "tags: list them");
	}
	if (rc) {
		rg_repo_tags_done(&collect.tags);
		return rc;
	}
	sort_once(&collect.tags);
	*out = collect.tags;
	return 0;
}

bool rg_repo_tags_have(const struct rg_repo_tags *tags, const char *id)
{
	return tags->count && bsearch(id, tags->ids, tags->count, sizeof(*tags->ids), compare);
}

void rg_repo_tags_done(struct rg_repo_tags *tags)
{
	free(tags->ids);
	*tags = (struct rg_repo_tags){0};
}
