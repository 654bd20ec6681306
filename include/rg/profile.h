/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_PROFILE_H
#define RG_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_err;

/*
 * A profile: what one run of one version cost, by stack, slice of the window and thread.
 *
 * It is built once by a builder and immutable afterwards. Finishing the builder puts frames, stacks
 * and samples in a canonical order and merges equal samples, so that two profiles with the same
 * content are the same bytes on disk whatever order they were gathered in.
 *
 * All values are integers. Everything a getter returns is borrowed from the profile and lives as
 * long as it.
 */

/* What is measured. Values are summed over the samples of a (stack, slice, thread). */
enum rg_value {
	RG_VALUE_SAMPLES = 0, /* on-CPU samples */
	RG_VALUE_CPU_NS = 1,  /* on-CPU time: samples x period, ns */
	RG_VALUE_WAITS = 2,   /* off-CPU waits; of short ones an estimate of their number */
	RG_VALUE_OFF_CPU_NS =
		3, /* blocked time, ns; exact for long waits, an unbiased estimate for short ones */
	RG_VALUE_COUNT = 4,
};

#define RG_NO_SLICE UINT32_MAX

/* An executable or shared object (or "[kernel]", "[vdso]", "[anon]", a kernel module "[nf_tables]"). */
struct rg_module {
	const char *name;     /* base name; never a directory */
	const char *build_id; /* lower-case hex, or "" */
};

/*
 * A place in the code: one function, at one source line where that is known. One function may have
 * several frames, one for each line samples fell on; they differ in `line` only, but for functions of one name (a part
 * that the compiler split off, another file's), which have code of their own.
 */
struct rg_frame {
	const char *function; /* demangled, or a stand-in when it has no name; never "" */
	const char *file;     /* as the debug information names it, or "" */
	uint32_t line;        /* of the sampled instruction, or 0 */
	uint32_t start_line;  /* of the function, or 0 */
	uint32_t module;      /* index into rg_profile_modules() */
	/*
	 * Identity of the function's machine code: a hash of its instructions but for what the linker decides. Equal
	 * ones are the same code, wherever it was placed. 0: not known.
	 */
	uint64_t code;
	/* function is a stand-in: "[…]", "[…]+0x1f" or "[…]@plt" with anything between the brackets */
	bool unnamed;
};

/* frames[0] is the leaf. Indices into rg_profile_frames(). Never empty. */
struct rg_stack {
	const uint32_t *frames;
	uint32_t depth;
};

struct rg_sample {
	int64_t value[RG_VALUE_COUNT]; /* none negative, not all zero */
	uint32_t stack;                /* index into rg_profile_stacks() */
	uint32_t slice;                /* index into rg_profile_slices(), or RG_NO_SLICE */
	const char *thread;            /* the thread's name, or "" */
	const char *wait; /* class of a wait (RG_WAIT_…), or ""; of on-CPU samples always "" */
};

/* What a thread waited for. Files of later versions may hold others. */
#define RG_WAIT_LOCK    "lock"    /* futex */
#define RG_WAIT_DISK    "disk"    /* uninterruptible, fsync, read of a file */
#define RG_WAIT_NETWORK "network" /* a socket's send, receive, connect, accept */
#define RG_WAIT_POLL    "poll"    /* epoll, poll, select */
#define RG_WAIT_SLEEP   "sleep"
#define RG_WAIT_FAULT   "fault" /* a page fault */
#define RG_WAIT_PIPE    "pipe"
#define RG_WAIT_CHILD   "child" /* the end of a child process */
#define RG_WAIT_OTHER   "other"

/*
 * A part of the window, and what the target's threads did in it: their seconds, and of these those on
 * a CPU (as the scheduler counts them), waiting for a CPU, and blocked. All four 0: not known.
 */
struct rg_slice {
	uint64_t wall_ns; /* length of the slice; the last may be shorter than the others */
	uint64_t thread_ns, cpu_ns, runq_ns, blocked_ns;
	/* Units of work done, thousandths. 0 in all slices: not known by slice. */
	uint64_t work_milli;
};

