/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_SAMPLES_H
#define E2E_SAMPLES_H

#include "e2e.h"

#include "rg/profile.h"

/* What a profile says, summed as a test asks for it. */

/* Reads a profile file of the scratch directory. It lives as long as the test. */
const struct rg_profile *e2e_profile(struct e2e *e, const char *name);

int64_t e2e_total(const struct rg_profile *profile, enum rg_value value);
/* Of samples whose leaf is this function. */
int64_t e2e_self(const struct rg_profile *profile, const char *function, enum rg_value value);
/* Of samples with this function anywhere on the stack. */
int64_t e2e_under(const struct rg_profile *profile, const char *function, enum rg_value value);
/* Of samples whose leaf lies in this module. */
int64_t e2e_in_module(const struct rg_profile *profile, const char *module, enum rg_value value);
int64_t e2e_of_thread(const struct rg_profile *profile, const char *thread, enum rg_value value);

/* The frame of that function that is the leaf of most samples, or NULL. */
const struct rg_frame *e2e_frame(const struct rg_profile *profile, const char *function);
const struct rg_module *e2e_module_of(const struct rg_profile *profile,
				      const struct rg_frame *frame);

/*
 * Asserts that this part of the profile's samples is `share` of them, within four standard errors of a
 * sample of that size and a point for what the program's own measure leaves out.
 */
void e2e_assert_share(const struct rg_profile *profile, const char *what, int64_t samples,
		      double share);

/* The same of these samples alone. */
void e2e_assert_part(const char *what, int64_t samples, int64_t of, double share);

/* Writes what was built to a file of the scratch directory, and frees the builder. */
void e2e_write_profile(struct e2e *e, const char *name, struct rg_profile_builder *builder);

/* Writes a profile with these self samples ("" ends the list) to the scratch directory. */
struct e2e_self {
	const char *function;
	int64_t samples;
};
void e2e_make_profile(struct e2e *e, const char *name, const struct e2e_self *selves);
/* The same of a version and a commit, either of which may be NULL. */
void e2e_make_profile_of(struct e2e *e, const char *name, const struct e2e_self *selves,
			 const char *version, const char *commit);

#endif
