/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_ANCHOR_H
#define RG_ENGINE_ANCHOR_H

#include "plumbing.h"

struct rg_buf;

/* A profile's frames while its waits are looked at. */
struct rg_anchoring {
	const struct rg_frame *frame;
	const struct rg_module *module;
	const enum rg_frame_kind *kind; /* of each frame */
};

#define RG_ANCHOR_NONE UINT32_MAX

/* Who waits on a stack, and in what. */
struct rg_anchor {
	uint32_t frame; /* first application frame from the leaf; RG_ANCHOR_NONE: there is none */
	/* Frame whose name is the API: RG_ANCHOR_NONE where the anchor waits by itself. */
	uint32_t api;
	bool truncated; /* the stack's root is missing */
	/* The stack is whole, and nothing of the application lies outside the anchor. */
	bool outermost;
	bool condition; /* on a condition variable */
};

struct rg_anchor rg_anchor_of(const struct rg_anchoring *anchoring, const struct rg_stack *stack);

/* Appends the API's name: canonical, and bare if it is the C library's or a system call. */
void rg_anchor_add_api(struct rg_buf *out, const struct rg_anchoring *anchoring,
		       const struct rg_anchor *anchor);

#endif
