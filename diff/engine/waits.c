/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All runs while their waits are put side by side. */
struct gathering {
	struct rg_waits *out;
	const struct rg_run_set *set;
	struct rg_wait_names names;
	/* By run: sums of the waits known when the run was read, and how many those were. */
	struct rg_wait_sum **sum;
	size_t *known;
	uint32_t **wait_of; /* and of its samples; in the end their rows */
	struct rg_wait_sum *total;
	struct rg_arena *arena;
};

/* --- Reading ---------------------------------------------------------------------------------- */

static int sum_run(struct gathering *gathering, size_t run, struct rg_arena *scratch,
		   struct rg_err *err)
{
	const struct rg_run *of = &gathering->set->run[run];
	int code = rg_waits_name(&gathering->names, of, gathering->wait_of[run], scratch, err);

	if (code)
		return code;
	gathering->known[run] = gathering->names.count;
	gathering->sum[run] = rg_arena_array(gathering->arena, gathering->names.count + 1,
					     sizeof(**gathering->sum));
	if (!gathering->sum[run])
		return rg_err_nomem(err, "diff");
	return rg_waits_sum(&gathering->names, of, gathering->wait_of[run], gathering->sum[run],
			    &gathering->total[run], scratch, err);
}

static int read_run(struct gathering *gathering, size_t run, struct rg_err *err)
{
	size_t samples = rg_profile_sample_count(gathering->set->run[run].profile);
	uint32_t *wait_of = rg_arena_array(gathering->arena, samples + 1, sizeof(*wait_of));
	struct rg_arena *scratch = rg_arena_new(0);
	int code;

	gathering->wait_of[run] = wait_of;
	code = wait_of && scratch ? sum_run(gathering, run, scratch, err)
				  : rg_err_nomem(err, "diff");
	rg_arena_free(scratch);
	return code;
}

static int read_runs(struct gathering *gathering, struct rg_err *err)
{
	size_t runs = rg_run_set_count(gathering->set);
	int code = 0;

	gathering->sum = rg_arena_array(gathering->arena, runs + 1, sizeof(struct rg_wait_sum *));
	gathering->known = rg_arena_array(gathering->arena, runs + 1, sizeof(*gathering->known));
	gathering->total = rg_arena_array(gathering->arena, runs + 1, sizeof(*gathering->total));
	gathering->wait_of = rg_arena_array(gathering->arena, runs + 1, sizeof(uint32_t *));
	if (!gathering->sum || !gathering->known || !gathering->total || !gathering->wait_of)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; !code && i < runs; i++)
		code = read_run(gathering, i, err);
	return code;
}

/* --- Tables ----------------------------------------------------------------------------------- */

