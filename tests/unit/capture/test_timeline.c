/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that come and go: their numbers, and who joins and leaves. */
#include "history.h"

/* --- Numbers ---------------------------------------------------------------------------------- */

static void test_reused_pid(void **state)
{
	struct history *h = *state;

	begin_with(h, "/shell");
	tell_fork(h, 3, 11, 2, 1);
	map(h, 4, 11, 0x5000, "/first");
	tell_exit(h, 5, 11, 2);
	tell_fork(h, 6, 11, 3, 1);
	map(h, 7, 11, 0x5000, "/second");
	assert_replayed(h, {2, 0x5000, "first"}, {3, 0x5000, "second"});
}

/* The process that has the number now is no part of the target: nothing of it may name the old one's samples. */
static void test_pid_reused_by_a_stranger(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	tell_fork(h, 2, 11, 2, 1);
	map(h, 3, 11, 0x5000, "/ours");
	tell_exit(h, 4, 11, 2);
	map(h, 5, 11, 0x5000, "/strangers");
	tell_exec_start(h, 6, 11);
	map(h, 7, 11, 0x5000, "/strangers");
	assert_replayed(h, {2, 0x5000, "ours"});
}

static void test_strangers_are_dropped(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	map(h, 2, 99, 0x1000, "/strangers");
	tell_exec_start(h, 3, 98);
	settle(h);
	/* Too late: what it mapped before was not kept. */
	tell_fork(h, 4, 99, 2, 1);
	assert_replayed(h, {2, 0x1000, ""});
	assert_int_equal(rg_timeline_lost(h->timeline), 0);
}

/* The record may be read before the event that makes its process known. */
static void test_mapping_read_before_fork(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	map(h, 5, 11, 0x1000, "/childs");
	tell_fork(h, 4, 11, 2, 1);
	assert_replayed(h, {2, 0x1000, "childs"});
}

static void test_counts(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	tell_fork(h, 2, 11, 2, 1);
	tell_fork(h, 3, 12, 3, 1);
	tell_exec(h, 4, 12, 4, 3);
	assert_int_equal(rg_timeline_processes(h->timeline), 3);
	assert_int_equal(rg_timeline_alive(h->timeline), 3);
	tell_exit(h, 5, 11, 2);
	assert_int_equal(rg_timeline_processes(h->timeline), 3);
	assert_int_equal(rg_timeline_alive(h->timeline), 2);
	tell_exit(h, 6, 10, 1);
	tell_exit(h, 7, 12, 4);
	tell_exit(h, 8, 12, 4);
	assert_int_equal(rg_timeline_alive(h->timeline), 0);
}

static void test_unknown_event(void **state)
{
	struct history *h = *state;

	begin_with(h, "/a");
	tell(h, (enum rgw_event_kind)77, 3, 10, 2, 1);
	assert_replayed(h, {1, 0x1000, "a"});
	assert_int_equal(rg_timeline_alive(h->timeline), 1);
}

