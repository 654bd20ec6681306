/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sideband.h"
#include "cpus.h"
#include "path.h"

#include "rg/err.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	RING_BYTES = 256 * 1024, /* of data a CPU: pages by a power of two, whatever their size */
	RECORD_MAX = 64 * 1024,  /* perf_event_header.size is 16 bits wide */
};

struct ring {
	int fd;
	struct perf_event_mmap_page *page;
	size_t bytes; /* mapped */
};

struct rg_sideband {
	struct ring *rings;
	size_t count;
	size_t page_size;
	int epoll_fd;
	uint64_t lost;
	unsigned char *record; /* RECORD_MAX: one record, unwrapped */
};

/* --- Opening -------------------------------------------------------------------------------- */

static int open_event(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
		.sample_id_all = 1,
		.mmap = 1, /* executable ones only */
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.build_id = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC, /* as bpf_ktime_get_ns() */
		.watermark = 1,
		.wakeup_watermark = RING_BYTES / 4,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0 && errno == EINVAL) {
		attr.build_id = 0; /* before 5.12; inodes tell files apart then */
		fd = (int)syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	}
	return fd;
}

static int add_ring(struct rg_sideband *sideband, int cpu, struct rg_err *err)
{
	size_t bytes = sideband->page_size + RING_BYTES;
	struct epoll_event ready = {.events = EPOLLIN};
	int fd = open_event(cpu);
	void *map;

	if (fd < 0 && errno == ENODEV)
		return 0; /* went offline */
	if (fd < 0)
		return rg_err_set(err, errno == EPERM || errno == EACCES ? RG_EPRIVILEGE : RG_EIO,
				  "capture: watch mappings on CPU %d: %s%s", cpu, strerror(errno),
				  errno == EPERM || errno == EACCES
					  ? ": run it as root (sudo), or with CAP_PERFMON"
					  : "");
	map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		int error = errno;

		close(fd);
		return rg_err_set(err, RG_EIO,
				  "capture: map the buffer of CPU %d: %s (see "
				  "/proc/sys/kernel/perf_event_mlock_kb)",
				  cpu, strerror(error));
	}
	sideband->rings[sideband->count++] = (struct ring){.fd = fd, .page = map, .bytes = bytes};
	if (epoll_ctl(sideband->epoll_fd, EPOLL_CTL_ADD, fd, &ready))
		return rg_err_set(err, RG_EIO, "capture: watch mappings on CPU %d: %s", cpu,
				  strerror(errno));
	return 0;
}

int rg_sideband_open(const struct rg_cpus *cpus, struct rg_sideband **out, struct rg_err *err)
{
	struct rg_sideband *sideband = calloc(1, sizeof(*sideband));
	int rc = 0;

	if (!sideband)
		return rg_err_nomem(err, "mapping records");
	sideband->page_size = (size_t)sysconf(_SC_PAGESIZE);
	sideband->rings = calloc(cpus->count, sizeof(*sideband->rings));
	sideband->record = malloc(RECORD_MAX);
	sideband->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!sideband->rings || !sideband->record || sideband->epoll_fd < 0) {
		rg_sideband_free(sideband);
		return rg_err_nomem(err, "mapping records");
	}
	for (size_t i = 0; !rc && i < cpus->count; i++)
		rc = add_ring(sideband, cpus->cpu[i], err);
	if (rc) {
		rg_sideband_free(sideband);
		return rc;
	}
	*out = sideband;
	return 0;
}

void rg_sideband_free(struct rg_sideband *sideband)
{
	if (!sideband)
		return;
	for (size_t i = 0; i < sideband->count; i++) {
		munmap(sideband->rings[i].page, sideband->rings[i].bytes);
		close(sideband->rings[i].fd);
	}
	if (sideband->epoll_fd >= 0)
		close(sideband->epoll_fd);
	free(sideband->rings);
	free(sideband->record);
	free(sideband);
}

int rg_sideband_fd(const struct rg_sideband *sideband)
{
	return sideband->epoll_fd;
}

uint64_t rg_sideband_lost(const struct rg_sideband *sideband)
{
	return sideband->lost;
}

/* --- Decoding ------------------------------------------------------------------------------- */

/* The layouts are those of perf_event_open(2), "PERF_RECORD_MMAP2", "PERF_RECORD_COMM". */
struct mmap2_body {
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	union {
		struct {
			uint32_t maj, min;
			uint64_t ino, ino_generation;
		};
		struct {
			uint8_t build_id_size;
			uint8_t reserved1;
			uint16_t reserved2;
			uint8_t build_id[RG_SIDEBAND_BUILD_ID_MAX];
		};
	};
	uint32_t prot, flags;
	char filename[];
};

