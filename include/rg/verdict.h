/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_VERDICT_H
#define RG_VERDICT_H

#include "rg/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_arena;
struct rg_err;

/*
 * A verdict: what the comparison of two sets of runs came to, with everything a report shows.
 * It owns all its texts. Names in it are untrusted bytes: renderers escape them.
 */

/* Zero is inconclusive: nothing left unset can read as a pass. */
enum rg_outcome {
	RG_OUTCOME_UNDECIDED = 0,
	RG_OUTCOME_PASS = 1,
	RG_OUTCOME_FAIL = 2,
	RG_OUTCOME_NOT_COMPARABLE = 3,
	RG_OUTCOME_NO_BASELINE = 4,
};

enum rg_status {
	RG_STATUS_UNKNOWN = 0, /* not decided: not tested, too few samples, or not comparable */
	RG_STATUS_UNCHANGED = 1,
	RG_STATUS_IMPROVED = 2,  /* significantly cheaper */
	RG_STATUS_DISPLACED = 3, /* entered the top K only because another frame shrank */
	RG_STATUS_SUSPECT = 4,   /* above the threshold but not significant; withholds a pass */
	RG_STATUS_NEW = 5,       /* absent or negligible in the baseline; fails */
	RG_STATUS_REGRESSED = 6, /* grew beyond the threshold, significantly; fails */
	RG_STATUS_IGNORED = 7,   /* not judged: a pattern of the policy says so */
	RG_STATUS_ACCEPTED = 8,  /* would fail, and the policy accepts it for now */
	RG_STATUS_MOVED = 9,     /* grew by code that came from elsewhere; a warning: see moves */
	/* grew, but is the same machine code that the linker put elsewhere; a warning */
	RG_STATUS_PLACED = 10,
};

/* Whether the policy accepts what fails. */
enum rg_acceptance {
	RG_ACCEPTANCE_NONE = 0,
	RG_ACCEPTANCE_HOLDS = 1,
	RG_ACCEPTANCE_EXPIRED = 2,  /* or today is not known: it fails */
	RG_ACCEPTANCE_EXCEEDED = 3, /* it has grown by more: it fails */
};

/* What the policy says of a row that fails, or would; all but `found` are the entry's, 0 and "" without one. */
struct rg_row_accept {
	enum rg_acceptance found;
	const char *reason, *owner;
	uint32_t expires;
	double growth;
};

enum rg_dimension {
	RG_DIMENSION_ON_CPU = 0,
	RG_DIMENSION_OFF_CPU = 1,
};

/* Growths are cut off here (100,000 %): beyond it a figure says nothing. */
#define RG_GROWTH_MAX 1000.0

/*
 * A function's cost on both sides, or the total's. Of a row of off-CPU time `function` is the one
 * that answers for the wait, or a thread's name where none does (unnamed then); samples are waits (1
 * also where an estimate is less), costs are seconds of blocked time per wall second, or per unit of work where that is
 * the basis, shares are of the off-CPU time that is not idle.
 */
struct rg_row {
	enum rg_dimension dimension;
	enum rg_status status;
	const char *function; /* as shown: the name as the profile has it; "" for the total */
	const char *key;      /* canonical name it was matched by; "" for the total */
	const char *module;   /* base name; "" for the total */
	/* What the baseline calls it, if that is another name or module: compared as one. Else "". */
	const char *renamed_from;
	const char *renamed_by; /* the commit that did, hex; NULL or "": none is known */
	const char *wait; /* class of the wait (RG_WAIT_…); "" of CPU time, and for the total */
	const char *api;  /* the call it waits in: "pthread_mutex_lock"; "" when not known */
	const char *file; /* where most of its canary (else baseline) samples fell, or "" */
	uint32_t line;    /* 0: not known */
	bool in_repo; /* `file` is a path below the repository's top, as the canary's commit has it */
	bool tested;                     /* member of the family that was tested */
	bool unnamed;                    /* stands for code without a symbol */
	uint32_t rank_base, rank_canary; /* 1 is the heaviest; 0: no samples on that side */
	int64_t samples_base, samples_canary;
	/* CPU seconds per wall second or unit of work, or share of the total: by the basis. */
	double cost_base, cost_canary;
	double share_base, share_canary;
	/*
	 * canary/baseline - 1 with its two-sided 95 % interval, on the basis of the verdict, after what
	 * all functions have in common was divided out (so it may differ from cost_canary/cost_base:
	 * raw_growth is that). Meaningless (0) when samples_base is 0: say "new". Always finite and
	 * at most RG_GROWTH_MAX. Under the literal rule there is no interval: all three are equal.
	 */
	double growth, growth_low, growth_high;
	double raw_growth;
	/* What it may grow before it fails, and the policy's pattern that says so, or that it is ignored;
	 * "": what holds for all. */
	double growth_allowed;
	const char *pattern;
	struct rg_row_accept accept;
	/* Growth this run would have found in this frame; RG_GROWTH_MAX: none whatever; 0: not tested. */
	double mdg;
	double p; /* of no growth, one-sided; 1 when not tested */
	/* Change of cost that is certain at 95 %, with its sign; 0 when the interval holds no change. */
	double impact;
};

