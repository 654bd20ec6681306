/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "growth.h"

#include "rg/err.h"

#include <stdlib.h>

/* Of one run: what of its waits is on stacks through each of the function's frames. */
static void weigh(const struct rg_growth *growth, size_t index, uint32_t row, int64_t *weight)
{
	const struct rg_run *run = &growth->set->run[index];
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const uint32_t *row_of = growth->callers->row_of_frame[index];
	struct rg_sample_reader reader = rg_profile_read_samples(run->profile);
	struct rg_sample sample;

	for (size_t i = 0; rg_sample_next(&reader, &sample); i++) {
		const struct rg_stack *of = &stack[sample.stack];

		if (growth->row_of_sample[index][i] == RG_FUNCTION_NONE)
			continue;
		for (uint32_t k = 0; k < of->depth; k++) {
			if (row_of[of->frames[k]] != row)
				continue;
			weight[of->frames[k]] += sample.value[RG_VALUE_OFF_CPU_NS];
			break;
		}
	}
}

static int look_in(const struct rg_growth *growth, size_t index, uint32_t row,
		   const struct rg_frame **out, int64_t *most, struct rg_err *err)
{
	const struct rg_run *run = &growth->set->run[index];
	size_t frames;
	const struct rg_frame *frame = rg_profile_frames(run->profile, &frames);
	int64_t *weight = calloc(frames + 1, sizeof(*weight));

	if (!weight)
		return rg_err_nomem(err, "diff");
	weigh(growth, index, row, weight);
	for (size_t i = 0; i < frames; i++) {
		if (weight[i] <= *most)
			continue;
		*most = weight[i];
		*out = &frame[i];
	}
	free(weight);
	return 0;
}

int rg_growth_frame(const struct rg_growth *growth, uint32_t row, const struct rg_frame **out,
		    struct rg_err *err)
{
	*out = NULL;
	for (int end = RG_END_CANARY; end >= RG_END_BASE && !*out; end--) {
		int64_t most = 0;

		for (size_t i = 0; i < rg_run_set_count(growth->set); i++) {
			const struct rg_run *run = &growth->set->run[i];
			int code = run->measured && run->end == (enum rg_end)end
					   ? look_in(growth, i, row, out, &most, err)
					   : 0;

			if (code)
				return code;
		}
	}
	return 0;
}
