/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_FLAME_MADE_H
#define TEST_ENGINE_FLAME_MADE_H

#include "wait_made.h"

#include "rg/flame.h"

/* --- Profiles made to order ------------------------------------------------------------------- */

enum { STACKS_MAX = 12, PERIOD_NS = 10000000 };

/* A stack as wait_stack() reads it, leaf first; on a CPU, or a wait. */
struct stack_spec {
	const char *stack;
	int64_t samples; /* on a CPU */
	int64_t wait_ns;
	const char *wait; /* its class; NULL: on a CPU */
};

struct profile_spec {
	struct stack_spec stack[STACKS_MAX];
	uint64_t wall_ns, work; /* 0: not known */
	const char *program;    /* or NULL */
	bool no_time;           /* samples alone, as folded stacks have them */
};

static inline struct rg_profile *profile_of(const struct profile_spec *spec)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;

	assert_non_null(builder);
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	if (!spec->no_time)
		rg_profile_builder_measures(builder, RG_VALUE_CPU_NS);
	if (spec->wall_ns)
		rg_profile_builder_fact_u64(builder, RG_KEY_WALL_NS, spec->wall_ns, NULL);
	if (spec->program)
		rg_profile_builder_fact(builder, RG_KEY_TARGET, spec->program, NULL);
	if (spec->work) {
		rg_profile_builder_fact_u64(builder, RG_KEY_WORK_TOTAL, spec->work, NULL);
		rg_profile_builder_fact(builder, RG_KEY_WORK_UNIT, "request", NULL);
	}
	for (size_t i = 0; i < STACKS_MAX && spec->stack[i].stack; i++) {
		const struct stack_spec *from = &spec->stack[i];
		struct rg_sample sample = {.stack = wait_stack(builder, from->stack),
					   .slice = RG_NO_SLICE,
					   .thread = "worker",
					   .wait = from->wait ? from->wait : ""};

		sample.value[RG_VALUE_SAMPLES] = from->samples;
		sample.value[RG_VALUE_CPU_NS] = spec->no_time ? 0 : from->samples * PERIOD_NS;
		sample.value[RG_VALUE_WAITS] = from->wait_ns > 0;
		sample.value[RG_VALUE_OFF_CPU_NS] = from->wait_ns;
		if (from->wait_ns)
			rg_profile_builder_measures(builder, RG_VALUE_OFF_CPU_NS);
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static inline struct rg_flame *flame_of_runs(const struct rg_profile *const *base,
					     size_t base_count,
					     const struct rg_profile *const *canary,
					     size_t canary_count, enum rg_basis basis)
{
	const struct rg_runs before = {base, base_count}, after = {canary, canary_count};
	struct rg_flame *flame = NULL;
	struct rg_policy policy;
	struct rg_err err = {0};

	rg_policy_init(&policy);
	if (rg_flame_make(&before, &after, &policy, basis, &flame, &err))
		fail_msg("%s", err.text);
	return flame;
}

/* One run a side; base may be NULL. */
static inline struct rg_flame *flame_of(const struct profile_spec *base,
					const struct profile_spec *canary, enum rg_basis basis)
{
	struct rg_profile *before = base ? profile_of(base) : NULL, *after = profile_of(canary);
	const struct rg_profile *const old[] = {before}, *const new[] = {after};
	struct rg_flame *flame = flame_of_runs(old, base != NULL, new, 1, basis);

	rg_profile_free(before);
	rg_profile_free(after);
	return flame;
}

/* --- Invariants ------------------------------------------------------------------------------- */

/* A node is worth what is below it and its own; the outermost are worth all. */
static inline void check_tree(const struct rg_flame_graph *graph, const struct rg_flame_tree *tree)
{
	for (int side = 0; side < RG_FLAME_SIDES; side++) {
		int64_t outermost = 0;

		for (size_t i = 0; i < tree->count; i++) {
			const struct rg_flame_node *node = &tree->nodes[i];
			int64_t below = 0;

			assert_true(node->depth <= (i ? tree->nodes[i - 1].depth + 1 : 0));
			assert_true(node->value[side] >= 0);
			assert_int_equal(node->merged > 0, node->function == RG_FLAME_REST);
			outermost += node->depth == 0 ? node->value[side] : 0;
			for (size_t j = i + 1;
			     j < tree->count && tree->nodes[j].depth > node->depth; j++) {
				assert_true(node->function != RG_FLAME_REST);
				if (tree->nodes[j].depth == node->depth + 1)
					below += tree->nodes[j].value[side];
			}
			assert_true(below <= node->value[side]);
		}
		assert_int_equal(outermost, graph->total[side]);
	}
}

static inline void check_costs(const struct rg_flame_graph *graph)
{
	for (int side = 0; side < RG_FLAME_SIDES; side++) {
		int64_t self = graph->self_left_out[side];

		for (size_t i = 0; i < graph->cost_count; i++) {
			self += graph->costs[i].self[side];
			assert_true(graph->costs[i].self[side] <= graph->costs[i].total[side]);
			assert_true(graph->costs[i].total[side] <= graph->total[side]);
		}
		assert_int_equal(self, graph->total[side]);
	}
}

static inline void check_flame(const struct rg_flame *flame)
{
	for (int kind = 0; kind < RG_FLAME_KINDS; kind++) {
		const struct rg_flame_graph *graph = &flame->graph[kind];

		for (int order = 0; order < RG_FLAME_ORDERS; order++)
			check_tree(graph, &graph->tree[order]);
		check_costs(graph);
	}
}

static inline const struct rg_flame_cost *cost_of(const struct rg_flame *flame,
						  enum rg_flame_kind kind, const char *name)
{
	const struct rg_flame_graph *graph = &flame->graph[kind];

	for (size_t i = 0; i < graph->cost_count; i++)
		if (!strcmp(flame->functions[graph->costs[i].function].name, name))
			return &graph->costs[i];
	return NULL;
}

/* The tree as "main 60/90, parse 40/40, …", each indented by its depth. */
static inline const char *drawn(const struct rg_flame *flame, const struct rg_flame_tree *tree,
				int64_t unit, char out[1024])
{
	size_t len = 0;

	*out = '\0';
	for (size_t i = 0; i < tree->count; i++) {
		const struct rg_flame_node *node = &tree->nodes[i];

		len += (size_t)snprintf(out + len, 1024 - len, "%s%.*s%s %lld/%lld", i ? "\n" : "",
					(int)node->depth, "          ",
					flame->functions[node->function].name,
					(long long)(node->value[RG_FLAME_BASE] / unit),
					(long long)(node->value[RG_FLAME_CANARY] / unit));
		assert_true(len < 1024);
	}
	return out;
}

#endif
