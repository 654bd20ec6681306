/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_FLAME_H
#define RG_FLAME_H

#include "rg/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_arena;
struct rg_entry;
struct rg_err;
struct rg_runs;
struct rg_verdict;

/*
 * Two sets of runs by call stack: what a flame graph draws and its table lists. Pure; the same input
 * gives the same result, whatever the order of frames, samples and runs. Functions are those of the
 * verdict: a canonical name in a canonical module. Names are untrusted bytes.
 */

enum rg_flame_kind {
	RG_FLAME_ON_CPU = 0,
	RG_FLAME_OFF_CPU = 1, /* waits that are judged */
	RG_FLAME_IDLE = 2,    /* waits of threads without work */
	RG_FLAME_KINDS = 3,
};

enum rg_flame_order {
	RG_FLAME_CALLEES = 0, /* from the stacks' roots to what they call */
	RG_FLAME_CALLERS = 1, /* from the leaves to who calls them */
	RG_FLAME_ORDERS = 2,
};

/* What costs are held against: part of the side's total, or seconds per wall second or unit of work. */
enum rg_flame_per { RG_FLAME_PER_TOTAL = 0, RG_FLAME_PER_SECOND = 1, RG_FLAME_PER_WORK = 2 };

/* Index of the sides' values. */
enum { RG_FLAME_BASE = 0, RG_FLAME_CANARY = 1, RG_FLAME_SIDES = 2 };

/* In place of a function: frames, and all that lies above them, too small to be told apart. */
#define RG_FLAME_REST UINT32_MAX

/* Nodes of one tree, and functions of one table: the heaviest are kept, the others are in a rest. */
enum { RG_FLAME_NODES_MAX = 16000, RG_FLAME_COSTS_MAX = 4000 };

struct rg_flame_function {
	const char *name, *module; /* canonical */
	const char *file;          /* as the debug information has it, or "" */
	uint32_t line;             /* of the function, or 0 */
};

/* A frame with what it calls (or, by callers, who calls it): its value is that of all of them. */
struct rg_flame_node {
	uint32_t function; /* or RG_FLAME_REST */
	uint32_t depth;    /* 0 is outermost */
	uint32_t merged;   /* of a rest: how many frames of this depth it stands for; else 0 */
	int64_t value[RG_FLAME_SIDES];
};

/* In preorder; siblings by the larger of their parts of the two sides, a rest behind them. */
struct rg_flame_tree {
	const struct rg_flame_node *nodes;
	size_t count;
};

/* A function over all stacks. A stack that holds it twice counts once in `total`. */
struct rg_flame_cost {
	uint32_t function;
	int64_t self[RG_FLAME_SIDES], total[RG_FLAME_SIDES];
};

struct rg_flame_graph {
	bool measured; /* by every run; else all below is empty */
	bool time;     /* values are ns; else samples */
	bool waits;    /* off a CPU */
	enum rg_flame_per per;
	/* A cost is a value divided by this: the total, ns of the window, or units of work times the ns of a
	 * second. 0 on a side without runs. */
	double against[RG_FLAME_SIDES];
	int64_t total[RG_FLAME_SIDES];
	/* Growth is canary over baseline times this: 1, or without what all functions have in common. */
	double common;
	struct rg_flame_tree tree[RG_FLAME_ORDERS];
	/* By the larger of their parts of the totals. */
	const struct rg_flame_cost *costs;
	size_t cost_count;
	size_t costs_left_out; /* functions */
	int64_t self_left_out[RG_FLAME_SIDES];
};

struct rg_flame {
	size_t runs[RG_FLAME_SIDES]; /* a side may have none */
	const struct rg_flame_function *functions;
	size_t function_count;
	const char *work_unit; /* as a verdict's */
	struct rg_flame_graph graph[RG_FLAME_KINDS];
	struct rg_arena *arena; /* owns all of it, the struct itself included */
};

/*
 * policy: says what is idle. basis: as of a verdict on the same runs; RG_BASIS_AUTO is work where every run
 * counted it, else seconds. What the runs do not know is not divided by: seconds then, or the total.
 * Errors: RG_ENOMEM; RG_ELIMIT for values too large to add up.
 * On success *out is the caller's (rg_flame_free()).
 */
int rg_flame_make(const struct rg_runs *base, const struct rg_runs *canary,
		  const struct rg_policy *policy, enum rg_basis basis, struct rg_flame **out,
		  struct rg_err *err);
void rg_flame_free(struct rg_flame *flame);

/* Growth as the verdict on the same runs tells it: with what all functions have in common divided out. */
void rg_flame_adjust(struct rg_flame *flame, const struct rg_verdict *verdict);

/* The function that a row of a verdict is about, by its key and its module; RG_FLAME_REST: none. */
uint32_t rg_flame_find(const struct rg_flame *flame, const char *key, const char *module);
/* The function that growth came in by. */
uint32_t rg_flame_find_entry(const struct rg_flame *flame, const struct rg_entry *entry);

/* What a value of that side costs, in parts of the total, or seconds per second or unit of work. */
double rg_flame_cost_of(const struct rg_flame_graph *graph, int side, int64_t value);

/*
 * How a cost grew, for colour: the logarithm to base 2 of canary over baseline, from -2 to 2, after a
 * thousandth of the total was added to both, so that a frame of a few samples has next to no colour. 0 where
 * there is nothing to compare with.
 */
double rg_flame_change(const struct rg_flame_graph *graph, const int64_t value[RG_FLAME_SIDES]);

#endif
