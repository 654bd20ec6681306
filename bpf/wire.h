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
	RGW_PAGE = 4096,
	RGW_SNAPSHOT_PAGES = 4, /* of a stack that cannot be walked yet */
	RGW_MAX_SNAPSHOTS =
		4096, /* 75 MB, waiting to be walked; a program may lead nowhere all the time */
	RGW_MAX_ASIDE =
		64, /* of them those that wait still, where that has to be copied beforehand */
	RGW_RECORD_WORDS = 128,  /* of a stack, that a walk may read and be remembered */
	RGW_RECORD_SPAN = 16384, /* bytes of a stack within which they lie */
	RGW_MAX_PROCESSES = 16384,
	RGW_MAX_THREADS = 8192,  /* where threads cannot have storage of their own */
	RGW_POLL_CALLS = 12,     /* system calls of that kind */
	RGW_MAX_GIVEN = 4096,    /* stacks that were walked from outside */
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
	__u32 wait; /* RGW_WAIT_…; 0: a sample on the CPU */
	__u32 pad;
};

/* What a thread waited in. */
enum {
	RGW_WAIT = 1,            /* a wait */
	RGW_WAIT_CALL = 2,       /* in a system call: */
	RGW_WAIT_DISK_STATE = 4, /* uninterruptible (the D of ps) */
	RGW_WAIT_FILE_SHIFT =
		4, /* 4 bits: type of the file behind its first argument, st_mode >> 12 */
	RGW_WAIT_CALL_SHIFT = 8, /* 12 bits: its number */
};

/* Times a thread's life is made of. */
enum rgw_time {
	RGW_TIME_THREAD, /* all of it */
	RGW_TIME_CPU,
	RGW_TIME_RUN_QUEUE,
	RGW_TIME_BLOCKED,
	RGW_TIMES,
};

/*
 * What the threads' time in a slice was. ns is that of the stretches' first and last slices; a stretch's slices in
 * between are whole ones: those behind whole_from and before whole_to.
 */
struct rgw_account {
	__u64 ns[RGW_TIMES];
	__u64 whole_from[RGW_TIMES], whole_to[RGW_TIMES];
};

enum rgw_total {
	RGW_TOTAL_EXEC_NS, /* CPU time as the scheduler accounts for it (/proc/PID/schedstat) */
	RGW_TOTAL_UNATTRIBUTED_NS, /* blocked, with a stack that was wanted and not had */
	RGW_TOTALS,
};

/* What makes a process one of the target's. */
enum rgw_target {
	RGW_TARGET_PROCESSES, /* that it was named, or descends from one that was */
	RGW_TARGET_COMM,      /* its name, which is its first thread's */
	RGW_TARGET_CGROUP,    /* that its first thread is in a cgroup, or one below */
	RGW_TARGET_ALL,
};

/* When the threads are looked at. */
enum rgw_edge {
	RGW_EDGE_BEGIN = 1, /* of the window */
	RGW_EDGE_CLOSE = 2, /* its end: their accounts are closed */
	RGW_EDGE_END = 3,   /* a moment later: who has not come back from a wait since? */
	RGW_EDGE_JOIN = 4,  /* a process has joined: its threads begin to be accounted for */
};

/* How a walk over a user stack ended. */
enum rgw_end {
	RGW_END_WALKING = 0, /* it has not */
	RGW_END_ROOT,        /* complete */
	RGW_END_NO_STACK,    /* no user stack to walk: complete with the kernel's part */
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
	__u64 count; /* of a wait: thousandths */
	__u64 ns;    /* blocked; 0 for samples on the CPU */
	__u16 kernel_depth;
	__u16 pad[3];
	__u64 kernel[RGW_KERNEL_DEPTH]; /* leaf first; return addresses but for the first */
	struct rgw_frames user;
};

/* The executable mappings of an image: a stretch of the ranges, sorted by address. */
struct rgw_space {
	__u32 first, count;
	__u64 version; /* from 1; no two lists have the same */
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
	RGW_EVENT_JOIN = 4,  /* became part of the target while it ran */
	RGW_EVENT_LEAVE = 5, /* ceased to be */
};

