/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_H
#define RUN_H

#include "rg/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A run, whatever keeps it. */

/* The system's clock, ns since the epoch. */
uint64_t run_now_ns(void);

/* What is to be stored, as of now. On error nothing is left to free. */
int run_make(const struct rg_store_key *key, const char *label, const void *bytes, size_t len,
	     struct rg_store_run *run, struct rg_err *err);

/*
 * RG_EFORMAT when a manifest is not that of the key and id under which it was found, or the bytes are
 * not those its run is named by. The texts name no file.
 */
int run_check_place(const struct rg_store_run *run, const struct rg_store_key *key, const char *id,
		    struct rg_err *err);
int run_check_bytes(const struct rg_store_run *run, const void *bytes, size_t len,
		    struct rg_err *err);

/* A run's files: "<sha256>.json" and "<sha256>.pb.gz". */
enum { RUN_FILE_MAX = 80 }; /* a name and NUL */

#define RUN_PROFILE_SUFFIX  ".pb.gz"
#define RUN_MANIFEST_SUFFIX ".json"

void run_file_name(char out[RUN_FILE_MAX], const char *id, const char *suffix);
/* Whether `name` is 64 hex digits and then `suffix`. */
bool run_file_is(const char *name, const char *suffix);
/* The id in a name that run_file_is() accepts. */
void run_file_id(char out[RG_STORE_ID_MAX], const char *name);

#endif
