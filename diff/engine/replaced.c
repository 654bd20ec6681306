/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "replaced.h"
#include "moved.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <stdlib.h>

/* What is left of parts that went: old processes, other paths. */
#define LEFT_MAX   0.1
/* That part of what the caller has no more is gone altogether: others do not have it in its place. */
#define ALTOGETHER 0.8
/* That part of the function's cost is new there. */
#define NEW_MIN    0.8
/* Smaller parts of the growth pay for nothing. */
#define PART_MIN   0.05
/* What is gone was that part of its caller, at least: in a large one some other thing always went. */
#define GONE_MIN   0.25
/* A function on nearly all stacks tells nothing of where. */
#define EVERYWHERE 0.95

struct replacing {
	struct rg_judgement *judgement;
	const struct rg_growth *growth;
	struct rg_replaced_parts parts;
	bool *spent; /* parts whose loss explains other growth already */
	struct rg_arena *arena;
};

/* One function, under the caller. */
struct attempt {
	struct rg_finding *finding;
	uint32_t caller;
	struct rg_replaced_costs costs;
	bool *of; /* parts: new there, or gone */
	double gain, came, lost;
	struct rg_finding together, all;
};

/* --- What is asked about ---------------------------------------------------------------------- */

static double cost_of(const struct replacing *all, uint32_t row, enum rg_end end)
{
	const struct rg_fit *fit = &all->judgement->fit;

	return (double)fit->table->side[end][row] / fit->scale_side[end];
}

/* Its name is new, and it may be another function than the one it is taken for. */
static bool is_renamed(const struct replacing *all, size_t row)
{
	const struct rg_alignment *self = all->growth->self;

	return row < self->table.rows && self->renamed_from && self->renamed_from[row];
}

static bool is_asked_for(const struct replacing *all, const struct rg_finding *finding)
{
	if (finding->moved || finding->broken ||
	    (!rg_finding_fails(finding) && finding->status != RG_STATUS_SUSPECT))
		return false;
	return is_renamed(all, finding->row) ||
	       rg_family_is_new(all->judgement->fit.table, finding->row) ||
	       cost_of(all, finding->row, RG_END_BASE) <=
		       LEFT_MAX * cost_of(all, finding->row, RG_END_CANARY);
}

/* --- What is new under the caller, and what is gone ------------------------------------------- */

static bool is_new(const struct replacing *all, const struct rg_replaced_costs *costs, size_t part)
{
	double after = costs->under[RG_END_CANARY][part];

	return after > 0 &&
	       (is_renamed(all, part) || costs->under[RG_END_BASE][part] <= LEFT_MAX * after);
}

static double loss_of(const struct rg_replaced_costs *costs, size_t part)
{
	return costs->under[RG_END_BASE][part] - costs->under[RG_END_CANARY][part];
}

static bool is_gone(const struct replacing *all, const struct attempt *attempt, size_t part)
{
	const struct rg_replaced_costs *costs = &attempt->costs;
	double before = costs->under[RG_END_BASE][part], loss = loss_of(costs, part);

	return !all->spent[part] && before > 0 &&
	       costs->under[RG_END_CANARY][part] <= LEFT_MAX * before &&
	       loss >= PART_MIN * attempt->gain &&
	       costs->all[RG_END_BASE][part] - costs->all[RG_END_CANARY][part] >= ALTOGETHER * loss;
}

static void choose_parts(const struct replacing *all, struct attempt *attempt)
{
	for (size_t part = 0; part < all->parts.count; part++) {
		if (is_new(all, &attempt->costs, part)) {
			attempt->of[part] = true;
			attempt->came += attempt->costs.own[part];
		} else if (is_gone(all, attempt, part)) {
			attempt->of[part] = true;
			attempt->lost += loss_of(&attempt->costs, part);
		}
	}
}

static bool is_everywhere(const struct rg_replaced_costs *costs)
{
	for (int end = 0; end < RG_END_COUNT; end++) {
		if (costs->caller[end] < EVERYWHERE * costs->whole[end])
			return false;
	}
	return true;
}

static bool may_account(const struct replacing *all, const struct attempt *attempt)
{
	double own = cost_of(all, attempt->finding->row, RG_END_CANARY);

	return attempt->came >= NEW_MIN * own &&
	       attempt->lost >= GONE_MIN * attempt->costs.caller[RG_END_BASE] &&
	       !is_everywhere(&attempt->costs);
}

/* --- What it did as one ----------------------------------------------------------------------- */

/* The most uneven of its parts' spreads, though they may even out one another. */
static double phi_of(const struct replacing *all, const bool *of)
{
	const struct rg_growth *growth = all->growth;
	size_t rows = growth->self->table.rows;
	double phi = 0;

	for (size_t part = 0; part < all->parts.count; part++) {
		if (of[part])
			phi = fmax(phi, part < rows ? growth->self->table.phi[part]
						    : growth->callers->table.phi[part - rows]);
	}
	return phi;
}

/* Of those parts; with NULL of all that the caller costs. */
static int judge(const struct replacing *all, const struct attempt *attempt, const bool *of,
		 struct rg_finding *out, struct rg_arena *arena, struct rg_err *err)
{
	struct rg_domain domain = {
		.phi = of ? phi_of(all, of) : all->growth->callers->table.phi[attempt->caller],
	};
	int64_t *count;
	int code = rg_replaced_count(&all->parts, attempt->caller, of, &count, arena, err);

	domain.count = count;
	return code ? code
		    : rg_domain_judge(all->judgement, &domain, attempt->finding, out, arena, err);
}

static bool is_cheaper(const struct rg_finding *finding)
{
	return !finding->broken && finding->high < 0;
}

/* --- What is found ---------------------------------------------------------------------------- */