/*
 * Provenance: key=value facts about the run, keys sorted. The known keys:
 */
#define RG_KEY_TOOL            "tool"    /* "regress-gate 0.1.0" */
#define RG_KEY_VERSION         "version" /* label: tag or describe, "v1.4", "v1.4-3-g1234567-dirty" */
#define RG_KEY_COMMIT          "commit"      /* full object id, or absent */
#define RG_KEY_SCENARIO        "scenario"    /* scenario name */
#define RG_KEY_HOST            "host"        /* nodename */
#define RG_KEY_ARCH            "arch"        /* "x86_64" */
#define RG_KEY_KERNEL          "kernel"      /* release, "6.1.0-18-amd64" */
#define RG_KEY_CPU_MODEL       "cpu_model"   /* as the kernel names it */
#define RG_KEY_CPUS            "cpus"        /* online CPUs sampled */
#define RG_KEY_EVENT           "event"       /* "cpu-clock" */
#define RG_KEY_PERIOD_NS       "period_ns"   /* nanoseconds of CPU time a sample stands for */
#define RG_KEY_STARTED_NS      "started_ns"  /* start of the window, ns since the epoch */
#define RG_KEY_WALL_NS         "wall_ns"     /* length of the window as it was, ns */
#define RG_KEY_WINDOW_NS       "window_ns"   /* length asked for, ns */
#define RG_KEY_WARMUP_NS       "warmup_ns"   /* skipped before the window, ns */
#define RG_KEY_SLICE_NS        "slice_ns"    /* length of a slice, ns */
#define RG_KEY_TARGET          "target"      /* base name of the program */
#define RG_KEY_TARGET_BY       "target.by"   /* how it was told: "pid 12, 13", "unit web.service" */
#define RG_KEY_BUILD_ID        "build_id"    /* of the target's executable, hex */
#define RG_KEY_LEVEL           "symbols"     /* share of leaf samples with a name, "0.987" */
#define RG_KEY_INTERRUPTED     "interrupted" /* "1" when a signal ended the window early */
#define RG_KEY_PROCESSES       "processes"   /* processes seen */
/*
 * Processes of the target that failed from when they were followed, warm-up included, to the window's end: main processes,
 * whose parent is none of the target's, by a status other than 0 or a signal, unless they were asked to end; all, by a
 * signal that dumps core.
 */
#define RG_KEY_FAILED          "target.failed"
#define RG_KEY_FAILURE         "target.failure" /* the first: "shop exited with status 1"; or absent */
/*
 * Of a target told by what it is: processes at the window's end that were of it when the window began, or descend from such. 0: who
 * was profiled first is not who was profiled last.
 */
#define RG_KEY_LIVED           "target.lived"
/*
 * Runs of two versions taken in turns: which round this one is of, from 1, and a name that the rounds
 * of this series alone have in common.
 */
#define RG_KEY_ROUND           "round.number"
#define RG_KEY_ROUND_SERIES    "round.series"
/*
 * Captured beside another target in the same window: how that one was told, and a name that these two runs alone
 * have in common.
 */
#define RG_KEY_CONTROL_WITH    "control.with" /* "pid 123" */
#define RG_KEY_CONTROL_PAIR    "control.pair"
/* Losses: samples that are missing or damaged. Each is a count; absent means not known. */
#define RG_KEY_LOST_TABLE_FULL "lost.table_full" /* samples refused by a full kernel table */
#define RG_KEY_LOST_COLLISION  "lost.collision"  /* samples refused: 64-bit hash shared by stacks */
#define RG_KEY_LOST_EVENTS     "lost.process_events" /* fork/exec/mmap records dropped by the kernel */
#define RG_KEY_LOST_NO_MAPPING "lost.no_mapping"     /* frames in no known mapping */
/*
 * Samples that have the kernel's part of a stack and no other, for there was none: a program that is being put in another's
 * place by execve(2), a process that exits, a kernel thread. No loss: nothing is missing in them.
 */
