/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_E2E_SUPPORT_BRANCH_H
#define TESTS_E2E_SUPPORT_BRANCH_H

/* A repository with a branch, of whose versions baselines are chosen. */

#include "stored.h"

/* v1.3, v1.4 and v1.5 on main, and a branch of two commits off v1.4 that is checked out. */
static inline void setup(struct e2e *e)
{
	e2e_repo(e);
	e2e_git(e, "branch -M main");
	e2e_git(e, "checkout -q -b topic v1.4");
	e2e_git(e, "commit -q --allow-empty -m one");
	e2e_git(e, "commit -q --allow-empty -m two");
	e2e_make_profile(e, "p.pb.gz", steady);
	e2e_make_profile(e, "slow.pb.gz", grown);
}

#endif
