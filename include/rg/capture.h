/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_CAPTURE_H
#define RG_CAPTURE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;
struct rg_profile_builder;

/*
 * Capture: a running target in, a profile out. Samples the target's processes on every CPU for a window,
 * follows their children, and names the code. Changes nothing on the machine and leaves nothing behind,
 * also when killed.
 */

enum rg_capture_phase {
	RG_CAPTURE_START = 0, /* loading, launching */
	RG_CAPTURE_WARMUP,
	RG_CAPTURE_WINDOW,
	RG_CAPTURE_SYMBOLS, /* after the window: naming the code */
};

/* How a capture stands; handed to the progress callback about ten times a second. */
struct rg_capture_status {
	enum rg_capture_phase phase;
	uint64_t elapsed_ns, length_ns; /* of the phase; length 0 when not known */
	uint64_t samples;               /* of the target so far */
	uint64_t lost;                  /* samples and process records lost so far */
	uint32_t processes;             /* alive now */
	double busy_cores;              /* samples x period / elapsed */
};

/* Whom a launched program runs as. */
struct rg_capture_user {
	uid_t uid;
	gid_t gid;
};

/* Kernel features that a capture can be told to do without, as on a kernel that lacks them. */
enum rg_capture_feature {
	RG_CAPTURE_BPF_LOOP = 1,     /* bpf_loop(), Linux 5.17 */
	RG_CAPTURE_SCHED_EXIT = 2,   /* tracepoint sched_exit_tp; 6.18 has it, 6.1 has not */
	RG_CAPTURE_SWITCH_STATE = 4, /* sched_switch's prev_state, Linux 5.18 */
	RG_CAPTURE_TP_BTF = 8, /* the types of what tracepoints hand over, in the kernel's BTF */
};

/*
 * What the target's work is counted by, so that its cost is known per unit of it: at most one of these. Without any, a launched
 * command that ends by itself within the window, which began with it (no warm-up), is one unit, called "run".
 */
struct rg_capture_work {
	/*
	 * "BINARY:FUNCTION": calls of it by the target's processes. BINARY is a path as the target sees it, or the base name
	 * of a file that it has mapped, or of the command; FUNCTION a symbol, "symbol+0x1c", or "0x401136".
	 */
	const char *uprobe;
	/*
	 * Reads a number that grows by one with every unit of work, or says why it cannot. Called on a thread of its own, a few
	 * dozen times, the last time when the window has ended.
	 */
	int (*read)(void *ctx, double *value, struct rg_err *err);
	void *read_ctx;
	const char *read_name; /* what it is in the profile: RG_KEY_WORK_SOURCE */
	/* A shell command that prints such a number, run as the user; the last line of its output counts. */
	const char *command;
	const char *unit; /* what one is called (rg_text_is_label()); NULL: "call", "unit", "run" */
};

/* Whether --work-uprobe has the form BINARY:FUNCTION. RG_EUSAGE. */
int rg_capture_check_uprobe(const char *uprobe, struct rg_err *err);

/*
 * When a launched target is up: warm-up, window and load begin then. At most one of the three; none: at once.
 */
struct rg_capture_ready {
	uint16_t port;       /* TCP: somebody accepts there, on this machine */
	const char *line;    /* it has printed this, of RG_READY_LINE_MAX bytes at most */
	const char *command; /* this shell command succeeds, run as the user, again and again */
	uint64_t timeout_ns;
};

enum { RG_READY_LINE_MAX = 200 };

struct rg_capture_options {
	/* Either a command to launch (NULL-terminated, found along PATH) … */
	char *const *argv;
	/* … or processes to attach to; their descendants are included. */
	const pid_t *pids;
	size_t pid_count;
	/*
	 * … or processes by what they are, as long as they are it: called `comm` (of 15 bytes at most, as the kernel
	 * cuts it), in the cgroup with this directory or one below, or all there are. This process and what it
	 * launched are none of them. One that forks is followed; who joins and leaves in the window counts for that time.
	 */
	const char *comm;
	const char *cgroup;
	bool all;
	const char *target_text; /* what provenance calls the target; NULL: as the above */

