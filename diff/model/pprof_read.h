/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PPROF_READ_H
#define RG_MODEL_PPROF_READ_H

#include <stddef.h>

struct rg_err;
struct rg_profile;

/* rg_pprof_read() of an inflated message; `sample_type` is NULL or that of rg_read_options. */
int rg_pprof_read_message(const void *bytes, size_t len, const char *sample_type,
			  struct rg_profile **out, struct rg_err *err);

#endif
