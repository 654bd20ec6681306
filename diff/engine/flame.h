/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ENGINE_FLAME_H
#define RG_ENGINE_FLAME_H

#include "runs.h"

#include "rg/flame.h"

/* One run's stacks as functions. */
struct rg_flame_run {
	const struct rg_stack *stack;
	const uint32_t *function; /* of each frame */
	enum rg_end end;
};

/* What one stack of one run has of a kind; > 0. */
struct rg_flame_entry {
	uint32_t run, stack;
	int64_t value;
};

struct rg_flame_entries {
	struct rg_flame_entry *list; /* malloc()ed */
	size_t count, cap;
};

/* The stacks of all runs, while trees are made of them. */
struct rg_flame_stacks {
	const struct rg_run_set *set;
	struct rg_flame_run *run;
	struct rg_flame_entries kind[RG_FLAME_KINDS];
	bool waits;              /* every run measured them */
	enum rg_value cpu_value; /* what on-CPU entries are of */
	bool cpu_measured;       /* by every run */
};

/* Names every frame and gathers the entries; *functions are in the order they were met. */
int rg_flame_gather(struct rg_flame_stacks *out, const struct rg_run_set *set,
		    const struct rg_policy *policy, struct rg_arena *arena,
		    const struct rg_flame_function **functions, size_t *function_count,
		    struct rg_err *err);
void rg_flame_stacks_done(struct rg_flame_stacks *stacks);

/* graph->total is set; `functions` is how many there are. */
int rg_flame_tree_make(struct rg_flame_graph *graph, enum rg_flame_order order,
		       const struct rg_flame_stacks *stacks, const struct rg_flame_entries *entries,
		       struct rg_arena *arena, struct rg_err *err);
int rg_flame_costs_make(struct rg_flame_graph *graph, const struct rg_flame_stacks *stacks,
			const struct rg_flame_entries *entries, size_t functions,
			struct rg_arena *arena, struct rg_err *err);

/* The larger of the parts that the values have of the totals. */
double rg_flame_weight(const struct rg_flame_graph *graph, const int64_t value[RG_FLAME_SIDES]);

#endif
