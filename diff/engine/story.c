/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

static int doubtfulness(const struct rg_finding *finding)
{
	if (!finding->tested)
		return 0;
	if (finding->broken)
		return 3;
	if (finding->status == RG_STATUS_SUSPECT)
		return 2;
	return finding->gated && finding->hides;
}

static bool more_doubtful(const struct rg_finding *a, const struct rg_finding *b)
{
	int left = doubtfulness(a), right = b ? doubtfulness(b) : 0;

	if (left != right)
		return left > right;
	return left > 0 && a->upper > b->upper;
}

struct rg_doubt rg_story_doubt(const struct rg_story *story)
{
	struct rg_doubt doubt = {NULL, NULL};

	if (!story->judgement)
		return doubt;
	for (size_t i = 0; i < story->verdict->row_count; i++) {
		if (more_doubtful(story->finding[i], doubt.finding))
			doubt = (struct rg_doubt){&story->verdict->rows[i], story->finding[i]};
	}
	if (more_doubtful(&story->judgement->total, doubt.finding))
		doubt = (struct rg_doubt){&story->verdict->total, &story->judgement->total};
	return doubt;
}

const struct rg_run *rg_story_empty_run(const struct rg_story *story, enum rg_end end)
{
	const struct rg_run *run = rg_run_set_side(story->set, end);

	for (size_t i = 0; i < story->set->count[end]; i++) {
		if (run[i].samples == 0)
			return &run[i];
	}
	return NULL;
}

bool rg_story_too_few(const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	uint64_t needed = verdict->policy.min_samples;

	return (uint64_t)verdict->base.samples < needed ||
	       (uint64_t)verdict->canary.samples < needed;
}
