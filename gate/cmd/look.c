/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "look.h"
#include "alternate.h"
#include "compare.h"
#include "settings.h"
#include "take.h"

#include "rg/cli.h"
#include "rg/extend.h"
#include "rg/units.h"
#include "rg/verdict.h"

#include <stdio.h>

/* Sets *on to whether another look follows, and says why it does. */
static int look_at(struct rg_comparison *c, const struct rg_extend_plan *plan, uint32_t look,
		   const char *next, bool *on, struct rg_err *err)
{
	struct rg_verdict *verdict;
	int rc = rg_comparison_judge(c, &verdict, err);

	if (rc)
		return rc;
	*on = rg_extend_goes_on(plan, look, verdict);
	if (*on && c->settings->verbosity >= 0)
		rg_cli_say("undecided: %s; going on to %s", rg_verdict_deciding(verdict)->reason,
			   next);
	rg_verdict_free(verdict);
	return 0;
}

/* --- A window --------------------------------------------------------------------------------- */

struct window {
	struct rg_comparison *comparison;
	struct rg_extend_plan plan;
	uint32_t look; /* how often was looked */
};

static int look_at_run(struct window *window, struct rg_profile *so_far, const char *next, bool *on,
		       struct rg_err *err)
{
	struct rg_comparison *c = window->comparison;
	const struct rg_run_set taken = c->canary;
	char id[1][RG_STORE_ID_MAX] = {""};

	c->canary = (struct rg_run_set){.profiles = &so_far, .ids = id, .count = 1};
	int rc = look_at(c, &window->plan, window->look, next, on, err);

	c->canary = taken;
	return rc;
}

/* What cannot go on, and be it that nothing more came, has its last look, with all that is left to spend. */
static int look_in_between(void *ctx, struct rg_profile *so_far, bool more, uint64_t *window_ns,
			   struct rg_err *err)
{
	struct window *window = ctx;
	const struct rg_extend_plan *plan = &window->plan;
	uint32_t look = ++window->look;
	char length[RG_UNITS_TEXT_MAX], next[RG_UNITS_TEXT_MAX + 32];
	uint64_t reach = rg_extend_reach(plan, look + 1);
	bool on = false;

	*window_ns = 0;
	window->comparison->look = more ? rg_extend_look(plan, look) : rg_extend_last(plan, look);
	if (!more || look == rg_extend_looks(plan))
		return 0;
	snprintf(next, sizeof(next), "a window of %s", rg_format_duration_about(length, reach));
	int rc = look_at_run(window, so_far, next, &on, err);

	if (!rc && on)
		*window_ns = reach - rg_extend_reach(plan, look);
	return rc;
}

int rg_look_window(struct rg_comparison *c, struct rg_profile **out, struct rg_err *err)
{
	const struct rg_config *config = &c->settings->config;
	struct window window = {
		.comparison = c,
		.plan = {.first = config->window_ns,
			 .most = config->extend_to_ns,
			 .step = config->slice_ns,
			 .canary_alone = true},
	};

	if (rg_extend_looks(&window.plan) == 1)
		return rg_take_profile(c->settings, out, err);
	return rg_take_growing(c->settings, look_in_between, &window, out, err);
}

/* --- Rounds ----------------------------------------------------------------------------------- */

static int take_up_to(struct rg_comparison *c, struct rg_alternation *alternation, uint64_t *taken,
		      uint64_t reach, struct rg_err *err)
{
	int rc = 0;

	rg_alternation_go_on(alternation, (uint32_t)reach);
	for (; !rc && *taken < reach; ++*taken)
		rc = rg_alternation_round(alternation, &c->base.runs, &c->canary, err);
	return rc;
}

int rg_look_rounds(struct rg_comparison *c, struct rg_alternation *alternation, struct rg_err *err)
{
	const struct rg_config_alternate *config = &c->settings->config.alternate;
	const struct rg_extend_plan plan = {.first = rg_alternation_planned(alternation),
					    .most = config->max_rounds};
	uint64_t taken = 0;
	bool on = true;
	int rc = 0;

	for (uint32_t look = 1; !rc && on; look++) {
		char next[48];

		rc = take_up_to(c, alternation, &taken, rg_extend_reach(&plan, look), err);
		c->look = rg_extend_look(&plan, look);
		if (rc || look == rg_extend_looks(&plan))
			return rc;
		snprintf(next, sizeof(next), "%llu rounds",
			 (unsigned long long)rg_extend_reach(&plan, look + 1));
		rc = look_at(c, &plan, look, next, &on, err);
	}
	return rc;
}
