/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_UNWIND_MADE_H
#define TESTS_UNIT_UNWIND_MADE_H

/* Arrays of the kernel side's shape in plain memory, and a stack made of words. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../capture/unwind/arrays.h"
#include "../../../capture/unwind/rows.h"
#include "../../../capture/unwind/tables.h"
#include "../../../capture/unwind/walker.h"

struct made_space {
	rgw_image_id image;
	struct rgw_space space;
	bool there;
};

struct made {
	struct rg_unwind_arrays arrays;
	uint64_t *chunks[RGW_MAX_CHUNKS];
	uint32_t chunk_limit; /* chunks to be had; RGW_MAX_CHUNKS at first */
	struct made_space spaces[64];
	size_t space_count;
};

static inline uint64_t *made_new_chunk(void *ctx, uint32_t number)
{
	struct made *m = ctx;

	if (number >= m->chunk_limit)
		return NULL;
	m->chunks[number] = calloc(1 << RGW_CHUNK_SHIFT, sizeof(uint64_t));
	return m->chunks[number];
}

static inline int made_set_space(void *ctx, rgw_image_id image, const struct rgw_space *space)
{
	struct made *m = ctx;
	size_t i = 0;

	while (i < m->space_count && m->spaces[i].image != image)
		i++;
	if (i == sizeof(m->spaces) / sizeof(m->spaces[0]))
		return -1;
	if (i == m->space_count)
		m->space_count++;
	m->spaces[i] = (struct made_space){.image = image, .there = space != NULL};
	if (space)
		m->spaces[i].space = *space;
	return 0;
}

/* NULL when the image has none. */
static inline const struct rgw_space *made_space(const struct made *m, rgw_image_id image)
{
	for (size_t i = 0; i < m->space_count; i++)
		if (m->spaces[i].image == image && m->spaces[i].there)
			return &m->spaces[i].space;
	return NULL;
}

static inline struct made *made_new(void)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->chunk_limit = RGW_MAX_CHUNKS;
	m->arrays = (struct rg_unwind_arrays){
		.tables = calloc(RGW_MAX_TABLES, sizeof(struct rgw_table)),
		.rules = calloc(RGW_MAX_RULES, sizeof(struct rgw_unwind_rule)),
		.ranges = calloc(RGW_MAX_RANGES, sizeof(struct rgw_range)),
		.new_chunk = made_new_chunk,
		.set_space = made_set_space,
		.ctx = m,
	};
	assert_true(m->arrays.tables && m->arrays.rules && m->arrays.ranges);
	return m;
}

static inline void made_free(struct made *m)
{
	for (size_t i = 0; i < RGW_MAX_CHUNKS; i++)
		free(m->chunks[i]);
	free(m->arrays.tables);
	free(m->arrays.rules);
	free(m->arrays.ranges);
	free(m);
}

#endif