struct named {
	const struct rg_wait_name *name;
	uint32_t id;
};

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
static int fill_row(const struct gathering *gathering, struct filling *filling, size_t row,
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

static int fill(const struct gathering *gathering, struct filling *filling,
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

static int make_exposures(const struct gathering *gathering, enum rg_basis basis,
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

/* Waits: the row of each, or RG_WAIT_NONE. NULL: out of memory. */
static uint32_t *map_waits(const struct gathering *gathering, const struct named *named,
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
static void map_samples(const struct gathering *gathering, const uint32_t *row_of)
{
	for (size_t run = 0; run < rg_run_set_count(gathering->set); run++) {
		size_t count = rg_profile_sample_count(gathering->set->run[run].profile);
		uint32_t *row = gathering->wait_of[run];

		for (size_t i = 0; i < count; i++)
			row[i] = row[i] == RG_WAIT_NONE ? row[i] : row_of[row[i]];
	}
}

static int take_votes(const struct gathering *gathering, const uint32_t *row_of,
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

static int make_rows(const struct gathering *gathering, bool idle, struct rg_wait_rows *out,
		     struct rg_err *err)
{
	const struct rg_wait_names *names = &gathering->names;
	struct rg_table *table = &out->alignment.table;
	struct named *named = rg_arena_array(gathering->arena, names->count + 1, sizeof(*named));
	struct filling filling = {0};
	size_t rows = 0, batches = rg_run_set_batches(gathering->set);
	int code = named ? 0 : RG_ENOMEM;

	for (size_t i = 0; !code && i < names->count; i++)
		if (names->list[i].idle == idle)
			named[rows++] = (struct named){&names->list[i], (uint32_t)i};
	if (!code && rows > 1)
		qsort(named, rows, sizeof(*named), by_text);
	table->rows = rows;
	table->runs[RG_END_BASE] = gathering->set->count[RG_END_BASE];
	table->runs[RG_END_CANARY] = gathering->set->count[RG_END_CANARY];
	table->rounds = rg_run_set_rounds(gathering->set);
	table->concurrent = rg_run_set_concurrent(gathering->set);
	if (!code)
		code = allocate(&filling, rows, rg_table_runs(table), gathering->arena);
	if (!code)
		code = fill(gathering, &filling, named, rows);
	if (!code)
		code = make_exposures(gathering, idle ? RG_BASIS_SECOND : names->basis, table);
	const uint32_t *row_of = code ? NULL : map_waits(gathering, named, rows);

	if (!code)
		code = row_of ? take_votes(gathering, row_of, &out->alignment) : RG_ENOMEM;
	if (!code && !idle) {
		map_samples(gathering, row_of);
		out->row_of_sample = (const uint32_t *const *)gathering->wait_of;
	}
	if (code == RG_ELIMIT)
		return rg_err_set(err, code, "diff: add up the waits: more than 2^63 - 1");
	if (code)
		return rg_err_nomem(err, "diff");
	table->count = filling.count;
	table->phi = filling.phi;
	table->phi_df = (double)(batches > 0 ? batches : RG_BATCH_COUNT) - 1;
	table->unit = filling.unit;
	table->events[RG_END_BASE] = filling.events[RG_END_BASE];
	table->events[RG_END_CANARY] = filling.events[RG_END_CANARY];
	table->total_phi = filling.phi[rows];
	out->alignment.function = filling.function;
	out->wait = filling.wait;
	return rg_table_sum(table, gathering->arena, err);
}

/* --- What nobody answers for ------------------------------------------------------------------ */

static void measure_unattributed(const struct gathering *gathering)
{
	struct rg_waits *out = gathering->out;
	const struct rg_table *table = &out->judged.alignment.table;

	for (size_t i = 0; i < rg_run_set_count(gathering->set); i++) {
		const struct rg_run *run = &gathering->set->run[i];

		out->unattributed_ns[run->end] += (double)rg_profile_fact_u64(
			run->profile, RG_KEY_OFF_CPU_UNATTRIBUTED_NS, 0);
	}
	for (int end = 0; end < RG_END_COUNT; end++) {
		for (size_t row = 0; row < table->rows; row++)
			out->unanchored_ns[end] +=
				out->judged.wait[row].anchored ? 0 : (double)table->side[end][row];
		out->all_ns[end] = (double)table->total[end] + out->unattributed_ns[end];
	}
}

int rg_waits_gather(struct rg_waits *out, const struct rg_run_set *set,
		    const struct rg_policy *policy, enum rg_basis basis, struct rg_arena *arena,
		    struct rg_err *err)
{
	struct gathering gathering = {
		.out = out,
		.set = set,
		.names = {.policy = policy, .basis = basis, .arena = arena},
		.arena = arena,
	};

	*out = (struct rg_waits){0};
	int code = read_runs(&gathering, err);

	rg_index_done(&gathering.names.index);
	rg_votes_close(&gathering.names.votes);
	if (!code)
		code = make_rows(&gathering, false, &out->judged, err);
	if (!code)
		code = make_rows(&gathering, true, &out->idle, err);
	if (!code)
		measure_unattributed(&gathering);
	return code;
}
