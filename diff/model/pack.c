/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"
#include "packed.h"
#include "pool.h"
#include "wire.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pool.h"

#include <string.h>

/* A profile on its way into a pool; the numbers are those its entries have there. */
struct packing {
	struct rg_profile_pool *pool;
	const struct rg_profile *from;
	struct rg_profile *to;
	struct rg_arena *scratch;
	uint32_t *module, *frame, *stack;
	struct rg_buf bytes;
};

/* --- Places ----------------------------------------------------------------------------------- */

static int add_modules(struct packing *packing)
{
	size_t count;
	const struct rg_module *module = rg_profile_modules(packing->from, &count);

	packing->module = rg_arena_array(packing->scratch, count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < count; i++) {
		const struct rg_module *from = &module[i];
		const struct rg_module copy = {rg_pool_text(packing->pool, from->name),
					       rg_pool_text(packing->pool, from->build_id)};
		int code = packing->module && copy.name && copy.build_id ? 0 : RG_ENOMEM;

		if (!code)
			code = rg_pool_module(packing->pool, &copy, &packing->module[i]);
		if (code)
			return code;
	}
	return 0;
}

static int add_frames(struct packing *packing)
{
	size_t count;
	const struct rg_frame *frame = rg_profile_frames(packing->from, &count);

	packing->frame = rg_arena_array(packing->scratch, count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < count; i++) {
		struct rg_frame copy = frame[i];
		int code = RG_ENOMEM;

		copy.function = rg_pool_text(packing->pool, copy.function);
		copy.file = rg_pool_text(packing->pool, copy.file);
		copy.module = packing->module[copy.module];
		if (packing->frame && copy.function && copy.file)
			code = rg_pool_frame(packing->pool, &copy, &packing->frame[i]);
		if (code)
			return code;
	}
	return 0;
}

static int add_stacks(struct packing *packing)
{
	size_t count;
	const struct rg_stack *stack = rg_profile_stacks(packing->from, &count);
	uint32_t frames[RG_PROFILE_MAX_DEPTH];

	packing->stack = rg_arena_array(packing->scratch, count + 1, sizeof(uint32_t));
	if (!packing->stack)
		return RG_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct rg_stack *from = &stack[i];
		const struct rg_stack copy = {frames, from->depth};

		for (uint32_t k = 0; k < from->depth; k++)
			frames[k] = packing->frame[from->frames[k]];
		int code = rg_pool_stack(packing->pool, &copy, &packing->stack[i]);

		if (code)
			return code;
	}
	return 0;
}

/* --- Samples ---------------------------------------------------------------------------------- */

/* Small numbers for small distances in either direction; all modulo 2^32. */
static uint64_t fold(uint32_t distance)
{
	return distance & UINT32_C(1) << 31 ? (uint64_t)~distance << 1 | 1
					    : (uint64_t)distance << 1;
}

static bool is_periods(const struct rg_profile *to, const int64_t *value)
{
	int64_t cpu_ns;

	return to->packed.period_ns > 0 && value[RG_VALUE_SAMPLES] > 0 &&
	       !__builtin_mul_overflow(value[RG_VALUE_SAMPLES], to->packed.period_ns, &cpu_ns) &&
	       cpu_ns == value[RG_VALUE_CPU_NS];
}

static uint8_t flags_of(const struct packing *packing, const struct rg_sample *sample)
{
	unsigned int flags = sample->slice == RG_NO_SLICE ? 0 : RG_PACKED_SLICED;

	if (is_periods(packing->to, sample->value))
		flags |= RG_PACKED_PERIODS;
	for (int v = 0; v < RG_VALUE_COUNT; v++) {
		bool derived = v == RG_VALUE_CPU_NS && flags & RG_PACKED_PERIODS;

		if (sample->value[v] != 0 && !derived)
			flags |= (unsigned int)RG_PACKED_VALUE << v;
	}
	return (uint8_t)flags;
}

static void add_sample(struct packing *packing, const struct rg_sample *sample,
		       struct rg_packed_state *last, uint32_t who)
{
	uint32_t stack = packing->stack[sample->stack];
	uint8_t flags = flags_of(packing, sample);
	struct rg_buf *bytes = &packing->bytes;

	flags |= stack != last->stack ? RG_PACKED_STACK : 0;
	flags |= who != last->who ? RG_PACKED_WHO : 0;
	rg_buf_add(bytes, &flags, 1);
	if (flags & RG_PACKED_STACK)
		rg_wire_put_varint(bytes, fold(stack - last->stack));
	if (flags & RG_PACKED_SLICED)
		rg_wire_put_varint(bytes, sample->slice);
	if (flags & RG_PACKED_WHO)
		rg_wire_put_varint(bytes, who);
	for (int v = 0; v < RG_VALUE_COUNT; v++) {
		if (flags & RG_PACKED_VALUE << v)
			rg_wire_put_varint(bytes, (uint64_t)sample->value[v]);
	}
	*last = (struct rg_packed_state){stack, who};
}

