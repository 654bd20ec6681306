/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The canonical order of a profile: modules by (name, build id), frames by (module, function, file,
 * start line, line), stacks lexicographically from the leaf, samples by (stack, slice, thread, wait)
 * with equal ones merged, facts by key. What no sample refers to is left out.
 */
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/intern.h"

#include "builder.h"
#include "model.h"
#include "sort.h"

#define UNUSED UINT32_MAX

/* One kind of entry: which of the builder's ids are used, in which order, and their new ids. */
struct ranking {
	uint32_t *order; /* rank -> builder's id */
	uint32_t *rank;  /* builder's id -> rank, or UNUSED */
	size_t used;
};

/* What orders samples, from the last to the first that counts; by builder's sample. */
enum { BY_WAIT, BY_THREAD, BY_SLICE, BY_STACK, SAMPLE_KEYS };

struct canon {
	const struct rg_profile_builder *from;
	struct rg_arena *scratch;
	struct ranking texts, modules, frames, stacks;
	uint32_t *key[SAMPLE_KEYS];
	uint32_t *samples; /* the builder's samples in order */
};

static bool ranking_init(struct canon *canon, struct ranking *ranking, size_t count)
{
	ranking->order = rg_arena_array(canon->scratch, count + 1, sizeof(uint32_t));
	ranking->rank = rg_arena_array(canon->scratch, count + 1, sizeof(uint32_t));
	if (!ranking->order || !ranking->rank)
		return false;
	memset(ranking->rank, 0xff, count * sizeof(uint32_t));
	return true;
}

static void ranking_use(struct ranking *ranking, uint32_t id)
{
	if (ranking->rank[id] != UNUSED)
		return;
	ranking->rank[id] = 0;
	ranking->order[ranking->used++] = id;
}

static bool ranking_sort(struct canon *canon, struct ranking *ranking, rg_sort_compare_fn compare)
{
	uint32_t *room = rg_arena_array(canon->scratch, ranking->used + 1, sizeof(*room));

	if (!room)
		return false;
	rg_sort_ids(ranking->order, room, ranking->used, compare, canon);
	for (size_t i = 0; i < ranking->used; i++)
		ranking->rank[ranking->order[i]] = (uint32_t)i;
	return true;
}

static int compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_texts(const void *ctx, uint32_t a, uint32_t b)
{
	const struct canon *canon = ctx;

	return strcmp(rg_intern_text(canon->from->texts, a), rg_intern_text(canon->from->texts, b));
}

static int compare_ranks(const struct ranking *ranking, uint32_t a, uint32_t b)
{
	return compare_u32(ranking->rank[a], ranking->rank[b]);
}

static int compare_modules(const void *ctx, uint32_t a, uint32_t b)
{
	const struct canon *canon = ctx;
	const struct rg_builder_module *l = &canon->from->modules[a], *r = &canon->from->modules[b];
	int order = compare_ranks(&canon->texts, l->name, r->name);

	return order ? order : compare_ranks(&canon->texts, l->build_id, r->build_id);
}

static int compare_frames(const void *ctx, uint32_t a, uint32_t b)
{
	const struct canon *canon = ctx;
	const struct rg_builder_frame *l = &canon->from->frames[a], *r = &canon->from->frames[b];
	int order = compare_ranks(&canon->modules, l->module, r->module);

	if (!order)
		order = compare_ranks(&canon->texts, l->function, r->function);
	if (!order)
		order = compare_ranks(&canon->texts, l->file, r->file);
	if (!order)
		order = compare_u32(l->start_line, r->start_line);
	return order ? order : compare_u32(l->line, r->line);
}

static int compare_stacks(const void *ctx, uint32_t a, uint32_t b)
{
	const struct canon *canon = ctx;
	const struct rg_builder_stack *l = &canon->from->stacks[a], *r = &canon->from->stacks[b];
	const uint32_t *lf = &canon->from->pool[l->first], *rf = &canon->from->pool[r->first];
	uint32_t depth = l->depth < r->depth ? l->depth : r->depth;

	for (uint32_t i = 0; i < depth; i++)
		if (lf[i] != rf[i])
			return compare_ranks(&canon->frames, lf[i], rf[i]);
	return compare_u32(l->depth, r->depth);
}

static bool init_rankings(struct canon *canon)
{
	const struct rg_profile_builder *from = canon->from;

	return ranking_init(canon, &canon->texts, rg_intern_count(from->texts)) &&
	       ranking_init(canon, &canon->modules, from->module_count) &&
	       ranking_init(canon, &canon->frames, from->frame_count) &&
	       ranking_init(canon, &canon->stacks, from->stack_count);
}

static void use_stack(struct canon *canon, uint32_t id)
{
	const struct rg_profile_builder *from = canon->from;
	const struct rg_builder_stack *stack = &from->stacks[id];

	if (canon->stacks.rank[id] != UNUSED)
		return;
	ranking_use(&canon->stacks, id);
	for (uint32_t i = 0; i < stack->depth; i++) {
		uint32_t frame = from->pool[stack->first + i];

		ranking_use(&canon->frames, frame);
		ranking_use(&canon->modules, from->frames[frame].module);
	}
}

static void use_all(struct canon *canon)
{
	const struct rg_profile_builder *from = canon->from;

	for (uint32_t i = 0; i < rg_intern_count(from->texts); i++)
		ranking_use(&canon->texts, i);
	for (size_t i = 0; i < from->sample_count; i++)
		use_stack(canon, from->samples[i].stack);
}

