/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_NAMING_H
#define CAPTURE_NAMING_H

#include "stacks.h"

#include <stdbool.h>
#include <stdint.h>

struct rg_err;
struct rg_files;
struct rg_kallsyms;
struct rg_profile_builder;
struct rg_timeline;

/* Turns addresses into frames of a profile; each distinct place is looked up once. */
struct rg_naming;

/* All borrowed. */
struct rg_naming *rg_naming_new(const struct rg_timeline *timeline, const struct rg_files *files,
				const struct rg_kallsyms *kernel,
				struct rg_profile_builder *builder);
void rg_naming_free(struct rg_naming *naming);

/*
 * Enters a stack into the profile. *named tells whether its leaf has a name. Returns 0, RG_ENOMEM,
 * RG_ELIMIT.
 */
int rg_naming_stack(struct rg_naming *naming, const struct rg_raw_stack *raw, uint32_t *stack,
		    bool *named, struct rg_err *err);

/* User frames that lay in no known mapping. */
uint64_t rg_naming_unmapped(const struct rg_naming *naming);

#endif
