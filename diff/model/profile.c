/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rg/arena.h"
#include "rg/profile.h"
#include "rg/units.h"

#include "model.h"
#include "pool.h"

const struct rg_module *rg_profile_modules(const struct rg_profile *profile, size_t *count)
{
	*count = profile->pool ? profile->pool->module_count : profile->module_count;
	return profile->pool ? profile->pool->modules : profile->modules;
}

const struct rg_frame *rg_profile_frames(const struct rg_profile *profile, size_t *count)
{
	*count = profile->pool ? profile->pool->frame_count : profile->frame_count;
	return profile->pool ? profile->pool->frames : profile->frames;
}

const struct rg_stack *rg_profile_stacks(const struct rg_profile *profile, size_t *count)
{
	*count = profile->pool ? profile->pool->stack_count : profile->stack_count;
	return profile->pool ? profile->pool->stacks : profile->stacks;
}

const struct rg_sample *rg_profile_samples(const struct rg_profile *profile, size_t *count)
{
	*count = profile->sample_count;
	return profile->samples;
}

const struct rg_slice *rg_profile_slices(const struct rg_profile *profile, size_t *count)
{
	*count = profile->slice_count;
	return profile->slices;
}

const struct rg_fact *rg_profile_facts(const struct rg_profile *profile, size_t *count)
{
	*count = profile->fact_count;
	return profile->facts;
}

int64_t rg_profile_total(const struct rg_profile *profile, enum rg_value value)
{
	return profile->total[value];
}

bool rg_profile_has(const struct rg_profile *profile, enum rg_value value)
{
	return profile->measured[value];
}

static int compare_key(const void *key, const void *fact)
{
	return strcmp(key, ((const struct rg_fact *)fact)->key);
}

const char *rg_profile_fact(const struct rg_profile *profile, const char *key)
{
	const struct rg_fact *fact;

	if (profile->fact_count == 0)
		return NULL;
	fact = bsearch(key, profile->facts, profile->fact_count, sizeof(*fact), compare_key);
	return fact ? fact->value : NULL;
}

uint64_t rg_profile_fact_u64(const struct rg_profile *profile, const char *key, uint64_t fallback)
{
	const char *text = rg_profile_fact(profile, key);
	uint64_t value;

	if (!text || rg_parse_u64(text, &value) != 0)
		return fallback;
	return value;
}

/* The program's numbers are in the C locale; hexadecimal, infinity and blanks are none of ours. */
double rg_profile_fact_real(const struct rg_profile *profile, const char *key, double fallback)
{
	const char *text = rg_profile_fact(profile, key);
	char *end;
	double value;

	if (!text || text[0] == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
		return fallback;
	value = strtod(text, &end);
	return *end == '\0' && isfinite(value) ? value : fallback;
}

void rg_profile_free(struct rg_profile *profile)
{
	if (profile)
		rg_arena_free(profile->arena); /* the profile itself lives there */
}
