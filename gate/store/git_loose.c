/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "io.h"
#include "oserr.h"

#include "rg/err.h"
#include "rg/repo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * libgit2 1.5 waits for ever for the rest of a loose object that was cut short, and takes what memory
 * an object says it needs. So each is read through once before libgit2 sees it.
 */

static void path_of(const git_oid *id, char path[GIT_OID_HEXSZ + 16])
{
	char hex[GIT_OID_HEXSZ + 1];

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, GIT_OID_HEXSZ + 16, "objects/%.2s/%s", hex, hex + 2);
}

/* What it says that it will be; that it is not more libgit2 sees to. */
static int check_packed(const struct gs_session *session, const git_oid *id, size_t max_bytes,
			struct rg_err *err)
{
	git_object_t type;
	size_t size = 0;

	/* It is nowhere, then, or damaged: libgit2 will say. */
	if (git_odb_read_header(&size, &type, session->odb, id))
		return 0;
	if (size > max_bytes)
		return rg_err_set(err, RG_ELIMIT, "is larger than what may be read");
	return 0;
}

int gs_check_object(const struct gs_session *session, const git_oid *id, size_t max_bytes,
		    struct rg_err *err)
{
	char path[GIT_OID_HEXSZ + 16];
	struct stat st;
	int fd, rc;

	path_of(id, path);
	fd = io_open_regular(session->root, path, 0, &st);
	if (fd == -ENOENT)
		return check_packed(session, id, max_bytes, err);
	if (fd < 0)
		return rg_err_set(err, os_code(-fd), "%s", strerror(-fd));
	rc = rg_repo_check_loose(fd, max_bytes, err);
	close(fd);
	return rc;
}

/* Memory or descriptors that ran out say nothing of the object, which other runs may need. */
static bool is_damaged(const struct gs_session *session, const git_oid *id)
{
	git_odb_object *object = NULL;
	int code = gs_check_object(session, id, SIZE_MAX / 2, NULL);

	if (code)
		return code == RG_EFORMAT;
	if (git_odb_read(&object, session->odb, id)) {
		gs_reason(&code);
		return code == RG_EFORMAT;
	}
	git_odb_object_free(object);
	return false;
}

bool gs_drop_damaged(const struct gs_session *session, const git_oid *id)
{
	char path[GIT_OID_HEXSZ + 16];

	if (!git_odb_exists(session->odb, id) || !is_damaged(session, id))
		return false;
	path_of(id, path);
	unlinkat(session->root, path, 0);
	git_odb_refresh(session->odb);
	return true;
}
