/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spaces.h"
#include "arrays.h"

#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

enum {
	MIN_CLASS = 4, /* the shortest places hold 2^4 ranges */
	CLASSES = 18,  /* up to 2^17: the whole array */
	/*
	 * Turns a dropped list's place stays as it is. A process forked meanwhile has the list of its parent from
	 * the kernel side; within one turn we hear of it and hold the list for it, or give it the newer one.
	 */
	TURNS_KEPT = 3,
};

struct rg_space_list {
	struct rg_space_list *next; /* among those dropped, or the free places of its class */
	uint64_t dropped;           /* turn */
	uint32_t first, count, class;
	uint32_t references;
	uint64_t version;
};

struct rg_spaces {
	const struct rg_unwind_arrays *arrays;
	struct rg_space_list *dropped, **dropped_end; /* oldest first */
	struct rg_space_list *unused[CLASSES];
	uint32_t used; /* ranges of the array that were given out once */
	uint64_t turn, refused, versions;
};

struct rg_spaces *rg_spaces_new(const struct rg_unwind_arrays *arrays)
{
	struct rg_spaces *s = calloc(1, sizeof(*s));

	if (s) {
		s->arrays = arrays;
		s->dropped_end = &s->dropped;
	}
	return s;
}

static void free_lists(struct rg_space_list *list)
{
	while (list) {
		struct rg_space_list *next = list->next;

		free(list);
		list = next;
	}
}

void rg_spaces_free(struct rg_spaces *s)
{
	if (!s)
		return;
	free_lists(s->dropped);
	for (size_t i = 0; i < CLASSES; i++)
		free_lists(s->unused[i]);
	free(s);
}

uint64_t rg_spaces_refused(const struct rg_spaces *s)
{
	return s->refused;
}

/* An unused place of the class, or a new one. NULL in *list: the array is full. */
static int take_place(struct rg_spaces *s, uint32_t class, struct rg_space_list **list)
{
	struct rg_space_list *place = s->unused[class];

	*list = place;
	if (place) {
		s->unused[class] = place->next;
		return 0;
	}
	if (RGW_MAX_RANGES - s->used < 1U << class)
		return 0;
	place = calloc(1, sizeof(*place));
	if (!place)
		return RG_ENOMEM;
	place->first = s->used;
	place->class = class;
	s->used += 1U << class;
	*list = place;
	return 0;
}

int rg_spaces_list(struct rg_spaces *s, const struct rgw_range *ranges, size_t count,
		   struct rg_space_list **list)
{
	struct rg_space_list *place = NULL;
	uint32_t class = MIN_CLASS;

	while (class < CLASSES && 1ULL << class < count)
		class ++;
	if (class < CLASSES && take_place(s, class, &place))
		return RG_ENOMEM;
	*list = place;
	if (!place) {
		s->refused++;
		return 0;
	}
	place->next = NULL;
	place->count = (uint32_t)count;
	place->references = 1;
	place->version = ++s->versions;
	if (count)
		memcpy(&s->arrays->ranges[place->first], ranges, count * sizeof(*ranges));
	return 0;
}

struct rg_space_list *rg_space_list_hold(struct rg_space_list *list)
{
	if (list)
		list->references++;
	return list;
}

void rg_space_list_drop(struct rg_spaces *s, struct rg_space_list *list)
{
	if (!list || --list->references)
		return;
	list->next = NULL;
	list->dropped = s->turn;
	*s->dropped_end = list;
	s->dropped_end = &list->next;
}

void rg_spaces_publish(struct rg_spaces *s, rgw_image_id image, const struct rg_space_list *list)
{
	struct rgw_space space;

	if (!list) {
		s->arrays->set_space(s->arrays->ctx, image, NULL);
		return;
	}
	space = rg_space_list_space(list);
	if (s->arrays->set_space(s->arrays->ctx, image, &space))
		s->refused++;
}

struct rgw_space rg_space_list_space(const struct rg_space_list *list)
{
	return (struct rgw_space){
		.first = list->first, .count = list->count, .version = list->version};
}

void rg_spaces_turn(struct rg_spaces *s)
{
	s->turn++;
	while (s->dropped && s->turn - s->dropped->dropped >= TURNS_KEPT) {
		struct rg_space_list *list = s->dropped;

		s->dropped = list->next;
		if (!s->dropped)
			s->dropped_end = &s->dropped;
		list->next = s->unused[list->class];
		s->unused[list->class] = list;
	}
}
