/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ACCOUNT_H
#define CAPTURE_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_profile_builder;
struct rg_session;
struct rg_times;

/*
 * The account of a window: what the target's threads did with their time, by two ways that know nothing of each other
 * (the scheduler's own books, and the switches that were seen), and how far they agree.
 */

/* The times of the window's slices, *count of them; free them. *times is NULL when waits were not followed. */
int rg_account_slices(const struct rg_session *session, struct rg_times **times, size_t *count,
		      struct rg_err *err);
/* Enters the facts (RG_KEY_ACCOUNT_…, RG_KEY_OFF_CPU_…, RG_KEY_LOST_WAITS); samples: those on the CPU. */
int rg_account_facts(const struct rg_session *session, const struct rg_times *times, size_t count,
		     uint64_t samples, struct rg_profile_builder *builder, struct rg_err *err);

#endif
