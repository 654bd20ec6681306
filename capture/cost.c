/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cost.h"
#include "machine.h"

#include "rg/units.h"

#include <bpf/bpf.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	CYCLE_MS = 500, /* of which the first MEASURED_MS are measured */
	MEASURED_MS = 50,
};

/* Of this thread, which does all of one capture's work but the reading of counters: another may run beside it. */
static uint64_t own_cpu_ns(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_THREAD, &usage))
		return 0;
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * RG_NS_PER_S +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static uint64_t run_time_ns(const struct rg_cost *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (bpf_obj_get_info_by_fd(c->programs[i], &info, &size) == 0)
			sum += info.run_time_ns;
	}
	return sum;
}

void rg_cost_begin(struct rg_cost *c, const int *programs, size_t count)
{
	*c = (struct rg_cost){.stats_fd = -1};
	for (; c->count < count && c->count < RG_COST_PROGRAMS; c->count++)
		c->programs[c->count] = programs[c->count];
	c->cpu_before_ns = own_cpu_ns();
}

void rg_cost_stop(struct rg_cost *c)
{
	uint64_t ran_ns, took_ns;

	if (c->stats_fd < 0)
		return;
	ran_ns = run_time_ns(c) - c->bpf_start_ns;
	took_ns = rg_clock_ns() - c->since_ns;
	close(c->stats_fd);
	c->stats_fd = -1;
	c->bpf_ns += ran_ns;
	c->measured_ns += took_ns;
	c->bpf_share = took_ns ? (double)ran_ns / (double)took_ns : 0;
}

void rg_cost_turn(struct rg_cost *c, uint64_t elapsed_ns)
{
	bool wanted = elapsed_ns / RG_NS_PER_MS % CYCLE_MS < MEASURED_MS;

	if (wanted && c->stats_fd < 0) {
		c->bpf_start_ns = run_time_ns(c);
		c->since_ns = rg_clock_ns();
		c->stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
	} else if (!wanted) {
		rg_cost_stop(c);
	}
}

struct rg_cost_result rg_cost_end(struct rg_cost *c, uint64_t window_ns)
{
	struct rg_cost_result result = {.cpu_ns = own_cpu_ns() - c->cpu_before_ns};

	rg_cost_stop(c);
	if (!c->measured_ns)
		return result;
	result.known = true;
	result.bpf_ns = (uint64_t)((double)c->bpf_ns * (double)window_ns / (double)c->measured_ns);
	return result;
}