/* What happened to a process of the target, in the order it happened. */
struct rgw_event {
	__u64 time_ns;            /* CLOCK_MONOTONIC */
	__u32 kind;               /* enum rgw_event_kind */
	__u32 pid;                /* process */
	rgw_image_id image;       /* that begins (fork, exec, join) or ends (exit, leave) */
	rgw_image_id parent;      /* fork: image it is a copy of; exec: image it replaces */
	__u32 parent_pid;         /* fork, join: process that is its parent */
	__u32 status;             /* exit: as wait(2) has it */
	char comm[RGW_COMM_SIZE]; /* exit: name of its first thread */
};

/* Losses, each counted where it happens. */
enum rgw_count {
	RGW_COUNT_SAMPLES,      /* of the target, stored */
	RGW_COUNT_TABLE_FULL,   /* refused: no room in the sample table */
	RGW_COUNT_COLLISION,    /* refused: equal key, other stack */
	RGW_COUNT_KERNEL_DEPTH, /* stored, kernel stack cut at the depth above */
	RGW_COUNT_EVENTS_LOST,  /* process events that found no room */
	RGW_COUNT_THREADS_LOST, /* threads that could not be followed */
	RGW_COUNT_WAITS_LOST,   /* waits whose stack was wanted and not had */
	RGW_COUNT_WAITS,        /* waits stored */
	RGW_COUNT_WORK_LOST,    /* calls that found no slice to be counted in */
	RGW_COUNT_POLLS,        /* of them those in calls that wait for whatever comes */
	RGW_COUNT_ENDS,         /* and the following: stored, by how the user stack ended */
	RGW_COUNTS = RGW_COUNT_ENDS + RGW_ENDS,
};

/* A wait over several slices. */
struct rgw_long_wait {
	__u64 start_ns, end_ns; /* CLOCK_MONOTONIC */
	struct rgw_sample_key key;
	struct rgw_sample sample;
};

/* The stack of a thread that waited already when it was met; it cannot be walked as its wait ends. */
struct rgw_given {
	__u64 since_ns; /* the thread's out_ns: it is the stack of that wait and no other */
	struct rgw_frames frames;
};

/*
 * A thread that waits at an edge of the window. x86-64: registers by DWARF number, then pc; AArch64: x0–x30, sp, pc. All
 * are 0 where it has no user stack.
 */
struct rgw_sleeper {
	__u64 start_ns, end_ns;
	__u64 top; /* where its process's stack pointer was at the beginning */
	__u32 pid, tid;
	rgw_image_id image;
	__u32 wait; /* RGW_WAIT_… */
	char comm[RGW_COMM_SIZE];
	__u64 registers[33];
	__u32 kernel_depth, pad;
	__u64 kernel[RGW_KERNEL_DEPTH];
};

/*
 * A stack through code that has only just been mapped, whose tables the kernel side does not have yet: copied, to be
 * walked when they are there. The user part of the sample is empty. registers as of rgw_sleeper.
 */
struct rgw_snapshot {
	__u64 start_ns, end_ns; /* of a wait */
	struct rgw_sample_key key;
	struct rgw_sample sample;
	__u64 registers[33];
	__u64 top;     /* as of rgw_sleeper */
	__u64 address; /* of the pages */
	__u32 pages; /* that could be read, a bit each: the one about to be written may not be there yet */
	__u32 returned; /* the program counter is behind the instruction under way: a system call's */
	__u8 stack[RGW_SNAPSHOT_PAGES][RGW_PAGE];
};

_Static_assert(sizeof(struct rgw_sample_key) == 40, "wire layout");
_Static_assert(sizeof(struct rgw_frames) == 8 + 8 * RGW_USER_DEPTH, "wire layout");
_Static_assert(sizeof(struct rgw_sample) == 32 + 8 * (RGW_KERNEL_DEPTH + RGW_USER_DEPTH),
	       "wire layout");
_Static_assert(sizeof(struct rgw_range) == 24, "wire layout");
_Static_assert(sizeof(struct rgw_space) == 16, "wire layout");
_Static_assert(sizeof(struct rgw_table) == 16, "wire layout");
_Static_assert(sizeof(struct rgw_event) == 48, "wire layout");

#endif
