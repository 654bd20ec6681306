/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait_made.h"

#include "rg/flame.h"

#include <stdlib.h>

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

static struct rg_profile *profile_of(const struct profile_spec *spec)
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

static struct rg_flame *flame_of_runs(const struct rg_profile *const *base, size_t base_count,
				      const struct rg_profile *const *canary, size_t canary_count,
				      enum rg_basis basis)
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
static struct rg_flame *flame_of(const struct profile_spec *base, const struct profile_spec *canary,
				 enum rg_basis basis)
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
static void check_tree(const struct rg_flame_graph *graph, const struct rg_flame_tree *tree)
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

static void check_costs(const struct rg_flame_graph *graph)
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

static void check(const struct rg_flame *flame)
{
	for (int kind = 0; kind < RG_FLAME_KINDS; kind++) {
		const struct rg_flame_graph *graph = &flame->graph[kind];

		for (int order = 0; order < RG_FLAME_ORDERS; order++)
			check_tree(graph, &graph->tree[order]);
		check_costs(graph);
	}
}

static const struct rg_flame_cost *cost_of(const struct rg_flame *flame, enum rg_flame_kind kind,
					   const char *name)
{
	const struct rg_flame_graph *graph = &flame->graph[kind];

	for (size_t i = 0; i < graph->cost_count; i++)
		if (!strcmp(flame->functions[graph->costs[i].function].name, name))
			return &graph->costs[i];
	return NULL;
}

/* The tree as "main 60/90, parse 40/40, …", each indented by its depth. */
static const char *drawn(const struct rg_flame *flame, const struct rg_flame_tree *tree,
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

/* --- What is drawn ---------------------------------------------------------------------------- */

static const struct profile_spec before = {
	.stack = {{"lex;parse;main", 30, 0, NULL},
		  {"parse;main", 10, 0, NULL},
		  {"price.isra.0;main", 10, 0, NULL},
		  {"gone;main", 10, 0, NULL}},
	.wall_ns = UINT64_C(10000000000),
};
static const struct profile_spec after = {
	.stack = {{"lex;parse;main", 30, 0, NULL},
		  {"parse;main", 10, 0, NULL},
		  {"slow;price;main", 40, 0, NULL},
		  {"price.constprop.1;main", 20, 0, NULL}},
	.wall_ns = UINT64_C(20000000000),
};

static void both_orders_of_a_tree(void **state)
{
	struct rg_flame *flame = flame_of(&before, &after, RG_BASIS_SECOND);
	const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];
	char text[1024];

	(void)state;
	check(flame);
	assert_true(graph->measured && graph->time && !graph->waits);
	assert_false(flame->graph[RG_FLAME_OFF_CPU].measured);
	assert_string_equal(drawn(flame, &graph->tree[RG_FLAME_CALLEES], PERIOD_NS, text),
			    "main 60/100\n"
			    " parse 40/40\n"
			    "  lex 30/30\n"
			    " price 10/60\n"
			    "  slow 0/40\n"
			    " gone 10/0");
	assert_string_equal(drawn(flame, &graph->tree[RG_FLAME_CALLERS], PERIOD_NS, text),
			    "lex 30/30\n"
			    " parse 30/30\n"
			    "  main 30/30\n"
			    "slow 0/40\n"
			    " price 0/40\n"
			    "  main 0/40\n"
			    "price 10/20\n"
			    " main 10/20\n"
			    "gone 10/0\n"
			    " main 10/0\n"
			    "parse 10/10\n"
			    " main 10/10");
	rg_flame_free(flame);
}