	/* Where argv runs, and where what is run beside it does: load and the commands of ready and work. NULL: where we are. */
	const char *directory, *helpers_directory;
	struct rg_capture_ready ready;
	/*
	 * How often argv is run, each time when the one before has ended; the window ends with the last, but lasts no longer
	 * than window_ns. Without a counter of work each is a unit of it. 0: once.
	 */
	uint32_t executions;
	const char *load; /* shell command run beside the target, not profiled; or NULL */
	const struct rg_capture_user *user; /* argv and load run as this user; NULL: as we are */
	uint64_t window_ns, warmup_ns, slice_ns;
	uint32_t frequency_hz;
	bool off_cpu; /* follow waits as well */
	/* Fewer stacks that wait are walked while the BPF programs take more than this part of the target's CPU
	 * time; 0: as many as there are. */
	double max_overhead;
	struct rg_capture_work work;
	uint32_t without; /* enum rg_capture_feature */
	int output_fd;    /* what argv and load print is copied there as well; -1: nowhere */

	void (*progress)(void *ctx, const struct rg_capture_status *status);
	void *progress_ctx;
	/* Told in the end of each file that the target had code of, its path as the kernel names it; or NULL. */
	void (*mapped)(void *ctx, const char *path);
	void *mapped_ctx;
	/* Becomes non-zero (a signal number) when the user wants the window to end; or NULL. */
	const volatile sig_atomic_t *stop;
};

/* How a cgroup is named. */
enum rg_cgroup_name {
	RG_CGROUP_DIRECTORY, /* by its directory, its path as in /proc/PID/cgroup, or its number */
	RG_CGROUP_CONTAINER, /* by (the beginning of) a container's identifier; the name of a machine or of LXC's */
	RG_CGROUP_POD,  /* by the unique identifier of a pod */
	RG_CGROUP_UNIT, /* by a unit of systemd; "x" is "x.service" */
};

/*
 * The directory of a cgroup, of PATH_MAX bytes. RG_ETARGET when there is none, naming the nearest; RG_EUSAGE when there
 * are several; RG_EIO, RG_ENOMEM.
 */
int rg_cgroup_find(enum rg_cgroup_name kind, const char *name, char *directory, struct rg_err *err);

/* What there is to tell about a capture beside its profile. */
struct rg_capture_result {
	uint64_t wall_ns; /* of the window as it was */
	uint64_t samples;
	uint64_t waits;    /* whose stacks were taken */
	bool interrupted;  /* ended by *stop */
	bool target_ended; /* the target ended before the window did, by itself, without failing */
	bool load_ended;   /* the load did */
	uint64_t load_after_ns; /* into the window; 0: before it began */
	uint64_t failed;        /* processes of the target that failed (RG_KEY_FAILED) */
	char failure[128];      /* what the first of them did, or "" */
	bool work_counted;
	double work;         /* units */
	double work_cost;    /* of counting calls: part of the target's CPU time, at least */
	char work_lost[256]; /* why work could not be counted, or "" */
};

/*
 * Captures into the builder: modules, frames, stacks, samples, slices, and the facts a capture knows (machine,
 * event, window, losses); version, commit and scenario are the caller's to add.
 * Errors: RG_EPRIVILEGE, RG_EIO, RG_EUSAGE (no such process, program not found), RG_ETARGET (nobody is the target; it or the load
 * failed, with the end of its output; or the target was gone before it could be sampled), RG_EINTERRUPTED (stopped before the
 * window began), RG_ENOMEM, RG_ELIMIT.
 */
int rg_capture_run(const struct rg_capture_options *options, struct rg_profile_builder *builder,
		   struct rg_capture_result *result, struct rg_err *err);

