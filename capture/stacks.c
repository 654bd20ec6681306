/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stacks.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"
#include "rg/profile.h"

#include <stdlib.h>
#include <string.h>

struct rg_stacks {
	struct rg_arena *arena; /* the addresses */
	struct rg_raw_stack *stacks;
	size_t count, cap;
	struct rg_index index;
	struct rg_raw_sample *samples;
	size_t sample_count, sample_cap;
};

struct rg_stacks *rg_stacks_new(void)
{
	struct rg_stacks *s = calloc(1, sizeof(*s));

	if (s && !(s->arena = rg_arena_new(0))) {
		free(s);
		return NULL;
	}
	return s;
}

void rg_stacks_free(struct rg_stacks *s)
{
	if (!s)
		return;
	rg_arena_free(s->arena);
	free(s->stacks);
	free(s->samples);
	rg_index_done(&s->index);
	free(s);
}

const struct rg_raw_stack *rg_stacks_get(const struct rg_stacks *s, size_t *count)
{
	*count = s->count;
	return s->stacks;
}

const struct rg_raw_sample *rg_stacks_samples(const struct rg_stacks *s, size_t *count)
{
	*count = s->sample_count;
	return s->samples;
}

static int stack_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_stacks *s = ctx;
	const struct rg_raw_stack *a = &s->stacks[id], *b = key;

	return a->image == b->image && a->kernel_depth == b->kernel_depth &&
	       a->user_depth == b->user_depth && a->end == b->end &&
	       !memcmp(a->address, b->address,
		       ((size_t)a->kernel_depth + a->user_depth) * sizeof(*a->address));
}

static int add_stack(struct rg_stacks *s, const struct rg_raw_stack *stack, uint64_t hash)
{
	size_t bytes = ((size_t)stack->kernel_depth + stack->user_depth) * sizeof(uint64_t);
	uint64_t *address = rg_arena_alloc(s->arena, bytes ? bytes : 1);

	if (!address)
		return RG_ENOMEM;
	if (RG_GROW(s->stacks, s->cap, s->count))
		return RG_ENOMEM;
	if (bytes)
		memcpy(address, stack->address, bytes);
	s->stacks[s->count] = *stack;
	s->stacks[s->count].address = address;
	if (rg_index_add(&s->index, hash, (uint32_t)s->count))
		return RG_ENOMEM;
	s->count++;
	return 0;
}

static int add_sample(struct rg_stacks *s, const struct rgw_sample_key *key,
		      const struct rgw_sample *from, uint32_t stack)
{
	struct rg_raw_sample *sample;

	if (RG_GROW(s->samples, s->sample_cap, s->sample_count))
		return RG_ENOMEM;
	sample = &s->samples[s->sample_count++];
	*sample = (struct rg_raw_sample){
		.count = from->count,
		.ns = from->ns,
		.stack = stack,
		.slice = key->slice,
		.wait = key->wait,
	};
	memcpy(sample->comm, key->comm, RGW_COMM_SIZE);
	return 0;
}

int rg_stacks_add(struct rg_stacks *s, const struct rgw_sample_key *key,
		  const struct rgw_sample *sample, struct rg_err *err)
{
	uint64_t address[RGW_KERNEL_DEPTH + RGW_USER_DEPTH], hash;
	struct rg_raw_stack stack = {
		.address = address,
		.kernel_depth = sample->kernel_depth,
		.user_depth = sample->user.depth,
		.end = sample->user.end,
		.image = key->image,
	};
	uint32_t id;

	if (stack.kernel_depth > RGW_KERNEL_DEPTH || stack.user_depth > RGW_USER_DEPTH)
		return rg_err_set(err, RG_EIO,
				  "capture: read the sample table: a stack of %u and %u frames",
				  stack.kernel_depth, stack.user_depth);
	memcpy(address, sample->kernel, stack.kernel_depth * sizeof(*address));
	memcpy(address + stack.kernel_depth, sample->user.at, stack.user_depth * sizeof(*address));
	hash = rg_hash_bytes(address,
			     ((size_t)stack.kernel_depth + stack.user_depth) * sizeof(*address),
			     stack.image);
	id = rg_index_find(&s->index, hash, stack_equal, s, &stack);
	if (s->sample_count >= RG_PROFILE_MAX_SAMPLES || s->count >= RG_PROFILE_MAX_STACKS)
		return rg_err_set(err, RG_ELIMIT,
				  "capture: more samples than a profile may hold: use a shorter "
				  "--window, a longer --slice or a lower --frequency");
	if (id == RG_INDEX_NONE) {
		id = (uint32_t)s->count;
		if (add_stack(s, &stack, hash))
			return rg_err_nomem(err, "stacks");
	}
	return add_sample(s, key, sample, id) ? rg_err_nomem(err, "samples") : 0;
}
