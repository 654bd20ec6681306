/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Dispersion ------------------------------------------------------------------------------- */

/* How uneven a wait's time is over all runs: by its sum, or by its number if that is the worse. */
struct unevenness {
	double squares, expected, wait_squares, wait_expected;
	const struct rg_apart *apart[RG_END_COUNT], *wait_apart[RG_END_COUNT];
};

static void add_unevenness(struct unevenness *to, const struct rg_wait_sum *sum, enum rg_end end)
{
	to->squares += sum->squares;
	to->expected += sum->expected;
	to->wait_squares += sum->wait_squares;
	to->wait_expected += sum->wait_expected;
	to->apart[end] = sum->apart;
	to->wait_apart[end] = sum->wait_apart;
}

/* Of what it is held against; of concurrent runs their difference is. */
static double dispersion(double squares, double expected,
			 const struct rg_apart *const apart[RG_END_COUNT])
{
	if (apart[RG_END_BASE] && apart[RG_END_CANARY])
		return rg_apart_phi(apart[RG_END_BASE], apart[RG_END_CANARY]);
	return expected > 0 ? squares / expected : 0;
}

/*
 * Variance over the sum. Few long waits may fill the time as evenly as many: what their number
 * varies by, at the length they have, is the least that can be said of their sum.
 */
static double phi_of(const struct unevenness *uneven, double unit)
{
	double by_sum = dispersion(uneven->squares, uneven->expected, uneven->apart);
	double by_number =
		dispersion(uneven->wait_squares, uneven->wait_expected, uneven->wait_apart);

	return fmax(by_sum, by_number * unit);
}

/* --- Counts ----------------------------------------------------------------------------------- */

struct named {
	const struct rg_wait_name *name;
	uint32_t id;
};

/* A row's arrays while they are filled. */
struct filling {
	struct rg_function *function;
	struct rg_wait *wait;
	int64_t *count, *events[RG_END_COUNT];
	double *phi, *unit;
	struct unevenness *uneven;
};

static int allocate(struct filling *filling, size_t rows, size_t runs, struct rg_arena *arena)
{
	size_t cells;

	if (__builtin_mul_overflow(rows, runs, &cells))
		return RG_ENOMEM;
	filling->function = rg_arena_array(arena, rows + 1, sizeof(*filling->function));
	filling->wait = rg_arena_array(arena, rows + 1, sizeof(*filling->wait));
	filling->count = rg_arena_array(arena, cells + 1, sizeof(*filling->count));
	filling->phi = rg_arena_array(arena, rows + 1, sizeof(*filling->phi));
	filling->unit = rg_arena_array(arena, rows + 1, sizeof(*filling->unit));
	filling->uneven = rg_arena_array(arena, rows + 1, sizeof(*filling->uneven));
	for (int end = 0; end < RG_END_COUNT; end++)
		filling->events[end] =
			rg_arena_array(arena, rows + 1, sizeof(*filling->events[end]));
	return filling->function && filling->wait && filling->count && filling->phi &&
			       filling->unit && filling->uneven && filling->events[RG_END_BASE] &&
			       filling->events[RG_END_CANARY]
		       ? 0
		       : RG_ENOMEM;
}

/* Row `row` is the wait `id`, or the total where it is RG_WAIT_NONE, whose sums are not in the table. */
static int fill_row(const struct rg_wait_gathering *gathering, struct filling *filling, size_t row,
		    uint32_t id, double *ns)
{
	size_t runs = rg_run_set_count(gathering->set);

	*ns = 0;
	for (size_t run = 0; run < runs; run++) {
		const struct rg_wait_sum *sum = &gathering->total[run];
		enum rg_end end = gathering->set->run[run].end;
		int64_t *events = &filling->events[end][row];

		if (id != RG_WAIT_NONE && id >= gathering->known[run])
			continue;
		if (id != RG_WAIT_NONE) {
			sum = &gathering->sum[run][id];
			filling->count[row * runs + run] = sum->ns;
		}
		*ns += (double)sum->ns;
		add_unevenness(&filling->uneven[row], sum, end);
		if (__builtin_add_overflow(*events, sum->waits, events))
			return RG_ELIMIT;
	}
	return 0;
}

/* Estimates of short waits' number may be 0 where there is time: that is one wait at least. */
static void finish_row(struct filling *filling, size_t row, double ns)
{
	double events = (double)filling->events[RG_END_BASE][row] +
			(double)filling->events[RG_END_CANARY][row];

	filling->unit[row] = fmax(ns / fmax(events, 1), 1);
	filling->phi[row] = phi_of(&filling->uneven[row], filling->unit[row]);
}

static int fill(const struct rg_wait_gathering *gathering, struct filling *filling,
		const struct named *named, size_t rows)
{
	double ns;

	for (size_t row = 0; row <= rows; row++) {
		int code = fill_row(gathering, filling, row,
				    row < rows ? named[row].id : RG_WAIT_NONE, &ns);

		if (code)
			return code;
		finish_row(filling, row, ns);
	}
	for (size_t row = 0; row < rows; row++) {
		filling->function[row] =
			(struct rg_function){named[row].name->function, named[row].name->module};
		filling->wait[row] = named[row].name->wait;
	}
	return 0;
}

/* --- Numbers of rows -------------------------------------------------------------------------- */

/* Waits: the row of each, or RG_WAIT_NONE. NULL: out of memory. */
static uint32_t *map_waits(const struct rg_wait_gathering *gathering, const struct named *named,
			   size_t rows)
{
	size_t count = gathering->names.count + 1;
	uint32_t *row_of = rg_arena_array(gathering->arena, count, sizeof(*row_of));

	if (!row_of)
		return NULL;
	memset(row_of, 0xff, count * sizeof(*row_of));
	for (size_t row = 0; row < rows; row++)
		row_of[named[row].id] = (uint32_t)row;
	return row_of;
}

