/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moved.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* Counts of the parts: samples of functions that belong to the domain under one caller alone. */
static int64_t count_parts(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain,
			   size_t index)
{
	const struct rg_run *run = &costs->set->run[index];
	const struct rg_frame *frame = rg_profile_frames(run->profile, &(size_t){0});
	const struct rg_stack *stack = rg_profile_stacks(run->profile, &(size_t){0});
	const uint32_t *row_of = costs->alignment->row_of_frame[index];
	int64_t sum = 0;
	size_t count;
	const struct rg_sample *sample = rg_profile_samples(run->profile, &count);

	for (size_t i = 0; i < count; i++) {
		const struct rg_stack *of = &stack[sample[i].stack];
		uint32_t leaf = rg_stack_leaf(frame, of), row = row_of[leaf];
		uint32_t which = row == RG_FUNCTION_NONE ? row : costs->candidate[row];

		if (which != RG_FUNCTION_NONE && domain->part[which] && !domain->whole[which] &&
		    rg_moved_caller(costs, index, of, leaf) == domain->caller)
			sum += sample[i].value[run->value];
	}
	return sum / run->unit;
}

static bool has_parts(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain)
{
	for (size_t i = 0; i < costs->count; i++) {
		if (domain->part[i] && !domain->whole[i])
			return true;
	}
	return false;
}

/* No sum is larger than the runs' totals, which fit. */
static int64_t *count_domain(const struct rg_moved_costs *costs,
			     const struct rg_moved_domain *domain, struct rg_arena *arena)
{
	const struct rg_table *table = &costs->alignment->table;
	size_t runs = rg_table_runs(table);
	int64_t *count = rg_arena_array(arena, runs + 1, sizeof(*count));
	bool parts = has_parts(costs, domain);

	for (size_t run = 0; count && run < runs; run++) {
		for (size_t i = 0; i < costs->count; i++) {
			if (domain->whole[i])
				count[run] += rg_table_count(table, costs->row[i], run);
		}
		if (parts && costs->set->run[run].measured)
			count[run] += count_parts(costs, domain, run);
	}
	return count;
}

/* The most uneven of its functions' spreads, though they may even out one another. */
static double phi_of(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain)
{
	double phi = 0;

	for (size_t i = 0; i < costs->count; i++) {
		if (domain->whole[i] || domain->part[i])
			phi = fmax(phi, costs->alignment->table.phi[costs->row[i]]);
	}
	return phi;
}

/* It is judged by what all other functions show of noise, its own among them. */
static int judge(const struct rg_moved_costs *costs, const int64_t *count, const double *phi,
		 struct rg_finding *out, struct rg_arena *arena, struct rg_err *err)
{
	struct rg_fit fit = costs->judgement->fit;
	struct rg_table table = *fit.table;

	table.rows = 1;
	table.count = count;
	table.phi = phi;
	int code = rg_table_sum_rows(&table, arena, err);

	if (code)
		return code;
	fit.table = &table;
	for (size_t i = 0; i < fit.pool_count; i++)
		fit.pool[i] = RG_ROW_TOTAL;
	rg_fit_row(&fit, 0, &out->estimate);
	rg_finding_measure(out);
	out->hides = !(out->upper <= log1p(rg_finding_limit(out)));
	return 0;
}

int rg_moved_domain_judge(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain,
			  const struct rg_finding *like, struct rg_finding *out, struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	const double phi = phi_of(costs, domain);

	if (!arena)
		return rg_err_nomem(err, "diff");
	const int64_t *count = count_domain(costs, domain, arena);

	*out = (struct rg_finding){.rule = like->rule, .tested = true, .gated = like->gated};
	int code = count ? judge(costs, count, &phi, out, arena, err) : rg_err_nomem(err, "diff");

	rg_arena_free(arena);
	return code;
}