/* Numbers that the kernel side never gives out. */
static void test_numbers_out_of_range(void **state)
{
	static const struct {
		const char *why;
		rgw_image_id image, parent;
		uint64_t lost;
	} rows[] = {
		{"a parent nobody told of", 2, 1000, 0},
		{"its own parent", 2, 2, 0},
		{"a parent that is younger", 2, 3, 0},
		{"no parent", 2, 0, 0},
		{"no image", 0, 1, 0},
		{"a parent beyond all", 2, UINT32_MAX, 1},
		{"an image beyond all", UINT32_MAX, 1, 1},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (int kind = RGW_EVENT_FORK; kind <= RGW_EVENT_EXIT; kind++) {
			struct history *h = *state;

			print_message("%s (event %d)\n", rows[i].why, kind);
			begin_with(h, "/a");
			tell(h, (enum rgw_event_kind)kind, 3, 11, rows[i].image, rows[i].parent);
			map(h, 4, 11, 0x5000, "/b");
			tell(h, (enum rgw_event_kind)kind, 5, 11, rows[i].image, rows[i].parent);
			tell_fork(h, 6, 12, 3, 2);
			replay(h);
			for (rgw_image_id image = 0; image < 4; image++)
				assert_string_equal(at(h, image, 0x7000), "");
			assert_string_equal(at(h, rows[i].image, 0x7000), "");
			assert_string_equal(at(h, rows[i].parent, 0x7000), "");
			assert_string_equal(at(h, 1, 0x1000), "a");
			assert_int_equal(rg_timeline_lost(h->timeline), 2 * rows[i].lost);
			end_test(state);
			assert_int_equal(begin_test(state), 0);
		}
}

/* --- Joining and leaving ---------------------------------------------------------------------- */

static void test_one_that_joins_leaves_and_joins_again(void **state)
{
	struct history *h = *state;
	struct rg_place place;

	tell(h, RGW_EVENT_JOIN, 10, 7, 1, 0);
	map(h, 10, 7, 0x1000, "/first");
	settle(h);
	assert_int_equal(rg_timeline_alive(h->timeline), 1);
	tell(h, RGW_EVENT_LEAVE, 20, 7, 1, 0);
	assert_int_equal(rg_timeline_alive(h->timeline), 0);
	/* What it maps meanwhile is nobody's. */
	map(h, 25, 7, 0x3000, "/between");
	tell(h, RGW_EVENT_JOIN, 30, 7, 2, 0);
	map(h, 30, 7, 0x5000, "/second");
	settle(h);
	assert_int_equal(rg_timeline_processes(h->timeline), 1);
	assert_int_equal(rg_timeline_alive(h->timeline), 1);
	assert_int_equal(rg_timeline_replay(h->timeline, NULL), 0);
	assert_true(rg_timeline_find(h->timeline, 1, 0x1000, &place));
	assert_false(rg_timeline_find(h->timeline, 1, 0x3000, &place));
	assert_false(rg_timeline_find(h->timeline, 2, 0x3000, &place));
	assert_false(rg_timeline_find(h->timeline, 2, 0x1000, &place));
	assert_true(rg_timeline_find(h->timeline, 2, 0x5000, &place));
}

/* It took the name on its way through exec: its first image is over before it has run. */
static void test_one_that_joins_in_its_exec(void **state)
{
	struct history *h = *state;
	struct rg_place place;

	tell(h, RGW_EVENT_JOIN, 10, 7, 1, 0);
	exec_program(h, 11, 7, 2, 1, "/program");
	settle(h);
	assert_int_equal(rg_timeline_replay(h->timeline, NULL), 0);
	assert_true(rg_timeline_find(h->timeline, 2, 0x1000, &place));
	assert_false(rg_timeline_find(h->timeline, 1, 0x1000, &place));
}

static void test_held_mappings_can_be_forgotten(void **state)
{
	struct history *h = *state;
	struct rg_place place;
	size_t before;

	tell(h, RGW_EVENT_JOIN, 10, 7, 1, 0);
	map(h, 10, 7, 0x1000, "/kept");
	before = rg_timeline_pending(h->timeline);
	assert_int_equal(before, 1);
	map(h, 11, 7, 0x3000, "/forgotten");
	rg_timeline_drop_pending(h->timeline, before);
	rg_timeline_drop_pending(h->timeline, 5);
	settle(h);
	assert_int_equal(rg_timeline_replay(h->timeline, NULL), 0);
	assert_true(rg_timeline_find(h->timeline, 1, 0x1000, &place));
	assert_false(rg_timeline_find(h->timeline, 1, 0x3000, &place));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		history_test(test_one_that_joins_leaves_and_joins_again),
		history_test(test_one_that_joins_in_its_exec),
		history_test(test_held_mappings_can_be_forgotten),
		history_test(test_reused_pid),
		history_test(test_pid_reused_by_a_stranger),
		history_test(test_strangers_are_dropped),
		history_test(test_mapping_read_before_fork),
		history_test(test_counts),
		history_test(test_unknown_event),
		history_test(test_numbers_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