static int by_loss(const void *left, const void *right)
{
	const struct rg_moved_from *a = left, *b = right;

	if (a->explains != b->explains)
		return a->explains < b->explains ? 1 : -1;
	return rg_function_order(a->function, b->function);
}

/* What a function did itself and what the kernel did for it are told as one. */
static void add_loss(const struct replacing *all, const struct attempt *attempt, size_t part,
		     double *before, double *loss)
{
	const struct rg_growth *growth = all->growth;
	size_t rows = growth->self->table.rows;
	uint32_t row = part < rows ? rg_function_row(growth->callers, &growth->self->function[part])
				   : (uint32_t)(part - rows);

	if (row == RG_FUNCTION_NONE)
		return;
	before[row] += attempt->costs.under[RG_END_BASE][part];
	loss[row] += loss_of(&attempt->costs, part);
}

static void tell(const struct replacing *all, const struct attempt *attempt, const double *before,
		 const double *loss, struct rg_moved *out, struct rg_moved_from *from)
{
	const struct rg_growth *growth = all->growth;

	for (uint32_t row = 0; row < growth->callers->table.rows; row++) {
		const struct rg_function *function = &growth->callers->function[row];

		if (loss[row] > 0)
			from[out->count++] = (struct rg_moved_from){
				.row = rg_function_row(growth->self, function),
				.function = function,
				.how = RG_MOVE_REPLACED,
				.change = -fmin(loss[row] / before[row], 1),
				.explains = loss[row] / attempt->gain,
			};
	}
	qsort(from, out->count, sizeof(*from), by_loss);
	for (size_t i = 0; i < out->count; i++)
		from[i].explains = fmin(from[i].explains, 1);
	out->from = from;
}

static int keep(struct replacing *all, const struct attempt *attempt, struct rg_arena *scratch,
		struct rg_err *err)
{
	size_t callers = all->growth->callers->table.rows + 1;
	double *before = rg_arena_array(scratch, callers, sizeof(*before));
	double *loss = rg_arena_array(scratch, callers, sizeof(*loss));
	struct rg_moved *moved = rg_arena_alloc(all->arena, sizeof(*moved));
	struct rg_moved_from *from = rg_arena_array(all->arena, callers, sizeof(*from));

	if (!before || !loss || !moved || !from)
		return rg_err_nomem(err, "diff");
	for (size_t part = 0; part < all->parts.count; part++) {
		if (attempt->of[part] && !is_new(all, &attempt->costs, part))
			add_loss(all, attempt, part, before, loss);
	}
	*moved = (struct rg_moved){.together = attempt->together, .cheaper = true};
	tell(all, attempt, before, loss, moved, from);
	attempt->finding->moved = moved;
	attempt->finding->status = RG_STATUS_MOVED;
	return 0;
}

static int explain_under(struct replacing *all, struct attempt *attempt, struct rg_arena *scratch,
			 struct rg_err *err)
{
	uint32_t row = attempt->finding->row;
	int code =
		rg_replaced_sum(&all->parts, row, attempt->caller, &attempt->costs, scratch, err);

	if (code)
		return code;
	attempt->of = rg_arena_array(scratch, all->parts.count + 1, sizeof(bool));
	if (!attempt->of)
		return rg_err_nomem(err, "diff");
	attempt->gain = cost_of(all, row, RG_END_CANARY) - cost_of(all, row, RG_END_BASE);
	choose_parts(all, attempt);
	if (!may_account(all, attempt))
		return 0;
	code = judge(all, attempt, attempt->of, &attempt->together, scratch, err);
	if (!code)
		code = judge(all, attempt, NULL, &attempt->all, scratch, err);
	if (code || !is_cheaper(&attempt->together) || !is_cheaper(&attempt->all))
		return code;
	return keep(all, attempt, scratch, err);
}

static int explain(struct replacing *all, struct rg_finding *finding, struct rg_err *err)
{
	struct rg_arena *scratch = rg_arena_new(0);
	struct attempt attempt = {.finding = finding};

	if (!scratch)
		return rg_err_nomem(err, "diff");
	int code = rg_replaced_caller(&all->parts, finding->row, &attempt.caller, scratch, err);

	if (!code && attempt.caller != RG_FUNCTION_NONE)
		code = explain_under(all, &attempt, scratch, err);
	rg_arena_free(scratch);
	return code;
}

/* --- The whole -------------------------------------------------------------------------------- */

/* What went elsewhere pays for nothing here. */
static void know_spent(struct replacing *all)
{
	for (size_t i = 0; i < all->judgement->count; i++) {
		const struct rg_moved *moved = all->judgement->finding[i].moved;

		for (size_t k = 0; moved && k < moved->count; k++)
			all->spent[moved->from[k].row] = true;
	}
}

static bool any_asked_for(const struct replacing *all)
{
	for (size_t i = 0; i < all->judgement->count; i++) {
		if (is_asked_for(all, &all->judgement->finding[i]))
			return true;
	}
	return false;
}

int rg_replaced_find(struct rg_judgement *judgement, const struct rg_growth *growth,
		     struct rg_arena *arena, struct rg_err *err)
{
	struct replacing all = {.judgement = judgement, .growth = growth, .arena = arena};

	if (!any_asked_for(&all))
		return 0;
	int code = rg_replaced_parts_make(&all.parts, growth, arena, err);

	if (code)
		return code;
	all.spent = rg_arena_array(arena, all.parts.count + 1, sizeof(*all.spent));
	if (!all.spent)
		return rg_err_nomem(err, "diff");
	know_spent(&all);
	for (size_t i = 0; code == 0 && i < judgement->count; i++) {
		if (is_asked_for(&all, &judgement->finding[i]))
			code = explain(&all, &judgement->finding[i], err);
	}
	rg_conclude_statistical(judgement);
	return code;
}
