/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conditions.h"

#include "report.h"

#include "rg/arena.h"
#include "rg/err.h"

#include <math.h>
#include <string.h>

/* --- Figures ---------------------------------------------------------------------------------- */

/* A fact's sum over the runs of a side; NAN when one lacks it. */
static double sum_of(const struct rg_run_set *set, enum rg_end end, const char *key)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	double sum = set->count[end] ? 0 : NAN;

	for (size_t i = 0; i < set->count[end]; i++) {
		double value = rg_profile_fact_real(run[i].profile, key, NAN);

		sum += value >= 0 ? value : NAN;
	}
	return sum;
}

/* Seconds of all CPUs over the windows, ns. */
static double capacity_of(const struct rg_run_set *set, enum rg_end end)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	double sum = 0;

	for (size_t i = 0; i < set->count[end]; i++)
		sum += rg_profile_fact_real(run[i].profile, RG_KEY_CPUS, NAN) *
		       (double)run[i].wall_ns;
	return sum > 0 ? sum : NAN;
}

/* Nothing of nothing is none. */
static double share(double part, double rest)
{
	if (part == 0 && rest == 0)
		return 0;
	return part + rest > 0 ? part / (part + rest) : NAN;
}

static double or_zero(double value)
{
	return isfinite(value) ? value : 0;
}

struct rg_conditions rg_conditions_of(const struct rg_run_set *set, enum rg_end end,
				      const struct rg_side *side)
{
	const struct rg_account *account = &side->account;
	double capacity = capacity_of(set, end);
	double cpu = account->known ? (double)account->cpu_ns : (double)side->cpu_ns;
	double own = or_zero(sum_of(set, end, RG_KEY_OWN_CPU_NS)) +
		     or_zero(sum_of(set, end, RG_KEY_OWN_BPF_NS));
	double busy = sum_of(set, end, RG_KEY_MACHINE_BUSY_NS);
	struct rg_conditions out = {
		.throttled = share(sum_of(set, end, RG_KEY_CGROUP_THROTTLED_NS), cpu),
		.starved = NAN,
		.runnable = NAN,
		.others = (isnan(busy) ? NAN : fmax(busy - cpu - own, 0)) / capacity,
		.steal = sum_of(set, end, RG_KEY_MACHINE_STEAL_NS) / capacity,
		.threads = NAN,
	};

	if (account->known) {
		out.starved = share((double)account->runq_ns, cpu);
		out.runnable = ((double)account->runq_ns + cpu) / capacity;
		out.threads = (double)account->thread_ns / (double)side->wall_ns;
	}
	return out;
}

/* --- Side by side ----------------------------------------------------------------------------- */

enum { CONDITIONS_MAX = 40, ID_DIGITS = 12 };

struct listing {
	struct rg_verdict *verdict;
	const struct rg_run_set *set;
	struct rg_condition *list;
	size_t count;
	bool failed;
};

static void add(struct listing *listing, const char *what, const char *base, const char *canary)
{
	listing->failed |= !base || !canary || listing->count == CONDITIONS_MAX;
	if (!listing->failed)
		listing->list[listing->count++] = (struct rg_condition){what, base, canary};
}

static void cut_id(char *id)
{
	if (strlen(id) > ID_DIGITS)
		id[ID_DIGITS] = '\0';
}

/* A fact as it is, or the values of several runs. */
static void add_text(struct listing *listing, const char *what, const char *key,
		     void (*reduce)(char *value))
{
	struct rg_arena *arena = listing->verdict->arena;
	const char *base = rg_side_fact(listing->set, RG_END_BASE, key, reduce, arena).text;
	const char *canary = rg_side_fact(listing->set, RG_END_CANARY, key, reduce, arena).text;

	listing->failed |= !base || !canary;
	if (listing->failed || (!*base && !*canary))
		return;
	add(listing, what, *base ? base : "not known", *canary ? canary : "not known");
}

