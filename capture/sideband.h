/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SIDEBAND_H
#define CAPTURE_SIDEBAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_cpus;
struct rg_err;

/*
 * What the kernel tells about mappings and program changes of every process as they happen
 * (PERF_RECORD_MMAP2 and PERF_RECORD_COMM with the exec mark, perf_event_open(2)): the only account of
 * processes too short-lived to be read from /proc.
 */
struct rg_sideband;

enum { RG_SIDEBAND_BUILD_ID_MAX = 20 };

/* One executable mapping, or the start of a new program. */
struct rg_mapping_record {
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	uint32_t pid;     /* process */
	bool exec;        /* its address space was replaced; the other members are not set */
	uint64_t start, length, offset;
	/* Who the file is: a build-id, or where the kernel gives none, its inode number. */
	uint8_t build_id[RG_SIDEBAND_BUILD_ID_MAX];
	uint8_t build_id_len; /* 0: none */
	uint64_t inode;       /* 0: not known */
	const char *path;     /* without " (deleted)"; valid during the callback */
};

typedef int (*rg_mapping_fn)(void *ctx, const struct rg_mapping_record *record);

/* Opens one buffer a CPU; records gather from now on. RG_EPRIVILEGE, RG_EIO, RG_ENOMEM. */
int rg_sideband_open(const struct rg_cpus *cpus, struct rg_sideband **out, struct rg_err *err);
void rg_sideband_free(struct rg_sideband *sideband);

/*
 * Hands out what has gathered, in no order over CPUs. A non-zero return of fn ends it and is returned.
 */
int rg_sideband_read(struct rg_sideband *sideband, rg_mapping_fn fn, void *ctx);
/* Becomes readable when a buffer is filling up. */
int rg_sideband_fd(const struct rg_sideband *sideband);
/* Records the kernel dropped for want of room, so far. */
uint64_t rg_sideband_lost(const struct rg_sideband *sideband);

#endif