static void costs_are_per_second_or_per_total(void **state)
{
	struct rg_flame *flame = flame_of(&before, &after, RG_BASIS_SECOND);
	const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];
	struct profile_spec timeless = before;

	(void)state;
	assert_int_equal(graph->per, RG_FLAME_PER_SECOND);
	/* 0.6 s in 10 s, 1 s in 20 s. */
	assert_close(rg_flame_cost_of(graph, RG_FLAME_BASE, graph->total[RG_FLAME_BASE]), 0.06,
		     1e-12);
	assert_close(rg_flame_cost_of(graph, RG_FLAME_CANARY, graph->total[RG_FLAME_CANARY]), 0.05,
		     1e-12);
	rg_flame_free(flame);
	flame = flame_of(&before, &after, RG_BASIS_SHARE);
	graph = &flame->graph[RG_FLAME_ON_CPU];
	assert_int_equal(graph->per, RG_FLAME_PER_TOTAL);
	assert_close(rg_flame_cost_of(graph, RG_FLAME_CANARY, 25 * PERIOD_NS), 0.25, 1e-12);
	rg_flame_free(flame);
	timeless.wall_ns = 0;
	flame = flame_of(&timeless, &after, RG_BASIS_SECOND);
	assert_int_equal(flame->graph[RG_FLAME_ON_CPU].per, RG_FLAME_PER_TOTAL);
	rg_flame_free(flame);
	timeless.no_time = true;
	flame = flame_of(&timeless, &after, RG_BASIS_AUTO);
	graph = &flame->graph[RG_FLAME_ON_CPU];
	assert_true(graph->measured);
	assert_false(graph->time);
	assert_int_equal(graph->total[RG_FLAME_BASE], 60);
	assert_int_equal(graph->total[RG_FLAME_CANARY], 100);
	rg_flame_free(flame);
}

static void costs_are_per_unit_of_work_where_it_was_counted(void **state)
{
	static const enum rg_basis bases[] = {RG_BASIS_AUTO, RG_BASIS_WORK};
	struct profile_spec counted = before, more = after;

	(void)state;
	counted.work = 600;
	more.work = 500;
	for (size_t i = 0; i < COUNT(bases); i++) {
		struct rg_flame *flame = flame_of(&counted, &more, bases[i]);
		const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];

		assert_string_equal(flame->work_unit, "request");
		assert_int_equal(graph->per, RG_FLAME_PER_WORK);
		/* 1 ms and 2 ms a request. */
		assert_close(rg_flame_cost_of(graph, RG_FLAME_BASE, graph->total[RG_FLAME_BASE]),
			     1e-3, 1e-12);
		assert_close(rg_flame_change(graph, graph->total), 1, 0.01);
		rg_flame_free(flame);
	}
	for (size_t i = 0; i < COUNT(bases); i++) {
		struct rg_flame *flame = flame_of(&before, &more, bases[i]);

		assert_int_equal(flame->graph[RG_FLAME_ON_CPU].per, RG_FLAME_PER_SECOND);
		rg_flame_free(flame);
	}
}

static void runs_of_a_side_add_up(void **state)
{
	struct rg_profile *one = profile_of(&before), *two = profile_of(&after);
	const struct rg_profile *const base[] = {one, two}, *const canary[] = {two};
	struct rg_flame *flame = flame_of_runs(base, 2, canary, 1, RG_BASIS_SECOND);
	const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];

	(void)state;
	check(flame);
	assert_int_equal(graph->total[RG_FLAME_BASE], 160 * (int64_t)PERIOD_NS);
	assert_close(graph->against[RG_FLAME_BASE], 30e9, 1e-12);
	assert_int_equal(cost_of(flame, RG_FLAME_ON_CPU, "price")->total[RG_FLAME_BASE],
			 70 * (int64_t)PERIOD_NS);
	rg_flame_free(flame);
	rg_profile_free(one);
	rg_profile_free(two);
}

/* Runs of a pool have one list of frames; what is of one run alone is not drawn for the other. */
static void runs_of_a_pool_are_drawn_alike(void **state)
{
	struct rg_profile *whole[] = {profile_of(&before), profile_of(&after)}, *pooled[2];
	struct rg_profile_pool *pool = rg_profile_pool_new();
	const struct rg_profile *const *sides[2];
	char text[2][1024];

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(rg_profile_pool_add(pool, whole[i], &pooled[i], NULL), 0);
	sides[0] = (const struct rg_profile *const *)whole;
	sides[1] = (const struct rg_profile *const *)pooled;
	for (int order = 0; order < RG_FLAME_ORDERS; order++) {
		for (size_t i = 0; i < 2; i++) {
			struct rg_flame *flame =
				flame_of_runs(sides[i], 1, sides[i] + 1, 1, RG_BASIS_SECOND);

			check(flame);
			drawn(flame, &flame->graph[RG_FLAME_ON_CPU].tree[order], PERIOD_NS,
			      text[i]);
			rg_flame_free(flame);
		}
		assert_true(strlen(text[0]) > 20);
		assert_string_equal(text[0], text[1]);
	}
	for (size_t i = 0; i < 2; i++) {
		rg_profile_free(whole[i]);
		rg_profile_free(pooled[i]);
	}
	rg_profile_pool_free(pool);
}

