/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include "rg/hash.h"

#include <string.h>

static uint64_t digest_text(const char *text, uint64_t seed)
{
	return rg_hash_bytes(text, strlen(text), seed);
}

static uint64_t digest_samples(const struct rg_profile *profile, uint64_t seed)
{
	size_t samples, stacks;
	const struct rg_sample *sample = rg_profile_samples(profile, &samples);
	const struct rg_stack *stack = rg_profile_stacks(profile, &stacks);

	for (size_t i = 0; i < stacks; i++)
		seed = rg_hash_bytes(stack[i].frames, stack[i].depth * sizeof(*stack[i].frames),
				     seed);
	for (size_t i = 0; i < samples; i++) {
		uint32_t where[] = {sample[i].stack, sample[i].slice};

		seed = rg_hash_bytes(where, sizeof(where), seed);
		seed = rg_hash_bytes(sample[i].value, sizeof(sample[i].value), seed);
		if (sample[i].value[RG_VALUE_WAITS] || sample[i].value[RG_VALUE_OFF_CPU_NS])
			seed = digest_text(sample[i].thread, digest_text(sample[i].wait, seed));
	}
	return seed;
}

/*
 * Names
 * and stacks once each, samples by the number of their stack: profiles are in canonical order.
 */
uint64_t rg_profile_digest(const struct rg_profile *profile)
{
	size_t facts, frames, slices;
	const struct rg_slice *slice = rg_profile_slices(profile, &slices);
	const struct rg_fact *fact = rg_profile_facts(profile, &facts);
	const struct rg_frame *frame = rg_profile_frames(profile, &frames);
	uint64_t seed = 0;

	if (profile->pool)
		return profile->packed.digest;
	for (size_t i = 0; i < facts; i++)
		seed = digest_text(fact[i].value, digest_text(fact[i].key, seed));
	for (size_t i = 0; i < frames; i++)
		seed = digest_text(frame[i].function, seed ^ frame[i].code);
	if (slices > 0)
		seed = rg_hash_bytes(slice, slices * sizeof(*slice), seed);
	return digest_samples(profile, seed);
}
