/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_MESSAGE_H
#define RG_MODEL_PPROF_MESSAGE_H

struct rg_buf;
struct rg_err;
struct rg_profile;

/*
 * Appends the profile, which measures something, as a Profile message, not yet deflated.
 * Errors: RG_ENOMEM, RG_ELIMIT.
 */
int rg_pprof_message(const struct rg_profile *profile, struct rg_buf *message, struct rg_err *err);

#endif