static void a_side_may_be_empty(void **state)
{
	struct rg_flame *flame = flame_of(NULL, &after, RG_BASIS_AUTO);
	const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];

	(void)state;
	check(flame);
	assert_int_equal(flame->runs[RG_FLAME_BASE], 0);
	assert_int_equal(graph->total[RG_FLAME_BASE], 0);
	assert_int_equal(graph->per, RG_FLAME_PER_SECOND);
	assert_true(rg_flame_change(graph, graph->tree[0].nodes[0].value) == 0);
	rg_flame_free(flame);
	flame = flame_of_runs(NULL, 0, NULL, 0, RG_BASIS_AUTO);
	check(flame);
	assert_false(flame->graph[RG_FLAME_ON_CPU].measured);
	rg_flame_free(flame);
}

static void the_program_is_one_whatever_its_file_is_called(void **state)
{
	const struct profile_spec old = {.stack = {{"f of orders-1.4", 5, 0, NULL}},
					 .program = "orders-1.4"};
	const struct profile_spec new = {.stack = {{"f of orders-1.5", 7, 0, NULL},
						   {"f of libother.so", 1, 0, NULL}},
					 .program = "orders-1.5"};
	struct rg_flame *flame = flame_of(&old, &new, RG_BASIS_AUTO);
	const struct rg_entry entry = {.function = "f.part.0", .module = "orders-1.5"};
	const struct rg_flame_tree *tree = &flame->graph[RG_FLAME_ON_CPU].tree[RG_FLAME_CALLEES];

	(void)state;
	assert_int_equal(tree->count, 2);
	assert_int_equal(tree->nodes[0].value[RG_FLAME_BASE], 5 * (int64_t)PERIOD_NS);
	assert_int_equal(tree->nodes[0].value[RG_FLAME_CANARY], 7 * (int64_t)PERIOD_NS);
	/* As a verdict shows it. */
	assert_int_equal(rg_flame_find_entry(flame, &entry), tree->nodes[0].function);
	rg_flame_free(flame);
}

static void recursion_counts_once(void **state)
{
	const struct profile_spec spec = {.stack = {{"walk;walk;walk;main", 5, 0, NULL},
						    {"leaf;walk;walk;main", 3, 0, NULL}}};
	struct rg_flame *flame = flame_of(NULL, &spec, RG_BASIS_AUTO);

	(void)state;
	check(flame);
	assert_int_equal(cost_of(flame, RG_FLAME_ON_CPU, "walk")->self[RG_FLAME_CANARY],
			 5 * (int64_t)PERIOD_NS);
	assert_int_equal(cost_of(flame, RG_FLAME_ON_CPU, "walk")->total[RG_FLAME_CANARY],
			 8 * (int64_t)PERIOD_NS);
	rg_flame_free(flame);
}

static void waits_are_told_from_idle_ones(void **state)
{
	const struct profile_spec spec = {
		.stack = {{"compute;main", 5, 0, NULL},
			  {"fsync of libc.so.6;commit;main", 0, 700, RG_WAIT_DISK},
			  {"poll of libc.so.6;loop;main", 0, 11000, RG_WAIT_POLL}},
		.wall_ns = 100000};
	struct rg_flame *flame = flame_of(NULL, &spec, RG_BASIS_SHARE);
	const struct rg_flame_graph *off = &flame->graph[RG_FLAME_OFF_CPU];

	(void)state;
	check(flame);
	assert_true(off->measured && off->waits && off->time);
	/* Of waits the share is never what is judged. */
	assert_int_equal(off->per, RG_FLAME_PER_SECOND);
	assert_int_equal(off->total[RG_FLAME_CANARY], 700);
	assert_int_equal(flame->graph[RG_FLAME_IDLE].total[RG_FLAME_CANARY], 11000);
	assert_int_equal(flame->graph[RG_FLAME_ON_CPU].total[RG_FLAME_CANARY],
			 5 * (int64_t)PERIOD_NS);
	assert_int_equal(cost_of(flame, RG_FLAME_OFF_CPU, "commit")->total[RG_FLAME_CANARY], 700);
	assert_null(cost_of(flame, RG_FLAME_OFF_CPU, "loop"));
	rg_flame_free(flame);
}

