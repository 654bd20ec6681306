/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "basis.h"
#include "flame.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/units.h"
#include "rg/verdict.h"

#include <math.h>
#include <string.h>

/* --- What values come to ---------------------------------------------------------------------- */

double rg_flame_weight(const struct rg_flame_graph *graph, const int64_t value[RG_FLAME_SIDES])
{
	double part[RG_FLAME_SIDES] = {0, 0};

	for (int side = 0; side < RG_FLAME_SIDES; side++)
		if (graph->total[side] > 0)
			part[side] = (double)value[side] / (double)graph->total[side];
	return fmax(part[RG_FLAME_BASE], part[RG_FLAME_CANARY]);
}

double rg_flame_cost_of(const struct rg_flame_graph *graph, int side, int64_t value)
{
	return graph->against[side] > 0 ? (double)value / graph->against[side] : 0;
}

double rg_flame_change(const struct rg_flame_graph *graph, const int64_t value[RG_FLAME_SIDES])
{
	double cost[RG_FLAME_SIDES], all = 0;

	for (int side = 0; side < RG_FLAME_SIDES; side++) {
		if (graph->total[side] <= 0)
			return 0;
		cost[side] = rg_flame_cost_of(graph, side, value[side]);
		all = fmax(all, rg_flame_cost_of(graph, side, graph->total[side]));
	}
	double change = log2((cost[RG_FLAME_CANARY] * graph->common + all / 1000) /
			     (cost[RG_FLAME_BASE] + all / 1000));

	return fmax(-2, fmin(2, change));
}

/* --- One kind --------------------------------------------------------------------------------- */

static int add_totals(struct rg_flame_graph *graph, const struct rg_flame_stacks *stacks,
		      const struct rg_flame_entries *entries, struct rg_err *err)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct rg_flame_entry *entry = &entries->list[i];
		int64_t *total = &graph->total[stacks->run[entry->run].end];

		if (__builtin_add_overflow(*total, entry->value, total))
			return rg_err_set(err, RG_ELIMIT,
					  "flame: add up the stacks: more than 2^63 - 1");
	}
	return 0;
}

static double wall_of(const struct rg_run *run)
{
	return (double)run->wall_ns;
}

static double work_of(const struct rg_run *run)
{
	return run->work * (double)RG_NS_PER_S;
}

/* What all runs have, by side. False when one of them does not know it. */
static bool sum_runs(const struct rg_run_set *set, double (*of)(const struct rg_run *run),
		     double sum[RG_FLAME_SIDES])
{
	sum[RG_FLAME_BASE] = sum[RG_FLAME_CANARY] = 0;
	for (size_t i = 0; i < rg_run_set_count(set); i++) {
		if (!(of(&set->run[i]) > 0))
			return false;
		sum[set->run[i].end] += of(&set->run[i]);
	}
	return true;
}

static void set_costs(struct rg_flame_graph *graph, const struct rg_run_set *set,
		      enum rg_basis basis)
{
	bool work = basis == RG_BASIS_WORK || basis == RG_BASIS_AUTO;

	graph->per = RG_FLAME_PER_TOTAL;
	if (graph->time && work && sum_runs(set, work_of, graph->against))
		graph->per = RG_FLAME_PER_WORK;
	else if (graph->time && basis != RG_BASIS_SHARE && sum_runs(set, wall_of, graph->against))
		graph->per = RG_FLAME_PER_SECOND;
	for (int side = 0; graph->per == RG_FLAME_PER_TOTAL && side < RG_FLAME_SIDES; side++)
		graph->against[side] = (double)graph->total[side];
}

static int make_graph(struct rg_flame *flame, enum rg_flame_kind kind,
		      const struct rg_flame_stacks *stacks, enum rg_basis basis, struct rg_err *err)
{
	struct rg_flame_graph *graph = &flame->graph[kind];
	const struct rg_flame_entries *entries = &stacks->kind[kind];
	int code = add_totals(graph, stacks, entries, err);

	graph->measured = kind == RG_FLAME_ON_CPU ? stacks->cpu_measured : stacks->waits;
	graph->common = 1;
	graph->waits = kind != RG_FLAME_ON_CPU;
	graph->time = kind != RG_FLAME_ON_CPU || stacks->cpu_value == RG_VALUE_CPU_NS;
	if (graph->waits && basis == RG_BASIS_SHARE)
		basis = rg_basis_of_waits(basis);
	set_costs(graph, stacks->set, basis);
	for (int order = 0; !code && order < RG_FLAME_ORDERS; order++)
		code = rg_flame_tree_make(graph, (enum rg_flame_order)order, stacks, entries,
					  flame->arena, err);
	return code ? code
		    : rg_flame_costs_make(graph, stacks, entries, flame->function_count,
					  flame->arena, err);
}

