/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/arena.h"
#include "rg/intern.h"

#include "canonical_order.h"
#include "sort.h"

#define UNUSED UINT32_MAX

static bool ranking_init(struct rg_canon *canon, struct rg_ranking *ranking, size_t count)
{
	ranking->order = rg_arena_array(canon->scratch, count + 1, sizeof(uint32_t));
	ranking->rank = rg_arena_array(canon->scratch, count + 1, sizeof(uint32_t));
	if (!ranking->order || !ranking->rank)
		return false;
	memset(ranking->rank, 0xff, count * sizeof(uint32_t));
	return true;
}

static void ranking_use(struct rg_ranking *ranking, uint32_t id)
{
	if (ranking->rank[id] != UNUSED)
		return;
	ranking->rank[id] = 0;
	ranking->order[ranking->used++] = id;
}

static bool ranking_sort(struct rg_canon *canon, struct rg_ranking *ranking,
			 rg_sort_compare_fn compare)
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
	const struct rg_canon *canon = ctx;

	return strcmp(rg_intern_text(canon->from->texts, a), rg_intern_text(canon->from->texts, b));
}

static int compare_ranks(const struct rg_ranking *ranking, uint32_t a, uint32_t b)
{
	return compare_u32(ranking->rank[a], ranking->rank[b]);
}

static int compare_modules(const void *ctx, uint32_t a, uint32_t b)
{
	const struct rg_canon *canon = ctx;
	const struct rg_builder_module *l = &canon->from->modules[a], *r = &canon->from->modules[b];
	int order = compare_ranks(&canon->texts, l->name, r->name);

	return order ? order : compare_ranks(&canon->texts, l->build_id, r->build_id);
}

static int compare_frames(const void *ctx, uint32_t a, uint32_t b)
{
	const struct rg_canon *canon = ctx;
	const struct rg_builder_frame *l = &canon->from->frames[a], *r = &canon->from->frames[b];
	int order = compare_ranks(&canon->modules, l->module, r->module);

	if (!order)
		order = compare_ranks(&canon->texts, l->function, r->function);
	if (!order)
		order = compare_ranks(&canon->texts, l->file, r->file);
	if (!order)
		order = compare_u32(l->start_line, r->start_line);
	if (!order)
		order = (l->code > r->code) - (l->code < r->code);
	return order ? order : compare_u32(l->line, r->line);
}

static int compare_stacks(const void *ctx, uint32_t a, uint32_t b)
{
	const struct rg_canon *canon = ctx;
	const struct rg_builder_stack *l = &canon->from->stacks[a], *r = &canon->from->stacks[b];
	const uint32_t *lf = &canon->from->pool[l->first], *rf = &canon->from->pool[r->first];
	uint32_t depth = l->depth < r->depth ? l->depth : r->depth;

	for (uint32_t i = 0; i < depth; i++)
		if (lf[i] != rf[i])
			return compare_ranks(&canon->frames, lf[i], rf[i]);
	return compare_u32(l->depth, r->depth);
}

static bool init_rankings(struct rg_canon *canon)
{
	const struct rg_profile_builder *from = canon->from;

	return ranking_init(canon, &canon->texts, rg_intern_count(from->texts)) &&
	       ranking_init(canon, &canon->modules, from->module_count) &&
	       ranking_init(canon, &canon->frames, from->frame_count) &&
	       ranking_init(canon, &canon->stacks, from->stack_count);
}

static void use_stack(struct rg_canon *canon, uint32_t id)
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

static void use_all(struct rg_canon *canon)
{
	const struct rg_profile_builder *from = canon->from;

	for (uint32_t i = 0; i < rg_intern_count(from->texts); i++)
		ranking_use(&canon->texts, i);
	for (size_t i = 0; i < from->sample_count; i++)
		use_stack(canon, from->samples[i].stack);
}

static bool make_keys(struct rg_canon *canon)
{
	const struct rg_profile_builder *from = canon->from;

	for (int k = 0; k < RG_CANON_SAMPLE_KEYS; k++) {
		canon->key[k] =
			rg_arena_array(canon->scratch, from->sample_count + 1, sizeof(uint32_t));
		if (!canon->key[k])
			return false;
	}
	for (size_t i = 0; i < from->sample_count; i++) {
		const struct rg_builder_sample *sample = &from->samples[i];
		bool sliced = sample->slice != RG_NO_SLICE;

		canon->key[RG_CANON_BY_WAIT][i] = canon->texts.rank[sample->wait];
		canon->key[RG_CANON_BY_THREAD][i] = canon->texts.rank[sample->thread];
		canon->key[RG_CANON_BY_SLICE][i] =
			sliced ? sample->slice : (uint32_t)from->slice_count;
		canon->key[RG_CANON_BY_STACK][i] = canon->stacks.rank[sample->stack];
	}
	return true;
}

/* What was written in canonical order comes back in it, if only its names sort as they did. */
static bool samples_in_order(const struct rg_canon *canon)
{
	for (size_t i = 1; i < canon->from->sample_count; i++) {
		int order = 0;

		for (int k = RG_CANON_SAMPLE_KEYS - 1; k >= 0 && order == 0; k--)
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

static bool sort_samples(struct rg_canon *canon)
{
	const size_t count = canon->from->sample_count;
	const size_t keys[RG_CANON_SAMPLE_KEYS] = {canon->texts.used, canon->texts.used,
						   canon->from->slice_count + 1,
						   canon->stacks.used};
	uint32_t *room = rg_arena_array(canon->scratch, count + 1, sizeof(*room));

	canon->samples = rg_arena_array(canon->scratch, count + 1, sizeof(*canon->samples));
	if (!room || !canon->samples)
		return false;
	for (size_t i = 0; i < count; i++)
		canon->samples[i] = (uint32_t)i;
	if (samples_in_order(canon))
		return true;
	for (int k = 0; k < RG_CANON_SAMPLE_KEYS; k++) {
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
bool rg_canon_order(struct rg_canon *canon)
{
	if (!init_rankings(canon))
		return false;
	use_all(canon);
	if (!ranking_sort(canon, &canon->texts, compare_texts) ||
	    !ranking_sort(canon, &canon->modules, compare_modules) ||
	    !ranking_sort(canon, &canon->frames, compare_frames) ||
	    !ranking_sort(canon, &canon->stacks, compare_stacks))
		return false;
	return make_keys(canon) && sort_samples(canon);
}