static const char *figure(struct listing *listing, const char *format, double value)
{
	if (!isfinite(value))
		return "not known";
		/* The formats are those below: one number each. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	return rg_arena_printf(listing->verdict->arena, format, value);
#pragma GCC diagnostic pop
}

static void add_figure(struct listing *listing, const char *what, const char *format, double base,
		       double canary)
{
	if (isfinite(base) || isfinite(canary))
		add(listing, what, figure(listing, format, base), figure(listing, format, canary));
}

/* Units of work a second. */
static double work_rate(const struct rg_side *side)
{
	return side->work > 0 && side->wall_ns ? side->work / ((double)side->wall_ns / 1e9) : NAN;
}

static void add_figures(struct listing *listing)
{
	static const char percent[] = "%.1f %%";
	const struct rg_verdict *v = listing->verdict;
	struct rg_conditions base = rg_conditions_of(listing->set, RG_END_BASE, &v->base);
	struct rg_conditions canary = rg_conditions_of(listing->set, RG_END_CANARY, &v->canary);

	add_figure(listing, "work a second", "%.4g", work_rate(&v->base), work_rate(&v->canary));
	add_figure(listing, "threads at a time", "%.3g", base.threads, canary.threads);
	add_text(listing, "CPU limit", RG_KEY_CGROUP_LIMIT, NULL);
	add_figure(listing, "CPU time denied by the cgroup's limit", percent, 100 * base.throttled,
		   100 * canary.throttled);
	add_figure(listing, "time waiting for a CPU", percent, 100 * base.starved,
		   100 * canary.starved);
	add_figure(listing, "CPUs busy with others", percent, 100 * base.others,
		   100 * canary.others);
	add_figure(listing, "time stolen by the hypervisor", percent, 100 * base.steal,
		   100 * canary.steal);
}

/* Milliseconds a second of the window that threads waited for something of a class; NAN when waits were not followed. */
static double waited(const struct rg_run_set *set, enum rg_end end, const char *class,
		     const struct rg_side *side)
{
	const struct rg_run *run = rg_run_set_side(set, end);
	double sum = 0;

	for (size_t i = 0; i < set->count[end]; i++) {
		struct rg_sample_reader reader = rg_profile_read_samples(run[i].profile);
		struct rg_sample sample;

		if (!rg_profile_has(run[i].profile, RG_VALUE_OFF_CPU_NS))
			return NAN;
		while (rg_sample_next(&reader, &sample))
			if (!strcmp(sample.wait, class))
				sum += (double)sample.value[RG_VALUE_OFF_CPU_NS];
	}
	return side->wall_ns ? 1000 * sum / (double)side->wall_ns : NAN;
}

/* Where the threads' time went, idle or not. */
static void add_waits(struct listing *listing)
{
	static const struct {
		const char *class, *what;
	} classes[] = {
		{RG_WAIT_LOCK, "waiting for locks"},
		{RG_WAIT_DISK, "waiting for disks"},
		{RG_WAIT_NETWORK, "waiting for the network"},
		{RG_WAIT_POLL, "waiting in poll"},
		{RG_WAIT_SLEEP, "asleep"},
		{RG_WAIT_FAULT, "waiting for page faults"},
		{RG_WAIT_PIPE, "waiting for pipes"},
		{RG_WAIT_CHILD, "waiting for children"},
		{RG_WAIT_OTHER, "waiting otherwise"},
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		double base = waited(listing->set, RG_END_BASE, classes[i].class,
				     &listing->verdict->base);
		double canary = waited(listing->set, RG_END_CANARY, classes[i].class,
				       &listing->verdict->canary);

		if (base > 0 || canary > 0)
			add_figure(listing, classes[i].what, "%.1f ms/s", base, canary);
	}
}

int rg_report_conditions(struct rg_verdict *verdict, const struct rg_run_set *set,
			 struct rg_err *err)
{
	struct listing listing = {.verdict = verdict, .set = set};

	if (set->count[RG_END_BASE] == 0 || set->count[RG_END_CANARY] == 0)
		return 0;
	listing.list = rg_arena_array(verdict->arena, CONDITIONS_MAX, sizeof(*listing.list));
	if (!listing.list)
		return rg_err_nomem(err, "diff");
	add_text(&listing, "target", RG_KEY_TARGET_BY, NULL);
	add_text(&listing, "program", RG_KEY_TARGET, NULL);
	add_text(&listing, "build id", RG_KEY_BUILD_ID, cut_id);
	add_text(&listing, "compiler", RG_KEY_COMPILER, NULL);
	add_text(&listing, "compiler flags", RG_KEY_COMPILER_FLAGS, NULL);
	add_text(&listing, "CPU model", RG_KEY_CPU_MODEL, NULL);
	add_text(&listing, "CPUs", RG_KEY_CPUS, NULL);
	add_text(&listing, "frequency governor", RG_KEY_GOVERNOR, NULL);
	add_text(&listing, "kernel", RG_KEY_KERNEL, NULL);
	add_text(&listing, "processes", RG_KEY_PROCESSES, NULL);
	add_figures(&listing);
	add_waits(&listing);
	if (listing.failed)
		return rg_err_nomem(err, "diff");
	verdict->conditions = listing.list;
	verdict->condition_count = listing.count;
	return 0;
}
