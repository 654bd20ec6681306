/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places of a profile being built: modules, frames and stacks, each distinct one once. */
#include <inttypes.h>
#include <string.h>

#include "rg/err.h"
#include "rg/grow.h"

#include "builder.h"

static int full(const char *what, long limit, struct rg_err *err)
{
	return rg_err_set(err, RG_ELIMIT, "profile: add %s: more than %ld", what, limit);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int module_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_builder_module *a = (const struct rg_builder_module *)ctx + id, *b = key;

	return a->name == b->name && a->build_id == b->build_id;
}

static int append_module(struct rg_profile_builder *builder, uint64_t hash,
			 const struct rg_builder_module *module, uint32_t *id, struct rg_err *err)
{
	if (builder->module_count >= RG_BUILDER_MAX_MODULES)
		return full("module", RG_BUILDER_MAX_MODULES, err);
	if (RG_GROW(builder->modules, builder->module_cap, builder->module_count) ||
	    rg_index_add(&builder->module_index, hash, (uint32_t)builder->module_count) != 0)
		return rg_err_nomem(err, "profile");
	*id = (uint32_t)builder->module_count;
	builder->modules[builder->module_count++] = *module;
	return 0;
}

int rg_profile_builder_module(struct rg_profile_builder *builder, const char *name,
			      const char *build_id, uint32_t *id, struct rg_err *err)
{
	struct rg_builder_module module;
	uint64_t hash;
	uint32_t known;
	int rc;

	if (build_id[strspn(build_id, "0123456789abcdef")] != '\0')
		return rg_err_set(err, RG_EFORMAT,
				  "profile: add module: build id '%s' is not lower-case hex",
				  build_id);
	rc = rg_builder_text(builder, base_name(name), "module name", &module.name, err);
	if (rc != 0)
		return rc;
	rc = rg_builder_text(builder, build_id, "build id", &module.build_id, err);
	if (rc != 0)
		return rc;
	hash = rg_hash_bytes(&module, sizeof(module), 0);
	known = rg_index_find(&builder->module_index, hash, module_equal, builder->modules,
			      &module);
	if (known == RG_INDEX_NONE)
		return append_module(builder, hash, &module, id, err);
	*id = known;
	return 0;
}

bool rg_builder_is_stand_in(const char *function)
{
	const char *tail = strrchr(function, ']');

	if (function[0] != '[' || !tail)
		return false;
	if (strcmp(tail, "]") == 0 || strcmp(tail, "]@plt") == 0)
		return true;
	if (strncmp(tail, "]+0x", 4) != 0 || tail[4] == '\0')
		return false;
	return tail[4 + strspn(tail + 4, "0123456789abcdef")] == '\0';
}

static int check_frame(const struct rg_profile_builder *builder, const struct rg_frame *frame,
		       struct rg_err *err)
{
	if (!frame->function || frame->function[0] == '\0')
		return rg_err_set(err, RG_EFORMAT, "profile: add frame: empty function name");
	if (frame->module >= builder->module_count)
		return rg_err_set(err, RG_EFORMAT, "profile: add frame: no module %" PRIu32,
				  frame->module);
	if (frame->unnamed && !rg_builder_is_stand_in(frame->function))
		return rg_err_set(err, RG_EFORMAT,
				  "profile: add frame: '%s' has not the form of an unnamed "
				  "function, '[module]+0x…'",
				  frame->function);
	return 0;
}

static int frame_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_builder_frame *a = (const struct rg_builder_frame *)ctx + id, *b = key;

	return a->function == b->function && a->file == b->file && a->line == b->line &&
	       a->start_line == b->start_line && a->module == b->module && a->code == b->code;
}

static int append_frame(struct rg_profile_builder *builder, uint64_t hash,
			const struct rg_builder_frame *frame, uint32_t *id, struct rg_err *err)
{
	if (builder->frame_count >= RG_PROFILE_MAX_FRAMES)
		return full("frame", RG_PROFILE_MAX_FRAMES, err);
	if (RG_GROW(builder->frames, builder->frame_cap, builder->frame_count) ||
	    rg_index_add(&builder->frame_index, hash, (uint32_t)builder->frame_count) != 0)
		return rg_err_nomem(err, "profile");
	*id = (uint32_t)builder->frame_count;
	builder->frames[builder->frame_count++] = *frame;
	return 0;
}

