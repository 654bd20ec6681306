/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_MODEL_MAKE_H
#define TEST_MODEL_MAKE_H

/* Short ways to build profiles and to look at them. All assert that they succeed. */
#include "base/unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/pprof.h"
#include "rg/profile.h"

static inline uint32_t make_module(struct rg_profile_builder *b, const char *name, const char *id)
{
	struct rg_err err = {0};
	uint32_t module = UINT32_MAX;

	assert_int_equal(rg_profile_builder_module(b, name, id, &module, &err), 0);
	return module;
}

static inline uint32_t make_frame(struct rg_profile_builder *b, const char *function,
				  uint32_t module, uint32_t line)
{
	struct rg_frame frame = {.function = function, .module = module, .line = line};
	struct rg_err err = {0};
	uint32_t id = UINT32_MAX;

	assert_int_equal(rg_profile_builder_frame(b, &frame, &id, &err), 0);
	return id;
}

static inline uint32_t make_stack(struct rg_profile_builder *b, const uint32_t *frames,
				  size_t depth)
{
	struct rg_err err = {0};
	uint32_t id = UINT32_MAX;

	assert_int_equal(rg_profile_builder_stack(b, frames, depth, &id, &err), 0);
	return id;
}

/* A stack of one frame of a function in module "app". */
static inline uint32_t make_leaf(struct rg_profile_builder *b, const char *function)
{
	uint32_t frame = make_frame(b, function, make_module(b, "app", "ab"), 0);

	return make_stack(b, &frame, 1);
}

static inline void make_sample(struct rg_profile_builder *b, uint32_t stack, uint32_t slice,
			       const char *thread, int64_t samples)
{
	struct rg_sample sample = {.value = {samples, samples * 1000},
				   .stack = stack,
				   .slice = slice,
				   .thread = thread};
	struct rg_err err = {0};

	assert_int_equal(rg_profile_builder_sample(b, &sample, &err), 0);
}

static inline void make_slices(struct rg_profile_builder *b, size_t count, uint64_t wall_ns)
{
	struct rg_err err = {0};

	for (size_t i = 0; i < count; i++)
		assert_int_equal(rg_profile_builder_slice(b, &(struct rg_slice){.wall_ns = wall_ns},
							  &err),
				 0);
}

static inline void make_fact(struct rg_profile_builder *b, const char *key, const char *value)
{
	struct rg_err err = {0};

	assert_int_equal(rg_profile_builder_fact(b, key, value, &err), 0);
}

/* Finishes and frees the builder. */
static inline struct rg_profile *make_profile(struct rg_profile_builder *b)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_profile_builder_finish(b, &profile, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
	rg_profile_builder_free(b);
	return profile;
}

/* The file of a profile; free it with rg_buf_done(). */
static inline struct rg_buf make_file(const struct rg_profile *profile)
{
	struct rg_err err = {0};
	struct rg_buf file;

	rg_buf_init(&file, RG_PPROF_MAX_FILE);
	assert_int_equal(rg_pprof_write(profile, &file, &err), 0);
	return file;
}

static inline struct rg_profile *make_read(const void *bytes, size_t len)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_pprof_read(bytes, len, &profile, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
	return profile;
}

#define assert_text_contains(text, part)                                        \
	do {                                                                    \
		if (!strstr((text), (part)))                                    \
			fail_msg("'%s' does not contain '%s'", (text), (part)); \
	} while (0)

#endif
