/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"
#include "io.h"
#include "key.h"
#include "list.h"
#include "run.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A walk through the levels of the store; `part` and `place` are filled down to `level`. */
struct walk {
	const struct dir_store *store;
	const char *want[DIR_LEVELS]; /* NULL: all */
	struct dir_place place;
	char part[DIR_LEVELS][DIR_NAME_MAX]; /* the key's members */
	int level, fd;                       /* the directory being read, and how deep it lies */
	struct rg_store_list *out;
	struct rg_err *err;
	int rc; /* what ended the walk */
};

static bool walk_level(struct walk *walk);

static bool damaged(struct walk *walk, const char *name, const char *reason)
{
	char path[DIR_PATH_MAX];
	struct rg_err text = {0};

	dir_path(path, walk->store, &walk->place, walk->level, name);
	rg_err_set(&text, RG_EFORMAT, "'%.800s': %s", path, reason);
	walk->rc = list_damaged(walk->out, text.text, walk->err);
	return walk->rc == 0;
}

static bool fail(struct walk *walk, int code, const char *text)
{
	walk->rc = rg_err_set(walk->err, code, "store: list: %s", text);
	return false;
}

/* What another process removed between the look at its name and the look at it was never there. */
static bool directory_failed(struct walk *walk, const char *name, int error)
{
	switch (error) {
	case ENOENT:
		return true;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return fail(walk, error == ENOMEM ? RG_ENOMEM : RG_EIO, strerror(error));
	case ENOTDIR:
	case ELOOP:
		return damaged(walk, name, "does not belong here: it is not a directory");
	default:
		return damaged(walk, name, strerror(error));
	}
}

static bool name_ok(struct walk *walk, const char *name)
{
	static bool (*const ok[DIR_LEVELS])(const char *) = {key_scenario_ok, key_version_ok,
							     key_arch_ok};
	char *part = walk->part[walk->level];

	return !dir_name_unescape(name, part) && ok[walk->level](part);
}

static bool visit_directory(struct walk *walk, const char *name)
{
	const int above = walk->fd, level = walk->level;
	bool go_on;
	int fd;

	if (!name_ok(walk, name))
		return damaged(walk, name, "does not belong here");
	if (walk->want[level] && strcmp(walk->want[level], walk->part[level]) != 0)
		return true;
	fd = folder_open_at(above, name, false);
	if (fd < 0)
		return directory_failed(walk, name, -fd);
	memcpy(walk->place.name[level], name, strlen(name) + 1);
	walk->fd = fd;
	walk->level = level + 1;
	go_on = walk_level(walk);
	walk->fd = above;
	walk->level = level;
	close(fd);
	return go_on;
}

/* Whether the profile is there and has its size; its bytes are checked when they are read. */
static bool profile_ok(const struct walk *walk, const struct rg_store_run *run)
{
	char name[RUN_FILE_MAX];
	struct stat st;

	run_file_name(name, run->id, RUN_PROFILE_SUFFIX);
	if (fstatat(walk->fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return false;
	return st.st_size >= 0 && (uint64_t)st.st_size == run->bytes;
}

static bool still_there(const struct walk *walk, const char *name)
{
	struct stat st;

	return !fstatat(walk->fd, name, &st, AT_SYMLINK_NOFOLLOW);
}

/* A run that is being removed loses its manifest first: without one there is nothing to report. */
static bool take_run(struct walk *walk, const char *name, struct rg_store_run *run)
{
	if (!profile_ok(walk, run)) {
		if (!still_there(walk, name))
			return true;
		return damaged(walk, name, "its profile is missing or not of the size it names");
	}
	walk->rc = list_take(walk->out, run, walk->err);
	return walk->rc == 0;
}

static bool visit_manifest(struct walk *walk, const char *name)
{
	const struct rg_store_key key = {walk->part[0], walk->part[1], walk->part[2]};
	struct rg_store_run run = {0};
	struct rg_err reason = {0};
	char id[RG_STORE_ID_MAX];
	bool go_on;
	int rc;

	run_file_id(id, name);
	rc = dir_read_manifest(walk->fd, &key, id, &run, &reason);
	if (rc == RG_ENOTFOUND)
		return true;
	if (rc == RG_ENOMEM)
		return fail(walk, rc, reason.text);
	if (rc)
		return damaged(walk, name, reason.text);
	go_on = take_run(walk, name, &run);
	rg_store_run_done(&run);
	return go_on;
}

static bool visit_file(struct walk *walk, const char *name)
{
	if (run_file_is(name, RUN_MANIFEST_SUFFIX))
		return visit_manifest(walk, name);
	/* Profiles without a manifest and unfinished files are no runs (yet). */
	if (run_file_is(name, RUN_PROFILE_SUFFIX) ||
	    !strncmp(name, IO_TEMP_PREFIX, strlen(IO_TEMP_PREFIX)))
		return true;
	return damaged(walk, name, "does not belong here");
}

static bool visit(void *ctx, const char *name)
{
	struct walk *walk = ctx;

	if (walk->level == DIR_LEVELS)
		return visit_file(walk, name);
	return visit_directory(walk, name);
}

static bool walk_level(struct walk *walk)
{
	int rc = folder_each(walk->fd, visit, walk);

	if (rc && !walk->rc) {
		char path[DIR_PATH_MAX];

		dir_path(path, walk->store, &walk->place, walk->level, NULL);
		walk->rc = rg_err_set(walk->err, RG_EIO, "store: list '%.800s': %s", path,
				      strerror(-rc));
	}
	return walk->rc == 0;
}

int dir_list(void *impl, const struct rg_store_key *key, struct rg_store_list *out,
	     struct rg_err *err)
{
	const struct dir_store *store = impl;
	struct walk walk = {
		.store = store,
		.want = {key->scenario, key->version, key->arch},
		.out = out,
		.err = err,
	};
	int root = folder_open(store->root, false);

	if (root == -ENOENT)
		return 0;
	if (root < 0)
		return dir_fail(store, NULL, NULL, "store: list", root, err);
	walk.fd = root;
	walk_level(&walk);
	close(root);
	return walk.rc;
}
