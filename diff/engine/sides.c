/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>

static const char *const loss_keys[] = {
	RG_KEY_LOST_TABLE_FULL, RG_KEY_LOST_COLLISION, RG_KEY_LOST_EVENTS,
	RG_KEY_LOST_NO_MAPPING, RG_KEY_CUT_NO_MAPPING, RG_KEY_CUT_NO_ROW,
	RG_KEY_CUT_UNREADABLE,  RG_KEY_CUT_TOO_DEEP,   RG_KEY_CUT_UNSUPPORTED,
	RG_KEY_CUT_BROKEN,      RG_KEY_CUT_KERNEL,     RG_KEY_LOST_WAITS,
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
	bool timed = true, counted = true;

	out->has_slices = out->runs > 0;
	for (size_t i = 0; i < out->runs; i++) {
		size_t slices;

		rg_profile_slices(run[i].profile, &slices);
		out->has_slices &= slices > 0;
		out->wall_ns = add_capped(out->wall_ns, run[i].wall_ns);
		out->cpu_ns = add_capped(out->cpu_ns, (uint64_t)run[i].cpu_ns);
		out->interrupted |= rg_profile_fact_u64(run[i].profile, RG_KEY_INTERRUPTED, 0) != 0;
		timed &= run[i].wall_ns > 0;
		counted &= run[i].work_counted;
		out->work += run[i].work;
		named += run[i].named;
		all += run[i].all;
	}
	out->work = counted ? out->work : 0;
	out->named_share = all > 0 ? named / all : 0;
	if (timed && out->wall_ns > 0)
		out->busy_cores = (double)out->cpu_ns / (double)out->wall_ns;
}

/* --- The account ------------------------------------------------------------------------------ */

static bool has_fact(const struct rg_run *run, const char *key)
{
	const char *text = rg_profile_fact(run->profile, key);

	return text && text[0];
}

static uint64_t add_fact(uint64_t sum, const struct rg_run *run, const char *key)
{
	return add_capped(sum, rg_profile_fact_u64(run->profile, key, 0));
}

static void add_sums(struct rg_account *out, const struct rg_run *run)
{
	double closure = rg_profile_fact_real(run->profile, RG_KEY_ACCOUNT_CLOSURE, 0);

	out->known &=
		has_fact(run, RG_KEY_ACCOUNT_THREAD_NS) && has_fact(run, RG_KEY_ACCOUNT_CLOSURE);
	out->thread_ns = add_fact(out->thread_ns, run, RG_KEY_ACCOUNT_THREAD_NS);
	out->cpu_ns = add_fact(out->cpu_ns, run, RG_KEY_ACCOUNT_CPU_NS);
	out->runq_ns = add_fact(out->runq_ns, run, RG_KEY_ACCOUNT_RUNQ_NS);
	out->blocked_ns = add_fact(out->blocked_ns, run, RG_KEY_ACCOUNT_BLOCKED_NS);
	if (fabs(closure) > fabs(out->closure))
		out->closure = closure;
}

static void add_cpu_error(struct rg_account *out, const struct rg_run *run)
{
	double error = rg_profile_fact_real(run->profile, RG_KEY_ACCOUNT_CPU_ERROR, 0);

	out->cpu_known &= has_fact(run, RG_KEY_ACCOUNT_CPU_ERROR);
	if (fabs(error) < fabs(out->cpu_error))
		return;
	out->cpu_error = error;
	out->cpu_error_se =
		fabs(rg_profile_fact_real(run->profile, RG_KEY_ACCOUNT_CPU_ERROR_SE, 0));
}

static void add_own(struct rg_account *out, const struct rg_run *run)
{
	uint64_t threshold = rg_profile_fact_u64(run->profile, RG_KEY_OFF_CPU_THRESHOLD_NS, 0);

	out->own_known &= has_fact(run, RG_KEY_OWN_CPU_NS) || has_fact(run, RG_KEY_OWN_BPF_NS);
	out->own_cpu_ns = add_fact(out->own_cpu_ns, run, RG_KEY_OWN_CPU_NS);
	out->own_bpf_ns = add_fact(out->own_bpf_ns, run, RG_KEY_OWN_BPF_NS);
	if (threshold > out->threshold_ns)
		out->threshold_ns = threshold;
	out->off_cpu_error = fmax(out->off_cpu_error,
				  rg_profile_fact_real(run->profile, RG_KEY_OFF_CPU_ERROR, 0));
	out->off_cpu &= rg_profile_has(run->profile, RG_VALUE_OFF_CPU_NS);
}

static void side_account(struct rg_side *out, const struct rg_run *run)
{
	struct rg_account *account = &out->account;
	bool any = out->runs > 0;

	*account = (struct rg_account){
		.known = any, .cpu_known = any, .own_known = any, .off_cpu = any};
	for (size_t i = 0; i < out->runs; i++) {
		add_sums(account, &run[i]);
		add_cpu_error(account, &run[i]);
		add_own(account, &run[i]);
	}
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
	side_account(out, rg_run_set_side(set, end));
	return side_losses(out, rg_run_set_side(set, end), arena, err);
}
