/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_PLUMBING_H
#define RG_ENGINE_PLUMBING_H

#include "rg/err.h"
#include "rg/policy.h"
#include "rg/profile.h"

#include <stdbool.h>

struct rg_arena;

/* Who answers for a wait: a frame of the application; plumbing and the kernel only pass it on. */
enum rg_frame_kind {
	RG_FRAME_KIND_APPLICATION = 0,
	RG_FRAME_KIND_PLUMBING,
	RG_FRAME_KIND_KERNEL,
	RG_FRAME_KIND_CUT, /* stands for the frames that are missing at the root */
};

/*
 * The kind of each frame of the profile, into the arena: by its module; and by its name, for what is
 * linked into the program itself. RG_ENOMEM.
 */
int rg_plumbing_kinds(const struct rg_profile *profile, const struct rg_policy_list *patterns,
		      struct rg_arena *arena, enum rg_frame_kind **out, struct rg_err *err);

/*
 * A C library's function by its name alone, whatever alias the symbol table has for it:
 * "__pthread_mutex_lock" and "__GI___libc_read@@GLIBC_2.2.5" are "pthread_mutex_lock" and "read". The
 * name's bytes [*at, *at + the result).
 */
size_t rg_plumbing_bare_name(const char *function, const char **at);

/* Of a canonical name: code of the kernel, which no version of a program brings along. */
bool rg_module_is_kernel(const char *name);

#endif
