/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_incoming.h"
#include "git_needed.h"

#include "folder.h"
#include "oserr.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* No writer is at work for this long, also where there is no lock that would say so. */
enum { OLD_S = 3600 };

/* A walk through the files of objects/. */
struct files {
	const struct gs_needed *needed;
	int fd;         /* the directory being read */
	char prefix[3]; /* its two digits; "" in objects/ itself */
	time_t now;
};

/* What libgit2 and git call an object while they write it. */
static bool is_unfinished(const char *name)
{
	return !strncmp(name, "tmp_obj", strlen("tmp_obj"));
}

static bool is_superfluous(const struct files *files, const char *name)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;

	if (is_unfinished(name))
		return true;
	if (!files->prefix[0] || strlen(name) != GIT_OID_HEXSZ - 2)
		return false;
	snprintf(hex, sizeof(hex), "%.2s%s", files->prefix, name);
	return !git_oid_fromstr(&id, hex) && !gs_needed_has(files->needed, &id);
}

static bool is_old(const struct files *files, const char *name)
{
	struct stat st;

	if (fstatat(files->fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return false;
	return files->now - st.st_mtim.tv_sec > OLD_S;
}

static bool sweep_file(void *ctx, const char *name)
{
	const struct files *files = ctx;

	if (is_superfluous(files, name) && is_old(files, name))
		unlinkat(files->fd, name, 0);
	return true;
}

static bool sweep_folder(void *ctx, const char *name)
{
	const struct files *above = ctx;
	struct files files = *above;

	if (strlen(name) != 2 || strspn(name, "0123456789abcdef") != 2)
		return true;
	memcpy(files.prefix, name, sizeof(files.prefix));
	files.fd = folder_open_at(above->fd, name, false);
	if (files.fd < 0)
		return true;
	folder_each(files.fd, sweep_file, &files);
	close(files.fd);
	return true;
}

static int sweep_objects(const struct gs_session *session, const struct gs_needed *needed,
			 struct rg_err *err)
{
	struct files files = {
		.needed = needed,
		.fd = folder_open_at(session->root, "objects", false),
		.now = time(NULL),
	};
	int rc = files.fd < 0 ? files.fd : folder_each(files.fd, sweep_file, &files);

	if (!rc)
		rc = folder_each(files.fd, sweep_folder, &files);
	if (files.fd >= 0)
		close(files.fd);
	return rc ? os_fail(err, -rc, "store: sweep", session->store->path) : 0;
}

static int sweep(const struct gs_session *session, struct rg_err *err)
{
	struct gs_needed needed = {0};
	int rc = gs_needed_collect(session, &needed, err);

	gs_incoming_sweep(session);
	if (!rc)
		rc = sweep_objects(session, &needed, err);
	gs_needed_done(&needed);
	return rc;
}

int gs_sweep(void *impl, struct rg_err *err)
{
	struct rg_err failure = {0};
	struct gs_session session;
	int rc = gs_session_write(&session, impl, false, &failure);

	if (rc == RG_ENOTFOUND)
		rc = 0;
	else if (rc)
		rg_err_set(err, rc, "%s", failure.text);
	else if (session.repo)
		rc = sweep(&session, err);
	gs_session_end(&session);
	return rc;
}
