/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git_incoming.h"

#include "folder.h"
#include "oserr.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char prefix[] = "incoming-";

/* No fetch takes so long; a bare repository is not so deep. */
enum { OLD_S = 3600, DEPTH_MAX = 16 };

/* --- Removing ------------------------------------------------------------------------------- */

struct removal {
	int fd, depth;
};

static void remove_tree(int parent, const char *name, int depth);

static bool remove_entry(void *ctx, const char *name)
{
	const struct removal *removal = ctx;

	if (unlinkat(removal->fd, name, 0) && (errno == EISDIR || errno == EPERM))
		remove_tree(removal->fd, name, removal->depth + 1);
	return true;
}

/* By descriptors: a link planted there leads nowhere. */
static void remove_tree(int parent, const char *name, int depth)
{
	struct removal removal = {.fd = folder_open_at(parent, name, false), .depth = depth};

	if (removal.fd < 0)
		return;
	if (depth < DEPTH_MAX)
		folder_each(removal.fd, remove_entry, &removal);
	close(removal.fd);
	unlinkat(parent, name, AT_REMOVEDIR);
}

static bool remove_old(void *ctx, const char *name)
{
	const struct gs_session *session = ctx;
	struct stat st;

	if (strncmp(name, prefix, strlen(prefix)) != 0)
		return true;
	if (!fstatat(session->root, name, &st, AT_SYMLINK_NOFOLLOW) &&
	    time(NULL) - st.st_mtim.tv_sec > OLD_S)
		remove_tree(session->root, name, 0);
	return true;
}

void gs_incoming_sweep(const struct gs_session *session)
{
	struct gs_session copy = *session;

	folder_each(session->root, remove_old, &copy);
}

/* --- Making --------------------------------------------------------------------------------- */

static int make_name(struct gs_incoming *incoming)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -errno;
	snprintf(incoming->name, sizeof(incoming->name), "%s%016" PRIx64, prefix, random);
	return 0;
}

/* libgit2 sees packs that come only where there is a place for them when it opens the repository. */
static int make_packs(const struct gs_store *store, int fd, struct rg_err *err)
{
	if (!mkdirat(fd, "objects/pack", 0700))
		return 0;
	return os_fail(err, errno, "store: fetch into", store->path);
}

static int make(const struct gs_session *session, struct gs_incoming *incoming, struct rg_err *err)
{
	int fd, rc = make_name(incoming);

	if (!rc && mkdirat(session->root, incoming->name, 0700))
		rc = -errno;
	fd = rc ? rc : folder_open_at(session->root, incoming->name, false);
	if (fd < 0)
		return os_fail(err, -fd, "store: fetch into", session->store->path);
	if (asprintf(&incoming->store.path, "%s/%s", session->store->path, incoming->name) < 0) {
		incoming->store.path = NULL;
		rc = rg_err_nomem(err, "store");
	} else {
		rc = gs_create(&incoming->store, fd, err);
		if (!rc)
			rc = make_packs(session->store, fd, err);
	}
	close(fd);
	return rc;
}

int gs_incoming_make(const struct gs_store *store, struct gs_incoming *out, struct rg_err *err)
{
	struct gs_incoming incoming = {0};
	struct gs_session session;
	int rc = gs_session_write(&session, store, true, err);

	if (!rc) {
		gs_incoming_sweep(&session);
		rc = make(&session, &incoming, err);
	}
	gs_session_end(&session);
	if (rc)
		gs_incoming_done(store, &incoming);
	else
		*out = incoming;
	return rc;
}

void gs_incoming_done(const struct gs_store *store, struct gs_incoming *incoming)
{
	struct gs_session session;

	if (incoming->name[0]) {
		if (!gs_session_write(&session, store, false, NULL))
			remove_tree(session.root, incoming->name, 0);
		gs_session_end(&session);
	}
	free(incoming->store.path);
	*incoming = (struct gs_incoming){0};
}
