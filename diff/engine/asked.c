/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "asked.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* One-sided, in standard errors: 95 %. */
#define CERTAIN   1.645
/* One grows like another by more than half as much, as logs. */
#define HALF      0.5
/* That part of the growth lies where the cost was before: else the function does something else than it did. */
#define ALIKE_MIN 0.6

static const struct rg_growth_part everything = {.leaf = RG_FUNCTION_NONE,
						 .caller = RG_FUNCTION_NONE};

struct asking {
	const struct rg_growth *growth;
	struct rg_growth_part part;       /* whatever the leaf */
	const struct rg_growth_sums *all; /* of that */
	struct rg_growth_sums of;         /* of samples with the function on the stack */
	double event; /* what one independent event is worth, in counts or in ns: variance over sum */
	struct rg_arena *arena;
};

/* --- Which grew with which -------------------------------------------------------------------- */

/* Of part of the samples, on either side. */
struct costs {
	double side[RG_END_COUNT];
};

static struct costs costs_with(const struct rg_growth_sums *sums, uint32_t row)
{
	return (struct costs){{sums->base_of[row], sums->base_of[row] + sums->change[row]}};
}

static struct costs costs_less(struct costs all, struct costs part)
{
	return (struct costs){{all.side[RG_END_BASE] - part.side[RG_END_BASE],
			       all.side[RG_END_CANARY] - part.side[RG_END_CANARY]}};
}

static double growth_of(const struct asking *asking, struct costs of, double *variance)
{
	const struct rg_fit *fit = asking->growth->fit;
	double cost[RG_END_COUNT];

	*variance = fit->between * fit->inverse_runs;
	for (int end = 0; end < RG_END_COUNT; end++) {
		double worth = asking->event / fit->scale_side[end];

		/* Half an event more, as in the estimates: there may be none. */
		cost[end] = fmax(of.side[end], 0) + worth / 2;
		*variance += worth / cost[end];
	}
	return log(cost[RG_END_CANARY] / cost[RG_END_BASE]);
}

/*
 * Others call the function as well, at no greater cost than they did: less than half, for certain, of what it grew; and what
 * is missing of the growth may be their noise.
 */
static bool is_known_to_others(const struct asking *asking, uint32_t caller, double missing)
{
	struct costs all = {{asking->of.base, asking->of.canary}};
	struct costs under = costs_with(&asking->of, caller), others = costs_less(all, under);
	double of_under, of_others;
	double grown = HALF * growth_of(asking, under, &of_under);
	double more = growth_of(asking, others, &of_others);

	return grown - more > CERTAIN * sqrt(HALF * HALF * of_under + of_others) &&
	       missing <= CERTAIN * sqrt(of_others) * others.side[RG_END_BASE];
}

/* What else the caller does grew for certain, and like it. Waits do so for want of what others hold: they show no calls. */
static bool grew_with_the_rest(const struct asking *asking, uint32_t caller)
{
	struct costs under = costs_with(&asking->of, caller);
	struct costs rest = costs_less(costs_with(asking->all, caller), under);
	double of_under, of_rest;
	double grown = growth_of(asking, under, &of_under);
	double more = growth_of(asking, rest, &of_rest);

	return !asking->growth->off_cpu && more > CERTAIN * sqrt(of_rest) && more > HALF * grown;
}

static double event_of(const struct asking *asking)
{
	const struct rg_table *table = &asking->growth->self->table;
	double cost = 0, events = 0;

	for (size_t row = 0; row < table->rows; row++) {
		double both =
			asking->of.leaf[RG_END_BASE][row] + asking->of.leaf[RG_END_CANARY][row];

		cost += both;
		events += both * table->phi[row];
	}
	return cost > 0 ? events / cost : 1;
}

/* --- All its parts alike ---------------------------------------------------------------------- */

/* A function's parts under one caller: all there is of them, less what is under others. */
struct parts {
	const struct rg_growth_sums *all, *others;
	bool called_before; /* else they were, under others, what they are */
};

static double before_of(const struct parts *parts, size_t row)
{
	double all = parts->all->leaf[RG_END_BASE][row];

	return parts->called_before ? fmax(all - parts->others->leaf[RG_END_BASE][row], 0) : all;
}

static double gain_of(const struct parts *parts, size_t row)
{
	double after =
		parts->all->leaf[RG_END_CANARY][row] - parts->others->leaf[RG_END_CANARY][row];

	return fmax(after - (parts->called_before ? before_of(parts, row) : 0), 0);
}

