/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_RUNS_H
#define CMD_RUNS_H

#include "rg/diff.h"
#include "rg/store.h"

#include <stdbool.h>
#include <stddef.h>

struct rg_err;
struct rg_profile;
struct rg_profile_pool;

/* Profiles that are read and kept for a comparison. Zero-initialise. */
struct rg_run_set {
	struct rg_profile **profiles;
	char (*ids)[RG_STORE_ID_MAX]; /* as the store has them; "": not known */
	size_t count, profile_cap, id_cap;
	struct rg_profile_pool
		*pool; /* that runs of folders and stores are in; NULL: there are none */
	bool named;    /* of files, too: as 'baseline put' would name them, which takes time */
};

/* Takes the profile. `id` may be NULL. */
int rg_run_set_add(struct rg_run_set *set, struct rg_profile *profile, const char *id,
		   struct rg_err *err);
/* The same profile in the set's pool; it is still to be added. RG_ENOMEM, RG_ELIMIT. */
int rg_run_set_pool(struct rg_run_set *set, const struct rg_profile *profile,
		    struct rg_profile **out, struct rg_err *err);
/* Reads a profile file; sample_type as in rg/formats.h, or NULL. */
int rg_run_set_add_file(struct rg_run_set *set, const char *path, const char *sample_type,
			struct rg_err *err);
/* The same of a file, or of every file of a folder, in the order of their names: hidden ones and folders left out.
 * Runs of a folder are kept reduced (rg_profile_reduce()) and in a pool, so that hundreds fit into memory. */
int rg_run_set_add_path(struct rg_run_set *set, const char *path, const char *sample_type,
			struct rg_err *err);
/* Reads every run stored under a key; none is no error. A damaged one is RG_EFORMAT: a baseline that has lost a run
 * must not be judged by as if it were whole. */
int rg_run_set_add_stored(struct rg_run_set *set, struct rg_store *store,
			  const struct rg_store_key *key, struct rg_err *err);
void rg_run_set_done(struct rg_run_set *set);
/* For rg_diff_judge(). */
struct rg_runs rg_run_set_runs(const struct rg_run_set *set);

/*
 * Reads one file of any form that rg/formats.h reads. Unless `stored` is NULL, the bytes to store are
 * appended to it: a pprof file's own, else the profile written as one.
 */
int rg_profile_read_file(const char *path, const char *sample_type, struct rg_profile **out,
			 struct rg_buf *stored, struct rg_err *err);

/* Reads a file that is to be added to the set: `id` is "" unless the set wants to know it. */
int rg_run_set_read(const struct rg_run_set *set, const char *path, const char *sample_type,
		    struct rg_profile **out, char id[RG_STORE_ID_MAX], struct rg_err *err);

/* Nothing was seen in it: no samples, or of what does not count these no CPU time. A comparison with it decides nothing. */
bool rg_run_is_empty(const struct rg_profile *profile);

/* The architecture runs of this machine are kept under. */
const char *rg_run_arch(char arch[65]);

#endif
