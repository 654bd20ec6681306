/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the judge of call chains takes for right and for wrong. */
#include "chains.h"

#include <stdio.h>
#include <string.h>

#define CHAIN "leaf middle (lib)+ outer main (lib)+ _start"

/* A profile of one stack, "module:function" from the leaf on. */
static struct rg_profile *make(const char *const *frames, size_t count)
{
	struct rg_profile_builder *builder = rg_profile_builder_new();
	struct rg_profile *profile;
	uint32_t ids[16], stack, module;

	for (size_t i = 0; i < count; i++) {
		const char *function = strchr(frames[i], ':') + 1;
		struct rg_frame frame = {.function = function, .file = ""};
		char name[32];

		snprintf(name, sizeof(name), "%.*s", (int)(function - 1 - frames[i]), frames[i]);
		assert_int_equal(rg_profile_builder_module(builder, name, "", &module, NULL), 0);
		frame.module = module;
		frame.unnamed = function[0] == '[';
		assert_int_equal(rg_profile_builder_frame(builder, &frame, &ids[i], NULL), 0);
	}
	assert_int_equal(rg_profile_builder_stack(builder, ids, count, &stack, NULL), 0);
	assert_int_equal(
		rg_profile_builder_sample(builder,
					  &(struct rg_sample){.value = {[RG_VALUE_SAMPLES] = 200},
							      .stack = stack,
							      .slice = RG_NO_SLICE,
							      .thread = "main"},
					  NULL),
		0);
	assert_int_equal(rg_profile_builder_finish(builder, &profile, NULL), 0);
	rg_profile_builder_free(builder);
	return profile;
}

static void assert_fit(enum e2e_chain_fit expected, const char *text, bool is_static,
		       const char *const *frames, size_t count)
{
	struct e2e_chain chain = {.text = text, .is_static = is_static};
	struct rg_profile *profile = make(frames, count);
	size_t stacks;

	assert_int_equal(e2e_chain_fit(profile, rg_profile_stacks(profile, &stacks), &chain),
			 expected);
	rg_profile_free(profile);
}

#define FITS(expected, chain, is_static, ...)                                      \
	assert_fit(expected, chain, is_static, (const char *const[]){__VA_ARGS__}, \
		   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define ROOT "p:main", "libc.so.6:[libc.so.6]+0x27000", "libc.so.6:__libc_start_main", "p:_start"

static void test_whole_chains(void **state)
{
	(void)state;
	FITS(E2E_CHAIN_WHOLE, CHAIN, false, "p:leaf", "p:middle", "libc.so.6:qsort", "p:outer",
	     ROOT);
	FITS(E2E_CHAIN_WHOLE, CHAIN, false, "p:leaf(int)", "p:middle(unsigned long)",
	     "libc.so.6:msort", "libc.so.6:qsort", "p:outer", ROOT);
	FITS(E2E_CHAIN_WHOLE, CHAIN, false, "[kernel]:irq", "p:leaf", "p:middle", "libc.so.6:qsort",
	     "p:outer", ROOT);
	FITS(E2E_CHAIN_WHOLE, "leaf deep*3 [truncated]", false, "p:leaf", "p:deep", "p:deep",
	     "p:deep", "[truncated]:[truncated]");
	FITS(E2E_CHAIN_WHOLE, "leaf (lib)? main", true, "p:leaf", "p:helper", "p:main");
}

static void test_parts_of_chains(void **state)
{
	(void)state;
	FITS(E2E_CHAIN_PART, CHAIN, false, "libc.so.6:qsort", "p:outer", ROOT);
	FITS(E2E_CHAIN_PART, CHAIN, false, ROOT);
	FITS(E2E_CHAIN_PART, "leaf deep*3 main", false, "p:deep", "p:deep", "p:main");
	FITS(E2E_CHAIN_PART, "leaf main | other main", false, "p:other", "p:main");
}

static void test_wrong_stacks(void **state)
{
	(void)state;
	/* A caller is missing. */
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "libc.so.6:qsort", "p:outer", ROOT);
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "p:middle", "libc.so.6:qsort", ROOT);
	/* One is foreign. */
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "p:foreign", "p:middle", "libc.so.6:qsort",
	     "p:outer", ROOT);
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "p:middle", "libc.so.6:qsort", "p:foreign",
	     "p:outer", ROOT);
	/* The root is. */
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "p:middle", "libc.so.6:qsort", "p:outer",
	     "p:main");
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "p:middle", "libc.so.6:qsort", "p:outer",
	     ROOT, "[unknown]:[unknown]");
	FITS(E2E_CHAIN_WRONG, CHAIN, false, "p:leaf", "[truncated]:[truncated]");
	/* Too many, too few. */
	FITS(E2E_CHAIN_WRONG, "leaf deep*3 main", false, "p:leaf", "p:deep", "p:deep", "p:main");
	FITS(E2E_CHAIN_WRONG, "leaf deep*1 main", false, "p:leaf", "p:deep", "p:deep", "p:main");
	/* Another name that begins alike. */
	FITS(E2E_CHAIN_WRONG, "leaf main", false, "p:leaf_two", "p:main");
	FITS(E2E_CHAIN_WRONG, "leaf (lib)? main", false, "p:leaf", "p:helper", "p:main");
	FITS(E2E_CHAIN_WRONG, "leaf (lib) middle main", true, "p:leaf", "p:middle", "p:middle",
	     "p:main");
}

static void test_shares_of_samples(void **state)
{
	static const char *const frames[] = {"p:leaf", "p:main"};
	struct rg_profile *profile = make(frames, 2);
	struct e2e_chain right = {.text = "leaf main", .whole_percent = 100};
	struct e2e_chain wrong = {.text = "leaf other", .wrong_percent = 99};
	struct e2e_chain part = {.text = "deeper leaf main", .whole_percent = 1};

	(void)state;
	assert_true(e2e_chain_holds(profile, "right", NULL, &right));
	assert_true(e2e_chain_holds(profile, "right", "main", &right));
	assert_false(e2e_chain_holds(profile, "no samples", "other", &right));
	assert_false(e2e_chain_holds(profile, "wrong", NULL, &wrong));
	assert_false(e2e_chain_holds(profile, "part", NULL, &part));
	rg_profile_free(profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_chains),
		cmocka_unit_test(test_parts_of_chains),
		cmocka_unit_test(test_wrong_stacks),
		cmocka_unit_test(test_shares_of_samples),
	};

	return cmocka_run_group_tests_name("the judge of call chains", tests, NULL, NULL);
}
