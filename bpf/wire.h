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
	RGW_MAX_RANGES = 131072, /* executable mappings of all processes together */
	RGW_MAX_TABLES = 8192,   /* files with unwind tables */
	RGW_MAX_RULES =
		16384, /* distinct unwind rules over all files; one has at most some hundreds */
	RGW_CHUNK_SHIFT = 16, /* words of unwind tables come in chunks of 2^16: 512 kB */
	RGW_MAX_CHUNKS = 512, /* 256 MB: 25 times the tables of libLLVM */
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

/* How a walk over a user stack ended. */
enum rgw_end {
	RGW_END_WALKING = 0, /* it has not */
	RGW_END_ROOT,        /* complete */
	RGW_END_NO_STACK,    /* no user stack: a process that is exiting */
	RGW_END_NO_MAPPING,  /* an address in no known executable mapping */
	RGW_END_NO_ROW, /* no unwind information for an address, and no frame pointer to go by */
	RGW_END_UNREADABLE,  /* the stack's memory could not be read */
	RGW_END_TOO_DEEP,    /* RGW_USER_DEPTH frames were not enough */
	RGW_END_UNSUPPORTED, /* a rule that cannot be followed */
	RGW_END_BROKEN,      /* the caller's frame would not lie above */
	RGW_ENDS,
};

/* A user stack: addresses inside the instructions that were executed, the innermost first. */
struct rgw_frames {
	__u16 depth;
	__u8 end; /* enum rgw_end */
	__u8 pad[5];
	__u64 at[RGW_USER_DEPTH];
};

/* Value of the sample table. Entries beyond the depths mean nothing. */
struct rgw_sample {
	__u64 count;
	__u16 kernel_depth;
	__u16 pad[3];
	__u64 kernel[RGW_KERNEL_DEPTH]; /* leaf first; return addresses but for the first */
	struct rgw_frames user;
};

/* The executable mappings of an image: a stretch of the ranges, sorted by address. */
struct rgw_space {
	__u32 first, count;
};

#define RGW_TABLE_NONE 0 /* code without unwind information; tables are numbered from 1 */

struct rgw_range {
	__u64 start, end;
	__u32 table;
	__u32 delta; /* what takes an offset in the range to one in the table's code, modulo 2^32 */
};

/*
 * One file's unwind table. Its code is `span` bytes from its first row on, in blocks of 2^shift. Word `first` + b says
 * which rows are block b's: the first in its low half, the last in its high half. Word `rows` + r is row r: its
 * offset in the code in the low half, its rule's number in the high half (0: none).
 */
struct rgw_table {
	__u32 first, rows;
	__u32 span, shift;
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
	RGW_COUNT_SAMPLES,      /* of the target, stored */
	RGW_COUNT_TABLE_FULL,   /* refused: no room in the sample table */
	RGW_COUNT_COLLISION,    /* refused: equal key, other stack */
	RGW_COUNT_KERNEL_DEPTH, /* stored, kernel stack cut at the depth above */
	RGW_COUNT_EVENTS_LOST,  /* process events that found no room */
	RGW_COUNT_ENDS,         /* and the following: stored, by how the user stack ended */
	RGW_COUNTS = RGW_COUNT_ENDS + RGW_ENDS,
};

_Static_assert(sizeof(struct rgw_sample_key) == 32, "wire layout");
_Static_assert(sizeof(struct rgw_frames) == 8 + 8 * RGW_USER_DEPTH, "wire layout");
_Static_assert(sizeof(struct rgw_sample) == 24 + 8 * (RGW_KERNEL_DEPTH + RGW_USER_DEPTH),
	       "wire layout");
_Static_assert(sizeof(struct rgw_range) == 24, "wire layout");
_Static_assert(sizeof(struct rgw_table) == 16, "wire layout");
_Static_assert(sizeof(struct rgw_event) == 24, "wire layout");

#endif
