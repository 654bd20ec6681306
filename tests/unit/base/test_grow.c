/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fail_libc.h"
#include "grow.c" /* NOLINT(bugprone-suspicious-include) */

struct numbers {
	uint32_t *items;
	size_t count, cap;
};

static void elements_stay_as_more_are_added(void **state)
{
	struct numbers numbers = {0};

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		assert_int_equal(RG_GROW(numbers.items, numbers.cap, numbers.count), 0);
		assert_true(numbers.cap > numbers.count);
		numbers.items[numbers.count++] = i;
	}
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(numbers.items[i], i);
	free(numbers.items);
}

static void many_fit_at_once(void **state)
{
	struct numbers numbers = {0};

	(void)state;
	assert_int_equal(RG_GROW_TO(numbers.items, numbers.cap, 5000), 0);
	assert_true(numbers.cap >= 5000);
	memset(numbers.items, 0, 5000 * sizeof(*numbers.items));
	free(numbers.items);
}

static void what_has_room_is_left_alone(void **state)
{
	struct numbers numbers = {0};
	uint32_t *before;
	size_t room;

	(void)state;
	assert_int_equal(RG_GROW_TO(numbers.items, numbers.cap, 0), 0);
	assert_null(numbers.items);
	assert_int_equal(RG_GROW(numbers.items, numbers.cap, 0), 0);
	before = numbers.items;
	room = numbers.cap;
	allocations_left = 0;
	assert_int_equal(RG_GROW(numbers.items, numbers.cap, room - 1), 0);
	assert_int_equal(RG_GROW_TO(numbers.items, numbers.cap, room), 0);
	allocations_left = -1;
	assert_ptr_equal(numbers.items, before);
	assert_int_equal(numbers.cap, room);
	free(numbers.items);
}

static void assert_refused(struct numbers *numbers, size_t wanted)
{
	const struct numbers before = *numbers;

	assert_int_equal(RG_GROW_TO(numbers->items, numbers->cap, wanted), RG_ENOMEM);
	assert_ptr_equal(numbers->items, before.items);
	assert_int_equal(numbers->cap, before.cap);
}

static void failing_leaves_all_as_it_was(void **state)
{
	struct numbers numbers = {0};

	(void)state;
	allocations_left = 0;
	assert_refused(&numbers, 1);
	allocations_left = -1;
	assert_int_equal(RG_GROW(numbers.items, numbers.cap, 0), 0);
	allocations_left = 0;
	assert_refused(&numbers, numbers.cap + 1);
	allocations_left = -1;
	free(numbers.items);
}

/* Whose bytes no size_t holds. */
static void too_many_are_refused(void **state)
{
	struct numbers numbers = {0};

	(void)state;
	assert_refused(&numbers, SIZE_MAX);
	assert_refused(&numbers, SIZE_MAX / sizeof(*numbers.items) + 1);
	assert_int_equal(RG_GROW(numbers.items, numbers.cap, 0), 0);
	assert_refused(&numbers, SIZE_MAX);
	assert_refused(&numbers, SIZE_MAX / sizeof(*numbers.items) + 1);
	free(numbers.items);
}

static void arrays_of_an_arena_grow_in_it(void **state)
{
	struct rg_arena *arena = rg_arena_new(0);
	struct numbers numbers = {0};

	(void)state;
	for (uint32_t i = 0; i < 10000; i++) {
		assert_int_equal(RG_GROW_IN(arena, numbers.items, numbers.cap, numbers.count), 0);
		assert_true(numbers.cap > numbers.count);
		assert_int_equal(numbers.items[numbers.count], 0);
		numbers.items[numbers.count++] = i;
	}
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(numbers.items[i], i);
	rg_arena_free(arena);
}

static void a_full_arena_leaves_all_as_it_was(void **state)
{
	struct rg_arena *arena = rg_arena_new(sizeof(uint32_t) * ARENA_ROOM_MIN);
	struct numbers numbers = {0};
	uint32_t *before;

	(void)state;
	assert_int_equal(RG_GROW_IN(arena, numbers.items, numbers.cap, 0), 0);
	before = numbers.items;
	assert_int_equal(RG_GROW_IN(arena, numbers.items, numbers.cap, ARENA_ROOM_MIN), RG_ENOMEM);
	assert_ptr_equal(numbers.items, before);
	assert_int_equal(numbers.cap, ARENA_ROOM_MIN);
	rg_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_stay_as_more_are_added),
		cmocka_unit_test(many_fit_at_once),
		cmocka_unit_test(what_has_room_is_left_alone),
		cmocka_unit_test(failing_leaves_all_as_it_was),
		cmocka_unit_test(too_many_are_refused),
		cmocka_unit_test(arrays_of_an_arena_grow_in_it),
		cmocka_unit_test(a_full_arena_leaves_all_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