#define RG_KEY_NO_USER_STACK   "samples.no_user_stack"
/* Samples whose stack does not reach its root, by what ended it. Their outermost frame is RG_FRAME_TRUNCATED. */
#define RG_KEY_CUT_NO_MAPPING  "truncated.no_mapping" /* a return address in no known mapping */
#define RG_KEY_CUT_NO_ROW      "truncated.no_row" /* code without unwind information or frame pointer */
#define RG_KEY_CUT_UNREADABLE  "truncated.unreadable"  /* stack memory that could not be read */
#define RG_KEY_CUT_TOO_DEEP    "truncated.too_deep"    /* more frames than are stored */
#define RG_KEY_CUT_UNSUPPORTED "truncated.unsupported" /* an unwind rule that cannot be followed */
#define RG_KEY_CUT_BROKEN      "truncated.broken" /* a caller's frame that would not lie above */
#define RG_KEY_CUT_KERNEL      "truncated.kernel" /* kernel part deeper than is stored */
/* What unwinding took. */
#define RG_KEY_UNWIND_ROWS     "unwind.rows"
#define RG_KEY_UNWIND_BYTES    "unwind.table_bytes"
#define RG_KEY_UNWIND_BUILD_NS "unwind.build_ns"
#define RG_KEY_UNWIND_REFUSED  "unwind.refused" /* files and processes whose tables found no room */

/*
 * The account of the window, over all threads of the target: what the scheduler counted, without
 * sampling. "Relative" is a fraction, "0.0012"; it may be negative. An SE is the standard error of it.
 */
#define RG_KEY_ACCOUNT_THREAD_NS "account.thread_ns" /* thread-seconds */
#define RG_KEY_ACCOUNT_CPU_NS \
	"account.cpu_ns" /* on a CPU (schedstat, less what it has of waking) */
#define RG_KEY_ACCOUNT_RUNQ_NS      "account.runq_ns"    /* runnable, without a CPU */
#define RG_KEY_ACCOUNT_BLOCKED_NS   "account.blocked_ns" /* blocked */
#define RG_KEY_ACCOUNT_CLOSURE      "account.closure" /* their sum relative to thread_ns, less 1 */
#define RG_KEY_ACCOUNT_CLOSURE_SE   "account.closure_se" /* absent: 0, none of it is sampled */
#define RG_KEY_ACCOUNT_CPU_ERROR    "account.cpu_error"  /* samples x period to cpu_ns, less 1 */
#define RG_KEY_ACCOUNT_CPU_ERROR_SE "account.cpu_error_se"
/* What the target was allowed, and what else the machine did, over the window. */
#define RG_KEY_CGROUP_LIMIT         "cgroup.cpu_limit" /* CPUs the target's cgroup may use; "none" */
#define RG_KEY_CGROUP_THROTTLED_NS \
	"cgroup.throttled_ns"                          /* kept from running by it, over all CPUs */
#define RG_KEY_CGROUP_THROTTLED     "cgroup.throttled" /* periods in which it was, */
#define RG_KEY_CGROUP_PERIODS       "cgroup.periods"   /* of these */
#define RG_KEY_MACHINE_BUSY_NS      "machine.busy_ns"  /* of all CPUs, the target's part included */
#define RG_KEY_MACHINE_STEAL_NS     "machine.steal_ns" /* taken by the hypervisor */
#define RG_KEY_GOVERNOR             "governor"         /* of the CPU frequency, "performance" */
#define RG_KEY_THREADS              "threads"          /* of the target, when the window began */
/* How the program was built, as far as it tells. */
#define RG_KEY_COMPILER             "build.compiler" /* "GNU C17 12.2.0", "go1.22.1" */
#define RG_KEY_COMPILER_FLAGS       "build.flags"    /* "-O2 -g" */
/* What capturing took. */
#define RG_KEY_OWN_BPF_NS           "own.bpf_ns" /* run time of the BPF programs: a lower bound */
#define RG_KEY_OWN_CPU_NS           "own.cpu_ns" /* user CPU of the capture */
/*
 * Work done in the window, a decimal number with at most three places, and what one unit of it is called
 * (rg_text_is_label()). Of a capture that was asked to count and could not the total is missing.
 */
