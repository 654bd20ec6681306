/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placed.h"

#include "rg/err.h"
#include "rg/grow.h"

#include <stdlib.h>

/* A row's code, and which sides have it. */
struct rg_placed_code {
	uint64_t code;
	uint32_t row;
	bool has[RG_END_COUNT];
};

static uint64_t hash_of(uint32_t row, uint64_t code)
{
	return rg_hash_bytes(&row, sizeof(row), code);
}

static int is_entry(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_placed_codes *codes = ctx;
	const struct rg_placed_code *wanted = key;

	return codes->entries[id].row == wanted->row && codes->entries[id].code == wanted->code;
}

static uint32_t find(const struct rg_placed_codes *codes, uint32_t row, uint64_t code)
{
	const struct rg_placed_code wanted = {.code = code, .row = row};

	return rg_index_find(&codes->index, hash_of(row, code), is_entry, codes, &wanted);
}

static int append(struct rg_placed_codes *codes, uint32_t row, uint64_t code, uint32_t *id)
{
	if (codes->count >= RG_INDEX_NONE)
		return RG_ENOMEM;
	if (RG_GROW(codes->entries, codes->cap, codes->count))
		return RG_ENOMEM;
	*id = (uint32_t)codes->count;
	codes->entries[codes->count++] = (struct rg_placed_code){.code = code, .row = row};
	return rg_index_add(&codes->index, hash_of(row, code), *id);
}

static int add(struct rg_placed_codes *codes, uint32_t row, uint64_t code, enum rg_end end)
{
	uint32_t id = find(codes, row, code);

	if (id == RG_INDEX_NONE && append(codes, row, code, &id))
		return RG_ENOMEM;
	codes->entries[id].has[end] = true;
	return 0;
}

/* Of one run. Runs of a pool have its lists of frames and stacks in common: only what a run has samples of is its own. */
struct reading {
	struct rg_placed_codes *codes;
	const struct rg_frame *frame;
	const uint32_t *row_of;
	bool *seen_frame, *seen_stack;
	enum rg_end end;
};

static int add_stack(struct reading *reading, const struct rg_stack *stack)
{
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t frame = stack->frames[i];

		if (reading->seen_frame[frame])
			continue;
		reading->seen_frame[frame] = true;
		if (reading->frame[frame].code && reading->row_of[frame] != RG_FUNCTION_NONE &&
		    add(reading->codes, reading->row_of[frame], reading->frame[frame].code,
			reading->end))
			return RG_ENOMEM;
	}
	return 0;
}

static int add_samples(struct reading *reading, const struct rg_profile *profile)
{
	const struct rg_stack *stack = rg_profile_stacks(profile, &(size_t){0});
	struct rg_sample_reader reader = rg_profile_read_samples(profile);
	struct rg_sample sample;
	int code = 0;

	while (code == 0 && rg_sample_next(&reader, &sample)) {
		if (reading->seen_stack[sample.stack])
			continue;
		reading->seen_stack[sample.stack] = true;
		code = add_stack(reading, &stack[sample.stack]);
	}
	return code;
}

static int add_run(struct rg_placed_codes *codes, const struct rg_placed_source *source,
		   size_t index)
{
	const struct rg_run *run = &source->set->run[index];
	size_t frames, stacks;
	struct reading reading = {
		.codes = codes,
		.frame = rg_profile_frames(run->profile, &frames),
		.row_of = source->callers->row_of_frame[index],
		.end = run->end,
	};
	int code = RG_ENOMEM;

	rg_profile_stacks(run->profile, &stacks);
	reading.seen_frame = calloc(frames + 1, sizeof(bool));
	reading.seen_stack = calloc(stacks + 1, sizeof(bool));
	if (reading.seen_frame && reading.seen_stack)
		code = add_samples(&reading, run->profile);
	free(reading.seen_frame);
	free(reading.seen_stack);
	return code;
}

int rg_placed_codes_find(struct rg_placed_codes *out, const struct rg_placed_source *source,
			 struct rg_err *err)
{
	int code = 0;

	for (size_t run = 0; code == 0 && run < rg_run_set_count(source->set); run++)
		code = add_run(out, source, run);
	return code ? rg_err_nomem(err, "diff") : 0;
}

void rg_placed_codes_done(struct rg_placed_codes *codes)
{
	free(codes->entries);
	rg_index_done(&codes->index);
	*codes = (struct rg_placed_codes){0};
}

bool rg_placed_codes_same(const struct rg_placed_codes *codes, uint32_t row, uint64_t code)
{
	uint32_t id;

	if (code == 0 || row == RG_FUNCTION_NONE)
		return false;
	id = find(codes, row, code);
	return id != RG_INDEX_NONE && codes->entries[id].has[RG_END_BASE] &&
	       codes->entries[id].has[RG_END_CANARY];
}
