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
	for (size_t i = 0; i < functions->votes.count; i++)
		functions->votes.list[i].function = row_of[functions->votes.list[i].function];
	out->function = sorted;
	out->vote = functions->votes.list;
	out->vote_count = functions->votes.count;
	out->table.rows = count;
	return 0;
}

struct spread {
	double squares, expected;
	const struct rg_apart *apart[RG_END_COUNT]; /* of concurrent runs, one a side */
};

/* Below 1 is luck: no process that is sampled independently spreads more evenly than Poisson. */
static double phi_of(const struct spread *spread)
{
	const struct rg_apart *base = spread->apart[RG_END_BASE];
	const struct rg_apart *canary = spread->apart[RG_END_CANARY];

	if (base && canary)
		return fmax(1, rg_apart_phi(base, canary));
	return spread->expected > 0 ? fmax(1, spread->squares / spread->expected) : 1;
}

/* Sums of all runs by function while there are ever more of these; a run at a time, in their order. */
struct tally {
	size_t runs, cap;
	int64_t *count; /* cap x runs */
	struct spread *spread;
};

static void tally_done(struct tally *tally)
{
	free(tally->count);
	free(tally->spread);
}

static int tally_grow(struct tally *tally, size_t functions)
{
	size_t cap = functions > 2 * tally->cap ? functions : 2 * tally->cap, cells;
	struct spread *spread;
	int64_t *count;

	if (functions <= tally->cap)
		return 0;
	if (__builtin_mul_overflow(cap, tally->runs, &cells))
		return RG_ENOMEM;
	spread = reallocarray(tally->spread, cap, sizeof(*spread));
	if (!spread)
		return RG_ENOMEM;
	tally->spread = spread;
	count = reallocarray(tally->count, cells, sizeof(*count));
	if (!count)
		return RG_ENOMEM;
	tally->count = count;
	memset(spread + tally->cap, 0, (cap - tally->cap) * sizeof(*spread));
	memset(count + tally->cap * tally->runs, 0,
	       (cap - tally->cap) * tally->runs * sizeof(*count));
	tally->cap = cap;
	return 0;
}

static int tally_add(struct tally *tally, size_t run, enum rg_end end,
		     const struct rg_aggregation *aggregation)
{
	const struct rg_self_list *self = &aggregation->self;

	if (tally_grow(tally, aggregation->functions->count))
		return RG_ENOMEM;
	for (size_t i = 0; i < self->count; i++) {
		const struct rg_self *one = &self->list[i];

		tally->count[one->function * tally->runs + run] = one->count;
		tally->spread[one->function].squares += one->squares;
		tally->spread[one->function].expected += one->expected;
		tally->spread[one->function].apart[end] = one->apart;
	}
	return 0;
}

static int fill_table(struct rg_table *table, const struct tally *tally, const uint32_t *row_of,
		      struct rg_arena *arena, struct rg_err *err)
{
	size_t runs = tally->runs, cells;
	double *phi = rg_arena_array(arena, table->rows + 1, sizeof(*phi));
	int64_t *count = NULL;

	if (!__builtin_mul_overflow(table->rows, runs, &cells))
		count = rg_arena_array(arena, cells + 1, sizeof(*count));
	if (!phi || !count)
		return rg_err_nomem(err, "diff");
	/* Without a function there is no tally. */
	for (size_t function = 0; tally->count && function < table->rows; function++) {
		size_t row = row_of[function];

		memcpy(count + row * runs, tally->count + function * runs, runs * sizeof(*count));
		phi[row] = phi_of(&tally->spread[function]);
	}
	table->count = count;
	table->phi = phi;
	return 0;
}

typedef int (*aggregate_fn)(struct rg_aggregation *aggregation, struct rg_run *run,
			    struct rg_err *err);

/* All runs while they are put side by side. */
struct aligning {
	struct rg_functions functions;
	struct rg_run_set *set;
	enum rg_spread_basis spread;
	aggregate_fn aggregate;
	struct tally tally;
	uint32_t **map; /* runs, their frames: function, in the end row, or RG_FUNCTION_NONE */
	bool *shared;   /* runs: the map is that of one before, too */
};