#define RG_KEY_WORK_TOTAL           "work.total"  /* "12345" */
#define RG_KEY_WORK_UNIT            "work.unit"   /* "request" */
#define RG_KEY_WORK_SOURCE          "work.source" /* RG_WORK_…, " ", and which one */
#define RG_KEY_WORK_LOST            "work.lost"   /* why it could not be counted */
#define RG_KEY_WORK_CALL_NS         "work.call_ns" /* what counting a call cost the target, at least */
/* How off-CPU time was sampled; losses of it. */
#define RG_KEY_OFF_CPU_THRESHOLD_NS "off_cpu.threshold_ns" /* from this length on exact */
#define RG_KEY_OFF_CPU_POLL_THRESHOLD_NS \
	"off_cpu.poll_threshold_ns"                    /* the same of class RG_WAIT_POLL */
#define RG_KEY_OFF_CPU_ERROR           "off_cpu.error" /* of the others: relative, a bound */
#define RG_KEY_OFF_CPU_UNATTRIBUTED_NS "off_cpu.unattributed_ns" /* time without a stack */
#define RG_KEY_LOST_WAITS              "lost.waits"              /* waits without a stack */

#define RG_FRAME_TRUNCATED "[truncated]"

/* How work is counted. */
#define RG_WORK_UPROBE     "uprobe"     /* calls of a function, in the kernel */
#define RG_WORK_METRIC     "metric"     /* a counter that the target serves over HTTP */
#define RG_WORK_COMMAND    "command"    /* numbers that a command prints */
#define RG_WORK_COMPLETION "completion" /* ends of a launched command */

/* The name of a unit that has none. */
#define RG_WORK_UNIT "unit"

struct rg_fact {
	const char *key, *value;
};

struct rg_profile;

const struct rg_module *rg_profile_modules(const struct rg_profile *profile, size_t *count);
const struct rg_frame *rg_profile_frames(const struct rg_profile *profile, size_t *count);
const struct rg_stack *rg_profile_stacks(const struct rg_profile *profile, size_t *count);
/* Not of a profile in a pool (rg/pool.h). */
const struct rg_sample *rg_profile_samples(const struct rg_profile *profile, size_t *count);

/* Gives the samples of any profile one after the other, in canonical order: rg_profile_read_samples(), then rg_sample_next() while it is true. */
struct rg_sample_reader {
	const struct rg_profile *profile;
	size_t left;
	/* Of packed ones, where the next begins, and what it takes from the one before. */
	const uint8_t *next;
	uint32_t stack, who;
};

struct rg_sample_reader rg_profile_read_samples(const struct rg_profile *profile);
/* False, and nothing written, behind the last. */
bool rg_sample_next(struct rg_sample_reader *reader, struct rg_sample *out);
size_t rg_profile_sample_count(const struct rg_profile *profile);

/* 0 slices: the profile has none (another tool made it). */
const struct rg_slice *rg_profile_slices(const struct rg_profile *profile, size_t *count);
const struct rg_fact *rg_profile_facts(const struct rg_profile *profile, size_t *count);

/*
 * Of all that a comparison reads: profiles of equal digests may stand in either order. A profile in a pool
 * has the digest of the one it was made from.
 */
uint64_t rg_profile_digest(const struct rg_profile *profile);

/* Sum over all samples. */
int64_t rg_profile_total(const struct rg_profile *profile, enum rg_value value);
/* Whether the profile measured this at all (a zero total may mean either). */
bool rg_profile_has(const struct rg_profile *profile, enum rg_value value);

/* The value stored for key, or NULL. */
const char *rg_profile_fact(const struct rg_profile *profile, const char *key);
/* The same as a number; `fallback` when it is absent or not a number. */
uint64_t rg_profile_fact_u64(const struct rg_profile *profile, const char *key, uint64_t fallback);
/* The same as a finite decimal number, "-0.0012" or "1.5e-3". */
double rg_profile_fact_real(const struct rg_profile *profile, const char *key, double fallback);

