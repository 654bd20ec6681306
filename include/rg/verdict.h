/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_VERDICT_H
#define RG_VERDICT_H

#include "rg/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_arena;

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
};

enum rg_dimension {
	RG_DIMENSION_ON_CPU = 0,
};

/* Growths are cut off here (100,000 %): beyond it a figure says nothing. */
#define RG_GROWTH_MAX 1000.0

/* A function's cost on both sides, or the total's. */
struct rg_row {
	enum rg_dimension dimension;
	enum rg_status status;
	const char *function; /* as shown: the name as the profile has it; "" for the total */
	const char *key;      /* canonical name it was matched by; "" for the total */
	const char *module;   /* base name; "" for the total */
	const char *file;     /* where most of its canary (else baseline) samples fell, or "" */
	uint32_t line;        /* 0: not known */
	bool tested;          /* member of the family that was tested */
	bool unnamed;         /* stands for code without a symbol */
	uint32_t rank_base, rank_canary; /* 1 is the heaviest; 0: no samples on that side */
	int64_t samples_base, samples_canary;
	/* CPU seconds per wall second (basis second), or share of the total (basis share). */
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
	/* Growth this run would have found in this frame; RG_GROWTH_MAX: none whatever; 0: not tested. */
	double mdg;
	double p; /* of no growth, one-sided; 1 when not tested */
	/* Change of cost that is certain at 95 %, with its sign; 0 when the interval holds no change. */
	double impact;
};

/* One reason why the sides cannot be compared, or one caution. */
struct rg_issue {
	bool blocking;    /* not comparable; else a caution that is only shown */
	const char *what; /* "CPU model", "load" */
	const char *base, *canary;
	const char *limit; /* "must be equal", "ratio within 0.4 to 2.5" */
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

/* One side of the comparison: J runs of one version. */
struct rg_side {
	const char *version, *commit, *host; /* "" when not known */
	const char *tool;                    /* that captured it, "" when not known */
	size_t runs;
	int64_t samples;
	uint64_t wall_ns, cpu_ns; /* summed over the runs */
	double busy_cores;        /* cpu_ns / wall_ns; 0 when wall time is not known */
	double named_share;       /* samples whose leaf has a name */
	bool interrupted;         /* a run was cut short by a signal */
	bool has_slices;
	const struct rg_loss *losses; /* non-zero ones */
	size_t loss_count;
};

struct rg_verdict {
	enum rg_outcome outcome;
	struct rg_policy policy;
	enum rg_basis basis;  /* never auto */
	const char *reason;   /* one line: why this outcome; quotes names */
	const char *advice;   /* one line: what would decide it; "" when decided */
	const char *scenario; /* "" when not known */
	struct rg_side base, canary;
	struct rg_row total; /* tested only when the basis allows it */
	/*
	 * Functions, in the order a report shows them: failing, suspect, then those that were tested,
	 * then by the size of `impact`, then by canary cost. At most RG_VERDICT_MAX_ROWS; rows_left_out counts the rest.
	 */
	const struct rg_row *rows;
	size_t row_count, rows_left_out;
	/* Functions with samples that the policy ignores, among the rows or not, and their part of the CPU. */
	size_t ignored_count;
	double ignored_share_base, ignored_share_canary;
	const struct rg_issue *issues;
	size_t issue_count;
	/* Of which revision's configuration the policy is, when not of the work tree's; else "". */
	const char *policy_from;
	const struct rg_policy_change *policy_changes;
	size_t policy_change_count;
	struct rg_arena *arena; /* owns all of it, the struct itself included */
};

enum { RG_VERDICT_MAX_ROWS = 200 };

void rg_verdict_free(struct rg_verdict *verdict);

/* "undecided", "pass", "fail", "not_comparable", "no_baseline". */
const char *rg_outcome_name(enum rg_outcome outcome);
/* "unknown", "unchanged", "improved", "displaced", "suspect", "new", "regressed", "ignored". */
const char *rg_status_name(enum rg_status status);

#endif
