/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reference_parts.h"

#include "rg/err.h"
#include "rg/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char previous_tag[] = "previous-tag", merge_base_prefix[] = "merge-base:";

bool reference_is_in_history(const char *name)
{
	return strcmp(name, previous_tag) == 0 ||
	       strncmp(name, merge_base_prefix, strlen(merge_base_prefix)) == 0;
}

/* --- previous-tag --------------------------------------------------------------------------- */

/* Whether there is none at all, or only none before this commit, cannot be told from tags that were not fetched. */
static void tell_no_tag(const struct rg_repo *repo, const char *id, struct rg_reference *out)
{
	struct rg_repo_tags tags = {0};
	const bool any = !rg_repo_tags(repo, &tags, NULL) && tags.count;

	rg_repo_tags_done(&tags);
	snprintf(out->why, sizeof(out->why), "there is no tag before this commit (%.12s)%s", id,
		 any ? "" : ", and none at all here");
	snprintf(
		out->mend, sizeof(out->mend),
		"'git fetch --tags%s' brings tags that are not here; where none was ever made, tag "
		"the version to compare with, or name it: --baseline VERSION",
		rg_repo_is_shallow(repo) ? " --unshallow" : "");
}

static int find_previous_tag(const struct rg_reference_query *query, const struct rg_repo *repo,
			     struct rg_reference *out, struct rg_err *err)
{
	char id[RG_REPO_ID_MAX], tagged[RG_REPO_ID_MAX], *name = NULL;
	struct rg_err failure = {0};
	int rc = reference_own_commit(query, repo, id, err);

	if (rc)
		return rc;
	rc = rg_repo_previous_tag(repo, id, query->dirty, &name, tagged, &failure);
	if (rc == RG_ENOTFOUND) {
		tell_no_tag(repo, id, out);
		return 0;
	}
	if (rc)
		return rg_err_set(err, rc, "%s", failure.text);
	rc = reference_set(out, name, tagged, err);
	snprintf(out->note, sizeof(out->note), "the tag before %.12s is %.150s (%.12s)", id, name,
		 tagged);
	free(name);
	return rc ? rc : reference_fetch(query, out->version.key, out->version.label, out, err);
}

/* --- merge-base: ---------------------------------------------------------------------------- */

/* Its name at its origin, or NULL for what is no plain name: it is said in a command that people paste. */
static const char *branch_at_origin(const char *branch)
{
	static const char *const prefixes[] = {"refs/remotes/origin/", "refs/heads/", "origin/"};
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "._/-";

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(branch, prefixes[i], len) == 0) {
			branch += len;
			break;
		}
	}
	return *branch && *branch != '-' && branch[strspn(branch, plain)] == '\0' ? branch : NULL;
}

/* Clones of one branch, as CI makes them, have no other one, however deep they are. */
static int fail_no_branch(const struct rg_repo *repo, const char *branch,
			  const struct rg_err *failure, struct rg_err *err)
{
	const char *name = branch_at_origin(branch);

	if (failure->code != RG_ENOTFOUND || !name)
		return rg_err_set(err, failure->code, "%s", failure->text);
	return rg_err_set(err, RG_ENOTFOUND,
			  "%.600s; if it is a branch of origin, 'git fetch %sorigin "
			  "+refs/heads/%.200s:refs/remotes/origin/%.200s' brings it",
			  failure->text, rg_repo_is_shallow(repo) ? "--unshallow " : "", name,
			  name);
}

static int resolve_branch(const struct rg_repo *repo, const char *branch, char id[RG_REPO_ID_MAX],
			  struct rg_err *err)
{
	struct rg_err failure = {0};
	char *remote = NULL;
	int rc;

	if (!*branch)
		return rg_err_set(err, RG_EUSAGE,
				  "baseline: merge-base: of what? say merge-base:main");
	/* The message is about the name as it was given. */
	if (rg_repo_resolve(repo, branch, id, &failure) == 0)
		return 0;
	if (asprintf(&remote, "refs/remotes/origin/%s", branch) < 0)
		return rg_err_nomem(err, "baseline");
	rc = rg_repo_resolve(repo, remote, id, NULL);
	free(remote);
	return rc ? fail_no_branch(repo, branch, &failure, err) : 0;
}

static const struct rg_store_run *run_of(const struct rg_store_list *list, const char *version)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->runs[i].version, version) == 0)
			return &list->runs[i];
	}
	return NULL;
}

enum { LABEL_MAX = 128 };

/* A walk from a commit along first parents. */
struct walk {
	const struct rg_repo *repo;
	char at[RG_REPO_ID_MAX];
	unsigned int steps;
	/* Of the commit where it begins: its tag, else the beginning of its id; and both, where there are both. */
	char label[LABEL_MAX], title[LABEL_MAX + 16];
};

/* That tags cannot be read is no reason to find nothing: a commit can be called by its id. */
static void name_beginning(struct walk *walk)
{
	char *tag = NULL;

	snprintf(walk->label, sizeof(walk->label), "%.12s", walk->at);
	snprintf(walk->title, sizeof(walk->title), "%.12s", walk->at);
	if (rg_repo_tag_of(walk->repo, walk->at, &tag, NULL) || !tag)
		return;
	if (strlen(tag) < LABEL_MAX && rg_text_is_safe(tag, strlen(tag))) {
		snprintf(walk->label, sizeof(walk->label), "%s", tag);
		snprintf(walk->title, sizeof(walk->title), "%s (%.12s)", tag, walk->at);
	}
	free(tag);
}