/* What most samples' time is a multiple of: that of the first which has both. */
static int64_t period_of(const struct rg_profile *from)
{
	struct rg_sample_reader reader = rg_profile_read_samples(from);
	struct rg_sample sample;

	while (rg_sample_next(&reader, &sample)) {
		const int64_t *value = sample.value;

		if (value[RG_VALUE_SAMPLES] > 0 && value[RG_VALUE_CPU_NS] > 0)
			return value[RG_VALUE_CPU_NS] / value[RG_VALUE_SAMPLES];
	}
	return 0;
}

static int add_samples(struct packing *packing)
{
	const struct rg_profile *from = packing->from;
	struct rg_sample_reader reader = rg_profile_read_samples(from);
	struct rg_packed_state last = {0, 0};
	struct rg_sample sample;
	uint8_t *bytes;

	packing->to->packed.period_ns = period_of(from);
	while (rg_sample_next(&reader, &sample)) {
		const struct rg_pool_who named = {rg_pool_text(packing->pool, sample.thread),
						  rg_pool_text(packing->pool, sample.wait)};
		uint32_t who;
		int code = named.thread && named.wait ? 0 : RG_ENOMEM;

		if (!code)
			code = rg_pool_who(packing->pool, &named, &who);
		if (code)
			return code;
		add_sample(packing, &sample, &last, who);
	}
	bytes = rg_arena_alloc(packing->to->arena, packing->bytes.len);
	if (packing->bytes.failed || !bytes)
		return RG_ENOMEM;
	if (packing->bytes.len > 0)
		memcpy(bytes, packing->bytes.data, packing->bytes.len);
	packing->to->packed.bytes = bytes;
	packing->to->sample_count = from->sample_count;
	return 0;
}

/* --- The rest --------------------------------------------------------------------------------- */

static int add_facts(struct packing *packing)
{
	const struct rg_profile *from = packing->from;
	struct rg_profile *to = packing->to;
	struct rg_slice *slices = rg_arena_array(to->arena, from->slice_count + 1, sizeof(*slices));
	struct rg_fact *facts = rg_arena_array(to->arena, from->fact_count + 1, sizeof(*facts));

	if (!slices || !facts)
		return RG_ENOMEM;
	for (size_t i = 0; i < from->slice_count; i++)
		slices[i] = from->slices[i];
	for (size_t i = 0; i < from->fact_count; i++) {
		facts[i] = (struct rg_fact){rg_pool_text(packing->pool, from->facts[i].key),
					    rg_pool_text(packing->pool, from->facts[i].value)};
		if (!facts[i].key || !facts[i].value)
			return RG_ENOMEM;
	}
	to->slices = slices;
	to->slice_count = from->slice_count;
	to->facts = facts;
	to->fact_count = from->fact_count;
	memcpy(to->total, from->total, sizeof(to->total));
	memcpy(to->measured, from->measured, sizeof(to->measured));
	return 0;
}

static int pack(struct packing *packing)
{
	int code = add_modules(packing);

	if (!code)
		code = add_frames(packing);
	if (!code)
		code = add_stacks(packing);
	if (!code)
		code = add_samples(packing);
	return code ? code : add_facts(packing);
}

static struct rg_profile *new_profile(struct rg_profile_pool *pool)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_profile *profile = arena ? rg_arena_alloc(arena, sizeof(*profile)) : NULL;

	if (!profile) {
		rg_arena_free(arena);
		return NULL;
	}
	profile->arena = arena;
	profile->pool = pool;
	return profile;
}

int rg_profile_pool_add(struct rg_profile_pool *pool, const struct rg_profile *profile,
			struct rg_profile **out, struct rg_err *err)
{
	struct packing packing = {
		.pool = pool, .from = profile, .to = new_profile(pool), .scratch = rg_arena_new(0)};
	int code = packing.to && packing.scratch ? 0 : RG_ENOMEM;

	rg_buf_init(&packing.bytes, SIZE_MAX);
	if (!code)
		code = pack(&packing);
	if (!code)
		packing.to->packed.digest = rg_profile_digest(profile);
	rg_buf_done(&packing.bytes);
	rg_arena_free(packing.scratch);
	if (code) {
		rg_profile_free(packing.to);
		return code == RG_ENOMEM ? rg_err_nomem(err, "profile")
					 : rg_err_set(err, code,
						      "profiles: keep one more: too many "
						      "different texts or places");
	}
	*out = packing.to;
	return 0;
}
