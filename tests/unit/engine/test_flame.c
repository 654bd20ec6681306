/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is drawn of two sides: their trees, and what the costs are of. */
#include "flame_made.h"

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
	check_flame(flame);
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
	check_flame(flame);
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

			check_flame(flame);
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
	check_flame(flame);
	assert_int_equal(flame->runs[RG_FLAME_BASE], 0);
	assert_int_equal(graph->total[RG_FLAME_BASE], 0);
	assert_int_equal(graph->per, RG_FLAME_PER_SECOND);
	assert_true(rg_flame_change(graph, graph->tree[0].nodes[0].value) == 0);
	rg_flame_free(flame);
	flame = flame_of_runs(NULL, 0, NULL, 0, RG_BASIS_AUTO);
	check_flame(flame);
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
	check_flame(flame);
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
	check_flame(flame);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