/* --- More than is kept ------------------------------------------------------------------------ */

enum { WIDE = 3 * RG_FLAME_NODES_MAX };

/* main calls WIDE functions of 1 to WIDE samples, each under one of 100 callers. */
static struct rg_profile *wide_profile(void)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile = NULL;
	uint32_t module;

	assert_non_null(builder);
	rg_profile_builder_measures(builder, RG_VALUE_SAMPLES);
	assert_int_equal(rg_profile_builder_module(builder, "server", "", &module, NULL), 0);
	for (uint32_t i = 0; i < WIDE; i++) {
		char leaf[32], caller[32];
		struct rg_frame frame[] = {
			{.function = leaf, .module = module},
			{.function = caller, .module = module},
			{.function = "main", .module = module},
		};
		struct rg_sample sample = {.slice = RG_NO_SLICE};
		uint32_t id[3];

		snprintf(leaf, sizeof(leaf), "leaf%u", i);
		snprintf(caller, sizeof(caller), "caller%u", i % 100);
		for (size_t at = 0; at < 3; at++)
			rg_profile_builder_frame(builder, &frame[at], &id[at], NULL);
		rg_profile_builder_stack(builder, id, 3, &sample.stack, NULL);
		sample.value[RG_VALUE_SAMPLES] = i + 1;
		assert_int_equal(rg_profile_builder_sample(builder, &sample, NULL), 0);
	}
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static void what_is_small_is_merged_not_lost(void **state)
{
	struct rg_profile *profile = wide_profile();
	const struct rg_profile *const run[] = {profile};
	struct rg_flame *flame = flame_of_runs(NULL, 0, run, 1, RG_BASIS_AUTO);
	const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];
	const struct rg_flame_tree *tree = &graph->tree[RG_FLAME_CALLEES];
	int64_t lightest = INT64_MAX, self = 0;
	size_t kept = 0, merged = 0;

	(void)state;
	for (size_t i = 0; i < tree->count; i++) {
		const struct rg_flame_node *node = &tree->nodes[i];

		kept += node->function != RG_FLAME_REST;
		merged += node->merged;
		if (node->function != RG_FLAME_REST && node->value[RG_FLAME_CANARY] < lightest)
			lightest = node->value[RG_FLAME_CANARY];
		if (node->depth == 2)
			self += node->value[RG_FLAME_CANARY];
	}
	assert_int_equal(kept, RG_FLAME_NODES_MAX);
	assert_int_equal(kept + merged, WIDE + 101);
	/* What is merged is lighter than all that is kept. */
	assert_int_equal(lightest, (int64_t)merged + 1);
	assert_int_equal(self, graph->total[RG_FLAME_CANARY]);
	assert_int_equal(graph->total[RG_FLAME_CANARY], (int64_t)WIDE * (WIDE + 1) / 2);
	assert_int_equal(graph->cost_count, RG_FLAME_COSTS_MAX);
	assert_int_equal(graph->costs_left_out, WIDE + 101 - RG_FLAME_COSTS_MAX);
	check_costs(graph);
	rg_flame_free(flame);
	rg_profile_free(profile);
}

static void sums_beyond_an_integer_are_refused(void **state)
{
	const struct profile_spec spec = {.stack = {{"f", INT64_MAX / PERIOD_NS, 0, NULL}}};
	struct rg_profile *profile = profile_of(&spec);
	const struct rg_profile *const run[] = {profile, profile};
	const struct rg_runs base = {0}, canary = {run, 2};
	struct rg_flame *flame = NULL;
	struct rg_policy policy;
	struct rg_err err = {0};

	(void)state;
	rg_policy_init(&policy);
	assert_int_equal(rg_flame_make(&base, &canary, &policy, RG_BASIS_AUTO, &flame, &err),
			 RG_ELIMIT);
	assert_string_equal(err.text, "flame: add up the stacks: more than 2^63 - 1");
	assert_null(flame);
	rg_profile_free(profile);
}

/* --- Growth ----------------------------------------------------------------------------------- */

