/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "counterparts.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/profile.h"

#include <string.h>

/* Places that coincide are no counterparts where one side has so many times what the other has. */
#define ALIKE 10.0

struct unnamed {
	double share[RG_END_COUNT];
	bool placeless; /* "[unknown]": nothing is known to match it by */
};

static bool has_counterpart(const struct unnamed *row)
{
	double base = row->share[RG_END_BASE], canary = row->share[RG_END_CANARY];

	return !row->placeless && base <= ALIKE * canary && canary <= ALIKE * base;
}

static void add_vote(struct unnamed *row, const struct rg_vote *vote, double total)
{
	if (!vote->frame->unnamed)
		return;
	row->share[vote->end] += (double)vote->count / total;
	row->placeless |= !strstr(vote->frame->function, "]+0x");
}

int rg_unmatched_shares(double share[RG_END_COUNT], const struct rg_alignment *alignment,
			struct rg_arena *scratch, struct rg_err *err)
{
	struct unnamed *row = rg_arena_array(scratch, alignment->table.rows + 1, sizeof(*row));
	double total[RG_END_COUNT] = {0};

	if (!row)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; i < alignment->vote_count; i++)
		total[alignment->vote[i].end] += (double)alignment->vote[i].count;
	for (size_t i = 0; i < alignment->vote_count; i++) {
		const struct rg_vote *vote = &alignment->vote[i];

		add_vote(&row[vote->function], vote, total[vote->end]);
	}
	share[RG_END_BASE] = share[RG_END_CANARY] = 0;
	for (size_t i = 0; i < alignment->table.rows; i++) {
		for (int end = 0; !has_counterpart(&row[i]) && end < RG_END_COUNT; end++)
			share[end] += row[i].share[end];
	}
	return 0;
}
