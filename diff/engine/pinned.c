/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/arena.h"
#include "rg/err.h"
#include "rg/verdict.h"

/*
 * The worse one counts. Of two that decide nothing the first one stays: what the user lets through of either is
 * asked of both.
 */
static bool is_worse(enum rg_outcome pinned, enum rg_outcome than)
{
	if (than == RG_OUTCOME_PASS)
		return pinned != RG_OUTCOME_PASS;
	return pinned == RG_OUTCOME_FAIL && than != RG_OUTCOME_FAIL;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int rg_verdict_pin(struct rg_verdict *verdict, struct rg_verdict *pinned, const char *label,
		   struct rg_err *err)
{
	verdict->pinned = pinned;
	if (!is_worse(pinned->outcome, verdict->outcome))
		return 0;
	verdict->outcome = pinned->outcome;
	verdict->compared = pinned->compared;
	verdict->pinned_decides = true;
	verdict->reason = rg_arena_printf(verdict->arena, "against the pinned %s: %s", label,
					  or_empty(pinned->reason));
	verdict->advice = rg_arena_printf(
		verdict->arena, "%s",
		pinned->outcome == RG_OUTCOME_FAIL
			? "if this much growth since the pinned version is meant, pin a newer one"
			: or_empty(pinned->advice));
	return verdict->reason && verdict->advice ? 0 : rg_err_nomem(err, "verdict");
}

const struct rg_verdict *rg_verdict_deciding(const struct rg_verdict *verdict)
{
	return verdict->pinned_decides ? verdict->pinned : verdict;
}