/* --- All of it -------------------------------------------------------------------------------- */

static int make(struct rg_flame *flame, const struct rg_runs *base, const struct rg_runs *canary,
		const struct rg_policy *policy, enum rg_basis basis, struct rg_err *err)
{
	struct rg_flame_stacks stacks = {0};
	struct rg_run_set set;
	int code = rg_run_set_make(&set, base, canary, flame->arena, err);

	flame->runs[RG_FLAME_BASE] = base->count;
	flame->runs[RG_FLAME_CANARY] = canary->count;
	if (!code)
		code = rg_flame_gather(&stacks, &set, policy, flame->arena, &flame->functions,
				       &flame->function_count, err);
	if (!code) {
		flame->work_unit = rg_work_unit(&set, flame->arena);
		code = flame->work_unit ? 0 : rg_err_nomem(err, "flame");
	}
	for (int kind = 0; !code && kind < RG_FLAME_KINDS; kind++)
		code = make_graph(flame, (enum rg_flame_kind)kind, &stacks, basis, err);
	rg_flame_stacks_done(&stacks);
	return code;
}

int rg_flame_make(const struct rg_runs *base, const struct rg_runs *canary,
		  const struct rg_policy *policy, enum rg_basis basis, struct rg_flame **out,
		  struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_flame *flame = arena ? rg_arena_alloc(arena, sizeof(*flame)) : NULL;
	int code;

	if (!flame) {
		rg_arena_free(arena);
		return rg_err_nomem(err, "flame");
	}
	flame->arena = arena;
	code = make(flame, base, canary, policy, basis, err);
	if (code) {
		rg_arena_free(arena);
		return code;
	}
	*out = flame;
	return 0;
}

void rg_flame_free(struct rg_flame *flame)
{
	if (flame)
		rg_arena_free(flame->arena);
}

/* It is the same for all rows; one of those that know it tells. */
static double common_of(const struct rg_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct rg_row *row = &rows[i];

		if (row->samples_base > 0 && row->samples_canary > 0 && row->growth > -1 &&
		    row->raw_growth > -1 && row->growth < RG_GROWTH_MAX &&
		    row->raw_growth < RG_GROWTH_MAX)
			return (1 + row->growth) / (1 + row->raw_growth);
	}
	return 1;
}

void rg_flame_adjust(struct rg_flame *flame, const struct rg_verdict *verdict)
{
	flame->graph[RG_FLAME_ON_CPU].common = common_of(verdict->rows, verdict->row_count);
	flame->graph[RG_FLAME_OFF_CPU].common =
		common_of(verdict->off_cpu.rows, verdict->off_cpu.row_count);
}

uint32_t rg_flame_find(const struct rg_flame *flame, const char *key, const char *module)
{
	uint32_t found = RG_FLAME_REST;
	struct rg_buf place;

	rg_buf_init(&place, RG_PROFILE_MAX_TEXT + 1);
	rg_canon_module(&place, module);
	for (size_t i = 0; i < flame->function_count && found == RG_FLAME_REST; i++) {
		const struct rg_flame_function *function = &flame->functions[i];

		if (!strcmp(function->name, key) &&
		    !strcmp(function->module, place.len ? place.data : ""))
			found = (uint32_t)i;
	}
	rg_buf_done(&place);
	return found;
}

uint32_t rg_flame_find_entry(const struct rg_flame *flame, const struct rg_entry *entry)
{
	uint32_t found;
	struct rg_buf key;

	rg_buf_init(&key, RG_PROFILE_MAX_TEXT + 1);
	rg_canon_name(&key, entry->function);
	found = rg_flame_find(flame, key.len ? key.data : "", entry->module);
	rg_buf_done(&key);
	return found;
}