void rg_profile_free(struct rg_profile *profile);

/*
 * A copy that takes less memory, for sets of hundreds: the slices in at most `most_slices` (> 0) parts of
 * equal length, and of what ran on a CPU no names of threads. A comparison sees no difference where the
 * engine batches slices no finer. RG_ENOMEM, RG_ELIMIT.
 */
int rg_profile_reduce(const struct rg_profile *profile, uint32_t most_slices,
		      struct rg_profile **out, struct rg_err *err);

/*
 * The run that `count` (> 0) parts are of, of one target one after the other: their slices in a row, samples and
 * losses summed, errors weighed by what they are relative to. What a part does not know is not known of the
 * whole; what says which run it is comes from the first. RG_ENOMEM, RG_ELIMIT.
 */
int rg_profile_join(const struct rg_profile *const *part, size_t count, struct rg_profile **out,
		    struct rg_err *err);

/* --- Building ------------------------------------------------------------------------------- */

/* Bounds on what one profile may hold; exceeding one is RG_ELIMIT naming it. */
enum {
	RG_PROFILE_MAX_SAMPLES = 1 << 24,
	RG_PROFILE_MAX_STACKS = 1 << 23,
	RG_PROFILE_MAX_FRAMES = 1 << 22,
	RG_PROFILE_MAX_DEPTH = 4096,
	RG_PROFILE_MAX_SLICES = 1 << 20,
	RG_PROFILE_MAX_TEXT = 1 << 16, /* bytes of one string */
};

struct rg_profile_builder;

struct rg_profile_builder *rg_profile_builder_new(void);
void rg_profile_builder_free(struct rg_profile_builder *builder);

/*
 * Each of these copies what it is given, returns the id of an equal entry that exists already, and
 * returns 0, RG_ENOMEM, RG_ELIMIT, or RG_EFORMAT for what no profile may hold (an empty function
 * name, an empty stack, an id that was never given out, a negative value, a slice out of range).
 */
/* The name loses its directories. The build id is lower-case hex or "". */
int rg_profile_builder_module(struct rg_profile_builder *builder, const char *name,
			      const char *build_id, uint32_t *id, struct rg_err *err);
/*
 * The names that make a frame `unnamed` are those of struct rg_frame; the flag is set for them
 * whatever it was, and refused with any other name. `file` may be NULL for "".
 */
int rg_profile_builder_frame(struct rg_profile_builder *builder, const struct rg_frame *frame,
			     uint32_t *id, struct rg_err *err);
int rg_profile_builder_stack(struct rg_profile_builder *builder, const uint32_t *frames,
			     size_t depth, uint32_t *id, struct rg_err *err);
/* All-zero values are dropped without an error; NULL stands for "". RG_ELIMIT when a total exceeds 2^63 - 1. */
int rg_profile_builder_sample(struct rg_profile_builder *builder, const struct rg_sample *sample,
			      struct rg_err *err);
/* Slices are appended in order; samples may name a slice before it is appended, but not at finish. */
int rg_profile_builder_slice(struct rg_profile_builder *builder, const struct rg_slice *slice,
			     struct rg_err *err);
/*
 * Replaces an earlier value of the same key. Keys are [a-z0-9_.]+ of at most 64 bytes, and not
 * "slices"; values may not hold a newline.
 */
int rg_profile_builder_fact(struct rg_profile_builder *builder, const char *key, const char *value,
			    struct rg_err *err);
int rg_profile_builder_fact_u64(struct rg_profile_builder *builder, const char *key, uint64_t value,
				struct rg_err *err);
/* Declares that this value was measured, even when no sample of it follows. */
void rg_profile_builder_measures(struct rg_profile_builder *builder, enum rg_value value);

/* On success *out is the profile and the builder is empty again; it is freed by its owner. */
int rg_profile_builder_finish(struct rg_profile_builder *builder, struct rg_profile **out,
			      struct rg_err *err);

#endif
