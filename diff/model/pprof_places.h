/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_PLACES_H
#define RG_MODEL_PPROF_PLACES_H

#include <stdint.h>

struct rg_err;
struct rg_pprof_tables;
struct rg_profile_builder;

/* Makes the builder's frame for a location, by position, and puts it into tables->frames. */
int rg_pprof_add_frame(struct rg_pprof_tables *tables, uint32_t position,
		       struct rg_profile_builder *builder, struct rg_err *err);

/* The frame that stands for an empty stack, which other tools may write. */
int rg_pprof_no_stack(struct rg_profile_builder *builder, uint32_t *frame, struct rg_err *err);

#endif
