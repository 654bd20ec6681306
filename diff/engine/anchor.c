/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "anchor.h"

#include "rg/buf.h"
#include "rg/diff.h"

#include <string.h>

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* "__x64_sys_futex": what follows is the system call's name. NULL: it is no entry of one. */
static const char *system_call(const char *function)
{
	static const char *const entries[] = {"__x64_sys_", "__arm64_sys_", "__ia32_sys_",
					      "__se_sys_",  "__do_sys_",    "__riscv_sys_"};

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		if (begins(function, entries[i]) && function[strlen(entries[i])])
			return function + strlen(entries[i]);
	}
	return NULL;
}

static bool is_condition(const char *function)
{
	const char *at;
	size_t len = rg_plumbing_bare_name(function, &at);

	if (begins(function, "std::condition_variable"))
		return true;
	/* pthread_cond_wait, _timedwait, _clockwait and what they are made of. */
	return len > strlen("pthread_cond_") && begins(at, "pthread_cond_") &&
	       memmem(at, len, "wait", 4) != NULL;
}

/*
 * A C main() that only calls a Rust program's own: nothing of it is the application's, though its
 * name and module say so.
 */
static bool is_shim(const struct rg_anchoring *anchoring, const struct rg_stack *stack, uint32_t at)
{
	return at > 0 && strcmp(anchoring->frame[stack->frames[at]].function, "main") == 0 &&
	       begins(anchoring->frame[stack->frames[at - 1]].function, "std::rt::lang_start");
}

static enum rg_frame_kind kind_at(const struct rg_anchoring *anchoring,
				  const struct rg_stack *stack, uint32_t at)
{
	enum rg_frame_kind kind = anchoring->kind[stack->frames[at]];

	if (kind == RG_FRAME_KIND_APPLICATION && is_shim(anchoring, stack, at))
		return RG_FRAME_KIND_PLUMBING;
	return kind;
}

static bool has_name(const struct rg_anchoring *anchoring, uint32_t frame)
{
	return !anchoring->frame[frame].unnamed;
}

/* Below the anchor the outermost name there is; without one, the innermost: the rest starts threads. */
static void take_plumbing(const struct rg_anchoring *anchoring, uint32_t frame, bool *found_any,
			  struct rg_anchor *out, struct rg_anchor *innermost)
{
	if (is_condition(anchoring->frame[frame].function))
		out->condition = true;
	if (!has_name(anchoring, frame))
		return;
	out->api = frame;
	if (!*found_any)
		innermost->api = frame;
	*found_any = true;
}

static void take_kernel(const struct rg_anchoring *anchoring, uint32_t frame, uint32_t *call)
{
	if (system_call(anchoring->frame[frame].function))
		*call = frame;
}

struct rg_anchor rg_anchor_of(const struct rg_anchoring *anchoring, const struct rg_stack *stack)
{
	struct rg_anchor anchor = {.frame = RG_ANCHOR_NONE, .api = RG_ANCHOR_NONE};
	struct rg_anchor innermost = anchor;
	uint32_t call = RG_ANCHOR_NONE;
	bool found_api = false, more = false;

	for (uint32_t at = 0; at < stack->depth; at++) {
		uint32_t frame = stack->frames[at];
		enum rg_frame_kind kind = kind_at(anchoring, stack, at);

		if (kind == RG_FRAME_KIND_CUT)
			anchor.truncated = true;
		else if (kind == RG_FRAME_KIND_KERNEL)
			take_kernel(anchoring, frame, &call);
		else if (kind == RG_FRAME_KIND_APPLICATION && anchor.frame == RG_ANCHOR_NONE)
			anchor.frame = frame;
		else if (kind == RG_FRAME_KIND_APPLICATION)
			more = true;
		else if (anchor.frame == RG_ANCHOR_NONE)
			take_plumbing(anchoring, frame, &found_api, &anchor, &innermost);
	}
	if (anchor.frame == RG_ANCHOR_NONE)
		anchor.api = innermost.api;
	if (anchor.api == RG_ANCHOR_NONE)
		anchor.api = call;
	anchor.outermost = !anchor.truncated && !more;
	return anchor;
}

/* Such a name is no alias of the C library's. */
static bool is_qualified(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(":.<(/[", name[i]))
			return true;
	}
	return false;
}

void rg_anchor_add_api(struct rg_buf *out, const struct rg_anchoring *anchoring,
		       const struct rg_anchor *anchor)
{
	const char *function, *at;
	size_t len;

	if (anchor->api == RG_ANCHOR_NONE)
		return;
	function = anchoring->frame[anchor->api].function;
	if (anchoring->kind[anchor->api] == RG_FRAME_KIND_KERNEL) {
		rg_buf_adds(out, system_call(function));
		return;
	}
	len = rg_plumbing_bare_name(function, &at);
	if (is_qualified(at, len))
		rg_canon_name(out, function);
	else
		rg_buf_add(out, at, len);
}
