/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up what is where in the address spaces, once the timeline is replayed. */
#include "files.h"
#include "timeline_inside.h"

/* The latest of its first `visible` mappings that has the address, or NULL. */
static const struct rg_timeline_range *find_own(const struct rg_timeline_space *space,
						size_t visible, uint64_t address)
{
	size_t i = space->count < visible ? space->count : visible;

	if (space->latest.count) {
		uint32_t latest = rg_latest_at(&space->latest, address);

		if (latest == RG_LATEST_NONE)
			return NULL;
		/* What was mapped over it after a fork was not for the child. */
		if (latest < i)
			return &space->own[latest];
	}
	while (i-- > 0)
		if (address >= space->own[i].start && address < space->own[i].end)
			return &space->own[i];
	return NULL;
}

bool rg_timeline_find(const struct rg_timeline *t, rgw_image_id image, uint64_t address,
		      struct rg_place *place)
{
	size_t visible = SIZE_MAX;

	/* A parent's number is lower than its child's, so this ends. */
	while (image && image < t->space_count) {
		const struct rg_timeline_space *space = &t->spaces[image];

		const struct rg_timeline_range *m = find_own(space, visible, address);

		if (m) {
			place->file = m->file;
			place->pid = m->pid;
			place->offset = address - m->start + m->offset;
			return true;
		}
		if (space->parent >= image)
			return false;
		visible = space->inherited;
		image = space->parent;
	}
	return false;
}

uint32_t rg_timeline_program(const struct rg_timeline *t)
{
	for (size_t i = 0; i < t->space_count; i++)
		for (size_t k = 0; k < t->spaces[i].count; k++)
			if (t->spaces[i].own[k].file != RG_FILE_NONE)
				return t->spaces[i].own[k].file;
	return RG_FILE_NONE;
}
