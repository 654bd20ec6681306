/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_TEXT_FORMAT_H
#define RG_MODEL_TEXT_FORMAT_H

#include <stddef.h>

struct rg_err;
struct rg_profile;

/* The forms of text, as the fact "tool" and errors name them. */
#define RG_FOLDED_NAME      "folded stacks"
#define RG_PERF_SCRIPT_NAME "perf script"

/* Readers of inflated text; `sample_type` is NULL or that of rg_read_options. */
int rg_folded_read_text(const void *text, size_t len, const char *sample_type,
			struct rg_profile **out, struct rg_err *err);
int rg_perf_script_read_text(const void *text, size_t len, const char *sample_type,
			     struct rg_profile **out, struct rg_err *err);

#endif
