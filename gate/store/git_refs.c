/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "folder.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Loose references are looked for here: libgit2's iterator leaves out, without a word, those that it
 * cannot read. Packed ones come from the iterator.
 */

enum { LEVELS = 3 }; /* scenario, version, architecture */

struct walk {
	const struct gs_session *session;
	const char *want[LEVELS]; /* NULL: all */
	const struct gs_refs_visitor *visitor;
	struct gs_parts parts;
	char ref[GS_REF_MAX];
	int level, fd; /* the directory being read, and how deep it lies */
	struct rg_err *err;
	int rc; /* what ended the walk */
};

static bool walk_level(struct walk *walk);

static bool damaged(struct walk *walk, const char *ref, const char *reason)
{
	struct rg_err text = {0};

	rg_err_set(&text, RG_EFORMAT, "'%.400s/%.400s': %s", walk->session->store->path, ref,
		   reason);
	walk->rc = walk->visitor->damaged(walk->visitor->ctx, text.text);
	return walk->rc == 0;
}

static bool visit(struct walk *walk, const char *ref, const struct gs_parts *parts)
{
	walk->rc = walk->visitor->visit(walk->visitor->ctx, ref, parts);
	return walk->rc == 0;
}

static bool wanted(const struct walk *walk, const struct gs_parts *parts, int level)
{
	return !walk->want[level] || !strcmp(walk->want[level], parts->part[level]);
}

static bool enter(struct walk *walk, const char *name)
{
	const int above = walk->fd, level = walk->level;
	bool go_on;

	walk->fd = folder_open_at(above, name, false);
	if (walk->fd < 0) {
		const int error = -walk->fd;

		walk->fd = above;
		return error == ENOENT || damaged(walk, walk->ref, strerror(error));
	}
	walk->level = level + 1;
	go_on = walk_level(walk);
	close(walk->fd);
	walk->fd = above;
	walk->level = level;
	return go_on;
}

static bool is_lock(const char *name)
{
	const size_t len = strlen(name);

	return len > 5 && !strcmp(name + len - 5, ".lock");
}

static bool visit_found(struct walk *walk, const char *name)
{
	const bool last = walk->level == LEVELS - 1;
	struct stat st;

	if (fstatat(walk->fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT || damaged(walk, walk->ref, strerror(errno));
	if (S_ISREG(st.st_mode) && is_lock(name))
		return true;
	if (gs_part_parse(name, walk->level, &walk->parts))
		return damaged(walk, walk->ref, "does not belong here");
	if (!wanted(walk, &walk->parts, walk->level))
		return true;
	if (last ? !S_ISREG(st.st_mode) : !S_ISDIR(st.st_mode))
		return damaged(walk, walk->ref,
			       last ? "does not belong here: it is not a file"
				    : "does not belong here: it is not a directory");
	return last ? visit(walk, walk->ref, &walk->parts) : enter(walk, name);
}

static bool visit_name(void *ctx, const char *name)
{
	struct walk *walk = ctx;
	const size_t len = strlen(walk->ref);
	bool go_on;

	if (len + strlen(name) + 2 > sizeof(walk->ref))
		return damaged(walk, walk->ref, "holds a name that is too long");
	snprintf(walk->ref + len, sizeof(walk->ref) - len, "%s%s", walk->level ? "/" : "", name);
	go_on = visit_found(walk, name);
	walk->ref[len] = '\0';
	return go_on;
}

static bool walk_level(struct walk *walk)
{
	int rc = folder_each(walk->fd, visit_name, walk);

	if (rc && !walk->rc)
		walk->rc = rg_err_set(walk->err, RG_EIO, "store: list '%.400s/%.400s': %s",
				      walk->session->store->path, walk->ref, strerror(-rc));
	return walk->rc == 0;
}

static int walk_loose(struct walk *walk)
{
	walk->fd = folder_open_at(walk->session->root, GS_REFS, false);
	if (walk->fd == -ENOENT)
		return 0;
	snprintf(walk->ref, sizeof(walk->ref), "%s", GS_REFS);
	if (walk->fd < 0)
		return rg_err_set(walk->err, RG_EIO, "store: list '%.400s/%s': %s",
				  walk->session->store->path, GS_REFS, strerror(-walk->fd));
	walk_level(walk);
	close(walk->fd);
	return walk->rc;
}

/* Whether there is a file of that reference: then it was, or will be, found as a loose one. */
static bool is_loose(const struct walk *walk, const char *ref)
{
	struct stat st;

	return !fstatat(walk->session->root, ref, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode);
}

static bool visit_packed(struct walk *walk, const char *ref)
{
	struct gs_parts parts = {0};

	if (is_loose(walk, ref))
		return true;
	if (gs_ref_parse(ref, &parts))
		return damaged(walk, ref, "does not belong here");
	for (int level = 0; level < LEVELS; level++) {
		if (!wanted(walk, &parts, level))
			return true;
	}
	return visit(walk, ref, &parts);
}

static int fail_packed(struct walk *walk)
{
	return gs_fail(walk->session->store, "list", GS_REFS, walk->err);
}

static int walk_packed(struct walk *walk)
{
	git_reference_iterator *names = NULL;
	const char *ref;
	int rc = git_reference_iterator_glob_new(&names, walk->session->repo, GS_REFS "*");

	if (rc)
		return fail_packed(walk);
	while (!(rc = git_reference_next_name(&ref, names))) {
		if (!visit_packed(walk, ref))
			break;
	}
	git_reference_iterator_free(names);
	if (walk->rc)
		return walk->rc;
	return rc == GIT_ITEROVER ? 0 : fail_packed(walk);
}

int gs_refs_each(const struct gs_session *session, const struct rg_store_key *key,
		 const struct gs_refs_visitor *visitor, struct rg_err *err)
{
	struct walk walk = {
		.session = session,
		.want = {key->scenario, key->version, key->arch},
		.visitor = visitor,
		.err = err,
	};
	int rc = walk_loose(&walk);

	return rc ? rc : walk_packed(&walk);
}