static double likeness(const struct parts *parts, size_t rows)
{
	double before = 0, gain = 0, common = 0;

	for (size_t row = 0; row < rows; row++) {
		before += before_of(parts, row);
		gain += gain_of(parts, row);
	}
	for (size_t row = 0; before > 0 && gain > 0 && row < rows; row++)
		common += fmin(before_of(parts, row) / before, gain_of(parts, row) / gain);
	return common;
}

static int sum_without(const struct asking *asking, uint32_t caller, struct rg_growth_sums *out,
		       struct rg_err *err)
{
	size_t rows = asking->growth->callers->table.rows + 1;
	bool *without = rg_arena_array(asking->arena, rows, sizeof(*without));
	struct rg_growth_part part = asking->part;

	if (!without)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; part.without && i < rows; i++)
		without[i] = part.without[i];
	without[caller] = true;
	part.without = without;
	return rg_growth_sum(asking->growth, &part, out, asking->arena, err);
}

static int grew_alike(const struct asking *asking, uint32_t caller, bool *alike, struct rg_err *err)
{
	const struct rg_growth *growth = asking->growth;
	struct rg_growth_sums others;
	int code = sum_without(asking, caller, &others, err);

	if (code)
		return code;
	const struct parts parts = {
		.all = &asking->of,
		.others = &others,
		.called_before =
			(asking->of.base - others.base) * growth->fit->scale_side[RG_END_BASE] >=
			RG_POOL_COUNT_MIN * asking->event,
	};

	*alike = likeness(&parts, growth->self->table.rows) >= ALIKE_MIN;
	return 0;
}

/* --- The way up ------------------------------------------------------------------------------- */

/* The next function above `height` through which enough of the growth goes, or RG_FUNCTION_NONE. */
static uint32_t next_above(const struct rg_growth *growth, const struct rg_growth_sums *sums,
			   double least, double height)
{
	uint32_t best = RG_FUNCTION_NONE;

	for (uint32_t row = 0; row < growth->callers->table.rows; row++) {
		if (!growth->application[row] || !(sums->change[row] >= least) ||
		    !isfinite(sums->height[row]) || !(sums->height[row] > height))
			continue;
		if (best == RG_FUNCTION_NONE || sums->height[row] < sums->height[best])
			best = row;
	}
	return best;
}

/* `missing`: of what it has to account for. */
static int asks_for_more(const struct asking *asking, uint32_t caller, double missing, bool *asks,
			 struct rg_err *err)
{
	*asks = missing <= 0 && grew_with_the_rest(asking, caller);
	if (*asks || !is_known_to_others(asking, caller, missing))
		return 0;
	return grew_alike(asking, caller, asks, err);
}

/* One step: the nearest caller that asks for more. *row stays where none is known to. */
static int step(struct asking *asking, const struct rg_growth_sums *sums, double least,
		uint32_t *row, struct rg_err *err)
{
	double height = sums->height[*row];
	uint32_t caller;

	struct rg_growth_sums of;

	asking->part.caller = *row;
	int code = rg_growth_sum(asking->growth, &asking->part, &of, asking->arena, err);

	if (code)
		return code;
	asking->of = of;
	asking->event = event_of(asking);
	while (!code && (caller = next_above(asking->growth, sums, HALF * least, height)) !=
				RG_FUNCTION_NONE) {
		bool asks = false;

		code = asks_for_more(asking, caller, least - sums->change[caller], &asks, err);
		if (asks) {
			*row = caller;
			break;
		}
		height = sums->height[caller];
	}
	return code;
}

static int climb(const struct rg_growth *growth, const struct rg_growth_part *part,
		 const struct rg_growth_sums *sums, double least, uint32_t *row,
		 struct rg_arena *arena, struct rg_err *err)
{
	struct asking asking = {.growth = growth, .part = everything, .arena = arena};
	uint32_t from = RG_FUNCTION_NONE;
	struct rg_growth_sums all;

	asking.part.without = part->without;
	asking.part.without_leaf = part->without_leaf;
	int code = rg_growth_sum(growth, &asking.part, &all, arena, err);

	asking.all = &all;
	/* Every step leads further from the leaves. */
	while (!code && from != *row) {
		from = *row;
		code = step(&asking, sums, least, row, err);
	}
	return code;
}

int rg_growth_asked(const struct rg_growth *growth, const struct rg_growth_part *part,
		    const struct rg_growth_sums *sums, double least, uint32_t *row,
		    struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);

	if (!arena)
		return rg_err_nomem(err, "diff");
	int code = climb(growth, part, sums, least, row, arena, err);

	rg_arena_free(arena);
	return code;
}
