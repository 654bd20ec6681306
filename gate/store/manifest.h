/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "rg/store.h"

/*
 * A run's manifest: one JSON object.
 *
 *	schema     "regress-gate/run/1"
 *	scenario, version, arch   the key
 *	label      the version as the user named it
 *	sha256     of the profile's bytes
 *	bytes      of the profile
 *	stored_ns  when it was put, ns since the epoch
 *
 * Members of other names are ignored: later versions may add some.
 */
#define MANIFEST_SCHEMA "regress-gate/run/1"

enum { MANIFEST_MAX_BYTES = 1 << 14 };

/* Appends the manifest, a newline at its end. RG_ENOMEM or RG_ELIMIT. */
int manifest_write(const struct rg_store_run *run, struct rg_buf *out, struct rg_err *err);

/*
 * Reads untrusted bytes into *run, whose texts are then the caller's. RG_EFORMAT with a text that
 * says what is wrong (without naming the file), RG_ENOMEM.
 */
int manifest_read(const char *text, size_t len, struct rg_store_run *run, struct rg_err *err);

#endif
