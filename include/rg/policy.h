/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_POLICY_H
#define RG_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_arena;
struct rg_err;

/* The rules a verdict is made by. All shares and growths are fractions: 0.15 is 15 %. */

enum rg_rule {
	RG_RULE_STATISTICAL = 0,
	/*
	 * The seed rule as worded, without statistics: fail when a function enters the top K by
	 * self-CPU, or the share of any function in either side's top K grows by more than the
	 * threshold. Always on shares.
	 */
	RG_RULE_LITERAL = 1,
};

/* What cost is divided by before it is compared. */
enum rg_basis {
	RG_BASIS_AUTO = 0,   /* work when both sides counted it, else share */
	RG_BASIS_SECOND = 1, /* per wall second: right for load at a fixed rate */
	RG_BASIS_SHARE = 2,  /* share of the total, guarded against composition effects */
	RG_BASIS_WORK = 3,   /* per unit of work: right for any load, where work is counted */
};

enum {
	RG_POLICY_LIST_MAX = 256,    /* entries of either list below */
	RG_POLICY_PATTERN_MAX = 512, /* bytes of a pattern */
	RG_POLICY_TEXT_MAX = 200,    /* bytes of a reason, and of an owner's name */
};

/* In an rg_policy_function: as the policy has it for all functions. */
#define RG_POLICY_INHERIT (-1.0)

/* What the functions are allowed that a pattern names (rg_pattern_match()). */
struct rg_policy_function {
	const char *match;               /* of the canonical name */
	const char *module;              /* of the canonical module name; NULL: any */
	double growth, limit, min_share; /* as in the policy, or RG_POLICY_INHERIT */
};

/* What an acceptance matches that is of the total, to the letter: no pattern does. */
#define RG_POLICY_TOTAL       "(total)"
#define RG_POLICY_TOTAL_WAITS "(total off CPU)"

/*
 * A growth that somebody answers for: what fails and matches does not fail before it expires, nor as long as it grows
 * by no more. Of several that match one that holds counts.
 */
struct rg_policy_accept {
	const char *match;  /* of the canonical name; of a wait also of all that is shown of it */
	const char *module; /* of the canonical module name; NULL: any */
	const char *reason, *owner;
	uint32_t expires; /* the last day on which it holds: days since 1970-01-01, UTC */
	double growth;    /* at most; what is new has grown by RG_GROWTH_MAX (rg/verdict.h) */
};

/* The limits of off-CPU time. All else of the policy holds for both dimensions. */
struct rg_policy_off_cpu {
	/*
	 * As in the policy; defaults 0.15, 0.15, 1.00. The limit is wide: how long a wait takes varies so much from
	 * one to the next that a window of minutes leaves 30 % open more often than not, and nothing would ever pass.
	 */
	double growth, total_growth, limit;
	uint32_t top_k; /* default 5; 1 to 100 */
	/* Smaller waits never fail: nanoseconds per second of wall time; default 10 ms. */
	uint64_t min_time_ns;
	uint64_t min_waits; /* nor do fewer on both sides; default 20 */
	/* Comparability: part of the time that no function of the application answers for; default 0.10. */
	double max_unattributed;
};

/*
 * How far apart the sides' conditions may be. Differences of shares, so that what holds on both sides alike does not
 * stand in the way.
 */
struct rg_policy_comparable {
	double max_throttled; /* CPU time that the cgroup's limit denied, of what was wanted; default 0.05 */
	/*
	 * Time that threads waited for a CPU, of the time they could run, where others used the CPUs; default 0.25:
	 * what shares of CPU time do not show, and CI machines have.
	 */
	double max_starved;
	double max_steal; /* time of the CPUs that the hypervisor took; default 0.05 */
	/* No difference: processes that failed (RG_KEY_FAILED) in a run of either side; default 0. */
	uint64_t max_failed;
};

/*
 * Which look this is, where a comparison is judged several times as its sides grow, until it is decided. Every look
 * spends a part of the false discovery rate, now^2 - before^2, and passes only what is surer than at a single
 * one, but for the last: that all looks together err no more often than one is seen in docs/verdict.md.
 */
struct rg_policy_look {
	uint32_t number, of; /* this one, from 1, of at most so many; default 1 of 1 */
	/* What there was to see at the look before and is at this one, of what there is at the last:
	 * rounds, or time. Default 0 and 1. */
	double before, now;
};

enum { RG_POLICY_LOOKS_MAX = 64 };

/* Patterns: rg_pattern_match(). Borrowed. */
struct rg_policy_list {
	const char *const *pattern;
	size_t count;
};

