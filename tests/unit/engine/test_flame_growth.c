/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growth as the colours tell it. */
#include "flame_made.h"

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
		cmocka_unit_test(growth_is_a_logarithm_that_spares_the_small),
		cmocka_unit_test(growth_is_told_as_the_verdict_tells_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
