/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_FACTS_H
#define CAPTURE_FACTS_H

#include <stdint.h>

struct rg_err;
struct rg_profile_builder;
struct rg_session;

/* What entering a session's samples counted. */
struct rg_session_tally {
	uint64_t samples, named; /* those whose leaf has a name */
	uint64_t unmapped;       /* frames in no mapping */
};

/* Adds what is known of how a profile was taken, when its window has ended. Returns 0 or as the builder does. */
int rg_session_facts(const struct rg_session *session, const struct rg_session_tally *tally,
		     struct rg_profile_builder *builder, struct rg_err *err);

#endif