static void growth_is_a_logarithm_that_spares_the_small(void **state)
{
	static const struct {
		const char *what;
		int64_t value[RG_FLAME_SIDES];
		double from, to;
	} rows[] = {
		{"as it was", {1000, 1000}, 0, 0},
		{"twice as much", {1000, 2000}, 0.97, 1},
		{"half of it", {1000, 500}, -1, -0.97},
		{"new", {0, 1000}, 2, 2},
		{"gone", {1000, 0}, -2, -2},
		{"a few samples more", {1, 4}, 0, 0.4},
		{"nothing", {0, 0}, 0, 0},
	};
	const struct rg_flame_graph graph = {
		.against = {1, 1}, .total = {10000, 10000}, .common = 1};
	const struct rg_flame_graph rest = {
		.against = {1, 1}, .total = {10000, 10000}, .common = 0.5};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		double change = rg_flame_change(&graph, rows[i].value);

		if (change < rows[i].from || change > rows[i].to)
			fail_msg("%s: %g", rows[i].what, change);
	}
	assert_true(fabs(rg_flame_change(&rest, rows[1].value)) < 0.02);
}

/* Half of the program is twice as slow, and all of it takes shares from the other half. */
static void growth_is_told_as_the_verdict_tells_it(void **state)
{
	struct made_spec base = made_default(), canary = made_default();

	(void)state;
	made_extra(&base, "slow", 9000);
	made_extra(&canary, "slow", 40000);
	struct rg_profile *old = made(&base), *new = made(&canary);
	const struct rg_profile *const runs[] = {old, new};
	const struct rg_runs b = {runs, 1}, c = {runs + 1, 1};
	struct rg_policy policy;
	struct rg_verdict *verdict;
	struct rg_flame *flame = flame_of_runs(runs, 1, runs + 1, 1, RG_BASIS_SHARE);
	const struct rg_flame_graph *graph = &flame->graph[RG_FLAME_ON_CPU];

	rg_policy_init(&policy);
	policy.basis = RG_BASIS_SHARE;
	verdict = judge_runs(&b, &c, &policy);
	assert_true(rg_flame_change(graph, cost_of(flame, RG_FLAME_ON_CPU, "f03")->self) < -0.2);
	rg_flame_adjust(flame, verdict);
	assert_true(fabs(rg_flame_change(graph, cost_of(flame, RG_FLAME_ON_CPU, "f03")->self)) <
		    0.05);
	for (size_t i = 0; i < verdict->row_count; i++) {
		const struct rg_row *row = &verdict->rows[i];
		uint32_t function = rg_flame_find(flame, row->key, row->module);

		assert_true(function != RG_FLAME_REST);
		assert_string_equal(flame->functions[function].name, row->function);
		const struct rg_flame_cost *cost = cost_of(flame, RG_FLAME_ON_CPU, row->function);

		assert_close(rg_flame_cost_of(graph, RG_FLAME_CANARY, cost->self[RG_FLAME_CANARY]),
			     row->cost_canary, 1e-9);
		assert_close(rg_flame_cost_of(graph, RG_FLAME_CANARY, cost->self[RG_FLAME_CANARY]) /
				     rg_flame_cost_of(graph, RG_FLAME_BASE,
						      cost->self[RG_FLAME_BASE]) *
				     graph->common,
			     1 + row->growth, 1e-3);
	}
	assert_int_equal(rg_flame_find(flame, "slow", "another.so"), RG_FLAME_REST);
	rg_verdict_free(verdict);
	rg_flame_free(flame);
	rg_profile_free(old);
	rg_profile_free(new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_orders_of_a_tree),
		cmocka_unit_test(costs_are_per_second_or_per_total),
		cmocka_unit_test(costs_are_per_unit_of_work_where_it_was_counted),
		cmocka_unit_test(runs_of_a_side_add_up),
		cmocka_unit_test(runs_of_a_pool_are_drawn_alike),
		cmocka_unit_test(a_side_may_be_empty),
		cmocka_unit_test(the_program_is_one_whatever_its_file_is_called),
		cmocka_unit_test(recursion_counts_once),
		cmocka_unit_test(waits_are_told_from_idle_ones),
		cmocka_unit_test(what_is_small_is_merged_not_lost),
		cmocka_unit_test(sums_beyond_an_integer_are_refused),
		cmocka_unit_test(growth_is_a_logarithm_that_spares_the_small),
		cmocka_unit_test(growth_is_told_as_the_verdict_tells_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
