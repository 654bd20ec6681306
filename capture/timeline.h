/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_TIMELINE_H
#define CAPTURE_TIMELINE_H

#include "../bpf/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;
struct rg_files;
struct rg_mapping_record;
struct rg_pids;

/*
 * What the target's processes did, and from it the address space of each image (bpf/wire.h).
 *
 * Process events and mapping records reach us by different ways, each with its time. They are gathered
 * as they come and replayed in the order of time when the capture is over.
 */
struct rg_timeline;

/* files is borrowed: mappings are opened in it as they come. */
struct rg_timeline *rg_timeline_new(struct rg_files *files);
void rg_timeline_free(struct rg_timeline *timeline);

/* A process that ran before the capture; its mappings follow by rg_timeline_mapping(). */
int rg_timeline_begin(struct rg_timeline *timeline, pid_t pid, rgw_image_id image,
		      uint64_t time_ns);
/* Returns 0 or RG_ENOMEM. */
int rg_timeline_event(struct rg_timeline *timeline, const struct rgw_event *event);

/*
 * A mapping record of any process on the machine: it is held until rg_timeline_settle(), which keeps those of
 * processes known by then. (A record may be read before the fork that made its process known.) Returns 0 or RG_ENOMEM.
 */
int rg_timeline_mapping(struct rg_timeline *timeline, const struct rg_mapping_record *record);
int rg_timeline_settle(struct rg_timeline *timeline, struct rg_err *err);
/* How many records are held, and forgetting all but the first `count` of them. */
size_t rg_timeline_pending(const struct rg_timeline *timeline);
void rg_timeline_drop_pending(struct rg_timeline *timeline, size_t count);

/* Processes seen so far, and those that have not ended. */
size_t rg_timeline_processes(const struct rg_timeline *timeline);
size_t rg_timeline_alive(const struct rg_timeline *timeline);
/* All that were seen so far; borrowed. */
const struct rg_pids *rg_timeline_pids(const struct rg_timeline *timeline);
/* Records dropped because there were too many. */
uint64_t rg_timeline_lost(const struct rg_timeline *timeline);

/* --- What was gathered ---------------------------------------------------------------------- */

enum rg_timeline_kind {
	RG_TIMELINE_BEGIN,
	RG_TIMELINE_FORK,
	RG_TIMELINE_EXEC_START, /* the address space is gone: mappings that follow are the new program's */
	RG_TIMELINE_EXEC, /* the new program's image has its number */
	RG_TIMELINE_EXIT, /* the pid is free: what it maps from now on is another process's */
	RG_TIMELINE_MAPPING,
};

struct rg_timeline_record {
	uint64_t time_ns;
	uint32_t order; /* of arrival, among equal times */
	enum rg_timeline_kind kind;
	uint32_t pid;
	rgw_image_id image, parent;     /* of begin, fork, exec, exit */
	uint64_t start, length, offset; /* of a mapping, */
	uint32_t file;                  /* and the file behind it */
};

/* Of records, for qsort(): by time, those of one time as they came. */
int rg_timeline_by_time(const void *a, const void *b);
/* The records so far in the order of arrival; borrowed, until the next call that adds some or replays them. */
const struct rg_timeline_record *rg_timeline_records(const struct rg_timeline *timeline,
						     size_t *count);

/* --- After the capture ---------------------------------------------------------------------- */

/* Puts everything in order. Call once, before rg_timeline_find(). */
int rg_timeline_replay(struct rg_timeline *timeline, struct rg_err *err);

struct rg_place {
	uint32_t file;   /* index into the files, or RG_FILE_NONE */
	uint64_t offset; /* in the file, or in the mapping when there is no file */
	uint32_t pid;    /* of the process that mapped it, an ancestor maybe */
};

/* What lies at an address of an image; of several mappings the latest. False: nothing known. */
bool rg_timeline_find(const struct rg_timeline *timeline, rgw_image_id image, uint64_t address,
		      struct rg_place *place);

/* Where a file, or memory, was mapped. */
struct rg_timeline_range {
	uint64_t start, end, offset;
	uint32_t file; /* or RG_FILE_NONE */
	uint32_t pid;  /* of the process that mapped it */
};

/* The file that is the program of the first image with one: its first mapping. RG_FILE_NONE if there is none. */
uint32_t rg_timeline_program(const struct rg_timeline *timeline);

#endif
