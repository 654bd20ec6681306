/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_COMMENT_H
#define RG_MODEL_COMMENT_H

#include <stdbool.h>
#include <stddef.h>

struct rg_buf;
struct rg_err;
struct rg_profile_builder;
struct rg_slice;

/*
 * Provenance as pprof comments: "regress-gate/1 key=value" a fact, and the slices, run-length
 * coded, as "regress-gate/1 slices=N*WALL_NS,…", in as many comments as their length needs. Slices
 * whose account or work is known are "N*WALL_NS:THREAD_NS:CPU_NS:RUNQ_NS:BLOCKED_NS", with ":WORK_MILLI"
 * behind it when there was any. The number is the version of this form; a reader refuses a greater one.
 */
#define RG_COMMENT_PREFIX "regress-gate/1 "

/* Whether a fact may have this key: [a-z0-9_.]+, at most 64 bytes, and not "slices". */
bool rg_comment_key_ok(const char *key);

/*
 * Takes the fact or the slices a comment holds; comments of other tools are passed over.
 * Errors: RG_EFORMAT, RG_ELIMIT, RG_ENOMEM.
 */
int rg_comment_read(struct rg_profile_builder *builder, const char *comment, struct rg_err *err);

/* Whether the comment holds slices. */
bool rg_comment_is_slices(const char *comment);

/* Appends the comment for as many slices as fit in one, and returns their number. */
size_t rg_comment_add_slices(struct rg_buf *buf, const struct rg_slice *slices, size_t count);

#endif
