/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

static int doubtfulness(const struct rg_judgement *judgement, const struct rg_finding *finding)
{
	if (!finding->tested || finding->status == RG_STATUS_ACCEPTED)
		return 0;
	if (finding->status == RG_STATUS_PLACED)
		return rg_judgement_bears_placed(judgement) ? 0 : 2;
	if (finding->broken)
		return 3;
	if (finding->status == RG_STATUS_SUSPECT)
		return 2;
	return finding->gated && finding->hides;
}

static bool more_doubtful(const struct rg_judgement *judgement, const struct rg_finding *a,
			  const struct rg_finding *b)
{
	int left = doubtfulness(judgement, a), right = b ? doubtfulness(judgement, b) : 0;

	if (left != right)
		return left > right;
	return left > 0 && a->upper > b->upper;
}

static void doubt_one(struct rg_doubt *doubt, const struct rg_judgement *judgement,
		      const struct rg_row *row, const struct rg_finding *finding)
{
	const struct rg_finding *judged = rg_finding_judged(finding);

	if (more_doubtful(judgement, judged, doubt->finding))
		*doubt = (struct rg_doubt){row, judged, judgement};
}

static void doubt_all(struct rg_doubt *doubt, const struct rg_judgement *judgement,
		      const struct rg_row *rows, const struct rg_finding *const *finding,
		      size_t count, const struct rg_row *total)
{
	for (size_t i = 0; i < count; i++)
		doubt_one(doubt, judgement, &rows[i], finding[i]);
	doubt_one(doubt, judgement, total, &judgement->total);
}

struct rg_doubt rg_story_doubt(const struct rg_story *story)
{
	const struct rg_verdict *verdict = story->verdict;
	const struct rg_off_cpu *off_cpu = &verdict->off_cpu;
	struct rg_doubt doubt = {NULL, NULL, NULL};

	if (story->judgement && !rg_story_too_few(story))
		doubt_all(&doubt, story->judgement, verdict->rows, story->finding,
			  verdict->row_count, &verdict->total);
	if (!doubt.row && story->wait_judgement)
		doubt_all(&doubt, story->wait_judgement, off_cpu->rows, story->wait_finding,
			  off_cpu->row_count, &off_cpu->total);
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