/* 1: there is none before. */
static int step_back(struct walk *walk, struct rg_err *err)
{
	char parent[RG_REPO_ID_MAX];
	struct rg_err failure = {0};
	int rc = rg_repo_first_parent(walk->repo, walk->at, parent, &failure);

	if (rc == RG_ENOTFOUND)
		return 1;
	if (rc)
		return rg_err_set(err, rc, "%s", failure.text);
	memcpy(walk->at, parent, sizeof(walk->at));
	walk->steps++;
	return 0;
}

static void note_found(struct rg_reference *out, const struct rg_store_run *run,
		       const struct walk *walk, const char *branch)
{
	if (walk->steps == 0)
		snprintf(out->note, sizeof(out->note),
			 "the merge base with %.150s is %.150s (%.12s)", branch, run->label,
			 run->version);
	else
		snprintf(out->note, sizeof(out->note),
			 "%.100s (%.12s) is %u commit%s before %s, the merge base with %.100s",
			 run->label, run->version, walk->steps, walk->steps == 1 ? "" : "s",
			 walk->title, branch);
}

static void tell_no_run(const struct walk *walk, const char *branch, struct rg_reference *out)
{
	char before[48];

	if (walk->steps > 1)
		snprintf(before, sizeof(before), "one of the %u commits", walk->steps);
	else
		snprintf(before, sizeof(before), "%s commit", walk->steps ? "the" : "a");
	snprintf(out->why, sizeof(out->why),
		 "neither %s, the merge base with %.150s, nor %s before it has a stored run",
		 walk->title, branch, before);
}

static int walk_back(struct walk *walk, const struct rg_store_list *list, const char *branch,
		     struct rg_reference *out, struct rg_err *err)
{
	const struct rg_store_run *run = NULL;
	int rc = 0;

	walk->steps = 0;
	while (list->count && !(run = run_of(list, walk->at)) && rc == 0 &&
	       walk->steps < RG_REPO_LINE_MAX)
		rc = step_back(walk, err);
	if (rc < 0)
		return rc;
	if (list->count == 0) {
		snprintf(out->why, sizeof(out->why), "no run is stored");
		return 0;
	}
	if (!run) {
		tell_no_run(walk, branch, out);
		return 0;
	}
	note_found(out, run, walk, branch);
	return reference_set(out, run->label, run->version, err);
}

static int begin_walk(const struct rg_reference_query *query, const char *branch, struct walk *walk,
		      struct rg_reference *out, struct rg_err *err)
{
	char own[RG_REPO_ID_MAX], tip[RG_REPO_ID_MAX];
	int rc = reference_own_commit(query, walk->repo, own, err);

	if (!rc)
		rc = resolve_branch(walk->repo, branch, tip, err);
	if (!rc)
		rc = rg_repo_merge_base(walk->repo, own, tip, walk->at, err);
	/* On the branch itself, what was there before this commit. */
	if (!rc && !query->dirty && strcmp(walk->at, own) == 0)
		rc = step_back(walk, err);
	if (!rc)
		name_beginning(walk);
	if (rc != 1)
		return rc;
	snprintf(out->why, sizeof(out->why), "%.12s is the first commit of %.150s", own, branch);
	snprintf(out->mend, sizeof(out->mend),
		 "nothing is before it to compare with: name a version, --baseline VERSION");
	return 1;
}

static int set_merge_base(const struct walk *walk, const char *branch, struct rg_reference *out,
			  struct rg_err *err)
{
	snprintf(out->note, sizeof(out->note), "%s is %s %.150s", walk->title,
		 walk->steps ? "the commit before this one on" : "the merge base with", branch);
	return reference_set(out, walk->label, walk->at, err);
}

static int find_merge_base(const struct rg_reference_query *query, const struct rg_repo *repo,
			   struct rg_reference *out, struct rg_err *err)
{
	const char *branch = query->name + strlen(merge_base_prefix);
	struct walk walk = {.repo = repo};
	struct rg_store_list list;
	int rc = begin_walk(query, branch, &walk, out, err);

	if (rc)
		return rc == 1 ? 0 : rc;
	if (query->commit_only)
		return set_merge_base(&walk, branch, out, err);
	rc = reference_fetch(query, walk.at, branch, out, err);
	if (!rc && !out->fetched.failed)
		rc = reference_fetch(query, NULL, "all versions", out, err);
	if (!rc)
		rc = reference_list(query, &list, err);
	if (rc)
		return rc;
	rc = walk_back(&walk, &list, branch, out, err);
	rg_store_list_done(&list);
	return rc;
}

int reference_find_in_history(const struct rg_reference_query *query, struct rg_reference *out,
			      struct rg_err *err)
{
	struct rg_repo *repo;
	int rc = rg_repo_open(".", &repo, err);

	if (rc)
		return rc;
	rc = strcmp(query->name, previous_tag) == 0 ? find_previous_tag(query, repo, out, err)
						    : find_merge_base(query, repo, out, err);
	rg_repo_free(repo);
	return rc;
}
