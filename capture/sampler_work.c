/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sampler_work.h"
#include "machine.h"
#include "procmaps.h"
#include "sampler_side.h"

#include "rg/err.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sampler.skel.h"

#define UPROBE_TYPE_FILE "/sys/bus/event_source/devices/uprobe/type"

/* 64 MB on 64 CPUs: a day and a half of seconds. */
enum { MAX_CELLS = 1 << 17 };

int rg_sampler_work_prepare(struct rg_sampler *s, const struct rg_sampler_options *options)
{
	uint64_t slices = options->window_ns / options->slice_ns + 2;

	bpf_program__set_autoload(s->skel->progs.rg_work, options->work);
	if (!options->work)
		return 0;
	s->work_cells = slices > MAX_CELLS ? 1 : (uint32_t)slices;
	s->skel->rodata->work_cells = s->work_cells;
	return bpf_map__set_max_entries(s->skel->maps.work, s->work_cells);
}

void rg_sampler_work_close(struct rg_sampler *s)
{
	bpf_link__destroy(s->work_link);
	s->work_link = NULL;
}

/* --- Attaching ------------------------------------------------------------------------------ */

/* The kernel's number for that kind of event; -1: it has none. */
static int uprobe_type(void)
{
	FILE *file = fopen(UPROBE_TYPE_FILE, "re");
	int type = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%d", &type) != 1)
		type = -1;
	fclose(file);
	return type;
}

bool rg_sampler_has_uprobes(void)
{
	return uprobe_type() >= 0;
}

static int open_event(int type, int cpu, int file_fd, uint64_t offset)
{
	/* The file that was looked into, whatever is at its path by now. */
	char path[40];
	struct perf_event_attr attr = {
		.type = (uint32_t)type,
		.size = sizeof(attr),
		.config1 = (uintptr_t)path,
		.config2 = offset,
	};

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file_fd);
	return (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int refused(int error, struct rg_err *err)
{
	if (error == EPERM || error == EACCES)
		return rg_err_set(err, RG_EPRIVILEGE,
				  "capture: count calls: %s: run it as root (sudo), or with "
				  "CAP_PERFMON",
				  strerror(error));
	if (error == EINVAL || error == ENOTSUP || error == EIO)
		return rg_err_set(err, RG_EIO,
				  "capture: count calls: %s: the kernel cannot put a probe there "
				  "(is it the start of an instruction, in a file on a disk?)",
				  strerror(error));
	return rg_err_set(err, RG_EIO, "capture: count calls: %s", strerror(error));
}

/* The event is on one CPU; its program runs wherever the place is passed (kernel/trace/trace_uprobe.c). */
static int attach(const struct rg_sampler *s, int file_fd, uint64_t offset, struct bpf_link **link,
		  struct rg_err *err)
{
	int type = uprobe_type(), fd;

	if (type < 0)
		return rg_err_set(err, RG_EIO,
				  "capture: count calls: this kernel has no uprobes "
				  "(CONFIG_UPROBE_EVENTS): count work by --work-metric or "
				  "--work-cmd");
	fd = open_event(type, s->cpus.cpu[0], file_fd, offset);
	if (fd < 0)
		return refused(errno, err);
	*link = bpf_program__attach_perf_event(s->skel->progs.rg_work, fd);
	if (!*link) {
		int error = errno;

		close(fd);
		return refused(error, err);
	}
	return 0;
}

int rg_sampler_count_calls(struct rg_sampler *s, int file_fd, uint64_t offset, struct rg_err *err)
{
	return attach(s, file_fd, offset, &s->work_link, err);
}

/* --- Reading -------------------------------------------------------------------------------- */

static int read_cell(const struct rg_sampler *s, uint32_t cell, uint64_t *by_cpu, int cpus,
		     uint64_t *sum, struct rg_err *err)
{
	if (bpf_map_lookup_elem(bpf_map__fd(s->skel->maps.work), &cell, by_cpu))
		return rg_err_set(err, RG_EIO, "capture: read the calls: %s", strerror(errno));
	*sum = 0;
	for (int i = 0; i < cpus; i++)
		*sum += by_cpu[i];
	return 0;
}

int rg_sampler_calls(const struct rg_sampler *s, uint64_t *calls, size_t count, uint64_t *total,
		     struct rg_err *err)
{
	int cpus = libbpf_num_possible_cpus(), rc = 0;
	uint64_t *by_cpu = cpus > 0 ? calloc((size_t)cpus, sizeof(*by_cpu)) : NULL;
	uint64_t sum = 0;

	if (!by_cpu)
		return rg_err_nomem(err, "calls");
	for (uint32_t cell = 0; !rc && cell < s->work_cells; cell++) {
		uint64_t of_cell = 0;

		rc = read_cell(s, cell, by_cpu, cpus, &of_cell, err);
		sum += of_cell;
		/* What came while the window was being ended belongs to its last slice. */
		if (s->work_cells > 1 && count)
			calls[cell < count ? cell : count - 1] += of_cell;
	}
	free(by_cpu);
	if (!rc)
		*total = sum;
	return rc;
}

size_t rg_sampler_members(const struct rg_sampler *s, pid_t *pids, size_t most)
{
	int fd = bpf_map__fd(s->skel->maps.images);
	uint32_t pid, next, *from = NULL;
	size_t count = 0;

	while (count < most && bpf_map_get_next_key(fd, from, &next) == 0) {
		pid = next;
		from = &pid;
		pids[count++] = (pid_t)pid;
	}
	return count;
}

/* --- What it costs -------------------------------------------------------------------------- */

enum { BATCHES = 4, BATCH_CALLS = 500 };

static __attribute__((noinline)) void probed(void)
{
	__asm__ volatile("" ::: "memory");
}

struct place {
	uintptr_t address;
	uint64_t offset;
	bool found;
};

static int look_for(void *ctx, const struct rg_mapping_record *record)
{
	struct place *place = ctx;

	if (place->address < record->start || place->address - record->start >= record->length)
		return 0;
	place->offset = place->address - record->start + record->offset;
	place->found = true;
	return 0;
}

/* The fastest batch: the others were interrupted. */
static uint64_t fastest_batch_ns(void)
{
	uint64_t fastest = UINT64_MAX;

	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t before = rg_clock_ns(), took;

		for (int i = 0; i < BATCH_CALLS; i++)
			probed();
		took = rg_clock_ns() - before;
		fastest = took < fastest ? took : fastest;
	}
	return fastest;
}

uint64_t rg_sampler_call_cost(struct rg_sampler *s)
{
	struct place place = {.address = (uintptr_t)probed};
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct bpf_link *link = NULL;
	uint64_t took = 0;

	if (fd < 0)
		return 0;
	rg_procmaps_read(getpid(), 0, look_for, &place);
	if (place.found && !attach(s, fd, place.offset, &link, NULL)) {
		took = fastest_batch_ns();
		bpf_link__destroy(link);
	}
	close(fd);
	return took / BATCH_CALLS;
}
