/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_BUILDER_H
#define RG_MODEL_BUILDER_H

#include "rg/hash.h"
#include "rg/profile.h"

struct rg_arena;
struct rg_intern;

/*
 * What a profile is while it grows. Texts are ids of `texts`; modules, frames and stacks are unique
 * by content. Of samples only those are merged that equal the stack's latest (files without slices
 * have many); rg_builder_canonical() merges the rest.
 */
struct rg_builder_module {
	uint32_t name, build_id;
};

/* Hashed as bytes: `zero` is where there would be padding. */
struct rg_builder_frame {
	uint64_t code;
	uint32_t function, file, line, start_line, module, zero;
};

struct rg_builder_stack {
	uint32_t first; /* index into `pool` of the leaf */
	uint32_t depth;
	uint32_t last_sample; /* its latest, or RG_BUILDER_NO_SAMPLE */
};

#define RG_BUILDER_NO_SAMPLE UINT32_MAX

struct rg_builder_sample {
	int64_t value[RG_VALUE_COUNT];
	uint32_t stack, slice, thread, wait;
};

enum {
	RG_BUILDER_MAX_POOL = 1 << 28,  /* frames of all stacks: 1 GiB */
	RG_BUILDER_MAX_TEXTS = 1 << 28, /* bytes of all distinct texts */
	RG_BUILDER_MAX_FACTS = 1 << 10,
	RG_BUILDER_MAX_MODULES = 1 << 20,
};

struct rg_profile_builder {
	/* Made with the first text; the arena goes into the profile, texts and arrays with it. */
	struct rg_arena *arena;
	struct rg_intern *texts;
	size_t text_bytes;

	struct rg_builder_module *modules;
	struct rg_builder_frame *frames;
	struct rg_builder_stack *stacks;
	struct rg_builder_sample *samples;
	struct rg_slice *slices;
	struct rg_fact *facts;
	uint32_t *pool;
	size_t module_count, frame_count, stack_count, sample_count, slice_count, fact_count;
	size_t module_cap, frame_cap, stack_cap, sample_cap, slice_cap, fact_cap;
	size_t pool_count, pool_cap;
	struct rg_index module_index, frame_index, stack_index;

	uint32_t slices_named; /* 1 + the greatest slice a sample names */
	/* Texts of the last sample's thread and wait; valid once there is a sample. */
	uint32_t last_thread, last_wait;
	int64_t total[RG_VALUE_COUNT];
	bool measured[RG_VALUE_COUNT];
};

/* The id of a text; `what` names it in errors. Errors: RG_ENOMEM, RG_ELIMIT. */
int rg_builder_text(struct rg_profile_builder *builder, const char *text, const char *what,
		    uint32_t *id, struct rg_err *err);

/*
 * Whether a function name is a stand-in for a missing one: "[module]+0x" and hexadecimal digits,
 * "[unknown]" or "[no stack]".
 */
bool rg_builder_is_stand_in(const char *function);

/*
 * Makes the profile, in canonical order, in the builder's arena; the builder's content is left as
 * it is. Errors: RG_ENOMEM.
 */
int rg_builder_canonical(const struct rg_profile_builder *builder, struct rg_profile **out,
			 struct rg_err *err);

#endif