int rg_profile_builder_frame(struct rg_profile_builder *builder, const struct rg_frame *frame,
			     uint32_t *id, struct rg_err *err)
{
	struct rg_builder_frame added = {
		.line = frame->line,
		.start_line = frame->start_line,
		.module = frame->module,
		.code = frame->code,
	};
	uint64_t hash;
	uint32_t known;
	int rc = check_frame(builder, frame, err);

	if (rc != 0)
		return rc;
	rc = rg_builder_text(builder, frame->function, "function name", &added.function, err);
	if (rc != 0)
		return rc;
	rc = rg_builder_text(builder, frame->file ? frame->file : "", "file name", &added.file,
			     err);
	if (rc != 0)
		return rc;
	hash = rg_hash_bytes(&added, sizeof(added), 0);
	known = rg_index_find(&builder->frame_index, hash, frame_equal, builder->frames, &added);
	if (known == RG_INDEX_NONE)
		return append_frame(builder, hash, &added, id, err);
	*id = known;
	return 0;
}

struct stack_key {
	const uint32_t *frames;
	size_t depth;
};

static int stack_equal(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_profile_builder *builder = ctx;
	const struct stack_key *wanted = key;
	const struct rg_builder_stack *stack = &builder->stacks[id];

	return stack->depth == wanted->depth && memcmp(&builder->pool[stack->first], wanted->frames,
						       wanted->depth * sizeof(uint32_t)) == 0;
}

static int check_stack(const struct rg_profile_builder *builder, const uint32_t *frames,
		       size_t depth, struct rg_err *err)
{
	if (depth == 0)
		return rg_err_set(err, RG_EFORMAT, "profile: add stack: no frames");
	if (depth > RG_PROFILE_MAX_DEPTH)
		return rg_err_set(err, RG_ELIMIT, "profile: add stack: deeper than %d frames",
				  RG_PROFILE_MAX_DEPTH);
	for (size_t i = 0; i < depth; i++)
		if (frames[i] >= builder->frame_count)
			return rg_err_set(err, RG_EFORMAT, "profile: add stack: no frame %" PRIu32,
					  frames[i]);
	return 0;
}

static int append_stack(struct rg_profile_builder *builder, uint64_t hash,
			const struct stack_key *stack, uint32_t *id, struct rg_err *err)
{
	if (builder->stack_count >= RG_PROFILE_MAX_STACKS)
		return full("stack", RG_PROFILE_MAX_STACKS, err);
	if (stack->depth > RG_BUILDER_MAX_POOL - builder->pool_count)
		return full("stack: frames of all stacks", RG_BUILDER_MAX_POOL, err);
	if (RG_GROW_TO(builder->pool, builder->pool_cap, builder->pool_count + stack->depth) ||
	    RG_GROW(builder->stacks, builder->stack_cap, builder->stack_count) ||
	    rg_index_add(&builder->stack_index, hash, (uint32_t)builder->stack_count) != 0)
		return rg_err_nomem(err, "profile");
	memcpy(builder->pool + builder->pool_count, stack->frames, stack->depth * sizeof(uint32_t));
	*id = (uint32_t)builder->stack_count;
	builder->stacks[builder->stack_count++] = (struct rg_builder_stack){
		(uint32_t)builder->pool_count, (uint32_t)stack->depth, RG_BUILDER_NO_SAMPLE};
	builder->pool_count += stack->depth;
	return 0;
}

int rg_profile_builder_stack(struct rg_profile_builder *builder, const uint32_t *frames,
			     size_t depth, uint32_t *id, struct rg_err *err)
{
	struct stack_key wanted = {frames, depth};
	uint64_t hash;
	uint32_t known;
	int rc = check_stack(builder, frames, depth, err);

	if (rc != 0)
		return rc;
	hash = rg_hash_bytes(frames, depth * sizeof(*frames), 0);
	known = rg_index_find(&builder->stack_index, hash, stack_equal, builder, &wanted);
	if (known == RG_INDEX_NONE)
		return append_stack(builder, hash, &wanted, id, err);
	*id = known;
	return 0;
}
