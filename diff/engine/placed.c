/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placed.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

/* Of a function's samples; the rest may be of a part that only one side happened to be seen in. */
#define KNOWN_MIN 0.95
/* "Certainly": one-sided, in standard errors, 95 %. */
#define CERTAIN   1.645
/* One grows like another by more than half as much, as logs. */
#define HALF      0.5
/* Under other callers it may have grown by so much more, as logs, than under those that are the same. */
#define ALIKE_MAX 1.5
/* Callers that bring less of it are not asked. */
#define PART_MIN  0.05

/* --- Growth of a part --------------------------------------------------------------------------- */

struct growth {
	double log, variance;
};

struct judged {
	const struct rg_fit *fit;
	const struct rg_placed_parts *parts;
};

static double both(const struct rg_placed_part *part)
{
	return part->cost[RG_END_BASE] + part->cost[RG_END_CANARY];
}

static double event_of(const struct rg_placed_part *part)
{
	return both(part) > 0 ? part->events / both(part) : 1;
}

/* As the estimates have it, by counts and from run to run; half an event more, as there may be none. */
static struct growth growth_of(const struct judged *judged, const struct rg_placed_part *part)
{
	const struct rg_fit *fit = judged->fit;
	struct growth growth = {.variance = fit->between * fit->inverse_runs};
	double cost[RG_END_COUNT];

	for (int end = 0; end < RG_END_COUNT; end++) {
		double worth = event_of(part) / fit->scale_side[end];

		cost[end] = part->cost[end] + worth / 2;
		growth.variance += worth / cost[end];
	}
	growth.log = log(cost[RG_END_CANARY] / cost[RG_END_BASE]);
	return growth;
}

static bool is_enough(const struct judged *judged, const struct rg_placed_part *part)
{
	for (int end = 0; end < RG_END_COUNT; end++) {
		if (part->cost[end] * judged->fit->scale_side[end] <
		    RG_POOL_COUNT_MIN * event_of(part))
			return false;
	}
	return true;
}

/* Certainly by less than half as much. */
static bool grew_less(const struct judged *judged, const struct rg_placed_part *part,
		      const struct rg_placed_part *than)
{
	struct growth little = growth_of(judged, part), much = growth_of(judged, than);

	return is_enough(judged, part) &&
	       HALF * much.log - little.log >
		       CERTAIN * sqrt(HALF * HALF * much.variance + little.variance);
}

/* Certainly, and by more than half as much. */
static bool grew_like(const struct judged *judged, const struct rg_placed_part *part,
		      const struct rg_placed_part *like)
{
	struct growth growth = growth_of(judged, part);

	return growth.log > CERTAIN * sqrt(growth.variance) &&
	       growth.log > HALF * growth_of(judged, like).log;
}

/* --- The rule: placed.h has it in words --------------------------------------------------------- */

static bool is_same_code(const struct rg_placed_parts *parts)
{
	for (int end = 0; end < RG_END_COUNT; end++) {
		if (!(parts->all.cost[end] > 0) ||
		    parts->known.cost[end] < KNOWN_MIN * parts->all.cost[end])
			return false;
	}
	return true;
}

static bool is_within_bounds(const struct rg_finding *finding)
{
	const double most = log1p(RG_PLACED_GROWTH_MAX);

	return !finding->broken && finding->estimate.log_growth <= most &&
	       finding->estimate.raw <= most && finding->high < log(2);
}

/* By what it calls: were it called more often, that would have grown as much. */
static bool shows_below(const struct judged *judged)
{
	const struct rg_placed_parts *parts = judged->parts;

	return grew_less(judged, &parts->below, &parts->all) &&
	       !grew_like(judged, &parts->beside, &parts->all);
}

/* Where others call it as well: that it is not they alone. */
static bool grew_under_the_same(const struct judged *judged)
{
	const struct rg_placed_parts *parts = judged->parts;
	struct growth all = growth_of(judged, &parts->all);
	struct growth same = growth_of(judged, &parts->same);
	double error = sqrt(HALF * HALF * all.variance + same.variance);

	if (both(&parts->other) < PART_MIN * both(&parts->all))
		return true;
	return same.log - HALF * all.log > CERTAIN * error &&
	       growth_of(judged, &parts->other).log <= ALIKE_MAX * same.log;
}

/* By callers that do what they did. */
static bool shows_above(const struct judged *judged)
{
	const struct rg_placed_parts *parts = judged->parts;

	return is_enough(judged, &parts->same) && grew_under_the_same(judged) &&
	       grew_less(judged, &parts->beside_same, &parts->same);
}

static struct rg_placed_part without(const struct rg_placed_part *all,
				     const struct rg_placed_part *part)
{
	struct rg_placed_part rest = {.events = fmax(all->events - part->events, 0)};

	for (int end = 0; end < RG_END_COUNT; end++)
		rest.cost[end] = fmax(all->cost[end] - part->cost[end], 0);
	return rest;
}

static bool is_concentrated(const struct judged *judged)
{
	const struct rg_placed_parts *parts = judged->parts;

	for (size_t row = 0; row < parts->callers; row++) {
		const struct rg_placed_part *under = &parts->under[row];
		struct rg_placed_part rest;

		if (both(under) < PART_MIN * both(&parts->all))
			continue;
		rest = without(&parts->all, under);
		if (grew_less(judged, &rest, under))
			return true;
	}
	return grew_less(judged, &parts->same, &parts->other);
}

static bool is_placed(const struct judged *judged, const struct rg_finding *finding)
{
	return is_same_code(judged->parts) && judged->parts->builds_differ &&
	       is_within_bounds(finding) && (shows_below(judged) || shows_above(judged)) &&
	       !is_concentrated(judged);
}

/* --- All that fail ------------------------------------------------------------------------------ */

static bool is_candidate(const struct rg_finding *finding)
{
	return (finding->status == RG_STATUS_REGRESSED || finding->status == RG_STATUS_SUSPECT) &&
	       is_within_bounds(finding);
}

static int judge_one(struct rg_judgement *judgement, struct rg_finding *finding,
		     const struct rg_placed_source *source, const struct rg_placed_codes *codes,
		     struct rg_err *err)
{
	struct rg_arena *scratch = rg_arena_new(0);
	struct rg_placed_parts parts;
	const struct judged judged = {&judgement->fit, &parts};

	if (!scratch)
		return rg_err_nomem(err, "diff");
	int code = rg_placed_sum(&parts, finding->row, judgement, source, codes, scratch, err);

	if (!code && is_placed(&judged, finding))
		finding->status = RG_STATUS_PLACED;
	rg_arena_free(scratch);
	return code;
}

static bool any_candidate(const struct rg_judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++) {
		if (is_candidate(&judgement->finding[i]))
			return true;
	}
	return false;
}

int rg_placed_find(struct rg_judgement *judgement, const struct rg_placed_source *source,
		   struct rg_err *err)
{
	struct rg_placed_codes codes = {0};
	int code;

	if (!any_candidate(judgement))
		return 0;
	code = rg_placed_codes_find(&codes, source, err);
	for (size_t i = 0; code == 0 && i < judgement->count; i++) {
		if (is_candidate(&judgement->finding[i]))
			code = judge_one(judgement, &judgement->finding[i], source, &codes, err);
	}
	rg_placed_codes_done(&codes);
	if (code == 0)
		rg_conclude_statistical(judgement);
	return code;
}
