/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_needed.h"

#include "folder.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Eight million runs; a store of more is not swept rather than swept wrongly. */
enum { MAX_IDS = 1 << 24 };

struct collect {
	const struct gs_session *session;
	struct gs_needed needed;
	size_t cap;
	struct rg_err *err;
};

static int refuse(const struct collect *collect, const char *object, const char *reason)
{
	return gs_refuse(collect->session->store, "sweep", object, RG_EFORMAT, reason,
			 collect->err);
}

static int add_id(struct collect *collect, const git_oid *id)
{
	struct gs_needed *needed = &collect->needed;

	if (needed->count == MAX_IDS)
		return rg_err_set(collect->err, RG_ELIMIT, "store: sweep: more than %d objects",
				  MAX_IDS);
	if (RG_GROW(needed->ids, collect->cap, needed->count))
		return rg_err_nomem(collect->err, "store");
	needed->ids[needed->count++] = *id;
	return 0;
}

static int add_tree(struct collect *collect, const char *ref, const git_tree *tree)
{
	const size_t count = git_tree_entrycount(tree);
	int rc = add_id(collect, git_tree_id(tree));

	for (size_t i = 0; !rc && i < count; i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);

		if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
			return refuse(collect, ref, "it holds more than files: nothing was swept");
		rc = add_id(collect, git_tree_entry_id(entry));
	}
	return rc;
}

static bool has_parents(const struct gs_session *session, const git_oid *id)
{
	git_commit *commit = NULL;
	bool parents;

	if (git_commit_lookup(&commit, session->repo, id))
		return true;
	parents = git_commit_parentcount(commit) > 0;
	git_commit_free(commit);
	return parents;
}

static int visit(void *ctx, const char *ref, const struct gs_parts *parts)
{
	struct collect *collect = ctx;
	struct rg_err reason = {0};
	struct gs_state state = {0};
	int rc = gs_state_read(collect->session, ref, &state, &reason);

	(void)parts;
	if (rc)
		return refuse(collect, ref, reason.text);
	if (!state.exists)
		return 0;
	if (has_parents(collect->session, &state.commit))
		rc = refuse(collect, ref, "it has a history: nothing was swept");
	else
		rc = add_id(collect, &state.commit);
	if (!rc)
		rc = add_tree(collect, ref, state.tree);
	gs_state_done(&state);
	return rc;
}

static int damaged(void *ctx, const char *text)
{
	struct collect *collect = ctx;

	return rg_err_set(collect->err, RG_EFORMAT, "store: sweep: nothing was swept: %.900s",
			  text);
}

static bool nothing(void *ctx, const char *name)
{
	(void)name;
	*(bool *)ctx = false;
	return false;
}

/* Where the look goes through refs/. */
struct refs {
	int fd;
	bool own;
};

/* git makes folders that it then leaves empty. */
static bool is_own_folder(void *ctx, const char *name)
{
	struct refs *refs = ctx;
	int fd;

	if (!strcmp(name, "regress-gate"))
		return true;
	fd = folder_open_at(refs->fd, name, false);
	refs->own = fd >= 0 && !folder_each(fd, nothing, &refs->own) && refs->own;
	if (fd >= 0)
		close(fd);
	return refs->own;
}

static bool holds_own_folders(int root)
{
	struct refs refs = {.fd = folder_open_at(root, "refs", false), .own = true};
	int rc = refs.fd < 0 ? refs.fd : folder_each(refs.fd, is_own_folder, &refs);

	if (refs.fd >= 0)
		close(refs.fd);
	return !rc && refs.own;
}

static bool is_own_name(const char *ref)
{
	return !strncmp(ref, GS_REFS, strlen(GS_REFS));
}

/*
 * References that others made may need any object. libgit2's iterator does not tell of those it cannot
 * read: so there may be no file of any.
 */
static int refuse_foreign(const struct collect *collect)
{
	static const char reason[] = "it holds what is not the store's: nothing was swept";
	git_reference_iterator *names = NULL;
	const char *ref;
	int rc;

	if (!holds_own_folders(collect->session->root))
		return refuse(collect, "refs", reason);
	if (git_repository_head_unborn(collect->session->repo) != 1)
		return refuse(collect, "HEAD", reason);
	if (git_reference_iterator_new(&names, collect->session->repo))
		return gs_fail(collect->session->store, "sweep", "refs", collect->err);
	do
		rc = git_reference_next_name(&ref, names);
	while (!rc && is_own_name(ref));
	git_reference_iterator_free(names);
	return rc == GIT_ITEROVER ? 0 : refuse(collect, "packed-refs", reason);
}

static int compare(const void *left, const void *right)
{
	return git_oid_cmp(left, right);
}

int gs_needed_collect(const struct gs_session *session, struct gs_needed *out, struct rg_err *err)
{
	struct collect collect = {.session = session, .err = err};
	const struct gs_refs_visitor visitor = {visit, damaged, &collect};
	const struct rg_store_key all = {0};
	int rc = refuse_foreign(&collect);

	if (!rc)
		rc = gs_refs_each(session, &all, &visitor, err);
	if (rc) {
		gs_needed_done(&collect.needed);
		return rc;
	}
	if (collect.needed.count)
		qsort(collect.needed.ids, collect.needed.count, sizeof(git_oid), compare);
	*out = collect.needed;
	return 0;
}

bool gs_needed_has(const struct gs_needed *needed, const git_oid *id)
{
	return needed->count && bsearch(id, needed->ids, needed->count, sizeof(*id), compare);
}

void gs_needed_done(struct gs_needed *needed)
{
	free(needed->ids);
	*needed = (struct gs_needed){0};
}