struct comm_body {
	uint32_t pid, tid;
};

struct sample_id {
	uint32_t pid, tid;
	uint64_t time;
};

/* The identification that sample_id_all puts behind each record. */
static uint64_t record_time(const struct perf_event_header *header)
{
	struct sample_id id;

	memcpy(&id, (const char *)header + header->size - sizeof(id), sizeof(id));
	return id.time;
}

static bool decode_mmap2(struct perf_event_header *header, struct rg_mapping_record *out)
{
	size_t fixed = sizeof(*header) + sizeof(struct mmap2_body);
	struct mmap2_body *body = (void *)(header + 1);

	if (header->size < fixed + 8 + sizeof(struct sample_id))
		return false;
	*out = (struct rg_mapping_record){
		.time_ns = record_time(header),
		.pid = body->pid,
		.start = body->addr,
		.length = body->len,
		.offset = body->pgoff,
		.path = body->filename,
	};
	if (!memchr(body->filename, 0, header->size - fixed - sizeof(struct sample_id)))
		return false;
	rg_path_cut_deleted(body->filename);
	if (!(header->misc & PERF_RECORD_MISC_MMAP_BUILD_ID)) {
		out->inode = body->ino;
		return true;
	}
	if (body->build_id_size > RG_SIDEBAND_BUILD_ID_MAX)
		return false;
	out->build_id_len = body->build_id_size;
	memcpy(out->build_id, body->build_id, body->build_id_size);
	return true;
}

static bool decode_exec(const struct perf_event_header *header, struct rg_mapping_record *out)
{
	const struct comm_body *body = (const void *)(header + 1);

	if (!(header->misc & PERF_RECORD_MISC_COMM_EXEC) ||
	    header->size < sizeof(*header) + sizeof(*body) + sizeof(struct sample_id))
		return false;
	*out = (struct rg_mapping_record){
		.time_ns = record_time(header), .pid = body->pid, .exec = true};
	return true;
}

/* How many records the kernel says it dropped; one when that cannot be told. */
static uint64_t decode_lost(const struct perf_event_header *header)
{
	uint64_t id_and_lost[2];

	if (header->size < sizeof(*header) + sizeof(id_and_lost))
		return 1;
	memcpy(id_and_lost, header + 1, sizeof(id_and_lost));
	return id_and_lost[1];
}

static int hand_out(struct rg_sideband *sideband, struct perf_event_header *header,
		    rg_mapping_fn fn, void *ctx)
{
	struct rg_mapping_record record;

	switch (header->type) {
	case PERF_RECORD_MMAP2:
		return decode_mmap2(header, &record) ? fn(ctx, &record) : 0;
	case PERF_RECORD_COMM:
		return decode_exec(header, &record) ? fn(ctx, &record) : 0;
	case PERF_RECORD_LOST:
		sideband->lost += decode_lost(header);
		return 0;
	default:
		return 0;
	}
}

/* --- The ring ------------------------------------------------------------------------------- */

static void copy_out(const struct ring *ring, uint64_t at, void *to, size_t len)
{
	const unsigned char *data = (const unsigned char *)ring->page + ring->page->data_offset;
	size_t size = ring->page->data_size, from = at & (size - 1);
	size_t first = len < size - from ? len : size - from;

	memcpy(to, data + from, first);
	memcpy((unsigned char *)to + first, data, len - first);
}

static int read_ring(struct rg_sideband *sideband, struct ring *ring, rg_mapping_fn fn, void *ctx)
{
	uint64_t tail = ring->page->data_tail;
	uint64_t head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
	int rc = 0;

	while (!rc && tail < head) {
		struct perf_event_header header;

		copy_out(ring, tail, &header, sizeof(header));
		/* Cannot be: the kernel writes whole records. What follows cannot be told apart. */
		if (header.size < sizeof(header) || header.size > head - tail) {
			sideband->lost++;
			break;
		}
		copy_out(ring, tail, sideband->record, header.size);
		rc = hand_out(sideband, (void *)sideband->record, fn, ctx);
		tail += header.size;
	}
	__atomic_store_n(&ring->page->data_tail, rc ? tail : head, __ATOMIC_RELEASE);
	return rc;
}

int rg_sideband_read(struct rg_sideband *sideband, rg_mapping_fn fn, void *ctx)
{
	for (size_t i = 0; i < sideband->count; i++) {
		int rc = read_ring(sideband, &sideband->rings[i], fn, ctx);

		if (rc)
			return rc;
	}
	return 0;
}
