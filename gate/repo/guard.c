/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard.h"

#include "alternates.h"

#include "rg/err.h"
#include "rg/repo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <git2/sys/odb_backend.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where newer ones than libgit2 1.7 declare git_error_set_str(). */
#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>
#endif

enum {
	/* libgit2 has 1 for loose objects and 2 for packs; who has more is asked first. */
	GUARD_PRIORITY = 1000,
	PACKS_MAX = ALTERNATES_MAX,
};

struct guard {
	git_odb_backend backend; /* first: libgit2 knows no more of it */
	uint64_t max_bytes;
	struct object_dirs dirs;
	git_odb_backend *packs[PACKS_MAX]; /* borrowed: they end together with the guard */
	size_t pack_count;
};

/* --- One object ----------------------------------------------------------------------------- */

static bool is_packed(const struct guard *guard, const git_oid *id)
{
	for (size_t i = 0; i < guard->pack_count; i++) {
		git_odb_backend *pack = guard->packs[i];

		if (pack->exists(pack, id))
			return true;
	}
	return false;
}

/* As GUARD_TOO_LARGE or GIT_ERROR; GIT_PASSTHROUGH would let the next one have it. */
static int refuse(const git_oid *id, const char *why, int as)
{
	char hex[GIT_OID_HEXSZ + 1], text[RG_ERR_TEXT_MAX];

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(text, sizeof(text), "object %s %.200s ('git fsck' tells what else is)", hex, why);
	git_error_set_str(GIT_ERROR_ODB, text);
	return as;
}

