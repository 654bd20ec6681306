/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"
#include "packed.h"
#include "pool.h"

#include <stddef.h>

/* The program's own bytes, in memory since they were written: always whole. */
static uint64_t take_varint(const uint8_t **at)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		byte = *(*at)++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return value;
}

static uint32_t unfold(uint64_t folded)
{
	uint32_t half = (uint32_t)(folded >> 1);

	return folded & 1 ? ~half : half;
}

static void take_values(struct rg_sample_reader *reader, uint8_t flags, struct rg_sample *out)
{
	for (int v = 0; v < RG_VALUE_COUNT; v++) {
		bool derived = v == RG_VALUE_CPU_NS && flags & RG_PACKED_PERIODS;

		out->value[v] = 0;
		if (derived)
			out->value[v] =
				out->value[RG_VALUE_SAMPLES] * reader->profile->packed.period_ns;
		else if (flags & RG_PACKED_VALUE << v)
			out->value[v] = (int64_t)take_varint(&reader->next);
	}
}

static void unpack(struct rg_sample_reader *reader, struct rg_sample *out)
{
	const struct rg_profile_pool *pool = reader->profile->pool;
	uint8_t flags = *reader->next++;

	if (flags & RG_PACKED_STACK)
		reader->stack += unfold(take_varint(&reader->next));
	out->stack = reader->stack;
	out->slice = flags & RG_PACKED_SLICED ? (uint32_t)take_varint(&reader->next) : RG_NO_SLICE;
	if (flags & RG_PACKED_WHO)
		reader->who = (uint32_t)take_varint(&reader->next);
	out->thread = pool->whos[reader->who].thread;
	out->wait = pool->whos[reader->who].wait;
	take_values(reader, flags, out);
}

struct rg_sample_reader rg_profile_read_samples(const struct rg_profile *profile)
{
	return (struct rg_sample_reader){
		.profile = profile, .left = profile->sample_count, .next = profile->packed.bytes};
}

bool rg_sample_next(struct rg_sample_reader *reader, struct rg_sample *out)
{
	const struct rg_profile *profile = reader->profile;

	if (reader->left == 0)
		return false;
	if (profile->pool)
		unpack(reader, out);
	else
		*out = profile->samples[profile->sample_count - reader->left];
	reader->left--;
	return true;
}

size_t rg_profile_sample_count(const struct rg_profile *profile)
{
	return profile->sample_count;
}
