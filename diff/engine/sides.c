/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

static const char *const loss_keys[] = {
	RG_KEY_LOST_TABLE_FULL, RG_KEY_LOST_COLLISION,  RG_KEY_LOST_EVENTS, RG_KEY_LOST_NO_STACK,
	RG_KEY_LOST_NO_MAPPING, RG_KEY_CUT_NO_MAPPING,  RG_KEY_CUT_NO_ROW,  RG_KEY_CUT_UNREADABLE,
	RG_KEY_CUT_TOO_DEEP,    RG_KEY_CUT_UNSUPPORTED, RG_KEY_CUT_BROKEN,  RG_KEY_CUT_KERNEL,
};

enum { LOSS_KEYS = sizeof(loss_keys) / sizeof(loss_keys[0]) };

/* Sums stop at their type's end: they are shown, and a loss that large blocks all the same. */
static uint64_t add_capped(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static int side_losses(struct rg_side *out, const struct rg_run *run, struct rg_arena *arena,
		       struct rg_err *err)
{
	struct rg_loss *loss = rg_arena_array(arena, LOSS_KEYS, sizeof(*loss));

	if (!loss)
		return rg_err_nomem(err, "diff");
	for (size_t key = 0; key < LOSS_KEYS; key++) {
		uint64_t sum = 0;

		for (size_t i = 0; i < out->runs; i++)
			sum = add_capped(sum,
					 rg_profile_fact_u64(run[i].profile, loss_keys[key], 0));
		if (sum > 0)
			loss[out->loss_count++] = (struct rg_loss){loss_keys[key], sum};
	}
	out->losses = loss;
	return 0;
}

static void side_sums(struct rg_side *out, const struct rg_run *run)
{
	double named = 0, all = 0;
	bool timed = true;

	out->has_slices = out->runs > 0;
	for (size_t i = 0; i < out->runs; i++) {
		size_t slices;

		rg_profile_slices(run[i].profile, &slices);
		out->has_slices &= slices > 0;
		out->wall_ns = add_capped(out->wall_ns, run[i].wall_ns);
		out->cpu_ns = add_capped(out->cpu_ns, (uint64_t)run[i].cpu_ns);
		out->interrupted |= rg_profile_fact_u64(run[i].profile, RG_KEY_INTERRUPTED, 0) != 0;
		timed &= run[i].wall_ns > 0;
		named += run[i].named;
		all += run[i].all;
	}
	out->named_share = all > 0 ? named / all : 0;
	if (timed && out->wall_ns > 0)
		out->busy_cores = (double)out->cpu_ns / (double)out->wall_ns;
}

int rg_report_side(struct rg_side *out, const struct rg_run_set *set, enum rg_end end,
		   const struct rg_table *table, struct rg_arena *arena, struct rg_err *err)
{
	*out = (struct rg_side){
		.version = rg_side_fact(set, end, RG_KEY_VERSION, NULL, arena).text,
		.commit = rg_side_fact(set, end, RG_KEY_COMMIT, NULL, arena).text,
		.host = rg_side_fact(set, end, RG_KEY_HOST, NULL, arena).text,
		.tool = rg_side_fact(set, end, RG_KEY_TOOL, NULL, arena).text,
		.runs = set->count[end],
		.samples = table->total[end],
	};
	if (!out->version || !out->commit || !out->host || !out->tool)
		return rg_err_nomem(err, "diff");
	side_sums(out, rg_run_set_side(set, end));
	return side_losses(out, rg_run_set_side(set, end), arena, err);
}
