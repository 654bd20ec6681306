/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BPF_WIRE_H
#define BPF_WIRE_H

/*
 * Records that the BPF programs and the capture exchange. Fixed-width fields, explicit padding; the
 * sizes are asserted on both sides.
 */

#include <linux/types.h>

enum {
	RGW_KERNEL_DEPTH = 64, /* frames kept of a kernel stack */
	RGW_USER_DEPTH = 127,  /* of a user stack: the kernel's own default, perf_event_max_stack */
	RGW_COMM_SIZE = 16,    /* TASK_COMM_LEN */
	RGW_MAX_PROCESSES = 16384,
};

/*
 * A process image: one program run by one process. A fork and an exec each begin a new one, so that
 * addresses are read with the mappings they were sampled under, and a reused pid is told apart.
 * Numbered from 1.
 */
typedef __u32 rgw_image_id;

/* Key of the sample table. Slices are part of it, so that finished ones can be read and removed
 * while the current one is being counted. */
struct rgw_sample_key {
	__u64 hash; /* of the stack; equality is decided on the stack itself */
	rgw_image_id image;
	__u32 slice;
	char comm[RGW_COMM_SIZE];
};

/* Value of the sample table. Entries beyond the depths are zero. */
struct rgw_sample {
	__u64 count;
	__u16 kernel_depth, user_depth;
	__u32 pad;
	__u64 kernel[RGW_KERNEL_DEPTH]; /* leaf first */
	__u64 user[RGW_USER_DEPTH];
};

enum rgw_event_kind {
	RGW_EVENT_FORK = 1,
	RGW_EVENT_EXEC = 2,
	RGW_EVENT_EXIT = 3,
};

/* What happened to a process of the target, in the order it happened. */
struct rgw_event {
	__u64 time_ns;       /* CLOCK_MONOTONIC */
	__u32 kind;          /* enum rgw_event_kind */
	__u32 pid;           /* process */
	rgw_image_id image;  /* that begins (fork, exec) or ends (exit) */
	rgw_image_id parent; /* fork: image it is a copy of; exec: image it replaces */
};

/* Losses, each counted where it happens. */
enum rgw_count {
	RGW_COUNT_SAMPLES,       /* of the target, stored */
	RGW_COUNT_TABLE_FULL,    /* refused: no room in the sample table */
	RGW_COUNT_COLLISION,     /* refused: equal key, other stack */
	RGW_COUNT_TRUNCATED,     /* stored, stack cut at the depth above */
	RGW_COUNT_NO_USER_STACK, /* stored, user stack unreadable */
	RGW_COUNT_EVENTS_LOST,   /* process events that found no room */
	RGW_COUNTS,
};

_Static_assert(sizeof(struct rgw_sample_key) == 32, "wire layout");
_Static_assert(sizeof(struct rgw_sample) == 16 + 8 * (RGW_KERNEL_DEPTH + RGW_USER_DEPTH),
	       "wire layout");
_Static_assert(sizeof(struct rgw_event) == 24, "wire layout");

#endif
