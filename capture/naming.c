/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "naming.h"
#include "files.h"
#include "jitmaps.h"
#include "kallsyms.h"
#include "elf/object.h"
#include "timeline.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"
#include "rg/profile.h"

#include <stdlib.h>
#include <string.h>

/* Where an address leads; equal places have equal frames. Zeroed before use: it is hashed as bytes. */
struct place {
	enum { IN_KERNEL, IN_FILE, IN_MEMORY, NOWHERE } kind;
	uint32_t file;   /* in memory: the process that made the code */
	uint64_t offset; /* in the file; the address, in the kernel and in memory */
};

struct known {
	struct place place;
	uint32_t frame;
	bool named;
};

struct rg_naming {
	const struct rg_timeline *timeline;
	const struct rg_files *files;
	const struct rg_kallsyms *kernel;
	struct rg_profile_builder *builder;
	struct known *known;
	size_t count, cap;
	struct rg_index index;
	uint64_t unmapped;
};

struct rg_naming *rg_naming_new(const struct rg_timeline *timeline, const struct rg_files *files,
				const struct rg_kallsyms *kernel,
				struct rg_profile_builder *builder)
{
	struct rg_naming *n = calloc(1, sizeof(*n));

	if (n) {
		n->timeline = timeline;
		n->files = files;
		n->kernel = kernel;
		n->builder = builder;
	}
	return n;
}

void rg_naming_free(struct rg_naming *n)
{
	if (!n)
		return;
	free(n->known);
	rg_index_done(&n->index);
	free(n);
}

uint64_t rg_naming_unmapped(const struct rg_naming *n)
{
	return n->unmapped;
}

/* --- A place's frame ------------------------------------------------------------------------ */

static int enter(struct rg_naming *n, struct rg_frame *frame, const char *module,
		 const char *build_id, uint32_t *id, struct rg_err *err)
{
	int rc = rg_profile_builder_module(n->builder, module, build_id, &frame->module, err);

	return rc ? rc : rg_profile_builder_frame(n->builder, frame, id, err);
}

static int name_kernel(struct rg_naming *n, uint64_t address, struct known *out, struct rg_err *err)
{
	struct rg_frame frame = {.file = ""};
	const char *module = "[kernel]";

	frame.function = rg_kallsyms_find(n->kernel, address, &module);
	/* Kernel addresses say where the kernel lies (KASLR): never shown. */
	if (!frame.function) {
		frame.function = "[kernel]";
		frame.unnamed = true;
	}
	out->named = !frame.unnamed;
	return enter(n, &frame, module, "", &out->frame, err);
}

static int name_file(struct rg_naming *n, const struct place *place, struct known *out,
		     struct rg_err *err)
{
	struct rg_object *object = rg_files_object(n->files, place->file);
	struct rg_frame frame;
	struct rg_symbol symbol;
	int rc = rg_object_symbolize(object, place->offset, &symbol, err);

	if (rc)
		return rc;
	frame = (struct rg_frame){
		.function = symbol.function,
		.file = symbol.file,
		.line = symbol.line,
		.start_line = symbol.start_line,
		.code = symbol.code,
		.unnamed = symbol.unnamed,
	};
	out->named = !symbol.unnamed;
	return enter(n, &frame, rg_object_name(object), rg_object_build_id(object), &out->frame,
		     err);
}

/* One frame for all of it: addresses of code made at run time mean nothing in another run. */
static int name_rest(struct rg_naming *n, const char *name, struct known *out, struct rg_err *err)
{
	struct rg_frame frame = {.function = name, .file = "", .unnamed = true};

	out->named = false;
	return enter(n, &frame, name, "", &out->frame, err);
}

static int name_memory(struct rg_naming *n, const struct place *place, struct known *out,
		       struct rg_err *err)
{
	struct rg_frame frame = {.file = ""};
	int rc = rg_jitmaps_find(rg_files_jitmaps(n->files), (pid_t)place->file, place->offset,
				 &frame.function, err);

	if (rc)
		return rc;
	if (!frame.function)
		return name_rest(n, "[anon]", out, err);
	out->named = true;
	return enter(n, &frame, "[jit]", "", &out->frame, err);
}

