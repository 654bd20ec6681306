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

static int by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order = strcmp(a->function.key, b->function.key);

	return order ? order : strcmp(a->function.module, b->function.module);
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
	return rg_table_sum(table, arena, err);
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

static int aggregate_all(struct rg_functions *functions, struct rg_run_set *set,
			 enum rg_spread_basis spread, struct rg_self_list *self, struct rg_err *err)
{
	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		int code = rg_aggregate(functions, &set->run[i], spread, &self[i], err);

		if (code)
			return code;
	}
	return 0;
}

int rg_align(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
	     struct rg_arena *arena, struct rg_err *err)
{
	struct rg_functions functions = {.arena = arena};
	struct rg_self_list *self = rg_arena_array(arena, rg_run_set_count(set) + 1, sizeof(*self));

	*out = (struct rg_alignment){0};
	if (!self)
		return rg_err_nomem(err, "diff");
	int code = aggregate_all(&functions, set, spread, self, err);

	rg_index_done(&functions.index);
	if (code)
		return code;
	uint32_t *row_of = rg_arena_array(arena, functions.count + 1, sizeof(*row_of));

	if (!row_of)
		return rg_err_nomem(err, "diff");
	code = sort_functions(out, &functions, row_of, err);
	if (code)
		return code;
	out->table.runs[RG_END_BASE] = set->count[RG_END_BASE];
	out->table.runs[RG_END_CANARY] = set->count[RG_END_CANARY];
	out->table.rounds = rg_run_set_rounds(set);
	out->table.phi_df = phi_df(set);
	code = fill_table(&out->table, self, row_of, arena, err);
	for (size_t i = 0; code == 0 && i < rg_run_set_count(set); i++)
		set->run[i].samples = out->table.run_total[i];
	return code;
}
