/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "looks.h"

#include "figure.h"

#include "rg/buf.h"
#include "rg/verdict.h"

#include <inttypes.h>

void rg_looks_add(struct rg_buf *out, const struct rg_verdict *verdict)
{
	const struct rg_policy *policy = &verdict->policy;
	const struct rg_policy_look *look = &policy->look;
	char whole[RG_FIGURE_MAX], now[RG_FIGURE_MAX], all[RG_FIGURE_MAX];

	if (look->of < 2)
		return;
	rg_buf_addf(out, "looked %" PRIu32 " time%s, %" PRIu32 " at most", look->number,
		    look->number == 1 ? "" : "s", look->of);
	if (policy->rule == RG_RULE_LITERAL)
		return;
	rg_buf_addf(out, "; of the false discovery rate of %s this look spends %s, all so far %s",
		    rg_figure_limit(whole, policy->q),
		    rg_figure_limit(now, rg_policy_look_q(policy)),
		    rg_figure_limit(all, rg_policy_spent_q(policy)));
}