static int name_place(struct rg_naming *n, const struct place *place, struct known *out,
		      struct rg_err *err)
{
	switch (place->kind) {
	case IN_KERNEL:
		return name_kernel(n, place->offset, out, err);
	case IN_FILE:
		return name_file(n, place, out, err);
	case IN_MEMORY:
		return name_memory(n, place, out, err);
	case NOWHERE:
		break;
	}
	return name_rest(n, "[unknown]", out, err);
}

/* --- Each place once ------------------------------------------------------------------------ */

static int place_equal(const void *ctx, uint32_t id, const void *place)
{
	const struct rg_naming *n = ctx;

	return !memcmp(&n->known[id].place, place, sizeof(struct place));
}

static int remember(struct rg_naming *n, const struct known *known, uint64_t hash,
		    struct rg_err *err)
{
	if (RG_GROW(n->known, n->cap, n->count))
		return rg_err_nomem(err, "frames");
	n->known[n->count] = *known;
	if (rg_index_add(&n->index, hash, (uint32_t)n->count))
		return rg_err_nomem(err, "frames");
	n->count++;
	return 0;
}

static int find_frame(struct rg_naming *n, const struct place *place, uint32_t *frame, bool *named,
		      struct rg_err *err)
{
	uint64_t hash = rg_hash_bytes(place, sizeof(*place), 0);
	uint32_t id = rg_index_find(&n->index, hash, place_equal, n, place);
	struct known known = {.place = *place};
	int rc = 0;

	if (id != RG_INDEX_NONE) {
		known = n->known[id];
	} else {
		rc = name_place(n, place, &known, err);
		if (!rc)
			rc = remember(n, &known, hash, err);
	}
	*frame = known.frame;
	*named = known.named;
	return rc;
}

/* --- Stacks --------------------------------------------------------------------------------- */

static struct place find_place(struct rg_naming *n, const struct rg_raw_stack *raw, size_t i)
{
	struct rg_place found;
	struct place place;
	/* The kernel's return addresses are as they are: the call is the instruction before. */
	bool exact = i == 0 || i >= raw->kernel_depth;
	uint64_t address = raw->address[i] - (exact ? 0 : 1);

	memset(&place, 0, sizeof(place));
	place.kind = NOWHERE;
	if (i < raw->kernel_depth) {
		place.kind = IN_KERNEL;
		place.offset = address;
	} else if (!rg_timeline_find(n->timeline, raw->image, address, &found)) {
		n->unmapped++;
	} else if (found.file == RG_FILE_NONE) {
		place.kind = IN_MEMORY;
		place.file = found.pid;
		place.offset = address;
	} else {
		place.kind = IN_FILE;
		place.file = found.file;
		place.offset = found.offset;
	}
	return place;
}

int rg_naming_stack(struct rg_naming *n, const struct rg_raw_stack *raw, uint32_t *stack,
		    bool *named, struct rg_err *err)
{
	uint32_t frames[RGW_KERNEL_DEPTH + RGW_USER_DEPTH + 1];
	size_t depth = (size_t)raw->kernel_depth + raw->user_depth;
	struct known known = {0};

	for (size_t i = 0; i < depth; i++) {
		struct place place = find_place(n, raw, i);
		bool has_name;
		int rc = find_frame(n, &place, &frames[i], &has_name, err);

		if (rc)
			return rc;
		if (i == 0)
			*named = has_name;
	}
	if (depth == 0) {
		struct place place;
		int rc;

		memset(&place, 0, sizeof(place));
		place.kind = NOWHERE;
		rc = find_frame(n, &place, &frames[depth++], named, err);
		if (rc)
			return rc;
	} else if (raw->end != RGW_END_ROOT && raw->end != RGW_END_NO_STACK) {
		int rc = name_rest(n, RG_FRAME_TRUNCATED, &known, err);

		if (rc)
			return rc;
		frames[depth++] = known.frame;
	}
	return rg_profile_builder_stack(n->builder, frames, depth, stack, err);
}