/* What a growth is of: a function's own cost, that of a caller with all it calls, or the total. */
enum rg_growth_of {
	RG_GROWTH_OF_ROW = 0,
	RG_GROWTH_OF_CALLER = 1,
	RG_GROWTH_OF_TOTAL = 2,
};

/*
 * Where the growth of something that fails came in: the function nearest to the leaves, of the application, that
 * accounts for most of it. Where it came by several ways there is one of these for each.
 */
struct rg_entry {
	enum rg_dimension dimension;
	enum rg_growth_of of;
	size_t row; /* index among the rows of that dimension, or the callers; 0 of the total */
	const char *function, *module; /* as shown */
	const char *file;              /* where most of its canary samples called on, or "" */
	uint32_t line;                 /* 0: not known */
	double explains;               /* part of the growth that is on stacks through it, 0 to 1 */
};

/* How code came from one function to another. */
enum rg_move_how {
	RG_MOVE_REPLACED = 0,  /* the same callers call this one in its place, or the file has it */
	RG_MOVE_INLINED = 1,   /* the function does itself what it called before */
	RG_MOVE_TAKEN_OUT = 2, /* the other calls what it did itself before */
	RG_MOVE_LINES = 3,     /* its source has lines that the other's had */
};

/* Where a row that is RG_STATUS_MOVED has its growth from; of one row, the greatest loss first. */
struct rg_move {
	enum rg_dimension dimension;
	size_t row; /* index among the rows of that dimension */
	enum rg_move_how how;
	const char *function, *module; /* that lost it, as shown */
	double change;                 /* of its cost, or of the part that moved: -1 is all of it */
	double explains;               /* that loss, of the row's growth; 0 to 1 */
	double together; /* growth of all that gained or lost by it, as one: canary/baseline - 1 */
	/* The commit that moved its lines there, hex; NULL or "": none is known. */
	const char *commit;
};

/* One reason why the sides cannot be compared, or one caution. */
struct rg_issue {
	bool blocking;    /* not comparable; else a caution that is only shown */
	bool off_cpu;     /* of off-CPU time alone: CPU time is judged all the same */
	const char *what; /* "CPU model", "load" */
	const char *base, *canary;
	const char *limit; /* "must be equal", "ratio within 0.4 to 2.5" */
};

/* Something the sides ran under, or were made of, as people read it. */
struct rg_condition {
	const char *what;          /* "CPU limit", "compiler" */
	const char *base, *canary; /* "not known" where no run of the side says */
};

struct rg_loss {
	const char *key; /* RG_KEY_LOST_… */
	uint64_t count;
};

/* A difference between the policy that was applied and the one the branch brings along. */
struct rg_policy_change {
	const char *what;     /* "growth", "ignore" */
	const char *applied;  /* as the configuration file writes it: "15%"; "none" */
	const char *proposed; /* and not applied */
};

/* Whose lines a commit changed. */
enum rg_commit_of {
	RG_COMMIT_OF_ROW = 0,
	RG_COMMIT_OF_CALLER = 1,
	RG_COMMIT_OF_ENTRY = 2,
};

