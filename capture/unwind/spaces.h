/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_SPACES_H
#define CAPTURE_UNWIND_SPACES_H

#include "../../bpf/wire.h"

#include <stddef.h>
#include <stdint.h>

struct rg_unwind_arrays;

/*
 * The images' lists of ranges, in the array that walks read. A list never changes: an image that maps more code gets a
 * new one, and the old one's place is used again when no walk can be in it any more.
 */
struct rg_spaces;
struct rg_space_list;

/* arrays is borrowed. */
struct rg_spaces *rg_spaces_new(const struct rg_unwind_arrays *arrays);
void rg_spaces_free(struct rg_spaces *spaces);

/*
 * A list of ranges, which are sorted and do not overlap; *list has one reference. It is NULL when there is no room
 * (counted). Returns 0 or RG_ENOMEM.
 */
int rg_spaces_list(struct rg_spaces *spaces, const struct rgw_range *ranges, size_t count,
		   struct rg_space_list **list);
struct rg_space_list *rg_space_list_hold(struct rg_space_list *list);
void rg_space_list_drop(struct rg_spaces *spaces, struct rg_space_list *list);

/* The image has this list from now on (NULL: none); the caller keeps its reference as long as it does. */
void rg_spaces_publish(struct rg_spaces *spaces, rgw_image_id image,
		       const struct rg_space_list *list);

/* Where a list's ranges are. */
struct rgw_space rg_space_list_space(const struct rg_space_list *list);

/* A turn of the capture has passed: no walk that began before the last one is still under way. */
void rg_spaces_turn(struct rg_spaces *spaces);

/* Images that had to go without, so far. */
uint64_t rg_spaces_refused(const struct rg_spaces *spaces);

#endif
