/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "moved.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* Counts of the parts: samples of functions that belong to the domain under one caller alone. */
static int64_t count_parts(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain,
			   size_t run)
{
	struct rg_moved_reader reader = rg_moved_read(costs, run);
	struct rg_moved_sample sample;
	int64_t sum = 0;

	while (rg_moved_next(&reader, &sample)) {
		if (domain->part[sample.candidate] && !domain->whole[sample.candidate] &&
		    sample.caller == domain->caller)
			sum += sample.value;
	}
	return sum / rg_moved_unit(costs, run);
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
	const struct rg_table *table = &costs->source->alignment->table;
	size_t runs = rg_table_runs(table);
	int64_t *count = rg_arena_array(arena, runs + 1, sizeof(*count));
	bool parts = has_parts(costs, domain);

	for (size_t run = 0; count && run < runs; run++) {
		for (size_t i = 0; i < costs->count; i++) {
			if (domain->whole[i])
				count[run] += rg_table_count(table, costs->row[i], run);
		}
		if (parts && costs->source->set->run[run].measured)
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
			phi = fmax(phi, costs->source->alignment->table.phi[costs->row[i]]);
	}
	return phi;
}

/* Of times: one event comes to what the longest of its waits does, which errs towards more noise. */
struct events {
	double unit[2]; /* of the domain, of the total */
	int64_t count[RG_END_COUNT][2];
};

static void add_events(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain,
		       struct events *out)
{
	const struct rg_table *table = &costs->source->alignment->table;

	*out = (struct events){.unit = {0, table->unit[table->rows]}};
	for (int end = 0; end < RG_END_COUNT; end++)
		out->count[end][1] = table->events[end][table->rows];
	for (size_t i = 0; i < costs->count; i++) {
		uint32_t row = costs->row[i];

		if (!domain->whole[i] && !domain->part[i])
			continue;
		out->unit[0] = fmax(out->unit[0], table->unit[row]);
		for (int end = 0; end < RG_END_COUNT; end++)
			out->count[end][0] += table->events[end][row];
	}
}

int rg_domain_judge(const struct rg_judgement *judgement, const struct rg_domain *domain,
		    const struct rg_finding *like, struct rg_finding *out, struct rg_arena *arena,
		    struct rg_err *err)
{
	struct rg_fit fit = judgement->fit;
	struct rg_table table = *fit.table;

	*out = (struct rg_finding){.rule = like->rule, .tested = true, .gated = like->gated};
	if (domain->unit) {
		table.unit = domain->unit;
		for (int end = 0; end < RG_END_COUNT; end++)
			table.events[end] = domain->events[end];
	}
	table.rows = 1;
	table.count = domain->count;
	table.phi = &domain->phi;
	int code = rg_table_sum_rows(&table, arena, err);

	if (code)
		return code;
	fit.table = &table;
	for (size_t i = 0; i < fit.pool_count; i++)
		fit.pool[i] = RG_ROW_TOTAL;
	rg_fit_row(&fit, 0, &out->estimate);
	rg_finding_measure(out, judgement->pass_level);
	out->hides = !(out->upper <= log1p(rg_finding_limit(out)));
	return 0;
}

int rg_moved_domain_judge(const struct rg_moved_costs *costs, const struct rg_moved_domain *domain,
			  const struct rg_finding *like, struct rg_finding *out, struct rg_err *err)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct events events;

	if (!arena)
		return rg_err_nomem(err, "diff");
	struct rg_domain counted = {
		.count = count_domain(costs, domain, arena),
		.phi = phi_of(costs, domain),
	};

	if (costs->judgement->fit.table->unit) {
		add_events(costs, domain, &events);
		counted.unit = events.unit;
		for (int end = 0; end < RG_END_COUNT; end++)
			counted.events[end] = events.count[end];
	}
	int code = counted.count
			   ? rg_domain_judge(costs->judgement, &counted, like, out, arena, err)
			   : rg_err_nomem(err, "diff");

	rg_arena_free(arena);
	return code;
}
