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
	DIR_PATH_MAX = 1024 /* of paths in messages, which are cut */
};

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

/* --- dir_open.c ----------------------------------------------------------------------------- */

/* The directory `levels` names below root: a descriptor or a negative errno. */
int dir_open_place(int root, const struct dir_place *place, int levels, bool create);

/*
 * Records "store: ACTION 'PATH': reason" for a negative errno. `place` and `file` may be NULL; `levels`
 * of place's names are shown.
 */
int dir_fail(const struct dir_store *store, const struct dir_place *place, const char *file,
	     const char *action, int error, struct rg_err *err);
/* A run's place, and the root of the store it is in: a descriptor to be closed. */
int dir_open_for(const struct dir_store *store, const struct rg_store_run *run,
		 struct dir_place *place, int *root, struct rg_err *err);
void dir_path(char out[DIR_PATH_MAX], const struct dir_store *store, const struct dir_place *place,
	      int levels, const char *file);

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
void dir_sweep_place(int fd);

/* --- The backend's functions, one file each -------------------------------------------------- */

int dir_put(void *impl, const struct rg_store_key *key, const char *label, const void *bytes,
	    size_t len, struct rg_store_run *run, bool *created, struct rg_err *err);
int dir_list(void *impl, const struct rg_store_key *key, struct rg_store_list *out,
	     struct rg_err *err);
int dir_get(void *impl, const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err);
int dir_remove(void *impl, const struct rg_store_run *run, struct rg_err *err);
int dir_sweep(void *impl, struct rg_err *err);

#endif
