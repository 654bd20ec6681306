/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SCOPE_H
#define CAPTURE_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

struct rg_capture_options;
struct rg_err;
struct rg_pids;
struct rg_sampler_target;

/* What the options mean by the target, where it is more than processes by their numbers. */

/* As the kernel side is told. RG_ENOTFOUND, RG_EUSAGE: the cgroup. */
int rg_scope_find(const struct rg_capture_options *options, struct rg_sampler_target *out,
		  struct rg_err *err);
/* Whether nobody will become part of it any more, when all who were have ended. found: by rg_scope_find(). */
bool rg_scope_over(const struct rg_capture_options *options, const struct rg_sampler_target *found);
/* RG_ETARGET: nobody is the target; says what comes near. */
int rg_scope_nobody(const struct rg_capture_options *options, struct rg_err *err);
/*
 * Its processes as /proc has them now, this one aside; none is no error. RG_EUSAGE: no such process; RG_ENOMEM, RG_EIO.
 */
int rg_scope_members(const struct rg_capture_options *options, struct rg_pids *pids,
		     struct rg_err *err);
/* What was captured, for people: "pid 12, 13", "comm redis-server". */
void rg_scope_text(const struct rg_capture_options *options, char *text, size_t size);

#endif
