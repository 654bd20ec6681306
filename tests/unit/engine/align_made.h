/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_ALIGN_MADE_H
#define TEST_ENGINE_ALIGN_MADE_H

#include "made.h"

#include "align.h"

#include "rg/arena.h"

/* Small profiles by hand, aligned. */

struct line {
	const char *function, *module, *file;
	uint32_t line;
	uint32_t slice;
	int64_t samples, cpu_ns;
};

static inline struct rg_profile *profile_of(const struct line *line, size_t count, size_t slices,
					    bool measures_samples)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;
	uint32_t module, root, leaf;

	rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	if (measures_samples)
		rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	rg_profile_builder_fact(builder, RG_KEY_PERIOD_NS, "10000000", NULL);
	for (size_t i = 0; i < slices; i++)
		rg_profile_builder_slice(builder, &(struct rg_slice){.wall_ns = 1000000000}, NULL);
	rg_profile_builder_module(builder, "server", "", &module, NULL);
	rg_profile_builder_frame(
		builder, &(struct rg_frame){.function = "main", .file = "", .module = module},
		&root, NULL);
	for (size_t i = 0; i < count; i++) {
		struct rg_sample sample = {.slice = line[i].slice, .thread = ""};

		rg_profile_builder_module(builder, line[i].module, "", &module, NULL);
		rg_profile_builder_frame(builder,
					 &(struct rg_frame){.function = line[i].function,
							    .file = line[i].file,
							    .line = line[i].line,
							    .module = module},
					 &leaf, NULL);
		rg_profile_builder_stack(builder, (uint32_t[]){leaf, root}, 2, &sample.stack, NULL);
		sample.value[RG_VALUE_SAMPLES] = line[i].samples;
		sample.value[RG_VALUE_CPU_NS] = line[i].cpu_ns;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

struct aligned {
	struct rg_arena *arena;
	struct rg_profile *base, *canary;
	struct rg_run_set set;
	struct rg_alignment alignment;
};

static inline void align_by(struct aligned *aligned, struct rg_profile *base,
			    struct rg_profile *canary, enum rg_spread_basis spread)
{
	const struct rg_profile *b = base, *c = canary;
	const struct rg_runs before = {&b, 1}, after = {&c, 1};

	*aligned = (struct aligned){.arena = rg_arena_new(0), .base = base, .canary = canary};
	assert_int_equal(rg_run_set_make(&aligned->set, &before, &after, aligned->arena, NULL), 0);
	assert_int_equal(rg_align(&aligned->alignment, &aligned->set, spread, aligned->arena, NULL),
			 0);
}

static inline void align(struct aligned *aligned, struct rg_profile *base,
			 struct rg_profile *canary)
{
	align_by(aligned, base, canary, RG_SPREAD_BY_TIME);
}

static inline void aligned_done(struct aligned *aligned)
{
	rg_arena_free(aligned->arena);
	rg_profile_free(aligned->base);
	rg_profile_free(aligned->canary);
}

static inline size_t row_of(const struct aligned *aligned, const char *key, const char *module)
{
	for (size_t row = 0; row < aligned->alignment.table.rows; row++) {
		const struct rg_function *function = &aligned->alignment.function[row];

		if (strcmp(function->key, key) == 0 && strcmp(function->module, module) == 0)
			return row;
	}
	return SIZE_MAX;
}

#endif