static int add_run(struct aligning *aligning, size_t index, struct rg_err *err)
{
	struct rg_aggregation aggregation = {.functions = &aligning->functions,
					     .spread = aligning->spread,
					     .function = aligning->map[index],
					     .scratch = rg_arena_new(0)};
	struct rg_run *run = &aligning->set->run[index];
	int code = aggregation.scratch ? 0 : rg_err_nomem(err, "diff");

	if (!code)
		code = aligning->aggregate(&aggregation, run, err);
	if (!code && tally_add(&aligning->tally, index, run->end, &aggregation))
		code = rg_err_nomem(err, "diff");
	rg_arena_free(aggregation.scratch);
	return code;
}

static int make_map(struct aligning *aligning, size_t index, struct rg_err *err)
{
	const struct rg_run *run = aligning->set->run;
	size_t frames;

	for (size_t other = 0; other < index; other++) {
		if (rg_run_frames_alike(&run[index], &run[other])) {
			aligning->map[index] = aligning->map[other];
			aligning->shared[index] = true;
			return 0;
		}
	}
	rg_profile_frames(run[index].profile, &frames);
	uint32_t *map = rg_arena_array(aligning->functions.arena, frames + 1, sizeof(*map));

	if (!map)
		return rg_err_nomem(err, "diff");
	memset(map, 0xff, frames * sizeof(*map));
	aligning->map[index] = map;
	return 0;
}

static int add_runs(struct aligning *aligning, struct rg_err *err)
{
	size_t runs = rg_run_set_count(aligning->set);
	int code = 0;

	aligning->tally.runs = runs;
	aligning->map = rg_arena_array(aligning->functions.arena, runs + 1, sizeof(uint32_t *));
	aligning->shared = rg_arena_array(aligning->functions.arena, runs + 1, sizeof(bool));
	if (!aligning->map || !aligning->shared)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; !code && i < runs; i++) {
		code = make_map(aligning, i, err);
		if (!code)
			code = add_run(aligning, i, err);
	}
	return code;
}

/* From the numbers that functions have to those of their rows. */
static void map_rows(const struct aligning *aligning, const uint32_t *row_of)
{
	for (size_t run = 0; run < aligning->tally.runs; run++) {
		uint32_t *map = aligning->map[run];
		size_t frames;

		rg_profile_frames(aligning->set->run[run].profile, &frames);
		for (size_t i = 0; !aligning->shared[run] && i < frames; i++)
			map[i] = map[i] == RG_FUNCTION_NONE ? map[i] : row_of[map[i]];
	}
}

static int make_table(struct rg_alignment *out, const struct aligning *aligning, struct rg_err *err)
{
	const struct rg_functions *functions = &aligning->functions;
	uint32_t *row_of = rg_arena_array(functions->arena, functions->count + 1, sizeof(*row_of));

	if (!row_of)
		return rg_err_nomem(err, "diff");
	int code = sort_functions(out, functions, row_of, err);

	if (code)
		return code;
	map_rows(aligning, row_of);
	out->row_of_frame = (const uint32_t *const *)aligning->map;
	rg_run_set_shape(aligning->set, &out->table);
	return fill_table(&out->table, &aligning->tally, row_of, functions->arena, err);
}

static int align(struct rg_alignment *out, struct rg_run_set *set, enum rg_spread_basis spread,
		 aggregate_fn aggregate, struct rg_arena *arena, struct rg_err *err)
{
	struct aligning aligning = {.functions = {.arena = arena},
				    .set = set,
				    .spread = spread,
				    .aggregate = aggregate};
	int code = add_runs(&aligning, err);

	*out = (struct rg_alignment){0};
	if (!code)
		code = make_table(out, &aligning, err);
	rg_index_done(&aligning.functions.index);
	rg_votes_close(&aligning.functions.votes);
	tally_done(&aligning.tally);
	return code;
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
