/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"
#include "rg/intern.h"
#include "rg/pool.h"

#include <stdlib.h>
#include <string.h>

struct rg_profile_pool *rg_profile_pool_new(void)
{
	struct rg_profile_pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->arena = rg_arena_new(0);
	if (pool->arena)
		pool->texts = rg_intern_new(pool->arena);
	if (pool->texts)
		return pool;
	rg_profile_pool_free(pool);
	return NULL;
}

void rg_profile_pool_free(struct rg_profile_pool *pool)
{
	if (!pool)
		return;
	rg_intern_free(pool->texts);
	rg_arena_free(pool->arena);
	free(pool->modules);
	free(pool->frames);
	free(pool->stacks);
	free(pool->whos);
	rg_index_done(&pool->module_index);
	rg_index_done(&pool->frame_index);
	rg_index_done(&pool->stack_index);
	rg_index_done(&pool->who_index);
	free(pool);
}

const char *rg_pool_text(struct rg_profile_pool *pool, const char *text)
{
	uint32_t id;

	return rg_intern_add(pool->texts, text, strlen(text), &id)
		       ? NULL
		       : rg_intern_text(pool->texts, id);
}

/* Texts are compared by where they are: equal ones are one. */
static uint64_t hash_text(const char *text, uint64_t seed)
{
	return rg_hash_bytes(&text, sizeof(text), seed);
}

static int same_module(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_profile_pool *pool = ctx;
	const struct rg_module *a = &pool->modules[id], *b = key;

	return a->name == b->name && a->build_id == b->build_id;
}

int rg_pool_module(struct rg_profile_pool *pool, const struct rg_module *module, uint32_t *id)
{
	uint64_t hash = hash_text(module->build_id, hash_text(module->name, 0));

	*id = rg_index_find(&pool->module_index, hash, same_module, pool, module);
	if (*id != RG_INDEX_NONE)
		return 0;
	if (pool->module_count >= RG_INDEX_NONE)
		return RG_ELIMIT;
	*id = (uint32_t)pool->module_count;
	if (RG_GROW(pool->modules, pool->module_cap, pool->module_count) ||
	    rg_index_add(&pool->module_index, hash, *id))
		return RG_ENOMEM;
	pool->modules[pool->module_count++] = *module;
	return 0;
}

static int same_frame(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_profile_pool *pool = ctx;
	const struct rg_frame *a = &pool->frames[id], *b = key;

	return a->function == b->function && a->file == b->file && a->line == b->line &&
	       a->start_line == b->start_line && a->module == b->module && a->code == b->code;
}

int rg_pool_frame(struct rg_profile_pool *pool, const struct rg_frame *frame, uint32_t *id)
{
	const uint32_t numbers[] = {frame->line, frame->start_line, frame->module};
	uint64_t hash = hash_text(frame->file, hash_text(frame->function, 0));

	hash = rg_hash_bytes(numbers, sizeof(numbers), hash ^ frame->code);
	*id = rg_index_find(&pool->frame_index, hash, same_frame, pool, frame);
	if (*id != RG_INDEX_NONE)
		return 0;
	if (pool->frame_count >= RG_INDEX_NONE)
		return RG_ELIMIT;
	*id = (uint32_t)pool->frame_count;
	if (RG_GROW(pool->frames, pool->frame_cap, pool->frame_count) ||
	    rg_index_add(&pool->frame_index, hash, *id))
		return RG_ENOMEM;
	pool->frames[pool->frame_count++] = *frame;
	return 0;
}

static int same_stack(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_profile_pool *pool = ctx;
	const struct rg_stack *a = &pool->stacks[id], *b = key;

	return a->depth == b->depth &&
	       memcmp(a->frames, b->frames, a->depth * sizeof(uint32_t)) == 0;
}

int rg_pool_stack(struct rg_profile_pool *pool, const struct rg_stack *stack, uint32_t *id)
{
	size_t bytes = stack->depth * sizeof(uint32_t);
	uint64_t hash = rg_hash_bytes(stack->frames, bytes, 0);
	uint32_t *frames;

	*id = rg_index_find(&pool->stack_index, hash, same_stack, pool, stack);
	if (*id != RG_INDEX_NONE)
		return 0;
	if (pool->stack_count >= RG_INDEX_NONE)
		return RG_ELIMIT;
	*id = (uint32_t)pool->stack_count;
	frames = rg_arena_alloc(pool->arena, bytes);
	if (!frames || RG_GROW(pool->stacks, pool->stack_cap, pool->stack_count) ||
	    rg_index_add(&pool->stack_index, hash, *id))
		return RG_ENOMEM;
	memcpy(frames, stack->frames, bytes);
	pool->stacks[pool->stack_count++] = (struct rg_stack){frames, stack->depth};
	return 0;
}

static int same_who(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_profile_pool *pool = ctx;
	const struct rg_pool_who *a = &pool->whos[id], *b = key;

	return a->thread == b->thread && a->wait == b->wait;
}

int rg_pool_who(struct rg_profile_pool *pool, const struct rg_pool_who *who, uint32_t *id)
{
	uint64_t hash = hash_text(who->wait, hash_text(who->thread, 0));

	*id = rg_index_find(&pool->who_index, hash, same_who, pool, who);
	if (*id != RG_INDEX_NONE)
		return 0;
	if (pool->who_count >= RG_INDEX_NONE)
		return RG_ELIMIT;
	*id = (uint32_t)pool->who_count;
	if (RG_GROW(pool->whos, pool->who_cap, pool->who_count) ||
	    rg_index_add(&pool->who_index, hash, *id))
		return RG_ENOMEM;
	pool->whos[pool->who_count++] = *who;
	return 0;
}