/* A commit between the two versions that changed lines of a function that grew, or that growth came in by. */
struct rg_commit {
	enum rg_dimension dimension;
	enum rg_commit_of of;
	size_t row; /* whose function: index among the rows of that dimension, the callers or the entries */
	const char *id; /* full, hex */
	const char *subject, *author;
	const char *file; /* below the repository's top, as the canary's commit has it */
	/* What became of the changed lines, in the canary's file; 0: nothing of them is left there. */
	uint32_t first_line, last_line;
	/* The changed lines, each with "+" or "-" before it and a newline behind; cut short. */
	const char *lines;
};

/*
 * The account of one side: what the scheduler counted over all threads, against what was sampled; and
 * what the capture itself took. Sums over the runs; errors are those of the worst run, relative and with
 * their sign.
 */
struct rg_account {
	bool known;     /* by every run: the sums, and how they close */
	bool cpu_known; /* by every run: the CPU time by samples against that by the scheduler */
	bool own_known; /* by every run */
	bool off_cpu;   /* every run measured off-CPU time */
	uint64_t thread_ns, cpu_ns, runq_ns, blocked_ns;
	double closure; /* (cpu + runq + blocked) / thread - 1 */
	double cpu_error, cpu_error_se;
	uint64_t own_cpu_ns; /* user CPU of the capture */
	uint64_t own_bpf_ns; /* of its BPF programs: a lower bound */
	/* Waits from this length on are exact, the largest of the runs; bound of the others' standard deviation. */
	uint64_t threshold_ns;
	double off_cpu_error;
};

/* One side of the comparison: J runs of one version. */
struct rg_side {
	const char *version, *commit, *host; /* "" when not known */
	const char *tool;                    /* that captured it, "" when not known */
	size_t runs;
	int64_t samples;
	uint64_t wall_ns, cpu_ns; /* summed over the runs */
	double busy_cores;        /* cpu_ns / wall_ns; 0 when wall time is not known */
	double named_share;       /* samples whose leaf has a name */
	double work;              /* units done in all runs; 0 also when a run did not count them */
	bool interrupted;         /* a run was cut short by a signal */
	bool has_slices;
	const struct rg_loss *losses; /* non-zero ones */
	size_t loss_count;
	struct rg_account account;
	const char *const *profiles; /* SHA-256 of the profiles as they are stored, where known */
	size_t profile_count;
};

/* Off-CPU time. Idle waits are in none of it but what says so. */
struct rg_off_cpu {
	bool measured; /* on both sides; else all below is empty */
	bool judged;   /* and compared: the outcome is of it as well */
	struct rg_row total;
	const struct rg_row
		*rows; /* in the order of the verdict's rows; at most RG_VERDICT_MAX_ROWS */
	size_t row_count, rows_left_out;
	size_t ignored_count; /* as the verdict's */
	double ignored_share_base, ignored_share_canary;
	/* Idle waits: the heaviest ones, and what they all come to, in seconds per wall second. */
	const struct rg_row *idle;
	size_t idle_count, idle_left_out;
	double idle_base, idle_canary;
	/* Part of the time that is not idle that no function of the application answers for. */
	double unattributed_base, unattributed_canary;
	/* Waiting for a CPU, never judged: seconds per wall second; 0 also when not known. */
	double runq_base, runq_canary;
};

