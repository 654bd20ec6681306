/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpus.h"
#include "sampler_side.h"
#include "timers.h"

#include "rg/err.h"
#include "rg/units.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sampler.skel.h"

static int open_timer(uint64_t period_ns, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = period_ns,
		.disabled = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int timer_error(int cpu, int error, struct rg_err *err)
{
	if (error == EPERM || error == EACCES)
		return rg_err_set(err, RG_EPRIVILEGE,
				  "capture: start a timer on CPU %d: %s: run it as root (sudo), or "
				  "with CAP_PERFMON",
				  cpu, strerror(error));
	return rg_err_set(err, RG_EIO, "capture: start a timer on CPU %d: %s", cpu,
			  strerror(error));
}

static int add_timer(struct rg_sampler *s, int cpu, uint64_t period_ns, struct rg_err *err)
{
	struct bpf_link *link;
	int fd = open_timer(period_ns, cpu);

	/* A CPU that went offline meanwhile has nothing to sample. */
	if (fd < 0 && errno == ENODEV)
		return 0;
	if (fd < 0)
		return timer_error(cpu, errno, err);
	link = bpf_program__attach_perf_event(s->skel->progs.rg_sample, fd);
	if (!link) {
		int error = errno;

		close(fd);
		return timer_error(cpu, error, err);
	}
	s->timer_fds[s->timers] = fd;
	s->links[s->timers] = link;
	s->timers++;
	return 0;
}

static int add_timers(struct rg_sampler *s, int cpu, struct rg_err *err)
{
	size_t count = rg_timers_per_cpu(s->frequency_hz, s->cpus.count), before = s->timers;

	for (size_t i = 0; i < count; i++) {
		int rc = add_timer(s, cpu, rg_timers_period_ns(s->frequency_hz, count, i), err);

		if (rc)
			return rc;
	}
	s->sampled += s->timers > before;
	return 0;
}

int rg_sampler_start(struct rg_sampler *s, struct rg_err *err)
{
	uint64_t period_ns = RG_NS_PER_S / s->frequency_hz;
	struct timespec gap = {0};

	for (size_t i = 0; i < s->cpus.count; i++) {
		int rc = add_timers(s, s->cpus.cpu[i], err);

		if (rc)
			return rc;
	}
	if (!s->timers)
		return rg_err_set(err, RG_EIO, "capture: no CPU is online");
	/*
	 * Staggered over a period, so that the CPUs do not all interrupt at once. At most 20 ms in
	 * all, however many they are.
	 */
	gap.tv_nsec =
		(long)((period_ns < 20 * RG_NS_PER_MS ? period_ns : 20 * RG_NS_PER_MS) / s->timers);
	for (size_t i = 0; i < s->timers; i++) {
		if (ioctl(s->timer_fds[i], PERF_EVENT_IOC_ENABLE, 0))
			return rg_err_set(err, RG_EIO, "capture: start a timer: %s",
					  strerror(errno));
		nanosleep(&gap, NULL);
	}
	return 0;
}

void rg_sampler_stop(struct rg_sampler *s)
{
	/* The link owns the descriptor. Closing it waits for the event's CPU to have left the program. */
	for (size_t i = 0; i < s->timers; i++) {
		ioctl(s->timer_fds[i], PERF_EVENT_IOC_DISABLE, 0);
		bpf_link__destroy(s->links[i]);
	}
	s->timers = 0;
}
