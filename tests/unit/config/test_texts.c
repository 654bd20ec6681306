/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/config.h"
#include "rg/err.h"

/* The copies fail from the chosen one on; negative: none. */
static int copies_left = -1;

static int copy_fails(void)
{
	if (copies_left < 0)
		return 0;
	return copies_left == 0 || copies_left-- == 0;
}

static char *failing_strdup(const char *text)
{
	return copy_fails() ? NULL : strdup(text);
}

static void *failing_calloc(size_t count, size_t size)
{
	return copy_fails() ? NULL : calloc(count, size);
}

#define strdup failing_strdup
#define calloc failing_calloc
#include "texts.c" /* NOLINT(bugprone-suspicious-include) */

static char path[] = "p", scenario[] = "s", load[] = "l", store[] = "dir:x", pinned[] = "v1.0";
static char port[] = "1", line[] = "up", probe[] = "true", build[] = "make";
static char program[] = "a", argument[] = "b";
static char *command[] = {program, argument, NULL};

static char one[] = "one";
static char *scenarios[] = {one, NULL};

/* Nine texts, an array and its two texts, another and its one. */
enum { COPIES = 14 };

static const struct rg_policy_function function = {"f", "m", 0.5, -1, -1};
static const char *const ignore[] = {"idle"};

static const struct rg_config full = {
	.path = path,
	.scenario = scenario,
	.load = load,
	.store = store,
	.pinned = pinned,
	.ready = {.port = port, .line = line, .command = probe, .timeout_ns = 9},
	.alternate = {.build = build, .rounds = 6},
	.command = command,
	.scenarios = scenarios,
	.policy = {.functions = &function,
		   .function_count = 1,
		   .ignore = ignore,
		   .ignore_count = 1},
	.window_ns = 7,
};

static void a_copy_has_its_own_texts(void **state)
{
	struct rg_config copy;

	(void)state;
	copies_left = COPIES;
	assert_int_equal(texts_copy(&copy, &full), 0);
	assert_int_equal(copies_left, 0);
	assert_string_equal(copy.store, "dir:x");
	assert_ptr_not_equal(copy.store, store);
	assert_string_equal(copy.pinned, "v1.0");
	assert_ptr_not_equal(copy.pinned, pinned);
	assert_string_equal(copy.command[1], "b");
	assert_null(copy.command[2]);
	assert_string_equal(copy.scenarios[0], "one");
	assert_null(copy.scenarios[1]);
	assert_string_equal(copy.policy.functions[0].module, "m");
	assert_ptr_not_equal(copy.policy.functions, &function);
	assert_string_equal(copy.policy.ignore[0], "idle");
	assert_int_equal(copy.window_ns, 7);
	rg_config_done(&copy);
}

static void nothing_is_copied_as_nothing(void **state)
{
	const struct rg_config empty = {.window_ns = 7};
	struct rg_config copy;

	(void)state;
	copies_left = 0;
	assert_int_equal(texts_copy(&copy, &empty), 0);
	assert_null(copy.scenario);
	assert_null(copy.command);
	rg_config_done(&copy);
}

static void want_of_memory_at_any_copy_is_told(void **state)
{
	(void)state;
	for (int i = 0; i < COPIES; i++) {
		struct rg_config copy;

		copies_left = i;
		assert_int_equal(texts_copy(&copy, &full), RG_ENOMEM);
		assert_null(copy.command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_has_its_own_texts),
		cmocka_unit_test(nothing_is_copied_as_nothing),
		cmocka_unit_test(want_of_memory_at_any_copy_is_told),
	};

	return cmocka_run_group_tests_name("config/texts", tests, NULL, NULL);
}
