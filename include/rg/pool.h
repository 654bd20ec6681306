/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_POOL_H
#define RG_POOL_H

struct rg_err;
struct rg_profile;

/*
 * What many runs of one program have in common, held once: texts, modules, frames and stacks. A profile
 * in a pool has all of the pool's, of which its samples refer to its own, and its samples packed; a set
 * of hundreds takes a tenth of the memory of as many profiles.
 */
struct rg_profile_pool;

struct rg_profile_pool *rg_profile_pool_new(void);
/* After the profiles in it. */
void rg_profile_pool_free(struct rg_profile_pool *pool);

/*
 * *out says what `profile` says, and keeps nothing of it. What getters return of a profile in the pool is
 * valid until the next is added. RG_ENOMEM, or RG_ELIMIT when the pool holds 2^32 - 1 of something.
 */
int rg_profile_pool_add(struct rg_profile_pool *pool, const struct rg_profile *profile,
			struct rg_profile **out, struct rg_err *err);

#endif
