/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <string.h>

int rg_locals_make(struct rg_locals *out, const struct rg_aggregation *aggregation, size_t frames,
		   bool (*has)(const void *ctx, size_t frame), const void *ctx, struct rg_err *err)
{
	struct rg_arena *scratch = aggregation->scratch;
	size_t functions = aggregation->functions->count + 1;
	uint32_t *number = rg_arena_array(scratch, functions, sizeof(*number));

	out->count = 0;
	out->local = rg_arena_array(scratch, frames + 1, sizeof(*out->local));
	out->global = rg_arena_array(scratch, functions, sizeof(*out->global));
	if (!number || !out->local || !out->global)
		return rg_err_nomem(err, "diff");
	memset(number, 0xff, functions * sizeof(*number));
	for (size_t i = 0; i < frames; i++) {
		uint32_t function = aggregation->function[i];

		if (!has(ctx, i))
			continue;
		if (number[function] == RG_FUNCTION_NONE) {
			out->global[out->count] = function;
			number[function] = (uint32_t)out->count++;
		}
		out->local[i] = number[function];
	}
	return 0;
}
