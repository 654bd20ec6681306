/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "folder.h"
#include "io.h"
#include "manifest.h"
#include "run.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* One put at work: `fd` is the key's directory, `run` what is to be stored. */
struct put {
	const struct dir_store *store;
	const struct rg_store_key *key;
	struct dir_place place;
	struct rg_store_run run;
	const void *bytes;
	int fd;
};

/*
 * Whether the run is there, readable and whole; then *found is it. A damaged one counts as absent,
 * and is mended by being written again.
 */
static bool find_whole(const struct put *put, struct rg_store_run *found)
{
	struct rg_store_run run = {0};
	struct rg_buf bytes;
	int rc;

	if (dir_read_manifest(put->fd, put->key, put->run.id, &run, NULL))
		return false;
	rg_buf_init(&bytes, put->run.bytes);
	rc = dir_read_profile(put->fd, &run, &bytes, NULL);
	rg_buf_done(&bytes);
	if (rc) {
		rg_store_run_done(&run);
		return false;
	}
	*found = run;
	return true;
}

static int write_file(const struct put *put, const char *suffix, const void *bytes, size_t len,
		      struct rg_err *err)
{
	char name[RUN_FILE_MAX];
	int rc;

	run_file_name(name, put->run.id, suffix);
	rc = io_replace(put->fd, name, bytes, len, 0600);
	if (rc)
		return dir_fail(put->store, &put->place, name, "store: write", rc, err);
	return 0;
}

static int write_manifest(const struct put *put, struct rg_err *err)
{
	struct rg_buf text;
	int rc;

	rg_buf_init(&text, MANIFEST_MAX_BYTES);
	rc = manifest_write(&put->run, &text, err);
	if (!rc)
		rc = write_file(put, RUN_MANIFEST_SUFFIX, text.data, text.len, err);
	rg_buf_done(&text);
	return rc;
}

/* Frees the space of a profile whose manifest could not be written, unless there is an older one. */
static void withdraw_profile(const struct put *put)
{
	char name[RUN_FILE_MAX];
	struct stat st;

	run_file_name(name, put->run.id, RUN_MANIFEST_SUFFIX);
	if (!fstatat(put->fd, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	run_file_name(name, put->run.id, RUN_PROFILE_SUFFIX);
	unlinkat(put->fd, name, 0);
}

/* The profile is durable before the manifest says that it is there. */
static int write_run(const struct put *put, struct rg_err *err)
{
	int rc = write_file(put, RUN_PROFILE_SUFFIX, put->bytes, put->run.bytes, err);

	if (rc)
		return rc;
	rc = write_manifest(put, err);
	if (rc)
		withdraw_profile(put);
	return rc;
}

static int put_in_place(struct put *put, bool *created, struct rg_err *err)
{
	struct rg_store_run found = {0};
	int rc;

	dir_sweep_place(put->fd);
	if (find_whole(put, &found)) {
		rg_store_run_done(&put->run);
		put->run = found;
		*created = false;
		return 0;
	}
	rc = write_run(put, err);
	if (!rc)
		*created = true;
	return rc;
}

static int put_below(struct put *put, int root, bool *created, struct rg_err *err)
{
	int rc = folder_lock(root);

	if (rc)
		return dir_fail(put->store, NULL, NULL, "store: lock", rc, err);
	put->fd = dir_open_place(root, &put->place, DIR_LEVELS, true);
	if (put->fd < 0)
		return dir_fail(put->store, &put->place, NULL, "store: create", put->fd, err);
	rc = put_in_place(put, created, err);
	close(put->fd);
	return rc;
}

static int put_run(struct put *put, bool *created, struct rg_err *err)
{
	int root = folder_open(put->store->root, true);
	int rc;

	if (root < 0)
		return dir_fail(put->store, NULL, NULL, "store: create", root, err);
	rc = put_below(put, root, created, err);
	close(root);
	return rc;
}

int dir_put(void *impl, const struct rg_store_key *key, const char *label, const void *bytes,
	    size_t len, struct rg_store_run *run, bool *created, struct rg_err *err)
{
	struct put put = {.store = impl, .key = key, .bytes = bytes, .fd = -1};
	int rc = dir_place_of(key, &put.place, err);

	if (!rc)
		rc = run_make(key, label, bytes, len, &put.run, err);
	if (!rc)
		rc = put_run(&put, created, err);
	if (rc) {
		rg_store_run_done(&put.run);
		return rc;
	}
	*run = put.run;
	return 0;
}
