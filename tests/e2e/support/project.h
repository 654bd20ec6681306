/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_E2E_SUPPORT_PROJECT_H
#define TESTS_E2E_SUPPORT_PROJECT_H

/* A repository with a configuration, and two profiles to compare in which hash() doubles. */

#include "e2e.h"
#include "repo.h"
#include "samples.h"

/* hash doubles, from 20 % to 33 % of the samples. */
static const struct e2e_self before[] = {{"parse", 8000}, {"check", 8000}, {"hash", 8000},
					 {"print", 8000}, {"write", 8000}, {"", 0}};
static const struct e2e_self after[] = {{"parse", 8000}, {"check", 8000}, {"hash", 16000},
					{"print", 8000}, {"write", 8000}, {"", 0}};

/* The repository "r", whose "main" has this configuration; both profiles beside it. */
static inline void project(struct e2e *e, const char *config)
{
	e2e_repo(e);
	if (config) {
		e2e_write_text(e, "r/regress-gate.json", config);
		e2e_git(e, "add regress-gate.json");
		e2e_git(e, "commit -q -m configuration");
	}
	e2e_make_profile(e, "before.pb.gz", before);
	e2e_make_profile(e, "after.pb.gz", after);
}

/* `diff` of the two with these words. */
#define DIFF(e, ...) \
	E2E_RG(e, "diff", e2e_path(e, "before.pb.gz"), e2e_path(e, "after.pb.gz"), ##__VA_ARGS__)

#endif
