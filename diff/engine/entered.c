/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where growth came in: the place on the way from the root that accounts for most of it. */
#include "asked.h"
#include "growth.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* "Most": a place that accounts for less leaves too much unexplained. */
#define MOST         0.8
/* One of several ways in which growth came takes at least that part. */
#define ONE_WAY      0.25
/* A function on nearly all stacks tells nothing of where. */
#define EVERYWHERE   0.95
/* Growth came through a caller that had less than that part of the cost before. */
#define CONCENTRATED 0.6

/* The application's function nearest to the leaves with at least that change; ties by name. */
static uint32_t deepest(const struct rg_growth *growth, const struct rg_growth_sums *sums,
			double least, uint32_t except)
{
	uint32_t best = RG_FUNCTION_NONE;

	for (uint32_t row = 0; row < growth->callers->table.rows; row++) {
		if (!growth->application[row] || row == except || !(sums->change[row] >= least) ||
		    !isfinite(sums->height[row]))
			continue;
		if (best == RG_FUNCTION_NONE || sums->height[row] < sums->height[best])
			best = row;
	}
	return best;
}

static double change_of(const struct rg_growth_sums *sums)
{
	return sums->canary - sums->base;
}

static bool is_everywhere(const struct rg_growth_sums *sums, uint32_t row)
{
	double canary = sums->change[row] + sums->base_of[row];

	return canary >= EVERYWHERE * sums->canary && sums->base_of[row] >= EVERYWHERE * sums->base;
}

/* Several ways, each without the stacks of those before. */
static int find_ways(const struct rg_growth *growth, const struct rg_growth_part *part,
		     double whole, struct rg_growth_place place[RG_GROWTH_PLACES], size_t *count,
		     struct rg_arena *arena, struct rg_err *err)
{
	bool *taken = rg_arena_array(arena, growth->callers->table.rows + 1, sizeof(*taken));
	struct rg_growth_part rest = *part;
	double explained = 0;
	size_t found = 0;

	if (!taken)
		return rg_err_nomem(err, "diff");
	rest.without = taken;
	*count = 0;
	while (found < RG_GROWTH_PLACES) {
		struct rg_growth_sums sums;
		int code = rg_growth_sum(growth, &rest, &sums, arena, err);

		if (code)
			return code;
		uint32_t row = deepest(growth, &sums, ONE_WAY * whole, RG_FUNCTION_NONE);

		if (row != RG_FUNCTION_NONE)
			code = rg_growth_asked(growth, &rest, &sums,
					       fmax(ONE_WAY * whole, MOST * sums.change[row]), &row,
					       err);
		if (code)
			return code;
		if (row == RG_FUNCTION_NONE || is_everywhere(&sums, row))
			break;
		taken[row] = true;
		place[found++] = (struct rg_growth_place){row, fmin(1, sums.change[row] / whole)};
		explained += sums.change[row];
	}
	if (found >= 2 && explained >= MOST * whole)
		*count = found;
	return 0;
}

/*
 * The leaf itself, if it grew under whoever calls it; the caller under which it grew, if the others' share
 * of it was large enough to have grown as well.
 */
static uint32_t concentrated(const struct rg_growth *growth, const struct rg_growth_sums *sums,
			     uint32_t leaf_row)
{
	uint32_t row = deepest(growth, sums, MOST * change_of(sums), leaf_row);

	if (row == RG_FUNCTION_NONE || sums->base_of[row] > CONCENTRATED * sums->base)
		return RG_FUNCTION_NONE;
	return row;
}

/* Of a function's own growth; *row is RG_FUNCTION_NONE where it is that function's, whoever calls it. */
static int find_above_leaf(const struct rg_growth *growth, const struct rg_growth_part *part,
			   const struct rg_growth_sums *sums, uint32_t leaf_row, uint32_t *row,
			   struct rg_err *err)
{
	double least = MOST * change_of(sums);
	int code;

	*row = leaf_row;
	code = rg_growth_asked(growth, part, sums, least, row, err);
	if (code || *row != leaf_row)
		return code;
	*row = concentrated(growth, sums, leaf_row);
	return *row == RG_FUNCTION_NONE ? 0 : rg_growth_asked(growth, part, sums, least, row, err);
}

static int find_one(const struct rg_growth *growth, const struct rg_growth_part *part,
		    const struct rg_growth_sums *sums, uint32_t leaf_row, uint32_t *row,
		    struct rg_err *err)
{
	double least = MOST * change_of(sums);

	if (leaf_row != RG_FUNCTION_NONE)
		return find_above_leaf(growth, part, sums, leaf_row, row, err);
	*row = deepest(growth, sums, least, RG_FUNCTION_NONE);
	return *row == RG_FUNCTION_NONE ? 0 : rg_growth_asked(growth, part, sums, least, row, err);
}

/* A library's leaf is none that growth could have come in by. */
static uint32_t own_leaf(const struct rg_growth *growth, uint32_t leaf_row)
{
	return leaf_row != RG_FUNCTION_NONE && growth->application[leaf_row] ? leaf_row
									     : RG_FUNCTION_NONE;
}

static int find(const struct rg_growth *growth, const struct rg_growth_part *part,
		uint32_t leaf_row, struct rg_growth_place place[RG_GROWTH_PLACES], size_t *count,
		struct rg_arena *arena, struct rg_err *err)
{
	struct rg_growth_sums sums;
	int code = rg_growth_sum(growth, part, &sums, arena, err);
	double whole = code ? 0 : change_of(&sums);
	uint32_t row, leaf = own_leaf(growth, leaf_row);

	*count = 0;
	if (code || !(whole > 0))
		return code;
	code = find_one(growth, part, &sums, leaf, &row, err);
	if (code || (leaf != RG_FUNCTION_NONE && row == RG_FUNCTION_NONE))
		return code;
	if (row == RG_FUNCTION_NONE || is_everywhere(&sums, row)) {
		code = find_ways(growth, part, whole, place, count, arena, err);
		if (code || *count > 0)
			return code;
	}
	if (row == RG_FUNCTION_NONE)
		return 0;
	place[0] = (struct rg_growth_place){row, fmin(1, sums.change[row] / whole)};
	*count = 1;
	return 0;
}

/* What is summed up on the way is as long as there are functions, and asked for often. */
int rg_growth_find(const struct rg_growth *growth, const struct rg_growth_part *part,
		   uint32_t leaf_row, struct rg_growth_place place[RG_GROWTH_PLACES], size_t *count,
		   struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);

	*count = 0;
	if (!arena)
		return rg_err_nomem(err, "diff");
	int code = find(growth, part, leaf_row, place, count, arena, err);

	rg_arena_free(arena);
	return code;
}
