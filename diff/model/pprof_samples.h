/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_SAMPLES_H
#define RG_MODEL_PPROF_SAMPLES_H

#include <stdbool.h>

struct rg_err;
struct rg_pprof_columns;
struct rg_pprof_tables;
struct rg_profile_builder;

/*
 * The second pass: gives all samples of tables->message to the builder, and says what was measured.
 * Slice labels count only when the file has slices; without, they are some other tool's.
 */
int rg_pprof_samples_read(struct rg_pprof_tables *tables, const struct rg_pprof_columns *columns,
			  bool has_slices, struct rg_profile_builder *builder, struct rg_err *err);

#endif
