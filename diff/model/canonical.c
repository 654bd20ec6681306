/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profile of what was built, in canonical order: equal samples merged, facts by key. */
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/intern.h"

#include "canonical_order.h"
#include "model.h"

static const char *text(const struct rg_canon *canon, uint32_t id)
{
	return rg_intern_text(canon->from->texts, id);
}

static bool emit_modules(const struct rg_canon *canon, struct rg_profile *profile)
{
	size_t count = canon->modules.used;
	struct rg_module *modules = rg_arena_array(profile->arena, count + 1, sizeof(*modules));

	if (!modules)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct rg_builder_module *from =
			&canon->from->modules[canon->modules.order[i]];

		modules[i].name = text(canon, from->name);
		modules[i].build_id = text(canon, from->build_id);
	}
	profile->modules = modules;
	profile->module_count = count;
	return true;
}

static bool emit_frames(const struct rg_canon *canon, struct rg_profile *profile)
{
	size_t count = canon->frames.used;
	struct rg_frame *frames = rg_arena_array(profile->arena, count + 1, sizeof(*frames));

	if (!frames)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct rg_builder_frame *from = &canon->from->frames[canon->frames.order[i]];
		const char *function = text(canon, from->function);

		frames[i] = (struct rg_frame){
			.function = function,
			.file = text(canon, from->file),
			.line = from->line,
			.start_line = from->start_line,
			.module = canon->modules.rank[from->module],
			.code = from->code,
			.unnamed = rg_builder_is_stand_in(function),
		};
	}
	profile->frames = frames;
	profile->frame_count = count;
	return true;
}

static size_t pool_size(const struct rg_canon *canon)
{
	size_t size = 0;

	for (size_t i = 0; i < canon->stacks.used; i++)
		size += canon->from->stacks[canon->stacks.order[i]].depth;
	return size;
}

static bool emit_stacks(const struct rg_canon *canon, struct rg_profile *profile)
{
	size_t count = canon->stacks.used;
	struct rg_stack *stacks = rg_arena_array(profile->arena, count + 1, sizeof(*stacks));
	uint32_t *pool = rg_arena_array(profile->arena, pool_size(canon) + 1, sizeof(*pool));

	if (!stacks || !pool)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct rg_builder_stack *from = &canon->from->stacks[canon->stacks.order[i]];

		stacks[i] = (struct rg_stack){.frames = pool, .depth = from->depth};
		for (uint32_t j = 0; j < from->depth; j++)
			*pool++ = canon->frames.rank[canon->from->pool[from->first + j]];
	}
	profile->stacks = stacks;
	profile->stack_count = count;
	return true;
}

static bool starts_group(const struct rg_canon *canon, size_t i)
{
	if (i == 0)
		return true;
	for (int k = 0; k < RG_CANON_SAMPLE_KEYS; k++)
		if (canon->key[k][canon->samples[i - 1]] != canon->key[k][canon->samples[i]])
			return true;
	return false;
}

static size_t distinct_samples(const struct rg_canon *canon)
{
	size_t distinct = 0;

	for (size_t i = 0; i < canon->from->sample_count; i++)
		distinct += starts_group(canon, i);
	return distinct;
}

static void add_values(struct rg_sample *to, const struct rg_builder_sample *from)
{
	/* Cannot overflow: the builder keeps the sum of all samples within 63 bits. */
	for (int v = 0; v < RG_VALUE_COUNT; v++)
		to->value[v] += from->value[v];
}

static bool emit_samples(const struct rg_canon *canon, struct rg_profile *profile)
{
	size_t count = 0, room = distinct_samples(canon) + 1;
	struct rg_sample *samples = rg_arena_array(profile->arena, room, sizeof(*samples));

	if (!samples)
		return false;
	for (size_t i = 0; i < canon->from->sample_count; i++) {
		uint32_t id = canon->samples[i];
		const struct rg_builder_sample *from = &canon->from->samples[id];

		if (starts_group(canon, i))
			samples[count++] = (struct rg_sample){
				.stack = canon->key[RG_CANON_BY_STACK][id],
				.slice = from->slice,
				.thread = text(canon, from->thread),
				.wait = text(canon, from->wait),
			};
		add_values(&samples[count - 1], from);
	}
	profile->samples = samples;
	profile->sample_count = count;
	return true;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct rg_fact *)a)->key, ((const struct rg_fact *)b)->key);
}

static bool emit_rest(const struct rg_canon *canon, struct rg_profile *profile)
{
	const struct rg_profile_builder *from = canon->from;
	struct rg_slice *slices =
		rg_arena_array(profile->arena, from->slice_count + 1, sizeof(*slices));
	struct rg_fact *facts =
		rg_arena_array(profile->arena, from->fact_count + 1, sizeof(*facts));

	if (!slices || !facts)
		return false;
	for (size_t i = 0; i < from->slice_count; i++)
		slices[i] = from->slices[i];
	for (size_t i = 0; i < from->fact_count; i++)
		facts[i] = from->facts[i];
	qsort(facts, from->fact_count, sizeof(*facts), compare_keys);
	profile->slices = slices;
	profile->slice_count = from->slice_count;
	profile->facts = facts;
	profile->fact_count = from->fact_count;
	memcpy(profile->total, from->total, sizeof(profile->total));
	memcpy(profile->measured, from->measured, sizeof(profile->measured));
	return true;
}

static struct rg_profile *canonical(struct rg_canon *canon)
{
	struct rg_profile *profile = rg_arena_alloc(canon->from->arena, sizeof(*profile));

	if (!profile || !rg_canon_order(canon))
		return NULL;
	profile->arena = canon->from->arena;
	if (!emit_modules(canon, profile) || !emit_frames(canon, profile) ||
	    !emit_stacks(canon, profile) || !emit_samples(canon, profile) ||
	    !emit_rest(canon, profile))
		return NULL;
	return profile;
}

int rg_builder_canonical(const struct rg_profile_builder *builder, struct rg_profile **out,
			 struct rg_err *err)
{
	struct rg_canon canon = {.from = builder, .scratch = rg_arena_new(0)};
	struct rg_profile *profile = canon.scratch ? canonical(&canon) : NULL;

	rg_arena_free(canon.scratch);
	if (!profile)
		return rg_err_nomem(err, "profile");
	*out = profile;
	return 0;
}