/* -1 when there is none or it may not be read, which libgit2 will say; *odd when it would block. */
static int open_loose(int objects, const git_oid *id, bool *odd)
{
	char hex[GIT_OID_HEXSZ + 1], path[GIT_OID_HEXSZ + 2];
	struct stat st;

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, sizeof(path), "%.2s/%s", hex, hex + 2);
	if (fstatat(objects, path, &st, 0))
		return -1;
	*odd = !S_ISREG(st.st_mode);
	return *odd ? -1 : openat(objects, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static int check_in(const struct guard *guard, int objects, const git_oid *id)
{
	struct rg_err err = {0};
	bool odd = false;
	int fd = open_loose(objects, id, &odd), rc;

	if (odd && !is_packed(guard, id))
		return refuse(id, "is not a regular file", GIT_ERROR);
	if (fd < 0)
		return GIT_PASSTHROUGH;
	rc = rg_repo_check_loose(fd, guard->max_bytes, &err);
	close(fd);
	if (!rc || is_packed(guard, id))
		return GIT_PASSTHROUGH;
	return refuse(id, err.text, rc == RG_ELIMIT ? GUARD_TOO_LARGE : GIT_ERROR);
}

static int check(const struct guard *guard, const git_oid *id)
{
	int rc = GIT_PASSTHROUGH;

	for (size_t i = 0; rc == GIT_PASSTHROUGH && i < guard->dirs.count; i++)
		rc = check_in(guard, guard->dirs.fd[i], id);
	return rc;
}

/* --- Objects that begin so ------------------------------------------------------------------ */

/* The name of a file in a folder of objects, as an id, when it begins so. */
static bool id_of(const char *folder, const char *name, const char *prefix, git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	if (strlen(name) != GIT_OID_HEXSZ - 2)
		return false;
	snprintf(hex, sizeof(hex), "%.2s%.38s", folder, name);
	return !strncmp(hex, prefix, strlen(prefix)) && !git_oid_fromstr(id, hex);
}

static int check_folder(const struct guard *guard, DIR *names, const char *folder,
			const char *prefix)
{
	const struct dirent *entry;
	int rc = GIT_PASSTHROUGH;

	while (rc == GIT_PASSTHROUGH && (entry = readdir(names))) {
		git_oid id;

		if (id_of(folder, entry->d_name, prefix, &id))
			rc = check(guard, &id);
	}
	return rc;
}

static int check_prefix(const struct guard *guard, int objects, const char *prefix)
{
	const char folder[] = {prefix[0], prefix[1], '\0'};
	int fd = openat(objects, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	DIR *names = fd < 0 ? NULL : fdopendir(fd);

	if (!names) {
		if (fd >= 0)
			close(fd);
		return GIT_PASSTHROUGH;
	}
	rc = check_folder(guard, names, folder, prefix);
	closedir(names);
	return rc;
}

/* --- As libgit2 asks ------------------------------------------------------------------------ */

static int on_read(void **bytes, size_t *len, git_object_t *type, git_odb_backend *backend,
		   const git_oid *id)
{
	(void)bytes;
	(void)len;
	(void)type;
	return check((const struct guard *)backend, id);
}

static int on_read_header(size_t *len, git_object_t *type, git_odb_backend *backend,
			  const git_oid *id)
{
	(void)len;
	(void)type;
	return check((const struct guard *)backend, id);
}

static int on_read_prefix(git_oid *found, void **bytes, size_t *len, git_object_t *type,
			  git_odb_backend *backend, const git_oid *begin, size_t digits)
{
	const struct guard *guard = (const struct guard *)backend;
	char prefix[GIT_OID_HEXSZ + 1];
	int rc = GIT_PASSTHROUGH;

	(void)found;
	(void)bytes;
	(void)len;
	(void)type;
	git_oid_tostr(prefix, sizeof(prefix), begin);
	if (digits < sizeof(prefix))
		prefix[digits] = '\0';
	for (size_t i = 0; rc == GIT_PASSTHROUGH && i < guard->dirs.count; i++)
		rc = check_prefix(guard, guard->dirs.fd[i], prefix);
	return rc;
}

static void on_free(git_odb_backend *backend)
{
	struct guard *guard = (struct guard *)backend;

	object_dirs_close(&guard->dirs);
	free(guard);
}

/* --- Installing ----------------------------------------------------------------------------- */

/* Only packs take packs in. They cannot be asked for later: libgit2 holds its lock while it asks us. */
static void note_packs(struct guard *guard, git_odb *odb)
{
	const size_t count = git_odb_num_backends(odb);

	for (size_t i = 0; i < count && guard->pack_count < PACKS_MAX; i++) {
		git_odb_backend *other;

		if (!git_odb_get_backend(&other, odb, i) && other->writepack && other->exists)
			guard->packs[guard->pack_count++] = other;
	}
}

static struct guard *guard_new(git_repository *repo, git_odb *odb, uint64_t max_bytes)
{
	struct guard *guard = calloc(1, sizeof(*guard));
	git_buf objects = {0};

	if (!guard)
		return NULL;
	if (git_odb_init_backend(&guard->backend, GIT_ODB_BACKEND_VERSION) ||
	    git_repository_item_path(&objects, repo, GIT_REPOSITORY_ITEM_OBJECTS)) {
		free(guard);
		return NULL;
	}
	guard->max_bytes = max_bytes;
	guard->backend.read = on_read;
	guard->backend.read_header = on_read_header;
	guard->backend.read_prefix = on_read_prefix;
	guard->backend.free = on_free;
	object_dirs_open(&guard->dirs, objects.ptr);
	git_buf_dispose(&objects);
	note_packs(guard, odb);
	return guard;
}

int guard_install(git_repository *repo, uint64_t max_bytes)
{
	struct guard *guard;
	git_odb *odb = NULL;
	int rc = git_repository_odb(&odb, repo);

	if (rc)
		return rc;
	guard = guard_new(repo, odb, max_bytes);
	if (guard) {
		rc = git_odb_add_backend(odb, &guard->backend, GUARD_PRIORITY);
		if (rc)
			on_free(&guard->backend);
	} else {
		git_error_set_str(GIT_ERROR_NOMEMORY, "out of memory");
		rc = GIT_ERROR;
	}
	git_odb_free(odb);
	return rc;
}
