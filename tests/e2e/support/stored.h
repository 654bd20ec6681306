/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_E2E_SUPPORT_STORED_H
#define TESTS_E2E_SUPPORT_STORED_H

/* Runs that are stored, and profiles that are checked against them. */

#include "e2e.h"
#include "repo.h"
#include "selves.h"

static inline void put(struct e2e *e, const char *version, const char *file)
{
	E2E_RG(e, "baseline", "put", version, e2e_path(e, "%s", file));
	e2e_assert_status(e, 0);
}

/* p.pb.gz against that revision. */
static inline int check(struct e2e *e, const char *revision)
{
	return E2E_RG(e, "check", "--baseline", revision, "--canary", e2e_path(e, "p.pb.gz"));
}

/* The repository "r" with a run of v1.4, which p.pb.gz is as well. */
static inline void setup_stored(struct e2e *e)
{
	e2e_repo(e);
	e2e_make_profile(e, "p.pb.gz", steady);
	put(e, "v1.4", "p.pb.gz");
}

static inline void put_base(struct e2e *e, const char *version, const struct e2e_self *selves)
{
	e2e_make_profile(e, "base.pb.gz", selves);
	put(e, version, "base.pb.gz");
}

/* --canary with that profile against v1.4. */
static inline void check_file(struct e2e *e, const struct e2e_self *canary)
{
	e2e_make_profile(e, "canary.pb.gz", canary);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"));
}

#endif
