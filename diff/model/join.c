/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "copy.h"
#include "join_facts.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/profile.h"

static int join_samples(const struct rg_copying *copying, uint32_t slices_before,
			struct rg_err *err)
{
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(copying->from, &count);
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		struct rg_sample copy = sample[i];

		copy.stack = copying->stack[copy.stack];
		if (copy.slice != RG_NO_SLICE)
			copy.slice += slices_before;
		code = rg_profile_builder_sample(copying->to, &copy, err);
	}
	return code;
}

/* Adds its slices to *slices. */
static int join_part(struct rg_copying *copying, uint32_t *slices, struct rg_err *err)
{
	size_t count;
	const struct rg_slice *slice = rg_profile_slices(copying->from, &count);
	int code = rg_copy_stacks(copying, err);

	if (code)
		return code;
	/* Each part holds fewer than 2^31. */
	if (*slices + count > RG_PROFILE_MAX_SLICES)
		return rg_err_set(err, RG_ELIMIT, "profile: join: more than %d slices",
				  RG_PROFILE_MAX_SLICES);
	for (size_t i = 0; !code && i < count; i++)
		code = rg_profile_builder_slice(copying->to, &slice[i], err);
	if (!code)
		code = join_samples(copying, *slices, err);
	*slices += (uint32_t)count;
	return code;
}

static int join(struct rg_profile_builder *to, const struct rg_profile *const *part, size_t count,
		struct rg_profile **out, struct rg_err *err)
{
	uint32_t slices = 0;
	int code = 0;

	for (size_t i = 0; !code && i < count; i++) {
		struct rg_copying copying = {.from = part[i], .to = to, .arena = rg_arena_new(0)};

		code = copying.arena ? join_part(&copying, &slices, err)
				     : rg_err_nomem(err, "profile");
		rg_arena_free(copying.arena);
	}
	if (!code)
		code = rg_join_facts(part, count, to, err);
	return code ? code : rg_profile_builder_finish(to, out, err);
}

int rg_profile_join(const struct rg_profile *const *part, size_t count, struct rg_profile **out,
		    struct rg_err *err)
{
	struct rg_profile_builder *to = rg_profile_builder_new();
	int code = to ? join(to, part, count, out, err) : rg_err_nomem(err, "profile");

	rg_profile_builder_free(to);
	return code;
}
