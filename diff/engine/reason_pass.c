/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

#include "rg/buf.h"

#include <math.h>

static double widest_mdg(const struct rg_row *rows, const struct rg_finding *const *finding,
			 size_t count)
{
	double widest = 0;

	for (size_t i = 0; i < count; i++) {
		if (finding[i]->gated && !rg_finding_is_spared(finding[i]))
			widest = fmax(widest, rows[i].mdg);
	}
	return widest;
}

static void add_seen(struct rg_buf *out, double mdg)
{
	if (mdg >= RG_GROWTH_MAX) {
		rg_buf_adds(out, "none");
		return;
	}
	rg_buf_adds(out, "at least ");
	rg_word_percent(out, mdg);
}

/* "15 %", or what holds for single functions as well. */
static void add_allowed(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_word_percent(out, verdict->policy.growth);
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];

		if (!row->tested || row->growth_allowed == verdict->policy.growth)
			continue;
		rg_buf_adds(out, ", or what single functions are allowed");
		return;
	}
}

static size_t count_of(enum rg_status status, const struct rg_row *rows, size_t count)
{
	size_t of = 0;

	for (size_t i = 0; i < count; i++)
		of += rows[i].status == status;
	return of;
}

/* ", but for 2 that are accepted, and 1 that is moved code". */
static void add_spared(struct rg_buf *out, size_t accepted, size_t moved, size_t placed)
{
	if (accepted > 0)
		rg_buf_addf(out, ", but for %zu that %s accepted", accepted,
			    accepted > 1 ? "are" : "is");
	if (moved > 0)
		rg_buf_addf(out, ", %s %zu that %s moved code", accepted > 0 ? "and" : "but for",
			    moved, moved > 1 ? "are" : "is");
	if (placed > 0)
		rg_buf_addf(out, ", %s %zu of the same machine code, placed elsewhere",
			    accepted + moved > 0 ? "and" : "but for", placed);
}

static void add_spared_cpu(struct rg_buf *out, const struct rg_verdict *verdict)
{
	add_spared(out,
		   count_of(RG_STATUS_ACCEPTED, verdict->rows, verdict->row_count) +
			   count_of(RG_STATUS_ACCEPTED, verdict->callers, verdict->caller_count) +
			   count_of(RG_STATUS_ACCEPTED, &verdict->total, 1),
		   count_of(RG_STATUS_MOVED, verdict->rows, verdict->row_count),
		   count_of(RG_STATUS_PLACED, verdict->rows, verdict->row_count));
}

static void add_spared_waits(struct rg_buf *out, const struct rg_off_cpu *off_cpu)
{
	add_spared(out,
		   count_of(RG_STATUS_ACCEPTED, off_cpu->rows, off_cpu->row_count) +
			   count_of(RG_STATUS_ACCEPTED, &off_cpu->total, 1),
		   count_of(RG_STATUS_MOVED, off_cpu->rows, off_cpu->row_count), 0);
}

/* "; waits: no growth beyond 15 %, could have seen at least 40 % in the top 5 and 20 % in total". */
static void add_waits_pass(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_off_cpu *off_cpu = &story->verdict->off_cpu;
	double rows;

	if (!story->wait_judgement)
		return;
	rows = widest_mdg(off_cpu->rows, story->wait_finding, off_cpu->row_count);
	if (!(rows > 0) && !story->wait_judgement->total.gated) {
		rg_buf_adds(out, "; waits: too few to judge, and to matter");
		return;
	}
	rg_buf_adds(out, "; waits: no growth beyond ");
	rg_word_percent(out, story->verdict->policy.off_cpu.growth);
	add_spared_waits(out, off_cpu);
	rg_buf_adds(out, ", could have seen ");
	if (rows > 0) {
		add_seen(out, rows);
		rg_buf_addf(out, " in the top %u", story->verdict->policy.off_cpu.top_k);
	}
	if (story->wait_judgement->total.gated) {
		rg_buf_adds(out, rows > 0 ? " and " : "");
		add_seen(out, off_cpu->total.mdg);
		rg_buf_adds(out, " in total");
	}
}

void rg_reason_pass(struct rg_buf *out, const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	const struct rg_policy *policy = &verdict->policy;
	double rows = widest_mdg(verdict->rows, story->finding, verdict->row_count);

	if (policy->rule == RG_RULE_LITERAL) {
		rg_buf_addf(out, "no function entered the top %u, and no share in it grew beyond ",
			    policy->top_k);
		add_allowed(out, verdict);
		add_spared_cpu(out, verdict);
		return;
	}
	rg_buf_adds(out, "no growth beyond ");
	add_allowed(out, verdict);
	add_spared_cpu(out, verdict);
	rg_buf_adds(out, "; could have seen ");
	if (rows > 0) {
		add_seen(out, rows);
		rg_buf_addf(out, " in the top %u", policy->top_k);
	}
	if (verdict->total.tested) {
		rg_buf_adds(out, rows > 0 ? " and " : "");
		add_seen(out, verdict->total.mdg);
		rg_buf_adds(out, " in total");
	}
	add_waits_pass(out, story);
}