/* The values are those of on-CPU time, unless they say otherwise. */
struct rg_policy {
	enum rg_rule rule;
	enum rg_basis basis;
	double growth;          /* a frame may grow by this much; default 0.15 */
	double total_growth;    /* the total may grow by this much; default 0.15 */
	double limit;           /* a pass's intervals may not contain more than this; default 0.30.
			       * Below the growth allowed it counts as equal to it. */
	double min_share;       /* of the dearer side: frames below never fail; default 0.01 */
	double q;               /* false discovery rate of the family; default 0.01 */
	double prior_cv;        /* run-to-run coefficient of variation assumed; default 0.05 */
	uint32_t top_k;         /* default 5; 1 to 100 */
	uint64_t min_samples;   /* fewer on either side: undecided; default 200 */
	double max_lost;        /* comparability: lost and damaged samples' share; default 0.05 */
	double max_unnamed_gap; /* comparability: difference of the named shares; default 0.10 */
	/* Comparability: ratio of busy cores, where work was counted of its rate; default 0.4, 2.5. */
	double load_low, load_high;
	/* Limits of single functions: of those that match, the first counts. Borrowed; default none. */
	const struct rg_policy_function *functions;
	size_t function_count;
	/*
	 * Patterns of canonical names: functions that are shown and not judged, whatever they do. The
	 * total still holds them. Borrowed; default none.
	 */
	const char *const *ignore;
	size_t ignore_count;
	struct rg_policy_off_cpu off_cpu;
	struct rg_policy_comparable comparable;
	/*
	 * Waits that are idle: shown, not judged, and not in the total; and waits that are not idle
	 * although they look it, which goes before. Patterns of the function, or of all that is shown of
	 * a wait: "Pool::acquire [lock, pthread_mutex_lock]". Default none, besides what is always idle:
	 * polling, accepting, and a thread that sleeps or waits for a condition in its outermost function.
	 */
	struct rg_policy_list idle, not_idle;
	/*
	 * Functions and modules that only pass a wait on, besides the C and C++ libraries': the function
	 * that called them answers for it. Patterns of canonical names of either. Default none.
	 */
	struct rg_policy_list plumbing;
	/* Growth that is accepted. Borrowed; default none. */
	const struct rg_policy_accept *accept;
	size_t accept_count;
	/* Days since 1970-01-01, UTC, by which it expires; default 0, not known: none holds. */
	uint32_t today;
	/* Not a rule but where its application stands: no configuration sets it. */
	struct rg_policy_look look;
};

/* Sets the defaults. */
void rg_policy_init(struct rg_policy *policy);

/*
 * Ranges: growth, total_growth, limit 0 to 1000; min_share, max_lost, max_unnamed_gap 0 to 1; q above
 * 0 to 0.5; prior_cv 0 to 1; top_k 1 to 100; load_low above 0 to 1; load_high 1 to 1000; of off_cpu growth,
 * total_growth, limit and top_k as above, min_time_ns at most 10^9 x 10^6, min_waits at most 10^12,
 * max_unattributed 0 to 1; of comparable max_failed at most 10^12, the others 0 to 1; of look number 1 to `of`, that at
 * most RG_POLICY_LOOKS_MAX, before 0 to 1 and now above it, to 1; rule and basis of their enums; lists, patterns and texts as long as they may be, none empty; the growth of what is accepted 0 to 1000, and its expiry above 0. Returns 0, or RG_EUSAGE
 * naming the first field that is out of range.
 */
int rg_policy_check(const struct rg_policy *policy, struct rg_err *err);

/* What this look spends of the false discovery rate, and what all have up to it. */
double rg_policy_look_q(const struct rg_policy *policy);
double rg_policy_spent_q(const struct rg_policy *policy);

/* Copies `from` with its lists and their texts, which then live in the arena. RG_ENOMEM. */
int rg_policy_copy(struct rg_policy *to, const struct rg_policy *from, struct rg_arena *arena);

/*
 * Whether a pattern matches the whole text: '*' is any run of characters, none included, '?' any one
 * (of UTF-8, or a byte that is none), and '\' takes the character behind it as it is. Brackets
 * are brackets: names have them. In time of at most pattern x text.
 */
bool rg_pattern_match(const char *pattern, const char *text);
/* Whether it can match one text only: without '*' and '?'. */
bool rg_pattern_is_exact(const char *pattern);

/* "statistical", "literal"; "auto", "second", "share", "work". Never NULL for a valid value. */
const char *rg_rule_name(enum rg_rule rule);
const char *rg_basis_name(enum rg_basis basis);

#endif
