/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "account.h"
#include "sampler.h"
#include "sampler_waits.h"
#include "session.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int rg_account_slices(const struct rg_session *s, struct rg_times **times, size_t *count,
		      struct rg_err *err)
{
	uint64_t length = s->end_ns - s->start_ns, slice = s->options->slice_ns;

	*times = NULL;
	*count = (size_t)((length + slice - 1) / slice);
	if (!s->options->off_cpu)
		return 0;
	*times = calloc(*count + 1, sizeof(**times));
	if (!*times)
		return rg_err_nomem(err, "accounts");
	rg_sampler_times(s->sampler, (uint32_t)*count, *times);
	return 0;
}

static int real_fact(struct rg_profile_builder *builder, const char *key, double value,
		     struct rg_err *err)
{
	char text[32];

	snprintf(text, sizeof(text), "%.5f", isfinite(value) ? value : 0);
	return rg_profile_builder_fact(builder, key, text, err);
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

/* Time in waits that were met at random, and what chance does to it: sd = sqrt(period x time). */
static double short_wait_error(uint64_t blocked_ns, uint64_t period_ns)
{
	return blocked_ns ? sqrt((double)period_ns / (double)blocked_ns) : 0;
}

static int enter_numbers(const struct rg_session *s, const uint64_t sum[RGW_TIMES], uint64_t exec,
			 struct rg_profile_builder *builder, struct rg_err *err)
{
	const struct {
		const char *key;
		uint64_t value;
	} facts[] = {
		{RG_KEY_ACCOUNT_THREAD_NS, sum[RGW_TIME_THREAD]},
		{RG_KEY_ACCOUNT_CPU_NS, exec},
		{RG_KEY_ACCOUNT_RUNQ_NS, sum[RGW_TIME_RUN_QUEUE]},
		{RG_KEY_ACCOUNT_BLOCKED_NS, sum[RGW_TIME_BLOCKED]},
		{RG_KEY_OFF_CPU_THRESHOLD_NS, rg_sampler_wait_period(s->sampler)},
		{RG_KEY_OFF_CPU_POLL_THRESHOLD_NS, rg_sampler_poll_period(s->sampler)},
		{RG_KEY_OFF_CPU_UNATTRIBUTED_NS,
		 rg_sampler_total(s->sampler, RGW_TOTAL_UNATTRIBUTED_NS)},
		{RG_KEY_LOST_WAITS, rg_sampler_count(s->sampler, RGW_COUNT_WAITS_LOST) +
					    rg_sampler_count(s->sampler, RGW_COUNT_THREADS_LOST)},
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		int rc = rg_profile_builder_fact_u64(builder, facts[i].key, facts[i].value, err);

		if (rc)
			return rc;
	}
	return 0;
}

static int enter_ratios(const struct rg_session *s, const uint64_t sum[RGW_TIMES], uint64_t exec,
			uint64_t samples, struct rg_profile_builder *builder, struct rg_err *err)
{
	const double period_ns = (double)(RG_NS_PER_S / s->options->frequency_hz);
	const double thread = (double)sum[RGW_TIME_THREAD];
	const double told =
		(double)exec + (double)sum[RGW_TIME_RUN_QUEUE] + (double)sum[RGW_TIME_BLOCKED];
	const struct {
		const char *key;
		double value;
	} facts[] = {
		{RG_KEY_ACCOUNT_CLOSURE, ratio(told - thread, thread)},
		{RG_KEY_ACCOUNT_CPU_ERROR,
		 ratio((double)samples * period_ns - (double)exec, (double)exec)},
		{RG_KEY_ACCOUNT_CPU_ERROR_SE, samples ? 1 / sqrt((double)samples) : 0},
		{RG_KEY_OFF_CPU_ERROR,
		 short_wait_error(sum[RGW_TIME_BLOCKED], rg_sampler_wait_period(s->sampler))},
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(facts) / sizeof(facts[0]); i++)
		rc = real_fact(builder, facts[i].key, facts[i].value, err);
	return rc;
}

/*
 * The scheduler's clock may stand still from a wake-up to the switch that it asks for (rq_clock_skip_update() in
 * kernel/sched/core.c): what a thread waits for an idle CPU to come back is then in what it ran, too. Where a wake-up takes
 * long, as in virtual machines, that was a third of the CPU time of a program that sleeps 5,000 times a second. It is
 * time that all threads did not have, and no more than they waited for a CPU.
 */
static uint64_t less_waking(uint64_t exec, const uint64_t sum[RGW_TIMES])
{
	uint64_t told = exec + sum[RGW_TIME_RUN_QUEUE] + sum[RGW_TIME_BLOCKED], over;

	if (told <= sum[RGW_TIME_THREAD])
		return exec;
	over = told - sum[RGW_TIME_THREAD];
	if (over > sum[RGW_TIME_RUN_QUEUE])
		over = sum[RGW_TIME_RUN_QUEUE];
	/* Of a target that hardly ran, less than the edges of the window are sure to. */
	return over < exec ? exec - over : 0;
}

int rg_account_facts(const struct rg_session *s, const struct rg_times *times, size_t count,
		     uint64_t samples, struct rg_profile_builder *builder, struct rg_err *err)
{
	uint64_t sum[RGW_TIMES] = {0}, exec;
	int rc;

	if (!times)
		return 0;
	for (size_t i = 0; i < count; i++)
		for (size_t time = 0; time < RGW_TIMES; time++)
			sum[time] += times[i].ns[time];
	exec = less_waking(rg_sampler_total(s->sampler, RGW_TOTAL_EXEC_NS), sum);
	rc = enter_numbers(s, sum, exec, builder, err);
	return rc ? rc : enter_ratios(s, sum, exec, samples, builder, err);
}
