/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DIR_H
#define DIR_H

#include "rg/store.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The directory backend:
 *
 *	ROOT/<scenario>/<escaped version>/<arch>/<sha256>.pb.gz   the profile
 *	                                         <sha256>.json    its manifest
 *
 * A run exists when its manifest does: the manifest is written last and removed first. Files appear
 * by rename, whole and synced. Writers exclude each other by a lock on ROOT; readers need none.
 * Below ROOT no symbolic link is followed.
 */

enum {
	DIR_LEVELS = 3,     /* scenario, version, architecture */
	DIR_NAME_MAX = 256, /* NAME_MAX of Linux's file systems, and NUL */
	DIR_FILE_MAX = 80,  /* "<sha256>.pb.gz" and NUL */
	DIR_PATH_MAX = 1024 /* of paths in messages, which are cut */
};

#define DIR_PROFILE_SUFFIX  ".pb.gz"
#define DIR_MANIFEST_SUFFIX ".json"

struct dir_store {
	char *root;
};

/* The directory of a key, as names below ROOT. */
struct dir_place {
	char name[DIR_LEVELS][DIR_NAME_MAX];
};

/* --- dir_name.c ----------------------------------------------------------------------------- */

/*
 * A version as a file name: '/' and whatever is not in the alphabet of keys as %XX, and a leading
 * dot too. RG_ELIMIT when it does not fit.
 */
int dir_name_escape(const char *version, char out[DIR_NAME_MAX]);
/* The version a name stands for; RG_EFORMAT when dir_name_escape() would not have made it. */
int dir_name_unescape(const char *name, char out[DIR_NAME_MAX]);

/* RG_EUSAGE when the version is too long for a file name. */
int dir_place_of(const struct rg_store_key *key, struct dir_place *place, struct rg_err *err);
void dir_file_name(char out[DIR_FILE_MAX], const char *id, const char *suffix);
/* Whether `name` is 64 hex digits and then `suffix`. */
bool dir_file_is(const char *name, const char *suffix);

/* --- dir_open.c ----------------------------------------------------------------------------- */

/*
 * Each returns a descriptor or a negative errno. With `create`, missing directories are made (0700,
 * synced, given back to the sudo user).
 */
int dir_open_root(const struct dir_store *store, bool create);
int dir_open_at(int parent, const char *name, bool create);
/* The directory `levels` names below root. */
int dir_open_place(int root, const struct dir_place *place, int levels, bool create);

/*
 * Records "store: ACTION 'PATH': reason" for a negative errno. `place` and `file` may be NULL; `levels`
 * of place's names are shown.
 */
int dir_fail(const struct dir_store *store, const struct dir_place *place, const char *file,
	     const char *action, int error, struct rg_err *err);
void dir_path(char out[DIR_PATH_MAX], const struct dir_store *store, const struct dir_place *place,
	      int levels, const char *file);

/* Calls visit for every name but "." and "..", until it returns false. 0 or a negative errno. */
int dir_each(int fd, bool (*visit)(void *ctx, const char *name), void *ctx);

/* --- dir_lock.c ----------------------------------------------------------------------------- */

/*
 * Excludes other writers until the descriptor is closed. -ETIMEDOUT when another holds the lock for
 * longer than a write can take. Where the file system has no locks, 0: put is safe against put
 * by its renames alone; only put against remove of the same run is not.
 */
int dir_lock(int root);

/* --- dir_read.c ----------------------------------------------------------------------------- */

/* The manifest in the directory `fd`, checked against its place and name. */
int dir_read_manifest(int fd, const struct rg_store_key *key, const char *id,
		      struct rg_store_run *run, struct rg_err *err);
/*
 * Appends the profile's bytes, checked against size and id. RG_ENOTFOUND, RG_EFORMAT, RG_ELIMIT …; the
 * text does not name the file.
 */
int dir_read_profile(int fd, const struct rg_store_run *run, struct rg_buf *out,
		     struct rg_err *err);

/* --- dir_sweep.c ---------------------------------------------------------------------------- */

/* Removes what writers that were killed left in a place's directory. Does what it can. */
void dir_sweep(int fd);

/* --- The backend's functions, one file each -------------------------------------------------- */

int dir_put(void *impl, const struct rg_store_key *key, const char *label, const void *bytes,
	    size_t len, struct rg_store_run *run, bool *created, struct rg_err *err);
int dir_list(void *impl, const struct rg_store_key *key, struct rg_store_list *out,
	     struct rg_err *err);
int dir_get(void *impl, const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err);
int dir_remove(void *impl, const struct rg_store_run *run, struct rg_err *err);

#endif
