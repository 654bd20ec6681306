/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_STORE_H
#define GIT_STORE_H

#include "actor.h"
#include "run.h"

#include "rg/store.h"

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The git backend: a bare repository of its own.
 *
 *	refs/regress-gate/<scenario>/<version>/<arch>   of each key, its members escaped
 *	  -> commit -> tree -> <sha256>.json            of each run, its manifest
 *	                       <sha256>.pb.gz           and its profile
 *
 * The reference is what makes a run exist: objects are written and synced first, then the reference is
 * swapped if it is still what the new tree was made from. The commits have no parents: a history would
 * keep removed runs alive for ever, and says nothing that the manifests do not.
 *
 * Writers exclude each other by a lock on the directory, which the system lets go of when a writer
 * dies; readers need none. What a killed writer leaves is objects that nothing refers to, swept when
 * they are old, and a reference's ".lock", which the next writer of that reference breaks.
 *
 * (Names begin with gs_, for git_ is libgit2's.)
 *
 * A repository is a store when its configuration says regress-gate.store: another's is refused, for
 * sweeping it would remove objects.
 */

enum {
	GS_NAME_MAX = 251,     /* NAME_MAX of Linux's file systems less ".lock", and NUL */
	GS_REF_MAX = 800,      /* a reference's name and NUL */
	GS_OBJECT_TEXT = 1024, /* a run's file as git names it, in messages, which are cut */
};

#define GS_REFS "refs/regress-gate/"

struct rg_remote;

struct gs_store {
	char *path;
};

/* The store, opened for one operation. */
struct gs_session {
	const struct gs_store *store;
	int root;             /* the directory */
	git_repository *repo; /* NULL while nothing was ever stored */
	git_odb *odb;
	bool writing; /* holds the lock and acts as the owner */
	struct actor actor;
};

/* --- git_open.c ----------------------------------------------------------------------------- */

/* RG_ENOTFOUND when there is no such directory. End with gs_session_end(), which also takes a session that failed. */
int gs_session_read(struct gs_session *session, const struct gs_store *store, struct rg_err *err);
/* With `create`, what is missing is made. */
int gs_session_write(struct gs_session *session, const struct gs_store *store, bool create,
		     struct rg_err *err);
void gs_session_end(struct gs_session *session);

/* --- git_create.c --------------------------------------------------------------------------- */

/*
 * Makes a repository in the directory, or completes what a writer that was killed began. RG_EUSAGE when other things are
 * in it. Needs the lock.
 */
int gs_create(const struct gs_store *store, int root, struct rg_err *err);
/* Whether it was made: HEAD is written last. */
bool gs_created(int root);

/* --- git_fail.c ----------------------------------------------------------------------------- */

/*
 * What libgit2 says of its last failure, and what code that is: RG_ENOMEM, RG_EPRIVILEGE or RG_EIO
 * where the system refused, else RG_EFORMAT.
 */
const char *gs_reason(int *code);
/* Records "store: ACTION 'OBJECT' in 'PATH': reason". */
int gs_fail(const struct gs_store *store, const char *action, const char *object,
	    struct rg_err *err);
/* The same with a reason of our own. */
int gs_refuse(const struct gs_store *store, const char *action, const char *object, int code,
	      const char *reason, struct rg_err *err);

/* --- git_name.c ----------------------------------------------------------------------------- */

/* RG_EUSAGE when the key is too long for a file name. */
int gs_ref_name(const struct rg_store_key *key, char out[GS_REF_MAX], struct rg_err *err);

/* A reference's members, from its name: `part` may be given to a key. */
struct gs_parts {
	char part[3][GS_NAME_MAX];
};
/* One name below GS_REFS, at `level` 0 to 2. RG_EFORMAT when no key makes it. */
int gs_part_parse(const char *name, int level, struct gs_parts *parts);
/* A reference's whole name. */
int gs_ref_parse(const char *ref, struct gs_parts *parts);
/* "REF:NAME", as git names a file of a commit. Returns out. */
const char *gs_object_text(char out[GS_OBJECT_TEXT], const char *ref, const char *name);

/* --- git_tree.c ----------------------------------------------------------------------------- */

/* What a reference stands for. */
struct gs_state {
	bool exists;
	git_oid commit;
	git_tree *tree; /* NULL when it does not exist */
};

/*
 * Reads a reference; one that is swapped meanwhile is read again. RG_OK with !exists when there is
 * none. The text of a failure names nothing.
 */
int gs_state_read(const struct gs_session *session, const char *ref, struct gs_state *state,
		  struct rg_err *err);
void gs_state_done(struct gs_state *state);
/* Whether the reference is no longer what was read. */
bool gs_state_changed(const struct gs_session *session, const char *ref,
		      const struct gs_state *state);

/* The manifest of a run in the tree, checked against its key and name; the profile is there and of its size. */
int gs_read_run(const struct gs_session *session, const git_tree *tree,
		const struct rg_store_key *key, const char *id, struct rg_store_run *run,
		struct rg_err *err);
/* Whether the run of that profile's name has its manifest in the tree. */
bool gs_has_manifest(const git_tree *tree, const char *profile);
/* Appends the profile's bytes, checked. RG_ENOTFOUND when the tree has none. */
int gs_read_profile(const struct gs_session *session, const git_tree *tree,
		    const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err);
/*
 * Whether the run is in the tree (NULL: it is not), readable and whole; then *found is it. A damaged one counts as
 * absent, and is mended by being written again.
 */
bool gs_find_whole(const struct gs_session *session, const git_tree *tree,
		   const struct rg_store_key *key, const char *id, size_t max_bytes,
		   struct rg_store_run *found);

/* --- git_loose.c ---------------------------------------------------------------------------- */

/*
 * Whether libgit2 may be given an object: it holds at most max_bytes, and a loose one is whole. RG_ELIMIT,
 * RG_EFORMAT …; the text does not name it.
 */
int gs_check_object(const struct gs_session *session, const git_oid *id, size_t max_bytes,
		    struct rg_err *err);
/* Removes an object's file if it cannot be read, so that it can be written again: what is there is
 * never replaced. Whether it was removed. */
bool gs_drop_damaged(const struct gs_session *session, const git_oid *id);

/* --- git_object.c --------------------------------------------------------------------------- */

/* Writes and syncs a blob. One that is there and cannot be read is replaced. */
int gs_write_blob(const struct gs_session *session, const void *bytes, size_t len, git_oid *id,
		  struct rg_err *err);
/* The same of any type: the bytes must be those of one. */
int gs_write_object(const struct gs_session *session, const void *bytes, size_t len,
		    git_object_t type, git_oid *id, struct rg_err *err);
/* Returns what libgit2 does. */
int gs_write_tree(const struct gs_session *session, git_treebuilder *builder, git_oid *id);
/* Writes a commit of the tree, without parents. */
int gs_write_commit(const struct gs_session *session, const git_oid *tree, const char *ref,
		    git_oid *id, struct rg_err *err);
/* After the last object, before the reference: directories that libgit2 made and did not sync. */
int gs_sync_objects(const struct gs_session *session, struct rg_err *err);

/* --- git_swap.c ----------------------------------------------------------------------------- */

/*
 * Makes the reference stand for `target` (NULL: removes it) if it still is what was read, durably.
 * Returns 1 when it is not. Locks that dead writers left are broken.
 */
int gs_swap(const struct gs_session *session, const char *ref, const struct gs_state *expected,
	    const git_oid *target, struct rg_err *err);

/* --- git_refs.c ----------------------------------------------------------------------------- */

/*
 * Calls visit for each reference of the store that matches the key (NULL members match all), loose ones also when
 * they are damaged, and `damaged` with "'FILE': reason" for what does not belong there. Until one returns an error.
 */
struct gs_refs_visitor {
	int (*visit)(void *ctx, const char *ref, const struct gs_parts *parts);
	int (*damaged)(void *ctx, const char *text);
	void *ctx;
};
int gs_refs_each(const struct gs_session *session, const struct rg_store_key *key,
		 const struct gs_refs_visitor *visitor, struct rg_err *err);

/* --- git_merge.c ---------------------------------------------------------------------------- */

struct rg_remote_result;

/*
 * Adds the runs that a reference has in another repository, untrusted, and not here: `result` counts them, and what
 * there cannot be read.  When both have the same
 * runs then, both have the same commit.
 */
int gs_merge(const struct gs_session *to, const struct gs_session *from, const char *ref,
	     const struct gs_parts *parts, struct rg_remote_result *result, struct rg_err *err);

/* --- The backend's functions, one file each -------------------------------------------------- */

int gs_put(void *impl, const struct rg_store_key *key, const char *label, const void *bytes,
	   size_t len, struct rg_store_run *run, bool *created, struct rg_err *err);
int gs_list(void *impl, const struct rg_store_key *key, struct rg_store_list *out,
	    struct rg_err *err);
int gs_get(void *impl, const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err);
int gs_remove(void *impl, const struct rg_store_run *run, struct rg_err *err);
int gs_remove_all(void *impl, const struct rg_store_run *runs, size_t count, struct rg_err *err);
int gs_sweep(void *impl, struct rg_err *err);
int gs_purge(void *impl, const struct rg_store_key *key,
	     void (*purged)(void *ctx, const char *what), void *ctx, struct rg_err *err);
int gs_fetch(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	     struct rg_remote_result *result, struct rg_err *err);
int gs_push(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	    struct rg_remote_result *result, struct rg_err *err);
int gs_edit(void *impl, const struct rg_remote *remote, const struct rg_store_key *key,
	    int (*edit)(void *ctx, struct rg_store *copy, struct rg_err *err), void *ctx,
	    struct rg_remote_result *result, struct rg_err *err);

#endif
