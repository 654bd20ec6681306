/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "align.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct named {
	struct rg_function function;
	uint32_t id;
};

int rg_function_order(const struct rg_function *a, const struct rg_function *b)
{
	int order = strcmp(a->key, b->key);

	return order ? order : strcmp(a->module, b->module);
}

static int by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;

	return rg_function_order(&a->function, &b->function);
}

/* Rows are functions in the order of their names: nothing depends on which was seen first. */
static int sort_functions(struct rg_alignment *out, const struct rg_functions *functions,
			  uint32_t *row_of, struct rg_err *err)
{
	size_t count = functions->count;
	struct named *named = rg_arena_array(functions->arena, count + 1, sizeof(*named));
	struct rg_function *sorted = rg_arena_array(functions->arena, count + 1, sizeof(*sorted));

	if (!named || !sorted)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < count; i++)
		named[i] = (struct named){functions->list[i], (uint32_t)i};
	qsort(named, count, sizeof(*named), by_name);
	for (size_t i = 0; i < count; i++) {
		sorted[i] = named[i].function;
		row_of[named[i].id] = (uint32_t)i;
	}
	for (size_t i = 0; i < functions->vote_count; i++)
		functions->vote[i].function = row_of[functions->vote[i].function];
	out->function = sorted;
	out->vote = functions->vote;
	out->vote_count = functions->vote_count;
	out->table.rows = count;
	return 0;
}

struct spread {
	double squares, expected;
};

/* Below 1 is luck: no process that is sampled independently spreads more evenly than Poisson. */
static double phi_of(const struct spread *spread)
{
	return spread->expected > 0 ? fmax(1, spread->squares / spread->expected) : 1;
}

static int fill_table(struct rg_table *table, const struct rg_self_list *self,
		      const uint32_t *row_of, struct rg_arena *arena, struct rg_err *err)
{
	size_t runs = rg_table_runs(table), cells;
	struct spread *spread = rg_arena_array(arena, table->rows + 1, sizeof(*spread));
	double *phi = rg_arena_array(arena, table->rows + 1, sizeof(*phi));
	int64_t *count = NULL;

	if (!__builtin_mul_overflow(table->rows, runs, &cells))
		count = rg_arena_array(arena, cells + 1, sizeof(*count));
	if (!spread || !phi || !count)
		return rg_err_nomem(err, "diff");
	for (size_t run = 0; run < runs; run++) {
		for (size_t i = 0; i < self[run].count; i++) {
			const struct rg_self *one = &self[run].list[i];
			size_t row = row_of[one->function];

			count[row * runs + run] = one->count;
			spread[row].squares += one->squares;
			spread[row].expected += one->expected;
		}
	}
	for (size_t row = 0; row < table->rows; row++)
		phi[row] = phi_of(&spread[row]);
	table->count = count;
	table->phi = phi;
	return 0;
}

/* As many as the run with the fewest batches has, among those with batches at all. */
static double phi_df(const struct rg_run_set *set)
{
	size_t least = 0;

	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		size_t batches = set->run[i].batches;

		if (batches > 0 && (least == 0 || batches < least))
			least = batches;
	}
	return least > 0 ? (double)(least - 1) : 0;
}

typedef int (*aggregate_fn)(struct rg_functions *functions, struct rg_run *run,
			    enum rg_spread_basis spread, struct rg_self_list *out,
			    struct rg_err *err);

static int aggregate_all(struct rg_functions *functions, struct rg_run_set *set,
			 enum rg_spread_basis spread, aggregate_fn aggregate,
			 struct rg_self_list *self, struct rg_err *err)
{
	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		int code = aggregate(functions, &set->run[i], spread, &self[i], err);

		if (code)
			return code;
	}
	return 0;
}

/* From the numbers that functions have to those of their rows. */
static int map_frames(struct rg_alignment *out, const struct rg_self_list *self, size_t runs,
		      const uint32_t *row_of, struct rg_arena *arena, struct rg_err *err)
{
	const uint32_t **map = rg_arena_array(arena, runs + 1, sizeof(const uint32_t *));

	if (!map)
		return rg_err_nomem(err, "diff");
	for (size_t run = 0; run < runs; run++) {
		uint32_t *row = rg_arena_array(arena, self[run].frames + 1, sizeof(*row));

		if (!row)
			return rg_err_nomem(err, "diff");
		for (size_t i = 0; i < self[run].frames; i++) {
			uint32_t function = self[run].function[i];

			row[i] = function == RG_FUNCTION_NONE ? function : row_of[function];
		}
		map[run] = row;
	}
	out->row_of_frame = map;
	return 0;
}

static int align(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
		 aggregate_fn aggregate, struct rg_arena *arena, struct rg_err *err)
{
	struct rg_functions functions = {.arena = arena};
	size_t runs = rg_run_set_count(set);
	struct rg_self_list *self = rg_arena_array(arena, runs + 1, sizeof(*self));

	*out = (struct rg_alignment){0};
	if (!self)
		return rg_err_nomem(err, "diff");
	int code = aggregate_all(&functions, set, spread, aggregate, self, err);

	rg_index_done(&functions.index);
	if (code)
		return code;
	uint32_t *row_of = rg_arena_array(arena, functions.count + 1, sizeof(*row_of));

	if (!row_of)
		return rg_err_nomem(err, "diff");
	code = sort_functions(out, &functions, row_of, err);
	if (!code)
		code = map_frames(out, self, runs, row_of, arena, err);
	if (code)
		return code;
	out->table.runs[RG_END_BASE] = set->count[RG_END_BASE];
	out->table.runs[RG_END_CANARY] = set->count[RG_END_CANARY];
	out->table.rounds = rg_run_set_rounds(set);
	out->table.phi_df = phi_df(set);
	return fill_table(&out->table, self, row_of, arena, err);
}

int rg_align(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
	     struct rg_arena *arena, struct rg_err *err)
{
	int code = align(out, set, spread, rg_aggregate, arena, err);

	if (!code)
		code = rg_table_sum(&out->table, arena, err);
	for (size_t i = 0; code == 0 && i < rg_run_set_count(set); i++)
		set->run[i].samples = out->table.run_total[i];
	return code;
}

int rg_align_callers(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
		     const struct rg_alignment *self, struct rg_arena *arena, struct rg_err *err)
{
	int code = align(out, set, spread, rg_aggregate_callers, arena, err);

	if (!code)
		code = rg_table_sum_rows(&out->table, arena, err);
	out->table.run_total = self->table.run_total;
	for (int end = 0; end < RG_END_COUNT; end++)
		out->table.total[end] = self->table.total[end];
	return code;
}

uint32_t rg_function_row(const struct rg_alignment *alignment, const struct rg_function *function)
{
	size_t low = 0, high = alignment->table.rows;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = rg_function_order(&alignment->function[mid], function);

		if (order == 0)
			return (uint32_t)mid;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return RG_FUNCTION_NONE;
}
