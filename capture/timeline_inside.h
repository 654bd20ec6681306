/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_TIMELINE_INSIDE_H
#define CAPTURE_TIMELINE_INSIDE_H

#include "latest.h"
#include "target.h"
#include "timeline.h"

/* What the timeline's own files share: timeline.c gathers, timeline_replay.c makes address spaces of it, timeline_find.c looks into them. */

/* An address space: a copy of its parent's first `inherited` mappings, and its own after them. */
struct rg_timeline_space {
	rgw_image_id parent;
	size_t inherited; /* own mappings of the parent at the time of the fork */
	struct rg_timeline_range *own;
	size_t count, cap;
	struct rg_latest latest; /* own ones, where they are many; made when all are known */
};

void rg_timeline_space_done(struct rg_timeline_space *space);

struct rg_timeline {
	struct rg_files *files;
	struct rg_timeline_record *records;
	size_t count, cap;
	struct rg_mapping_record *pending; /* their paths are in the arena */
	struct rg_arena *paths;
	size_t pending_count, pending_cap;
	struct rg_pids known;
	size_t alive;
	uint64_t lost;
	struct rg_timeline_space *spaces; /* by image */
	size_t space_count;
};

#endif