/* From the numbers of waits to those of their rows, in place: what is idle has none. */
static void map_samples(const struct rg_wait_gathering *gathering, const uint32_t *row_of)
{
	for (size_t run = 0; run < rg_run_set_count(gathering->set); run++) {
		size_t count = rg_profile_sample_count(gathering->set->run[run].profile);
		uint32_t *row = gathering->wait_of[run];

		for (size_t i = 0; i < count; i++)
			row[i] = row[i] == RG_WAIT_NONE ? row[i] : row_of[row[i]];
	}
}

static int take_votes(const struct rg_wait_gathering *gathering, const uint32_t *row_of,
		      struct rg_alignment *out)
{
	const struct rg_wait_names *names = &gathering->names;
	struct rg_vote *vote =
		rg_arena_array(gathering->arena, names->votes.count + 1, sizeof(*vote));

	if (!vote)
		return RG_ENOMEM;
	for (size_t i = 0; i < names->votes.count; i++) {
		uint32_t row = row_of[names->votes.list[i].function];

		if (row == RG_WAIT_NONE)
			continue;
		vote[out->vote_count] = names->votes.list[i];
		vote[out->vote_count++].function = row;
	}
	out->vote = vote;
	return 0;
}

/* --- Tables ----------------------------------------------------------------------------------- */

static int by_text(const void *left, const void *right)
{
	const struct rg_wait_name *a = ((const struct named *)left)->name;
	const struct rg_wait_name *b = ((const struct named *)right)->name;
	int order = strcmp(a->function, b->function);

	if (order == 0)
		order = strcmp(a->module, b->module);
	if (order == 0)
		order = strcmp(a->wait.wait, b->wait.wait);
	if (order == 0)
		order = strcmp(a->wait.api, b->wait.api);
	/* What differs in nothing that is shown differs in its flags, the last byte. */
	return order ? order : a->identity[a->len - 1] - b->identity[b->len - 1];
}

static int make_exposures(const struct rg_wait_gathering *gathering, enum rg_basis basis,
			  struct rg_table *table)
{
	size_t runs = rg_run_set_count(gathering->set);
	double *exposure = rg_arena_array(gathering->arena, runs + 1, sizeof(*exposure));

	if (!exposure)
		return RG_ENOMEM;
	for (size_t i = 0; i < runs; i++) {
		const struct rg_run *run = &gathering->set->run[i];

		exposure[i] = basis == RG_BASIS_WORK ? run->work * (double)RG_NS_PER_S
						     : (double)run->wall_ns;
	}
	table->exposure = exposure;
	return 0;
}

/* The waits that make up the table, in the order of its rows. NULL: out of memory. */
static const struct named *sorted(const struct rg_wait_gathering *gathering, bool idle,
				  size_t *rows)
{
	const struct rg_wait_names *names = &gathering->names;
	struct named *named = rg_arena_array(gathering->arena, names->count + 1, sizeof(*named));

	*rows = 0;
	for (size_t i = 0; named && i < names->count; i++)
		if (names->list[i].idle == idle)
			named[(*rows)++] = (struct named){&names->list[i], (uint32_t)i};
	if (*rows > 1)
		qsort(named, *rows, sizeof(*named), by_text);
	return named;
}

static int map_to_rows(const struct rg_wait_gathering *gathering, const struct named *named,
		       size_t rows, bool idle, struct rg_wait_rows *out)
{
	const uint32_t *row_of = map_waits(gathering, named, rows);

	if (!row_of || take_votes(gathering, row_of, &out->alignment))
		return RG_ENOMEM;
	if (idle)
		return 0;
	map_samples(gathering, row_of);
	out->row_of_sample = (const uint32_t *const *)gathering->wait_of;
	return 0;
}

static void take_filling(struct rg_wait_rows *out, const struct filling *filling)
{
	struct rg_table *table = &out->alignment.table;

	table->count = filling->count;
	table->phi = filling->phi;
	table->unit = filling->unit;
	table->events[RG_END_BASE] = filling->events[RG_END_BASE];
	table->events[RG_END_CANARY] = filling->events[RG_END_CANARY];
	table->total_phi = filling->phi[table->rows];
	out->alignment.function = filling->function;
	out->wait = filling->wait;
}

int rg_waits_tabulate(struct rg_wait_rows *out, const struct rg_wait_gathering *gathering,
		      bool idle, struct rg_err *err)
{
	struct rg_table *table = &out->alignment.table;
	struct filling filling = {0};
	size_t rows;
	const struct named *named = sorted(gathering, idle, &rows);
	int code = named ? 0 : RG_ENOMEM;

	table->rows = rows;
	rg_run_set_shape(gathering->set, table);
	if (!code)
		code = allocate(&filling, rows, rg_table_runs(table), gathering->arena);
	if (!code)
		code = fill(gathering, &filling, named, rows);
	if (!code)
		code = make_exposures(gathering, idle ? RG_BASIS_SECOND : gathering->names.basis,
				      table);
	if (!code)
		code = map_to_rows(gathering, named, rows, idle, out);
	if (code == RG_ELIMIT)
		return rg_err_set(err, code, "diff: add up the waits: more than 2^63 - 1");
	if (code)
		return rg_err_nomem(err, "diff");
	take_filling(out, &filling);
	return rg_table_sum(table, gathering->arena, err);
}