/* How a launched target behaves without being profiled. */
struct rg_capture_rehearsal {
	bool ended;       /* by itself, and well */
	bool ready;       /* as the options say that it is */
	uint64_t took_ns; /* until it ended, or was ready */
};

/*
 * Runs argv until it has ended or is ready, or else for limit_ns, and ends it: its files are in memory then, and that it
 * can run is known. Of the options those that say what to launch and when it is up, output_fd and stop count.
 * RG_EUSAGE, RG_ETARGET, RG_EIO, RG_ENOMEM as rg_capture_run(); RG_EINTERRUPTED.
 */
int rg_capture_rehearse(const struct rg_capture_options *options, uint64_t limit_ns,
			struct rg_capture_rehearsal *out, struct rg_err *err);
/*
 * The same in parts, one after the other, of one target that is launched once and runs on between them. `next` is called
 * with each part, and says how long the next one is to be: 0 when it was the last. No warm-up goes before the later
 * ones, and `more` is false when there can be none: the target, or the load, has ended, or the user has ended it. Each
 * part is a profile of its own, to be joined (rg_profile_join()). Errors: as above, and those of `next`.
 */
struct rg_capture_part {
	/* Filled, to be empty again for the next. NULL: the target ended before there was more of it. */
	struct rg_profile_builder *builder;
	const struct rg_capture_result *result;
	bool more;
};

typedef int rg_capture_next(void *ctx, const struct rg_capture_part *part, uint64_t *window_ns,
			    struct rg_err *err);

int rg_capture_run_parts(const struct rg_capture_options *options, rg_capture_next *next, void *ctx,
			 struct rg_err *err);

/* --- Two at once ----------------------------------------------------------------------------- */

enum { RG_CAPTURE_BASELINE, RG_CAPTURE_CANARY, RG_CAPTURE_SIDES };

/*
 * Captures two targets that run already, side by side in the same window, slice beside slice; the facts of each say that
 * they are a pair (RG_KEY_CONTROL_…). Window, warm-up, slice and frequency are the canary's for both, and so are `load`,
 * `stop` and `progress`, which is told of the canary.
 * Errors: as rg_capture_run(), the side they are of before them; RG_EUSAGE too when a process is part of both; RG_ETARGET
 * too when either ends, or is started again, in the window; RG_EINTERRUPTED when it was stopped before its end. Then
 * there is no profile of either.
 */
int rg_capture_run_pair(const struct rg_capture_options options[RG_CAPTURE_SIDES],
			struct rg_profile_builder *const builder[RG_CAPTURE_SIDES],
			struct rg_capture_result result[RG_CAPTURE_SIDES], struct rg_err *err);

/* --- Can this machine capture? --------------------------------------------------------------- */

enum rg_check_state {
	RG_CHECK_FAIL = 0,
	RG_CHECK_WARN = 1,
	RG_CHECK_PASS = 2,
};

enum { RG_CHECK_TEXT_MAX = 256 };

struct rg_check {
	enum rg_check_state state;
	char what[32];                 /* "kernel", "BTF" */
	char found[RG_CHECK_TEXT_MAX]; /* what was found */
	char mend[RG_CHECK_TEXT_MAX];  /* what to do; "" on a pass */
};

enum { RG_CAPTURE_CHECKS_MAX = 16 };

/* Fills checks, returns how many. Tries the real thing last: loading the programs. */
size_t rg_capture_checks(struct rg_check checks[RG_CAPTURE_CHECKS_MAX]);

/*
 * What of a target can be unwound and named: of the options only those that tell the target, and `user`, count. A command runs
 * for a second. Fills checks, sets *count. RG_ETARGET when nobody is the target; otherwise as rg_capture_run().
 */
enum { RG_TARGET_CHECKS_MAX = 16 };
int rg_capture_inspect(const struct rg_capture_options *options,
		       struct rg_check checks[RG_TARGET_CHECKS_MAX], size_t *count,
		       struct rg_err *err);

#endif
