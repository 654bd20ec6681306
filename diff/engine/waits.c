/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "waits.h"

#include "rg/arena.h"
#include "rg/err.h"

static int sum_run(struct rg_wait_gathering *gathering, size_t run, struct rg_arena *scratch,
		   struct rg_err *err)
{
	const struct rg_run *of = &gathering->set->run[run];
	int code = rg_waits_name(&gathering->names, of, gathering->wait_of[run], scratch, err);

	if (code)
		return code;
	gathering->known[run] = gathering->names.count;
	gathering->sum[run] = rg_arena_array(gathering->arena, gathering->names.count + 1,
					     sizeof(**gathering->sum));
	if (!gathering->sum[run])
		return rg_err_nomem(err, "diff");
	return rg_waits_sum(&gathering->names, of, gathering->wait_of[run], gathering->sum[run],
			    &gathering->total[run], scratch, err);
}

static int read_run(struct rg_wait_gathering *gathering, size_t run, struct rg_err *err)
{
	size_t samples = rg_profile_sample_count(gathering->set->run[run].profile);
	uint32_t *wait_of = rg_arena_array(gathering->arena, samples + 1, sizeof(*wait_of));
	struct rg_arena *scratch = rg_arena_new(0);
	int code;

	gathering->wait_of[run] = wait_of;
	code = wait_of && scratch ? sum_run(gathering, run, scratch, err)
				  : rg_err_nomem(err, "diff");
	rg_arena_free(scratch);
	return code;
}

static int read_runs(struct rg_wait_gathering *gathering, struct rg_err *err)
{
	size_t runs = rg_run_set_count(gathering->set);
	int code = 0;

	gathering->sum = rg_arena_array(gathering->arena, runs + 1, sizeof(struct rg_wait_sum *));
	gathering->known = rg_arena_array(gathering->arena, runs + 1, sizeof(*gathering->known));
	gathering->total = rg_arena_array(gathering->arena, runs + 1, sizeof(*gathering->total));
	gathering->wait_of = rg_arena_array(gathering->arena, runs + 1, sizeof(uint32_t *));
	if (!gathering->sum || !gathering->known || !gathering->total || !gathering->wait_of)
		return rg_err_nomem(err, "diff");
	for (size_t i = 0; !code && i < runs; i++)
		code = read_run(gathering, i, err);
	return code;
}

static void measure_unattributed(const struct rg_wait_gathering *gathering)
{
	struct rg_waits *out = gathering->out;
	const struct rg_table *table = &out->judged.alignment.table;

	for (size_t i = 0; i < rg_run_set_count(gathering->set); i++) {
		const struct rg_run *run = &gathering->set->run[i];

		out->unattributed_ns[run->end] += (double)rg_profile_fact_u64(
			run->profile, RG_KEY_OFF_CPU_UNATTRIBUTED_NS, 0);
	}
	for (int end = 0; end < RG_END_COUNT; end++) {
		for (size_t row = 0; row < table->rows; row++)
			out->unanchored_ns[end] +=
				out->judged.wait[row].anchored ? 0 : (double)table->side[end][row];
		out->all_ns[end] = (double)table->total[end] + out->unattributed_ns[end];
	}
}

int rg_waits_gather(struct rg_waits *out, const struct rg_run_set *set,
		    const struct rg_policy *policy, enum rg_basis basis, struct rg_arena *arena,
		    struct rg_err *err)
{
	struct rg_wait_gathering gathering = {
		.out = out,
		.set = set,
		.names = {.policy = policy, .basis = basis, .arena = arena},
		.arena = arena,
	};

	*out = (struct rg_waits){0};
	int code = read_runs(&gathering, err);

	rg_index_done(&gathering.names.index);
	rg_votes_close(&gathering.names.votes);
	if (!code)
		code = rg_waits_tabulate(&out->judged, &gathering, false, err);
	if (!code)
		code = rg_waits_tabulate(&out->idle, &gathering, true, err);
	if (!code)
		measure_unattributed(&gathering);
	return code;
}
