/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"
#include "spaces.h"

static void fill(struct rgw_range *ranges, size_t count, uint64_t tag)
{
	for (size_t i = 0; i < count; i++)
		ranges[i] = (struct rgw_range){.start = tag + i * 16, .end = tag + i * 16 + 8};
}

static const struct rgw_range *at(const struct made *m, rgw_image_id image)
{
	return &m->arrays.ranges[made_space(m, image)->first];
}

static void a_published_list_is_what_walks_find(void **state)
{
	struct made *m = made_new();
	struct rg_spaces *s = rg_spaces_new(&m->arrays);
	struct rgw_range ranges[40];
	struct rg_space_list *list;

	(void)state;
	fill(ranges, 40, 0x1000);
	assert_int_equal(rg_spaces_list(s, ranges, 40, &list), 0);
	rg_spaces_publish(s, 7, list);
	assert_int_equal(made_space(m, 7)->count, 40);
	assert_memory_equal(at(m, 7), ranges, sizeof(ranges));
	rg_spaces_publish(s, 7, NULL);
	assert_null(made_space(m, 7));
	rg_space_list_drop(s, list);
	rg_spaces_free(s);
	made_free(m);
}

static void a_dropped_place_is_used_again_but_not_at_once(void **state)
{
	struct made *m = made_new();
	struct rg_spaces *s = rg_spaces_new(&m->arrays);
	struct rgw_range ranges[10];
	struct rg_space_list *first, *next, *held[8];
	const struct rgw_range *old;
	uint64_t version;
	bool again = false;

	(void)state;
	fill(ranges, 10, 0x1000);
	assert_int_equal(rg_spaces_list(s, ranges, 10, &first), 0);
	rg_spaces_publish(s, 1, first);
	old = at(m, 1);
	version = made_space(m, 1)->version;
	assert_true(version > 0);
	rg_space_list_drop(s, first);
	for (int turn = 0; turn < 8; turn++) {
		fill(ranges, 10, 0x2000);
		assert_int_equal(rg_spaces_list(s, ranges, 10, &next), 0);
		rg_spaces_publish(s, 2, next);
		/* A walk of the last turn may still read the old list. */
		if (turn < 2)
			assert_ptr_not_equal(at(m, 2), old);
		rg_space_list_drop(s, next);
		rg_spaces_turn(s);
	}
	for (int i = 0; i < 8; i++) {
		assert_int_equal(rg_spaces_list(s, ranges, 10, &held[i]), 0);
		rg_spaces_publish(s, 2, held[i]);
		again |= at(m, 2) == old;
		/* What is remembered of walks by the old list is not taken for the new one's. */
		assert_true(made_space(m, 2)->version > version);
		version = made_space(m, 2)->version;
	}
	assert_true(again);
	for (int i = 0; i < 8; i++)
		rg_space_list_drop(s, held[i]);
	rg_spaces_free(s);
	made_free(m);
}

static void a_list_lives_as_long_as_somebody_holds_it(void **state)
{
	struct made *m = made_new();
	struct rg_spaces *s = rg_spaces_new(&m->arrays);
	struct rgw_range ranges[3];
	struct rg_space_list *parent, *child, *other;

	(void)state;
	fill(ranges, 3, 0x1000);
	assert_int_equal(rg_spaces_list(s, ranges, 3, &parent), 0);
	child = rg_space_list_hold(parent);
	rg_spaces_publish(s, 2, child);
	rg_space_list_drop(s, parent);
	for (int turn = 0; turn < 10; turn++) {
		rg_spaces_turn(s);
		fill(ranges, 3, 0x9000);
		assert_int_equal(rg_spaces_list(s, ranges, 3, &other), 0);
		rg_space_list_drop(s, other);
	}
	assert_int_equal(at(m, 2)->start, 0x1000);
	rg_space_list_drop(s, child);
	rg_spaces_free(s);
	made_free(m);
}

static void what_finds_no_room_is_counted(void **state)
{
	struct made *m = made_new();
	struct rg_spaces *s = rg_spaces_new(&m->arrays);
	struct rgw_range *ranges = calloc(RGW_MAX_RANGES + 1, sizeof(*ranges));
	struct rg_space_list *all, *none;

	(void)state;
	assert_int_equal(rg_spaces_list(s, ranges, RGW_MAX_RANGES + 1, &none), 0);
	assert_null(none);
	assert_int_equal(rg_spaces_refused(s), 1);
	assert_int_equal(rg_spaces_list(s, ranges, RGW_MAX_RANGES, &all), 0);
	assert_non_null(all);
	assert_int_equal(rg_spaces_list(s, ranges, 1, &none), 0);
	assert_null(none);
	assert_int_equal(rg_spaces_refused(s), 2);
	rg_space_list_drop(s, all);
	rg_spaces_free(s);
	free(ranges);
	made_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_published_list_is_what_walks_find),
		cmocka_unit_test(a_dropped_place_is_used_again_but_not_at_once),
		cmocka_unit_test(a_list_lives_as_long_as_somebody_holds_it),
		cmocka_unit_test(what_finds_no_room_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
