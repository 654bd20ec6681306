/* SPDX-License-Identifier: GPL-2.0-or-later */
/* More than is kept, and more than can be counted. */
#include "flame_made.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_small_is_merged_not_lost),
		cmocka_unit_test(sums_beyond_an_integer_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