static bool make_keys(struct canon *canon)
{
	const struct rg_profile_builder *from = canon->from;

	for (int k = 0; k < SAMPLE_KEYS; k++) {
		canon->key[k] =
			rg_arena_array(canon->scratch, from->sample_count + 1, sizeof(uint32_t));
		if (!canon->key[k])
			return false;
	}
	for (size_t i = 0; i < from->sample_count; i++) {
		const struct rg_builder_sample *sample = &from->samples[i];
		bool sliced = sample->slice != RG_NO_SLICE;

		canon->key[BY_WAIT][i] = canon->texts.rank[sample->wait];
		canon->key[BY_THREAD][i] = canon->texts.rank[sample->thread];
		canon->key[BY_SLICE][i] = sliced ? sample->slice : (uint32_t)from->slice_count;
		canon->key[BY_STACK][i] = canon->stacks.rank[sample->stack];
	}
	return true;
}

/* What was written in canonical order comes back in it, if only its names sort as they did. */
static bool samples_in_order(const struct canon *canon)
{
	for (size_t i = 1; i < canon->from->sample_count; i++) {
		int order = 0;

		for (int k = SAMPLE_KEYS - 1; k >= 0 && order == 0; k--)
			order = compare_u32(canon->key[k][i - 1], canon->key[k][i]);
		if (order > 0)
			return false;
	}
	return true;
}

static bool all_equal(const uint32_t *key, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (key[i] != key[0])
			return false;
	return true;
}

static bool sort_samples(struct canon *canon)
{
	const size_t count = canon->from->sample_count;
	const size_t keys[SAMPLE_KEYS] = {canon->texts.used, canon->texts.used,
					  canon->from->slice_count + 1, canon->stacks.used};
	uint32_t *room = rg_arena_array(canon->scratch, count + 1, sizeof(*room));

	canon->samples = rg_arena_array(canon->scratch, count + 1, sizeof(*canon->samples));
	if (!room || !canon->samples)
		return false;
	for (size_t i = 0; i < count; i++)
		canon->samples[i] = (uint32_t)i;
	if (samples_in_order(canon))
		return true;
	for (int k = 0; k < SAMPLE_KEYS; k++) {
		if (all_equal(canon->key[k], count))
			continue;
		uint32_t *starts = rg_arena_array(canon->scratch, keys[k] + 1, sizeof(*starts));

		if (!starts)
			return false;
		rg_sort_by_key(canon->samples, room, count, canon->key[k], starts, keys[k]);
	}
	return true;
}

/* Each order builds on the ranks of the one before. */
static bool sort_all(struct canon *canon)
{
	if (!ranking_sort(canon, &canon->texts, compare_texts) ||
	    !ranking_sort(canon, &canon->modules, compare_modules) ||
	    !ranking_sort(canon, &canon->frames, compare_frames) ||
	    !ranking_sort(canon, &canon->stacks, compare_stacks))
		return false;
	return make_keys(canon) && sort_samples(canon);
}

static const char *text(const struct canon *canon, uint32_t id)
{
	return rg_intern_text(canon->from->texts, id);
}

static bool emit_modules(const struct canon *canon, struct rg_profile *profile)
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

static bool emit_frames(const struct canon *canon, struct rg_profile *profile)
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
			.unnamed = rg_builder_is_stand_in(function),
		};
	}
	profile->frames = frames;
	profile->frame_count = count;
	return true;
}

static size_t pool_size(const struct canon *canon)
{
	size_t size = 0;

	for (size_t i = 0; i < canon->stacks.used; i++)
		size += canon->from->stacks[canon->stacks.order[i]].depth;
	return size;
}

static bool emit_stacks(const struct canon *canon, struct rg_profile *profile)
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

static bool starts_group(const struct canon *canon, size_t i)
{
	if (i == 0)
		return true;
	for (int k = 0; k < SAMPLE_KEYS; k++)
		if (canon->key[k][canon->samples[i - 1]] != canon->key[k][canon->samples[i]])
			return true;
	return false;
}

static size_t distinct_samples(const struct canon *canon)
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

static bool emit_samples(const struct canon *canon, struct rg_profile *profile)
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
				.stack = canon->key[BY_STACK][id],
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

static bool emit_rest(const struct canon *canon, struct rg_profile *profile)
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

static struct rg_profile *canonical(struct canon *canon)
{
	struct rg_profile *profile = rg_arena_alloc(canon->from->arena, sizeof(*profile));

	if (!profile || !init_rankings(canon))
		return NULL;
	profile->arena = canon->from->arena;
	use_all(canon);
	if (!sort_all(canon))
		return NULL;
	if (!emit_modules(canon, profile) || !emit_frames(canon, profile) ||
	    !emit_stacks(canon, profile) || !emit_samples(canon, profile) ||
	    !emit_rest(canon, profile))
		return NULL;
	return profile;
}

int rg_builder_canonical(const struct rg_profile_builder *builder, struct rg_profile **out,
			 struct rg_err *err)
{
	struct canon canon = {.from = builder, .scratch = rg_arena_new(0)};
	struct rg_profile *profile = canon.scratch ? canonical(&canon) : NULL;

	rg_arena_free(canon.scratch);
	if (!profile)
		return rg_err_nomem(err, "profile");
	*out = profile;
	return 0;
}