struct rg_verdict {
	enum rg_outcome outcome;
	/*
	 * The outcome is of a comparison: there were samples in every run of both sides, something was tested that could
	 * have failed, and every number could be computed. An undecided verdict then lacks certainty alone; without it
	 * nothing is known, and nobody may let that through. Always so of a pass and a failure.
	 */
	bool compared;
	struct rg_policy policy;
	enum rg_basis basis;  /* never auto */
	const char *reason;   /* one line: why this outcome; quotes names */
	const char *advice;   /* one line: what would decide it; "" when decided */
	const char *scenario; /* "" when not known */
	/* What a unit of work is called: rg_text_is_label(). "" when none was counted. */
	const char *work_unit;
	/* Rounds of one run a side that were compared round by round; 0: the runs are not paired. */
	size_t paired_rounds;
	/* The runs are one of each side, of two processes side by side in the same window, compared slice by slice. */
	bool concurrent;
	/* How the baseline was chosen, and what it lacks; "" when there is nothing to say. */
	const char *baseline_note;
	struct rg_side base, canary;
	struct rg_row total; /* tested only when the basis allows it */
	/*
	 * Functions, in the order a report shows them: failing, accepted, moved, suspect, then those that were tested,
	 * then by the size of `impact`, then by canary cost. At most RG_VERDICT_MAX_ROWS; rows_left_out counts the rest.
	 */
	const struct rg_row *rows;
	size_t row_count, rows_left_out;
	/* Functions with samples that the policy ignores, among the rows or not, and their part of the CPU. */
	size_t ignored_count;
	double ignored_share_base, ignored_share_canary;
	/*
	 * Callers that fail by what they cost with all they call, though what they call does not by itself: costs,
	 * shares and samples are of all that. Then those that are accepted.
	 */
	const struct rg_row *callers;
	size_t caller_count;
	/* By dimension, then what it is of, then row; the part that explains most first. */
	const struct rg_entry *entries;
	size_t entry_count;
	/* By dimension, then row. */
	const struct rg_move *moves;
	size_t move_count;
	struct rg_off_cpu off_cpu;
	const struct rg_issue *issues;
	size_t issue_count;
	/* Side by side: the target, the machine, what it allowed, the build. Those that a side knows of. */
	const struct rg_condition *conditions;
	size_t condition_count;
	/* Of which revision's configuration the policy is, when not of the work tree's; else "". */
	const char *policy_from;
	const struct rg_policy_change *policy_changes;
	size_t policy_change_count;
	/* By whose they are, then row, then the latest first. */
	const struct rg_commit *commits;
	size_t commit_count;
	const char *commits_note; /* why some may be missing, and what would bring them; else "" */
	/*
	 * The same canary against a second, fixed version, or NULL: owned, without one of its own.
	 * pinned_decides: outcome, compared, reason and advice above are because of it, and the rows are not.
	 */
	struct rg_verdict *pinned;
	bool pinned_decides;
	struct rg_arena *arena; /* owns all of it, the struct itself included */
};

enum {
	RG_VERDICT_MAX_ROWS = 200,
	RG_VERDICT_MAX_IDLE = 20,
	RG_VERDICT_MAX_COMMITS = 100,
	RG_VERDICT_MAX_CALLERS = 5,
	RG_VERDICT_MAX_ENTRIES = 150,
	RG_VERDICT_MAX_MOVES = 100,
	RG_VERDICT_MAX_MOVES_OF = 4 /* of one row */
};

/* Frees a pinned one as well. */
void rg_verdict_free(struct rg_verdict *verdict);

/*
 * Adds the comparison with a second version, called `label`; `pinned` is taken, on errors too. The outcome becomes
 * the worse of both. RG_ENOMEM.
 */
int rg_verdict_pin(struct rg_verdict *verdict, struct rg_verdict *pinned, const char *label,
		   struct rg_err *err);
/*
 * The growth that an entry of "accept" has to allow for such a row to be accepted in the next run of the same as well, nine
 * times in ten: what fails is accepted by its estimate, and may come to the upper end of its interval; what is only in doubt
 * by all that it may have grown by, which is as far again. RG_GROWTH_MAX of what is new.
 */
double rg_row_growth_to_accept(const struct rg_row *row);

/* The comparison that the outcome is of: the verdict itself, or the pinned one. */
const struct rg_verdict *rg_verdict_deciding(const struct rg_verdict *verdict);

/* "undecided", "pass", "fail", "not_comparable", "no_baseline". */
const char *rg_outcome_name(enum rg_outcome outcome);
/* "unknown", "unchanged", "improved", "displaced", "suspect", "new", "regressed", "ignored", "accepted", "moved", "placed". */
const char *rg_status_name(enum rg_status status);
/* "none", "holds", "expired", "exceeded". */
const char *rg_acceptance_name(enum rg_acceptance acceptance);
/* "row", "caller", "total". */
const char *rg_growth_of_name(enum rg_growth_of of);
/* "row", "caller", "entry". */
const char *rg_commit_of_name(enum rg_commit_of of);
/* "replaced", "inlined", "taken_out", "lines". */
const char *rg_move_how_name(enum rg_move_how how);
/* "on_cpu", "off_cpu". */
const char *rg_dimension_name(enum rg_dimension dimension);

#endif
