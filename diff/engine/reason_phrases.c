/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reason.h"

#include "rg/buf.h"

bool rg_reason_is_total(const struct rg_verdict *verdict, const struct rg_row *row)
{
	return row == &verdict->total || row == &verdict->off_cpu.total;
}

bool rg_reason_is_wait(const struct rg_row *row)
{
	return row->dimension == RG_DIMENSION_OFF_CPU;
}

void rg_reason_add_subject(struct rg_buf *out, const struct rg_verdict *verdict,
			   const struct rg_row *row)
{
	if (rg_reason_is_total(verdict, row))
		rg_buf_adds(out, "the whole program");
	else
		rg_word_function(out, row);
}

void rg_reason_add_per(struct rg_buf *out, const struct rg_verdict *verdict)
{
	rg_buf_addf(out, " per %s",
		    verdict->basis == RG_BASIS_WORK ? verdict->work_unit : "second");
}

void rg_reason_add_more_waiting(struct rg_buf *out, const struct rg_verdict *verdict,
				const struct rg_row *row, double growth)
{
	rg_word_percent(out, growth);
	rg_buf_adds(out, " more ");
	if (rg_reason_is_total(verdict, row)) {
		rg_buf_adds(out, "in all");
	} else {
		rg_buf_adds(out, "in ");
		rg_word_function(out, row);
	}
	rg_reason_add_per(out, verdict);
}

void rg_reason_add_waiting(struct rg_buf *out, const struct rg_verdict *verdict, double seconds)
{
	if (verdict->basis == RG_BASIS_WORK)
		rg_word_time(out, seconds);
	else
		rg_buf_addf(out, "%.*f ms", seconds < 0.01 ? 2 : seconds < 0.1, seconds * 1000);
}

void rg_reason_add_object(struct rg_buf *out, const struct rg_verdict *verdict)
{
	if (verdict->policy.rule == RG_RULE_LITERAL) {
		rg_buf_adds(out, " larger a share of the CPU time");
		return;
	}
	rg_buf_adds(out, " more CPU");
	if (verdict->basis == RG_BASIS_SHARE)
		rg_buf_adds(out, " relative to the rest");
	else
		rg_reason_add_per(out, verdict);
}

void rg_reason_add_limit(struct rg_buf *out, double limit)
{
	rg_buf_adds(out, " (limit ");
	rg_word_percent(out, limit);
	rg_buf_addc(out, ')');
}
