/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "folder.h"
#include "oserr.h"

#include "rg/err.h"
#include "rg/units.h"

#include <errno.h>
#include <fcntl.h>
#include <git2/sys/repository.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * A ".lock" that is there while this process holds the directory's lock was left by a writer that was killed, or is a git
 * program's at work on the store, which takes it for an instant. One that stays the same file for
 * STALE_MS is the former: git itself gives up after 100 ms (core.filesRefLockTimeout) and leaves it
 * to its user.
 */
enum { STALE_MS = 300, WAIT_MS = 30000, STEP_MS = 5 };

enum { LOCKS = 2 };

/* The locks that may be in the way, as they were seen first. */
struct watch {
	char path[LOCKS][GS_REF_MAX + 8]; /* of the reference, of the packed references */
	struct stat seen[LOCKS];
	int since_ms[LOCKS];
	int waited_ms;
};

static int check_unchanged(git_repository *repo, const char *ref, const struct gs_state *expected)
{
	git_oid now;
	int rc = git_reference_name_to_id(&now, repo, ref);

	if (rc == GIT_ENOTFOUND)
		return expected->exists ? GIT_EMODIFIED : 0;
	if (rc)
		return rc;
	if (!expected->exists || !git_oid_equal(&now, &expected->commit))
		return GIT_EMODIFIED;
	return 0;
}

static int swap_locked(git_repository *repo, git_transaction *transaction, const char *ref,
		       const struct gs_state *expected, const git_oid *target)
{
	git_signature *nobody = NULL;
	int rc = check_unchanged(repo, ref, expected);

	if (rc)
		return rc;
	if (!target) {
		rc = git_transaction_remove(transaction, ref);
	} else {
		/* For a log that is not kept; without one the user's configuration would be asked. */
		rc = git_signature_new(&nobody, "regress-gate", "regress-gate@localhost", 0, 0);
		if (!rc)
			rc = git_transaction_set_target(transaction, ref, target, nobody, NULL);
		git_signature_free(nobody);
	}
	return rc ? rc : git_transaction_commit(transaction);
}

/* The reference is read and written under its own lock, which the git program respects as well. */
static int try_swap(git_repository *repo, const char *ref, const struct gs_state *expected,
		    const git_oid *target)
{
	git_transaction *transaction = NULL;
	int rc = git_transaction_new(&transaction, repo);

	if (rc)
		return rc;
	rc = git_transaction_lock_ref(transaction, ref);
	if (!rc)
		rc = swap_locked(repo, transaction, ref, expected, target);
	git_transaction_free(transaction);
	return rc;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void look_at(struct watch *watch, int lock, int root)
{
	struct stat st = {0};

	if (fstatat(root, watch->path[lock], &st, AT_SYMLINK_NOFOLLOW)) {
		watch->seen[lock] = (struct stat){0};
		return;
	}
	if (!same_file(&st, &watch->seen[lock])) {
		watch->seen[lock] = st;
		watch->since_ms[lock] = watch->waited_ms;
		return;
	}
	if (watch->waited_ms - watch->since_ms[lock] >= STALE_MS)
		unlinkat(root, watch->path[lock], 0);
}

/* Writers that wait for one lock do not come back together. */
static void nap(struct watch *watch)
{
	struct timespec now = {0}, nap = {0};
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = STEP_MS + (now.tv_nsec / 1000 + getpid()) % (2L * STEP_MS);
	nap.tv_nsec = ms * (long)RG_NS_PER_MS;
	nanosleep(&nap, NULL);
	watch->waited_ms += (int)ms;
}

/*
 * After a removal that found the packed references locked, libgit2 takes the reference for removed from
 * them; it would remove the loose one then, and the older packed one would be back.
 */
static int forget_packed(git_repository *repo)
{
	git_refdb *fresh = NULL;
	int rc = git_refdb_open(&fresh, repo);

	if (!rc)
		rc = git_repository_set_refdb(repo, fresh);
	git_refdb_free(fresh);
	return rc;
}

static int wait_and_swap(const struct gs_session *session, const char *ref,
			 const struct gs_state *expected, const git_oid *target)
{
	struct watch watch = {.path = {"", "packed-refs.lock"}};
	int rc;

	snprintf(watch.path[0], sizeof(watch.path[0]), "%s.lock", ref);
	do {
		rc = try_swap(session->repo, ref, expected, target);
		if (rc != GIT_ELOCKED)
			return rc;
		for (int lock = 0; lock < LOCKS; lock++)
			look_at(&watch, lock, session->root);
		nap(&watch);
		if (forget_packed(session->repo))
			return -1;
	} while (watch.waited_ms < WAIT_MS);
	return rc;
}

/* Cuts a path back to the directory it lies in; NULL at the last. */
static char *parent_of(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	return slash;
}

/* The directories down to the reference, which may be new. */
static int sync_above(int root, const char *ref)
{
	char path[GS_REF_MAX];

	snprintf(path, sizeof(path), "%s", ref);
	while (parent_of(path)) {
		int fd = folder_open_at(root, path, false);
		int rc = fd < 0 ? fd : folder_sync(fd);

		if (fd >= 0)
			close(fd);
		if (rc && rc != -ENOENT)
			return rc;
	}
	return 0;
}

/* Removes the key's directories as far as they are empty; that one is not is no failure. */
static void remove_empty(int root, const char *ref)
{
	char path[GS_REF_MAX];

	snprintf(path, sizeof(path), "%s", ref);
	while (parent_of(path) && strlen(path) + 1 >= strlen(GS_REFS)) {
		if (unlinkat(root, path, AT_REMOVEDIR))
			return;
	}
}

int gs_swap(const struct gs_session *session, const char *ref, const struct gs_state *expected,
	    const git_oid *target, struct rg_err *err)
{
	int rc = wait_and_swap(session, ref, expected, target);

	if (rc == GIT_EMODIFIED)
		return 1;
	if (rc)
		return gs_fail(session->store, "write", ref, err);
	/* libgit2 syncs the directory of a reference that it writes. */
	if (expected->exists && target)
		return 0;
	if (!target)
		remove_empty(session->root, ref);
	rc = sync_above(session->root, ref);
	return rc ? os_fail(err, -rc, "store: sync the references of", session->store->path) : 0;
}
