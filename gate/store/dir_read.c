/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "io.h"
#include "manifest.h"
#include "oserr.h"
#include "run.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int fail(int error, struct rg_err *err)
{
	switch (-error) {
	case EISDIR:
	case EINVAL:
	case ELOOP:
		return rg_err_set(err, RG_EFORMAT, "is not a regular file");
	case EFBIG:
		return rg_err_set(err, RG_ELIMIT, "is larger than what may be read");
	default:
		return rg_err_set(err, os_code(-error), "%s", strerror(-error));
	}
}

static int read_file(int dir, const char *name, size_t max_bytes, struct rg_buf *out,
		     struct rg_err *err)
{
	struct stat st;
	int fd = io_open_regular(dir, name, O_NOFOLLOW, &st);
	int rc;

	if (fd < 0)
		return fail(fd, err);
	rc = io_read_all(fd, max_bytes, out);
	close(fd);
	return rc ? fail(rc, err) : 0;
}

int dir_read_manifest(int fd, const struct rg_store_key *key, const char *id,
		      struct rg_store_run *run, struct rg_err *err)
{
	struct rg_store_run found = {0};
	char name[RUN_FILE_MAX];
	struct rg_buf text;
	int rc;

	run_file_name(name, id, RUN_MANIFEST_SUFFIX);
	rg_buf_init(&text, MANIFEST_MAX_BYTES);
	rc = read_file(fd, name, MANIFEST_MAX_BYTES, &text, err);
	if (!rc)
		rc = manifest_read(text.data ? text.data : "", text.len, &found, err);
	rg_buf_done(&text);
	if (!rc)
		rc = run_check_place(&found, key, id, err);
	if (rc) {
		rg_store_run_done(&found);
		return rc;
	}
	*run = found;
	return 0;
}

int dir_read_profile(int fd, const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err)
{
	const size_t before = out->len;
	char name[RUN_FILE_MAX];
	int rc;

	run_file_name(name, run->id, RUN_PROFILE_SUFFIX);
	rc = read_file(fd, name, out->max - before, out, err);
	if (rc)
		return rc;
	rc = run_check_bytes(run, out->data ? out->data + before : "", out->len - before, err);
	if (rc)
		rg_buf_cut(out, before);
	return rc;
}
