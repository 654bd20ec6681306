/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "../bpf/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_files;
struct rg_tables;
struct rg_timeline;
struct rg_unwind_arrays;

/*
 * What the kernel side has to know to unwind: the address spaces of the target's processes as they are now, and the unwind
 * tables of the files in them. Follows the timeline while the capture runs.
 */
struct rg_live;

/* All borrowed. */
struct rg_live *rg_live_new(const struct rg_timeline *timeline, const struct rg_files *files,
			    const struct rg_unwind_arrays *arrays);
void rg_live_free(struct rg_live *live);

/*
 * Takes in the records up to a time (CLOCK_MONOTONIC ns) by which all of them had been written when they were read: what
 * is later waits for the next turn, so that it is taken in order. Returns 0 or RG_ENOMEM.
 */
int rg_live_turn(struct rg_live *live, uint64_t until_ns, struct rg_err *err);

struct rg_walk_registers;

/* Walks a stack of a process as the kernel side would. read as in unwind/walker.h. */
void rg_live_walk(const struct rg_live *live, uint32_t pid,
		  const struct rg_walk_registers *registers,
		  int (*read)(void *ctx, void *to, size_t size, uint64_t address), void *ctx,
		  struct rgw_frames *frames);

/* The same by image; code is read from its files where `read` has it not. False, and nothing walked, where no process runs it. */
bool rg_live_walk_image(const struct rg_live *live, rgw_image_id image,
			const struct rg_walk_registers *registers,
			int (*read)(void *ctx, void *to, size_t size, uint64_t address), void *ctx,
			struct rgw_frames *frames);

/* Who is to hear, within a turn, of every image whose process goes on to another or ends: for the last time it can be walked. */
void rg_live_on_end(struct rg_live *live, void (*fn)(void *ctx, rgw_image_id image), void *ctx);

struct rg_live_stats {
	uint64_t rows, table_bytes, rules;
	uint32_t tables;
	uint64_t build_ns; /* time taken to make the tables */
	uint64_t refused;  /* files, images and mappings that found no room */
};

struct rg_live_stats rg_live_stats(const struct rg_live *live);

#endif
