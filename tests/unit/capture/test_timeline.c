/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fail_libc.h"
#include "grow.c"
#include "timeline.c"
#include "timeline_replay.c"

#include "history.h"

/* --- Numbers ---------------------------------------------------------------------------------- */

static void test_reused_pid(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	map(h, 2, 10, 0x1000, "/shell");
	tell_fork(h, 3, 11, 2, 1);
	map(h, 4, 11, 0x5000, "/first");
	tell_exit(h, 5, 11, 2);
	tell_fork(h, 6, 11, 3, 1);
	map(h, 7, 11, 0x5000, "/second");
	replay(h);
	assert_string_equal(at(h, 2, 0x5000), "first");
	assert_string_equal(at(h, 3, 0x5000), "second");
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
	replay(h);
	assert_string_equal(at(h, 2, 0x5000), "ours");
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
	replay(h);
	assert_string_equal(at(h, 2, 0x1000), "");
	assert_int_equal(rg_timeline_lost(h->timeline), 0);
}

/* The record may be read before the event that makes its process known. */
static void test_mapping_read_before_fork(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	map(h, 5, 11, 0x1000, "/childs");
	tell_fork(h, 4, 11, 2, 1);
	replay(h);
	assert_string_equal(at(h, 2, 0x1000), "childs");
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

	begin(h, 1, 10, 1);
	map(h, 2, 10, 0x1000, "/a");
	tell(h, (enum rgw_event_kind)77, 3, 10, 2, 1);
	replay(h);
	assert_string_equal(at(h, 1, 0x1000), "a");
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
			begin(h, 1, 10, 1);
			map(h, 2, 10, 0x1000, "/a");
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

/* --- Order ------------------------------------------------------------------------------------ */

enum { STEPS = 12 };

/* One step of a shell that runs two programs, of which the first forks, at its own time. */
static void tell_step(struct history *h, int step)
{
	switch (step) {
	case 0:
		map(h, 20, 10, 0x1000, "/shell");
		return;
	case 1:
		tell_fork(h, 30, 11, 2, 1);
		return;
	case 2:
		tell_exec_start(h, 40, 11);
		return;
	case 3:
		map(h, 50, 11, 0x1000, "/program");
		return;
	case 4:
		tell_exec(h, 60, 11, 3, 2);
		return;
	case 5:
		map(h, 70, 11, 0x3000, "/libc");
		return;
	case 6:
		tell_fork(h, 80, 12, 4, 3);
		return;
	case 7:
		map(h, 90, 11, 0x3000, "/plugin");
		return;
	case 8:
		tell_exit(h, 100, 11, 3);
		return;
	case 9:
		tell_fork(h, 110, 11, 5, 1);
		return;
	case 10:
		map(h, 120, 12, 0x5000, "/childs");
		return;
	default:
		map(h, 130, 11, 0x3000, "/other");
	}
}

static void test_any_order_of_arrival(void **state)
{
	uint64_t random = 11;

	for (int round = 0; round < 300; round++) {
		struct history *h = *state;
		int order[STEPS];

		for (int i = 0; i < STEPS; i++) {
			int k = (int)(next_random(&random) % (uint64_t)(i + 1));

			order[i] = order[k];
			order[k] = i;
		}
		begin(h, 10, 10, 1);
		for (int i = 0; i < STEPS; i++)
			tell_step(h, order[i]);
		replay(h);
		assert_string_equal(at(h, 2, 0x1000), "shell");
		assert_string_equal(at(h, 3, 0x1000), "program");
		assert_string_equal(at(h, 3, 0x3000), "plugin");
		assert_string_equal(at(h, 4, 0x3000), "libc");
		assert_string_equal(at(h, 4, 0x5000), "childs");
		assert_string_equal(at(h, 5, 0x1000), "shell");
		assert_string_equal(at(h, 5, 0x3000), "other");
		end_test(state);
		assert_int_equal(begin_test(state), 0);
	}
}

/* Of equal times the order of arrival decides. */
static void test_equal_times(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	for (int i = 0; i < 100; i++)
		map(h, 1, 10, 0x1000, "/old");
	map(h, 1, 10, 0x1000, "/new");
	replay(h);
	assert_string_equal(at(h, 1, 0x1000), "new");
}

/* --- Limits ----------------------------------------------------------------------------------- */

static void test_too_many_records(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	map(h, 2, 10, 0x1000, "/a");
	settle(h);
	for (uint32_t i = 0; i < MAX_RECORDS; i++)
		tell_exec(h, 3 + i, 10, 2, 1);
	assert_int_equal(rg_timeline_lost(h->timeline), 2);
	replay(h);
	assert_string_equal(at(h, 1, 0x1000), "a");
}

static void test_too_many_pending(void **state)
{
	struct history *h = *state;

	for (uint32_t i = 0; i < MAX_RECORDS + 3; i++)
		tell_exec_start(h, i, 99);
	assert_int_equal(rg_timeline_lost(h->timeline), 3);
	replay(h);
}

/* A history that allocates in every way, with what it comes to. */
static int try_history(struct history *h)
{
	const struct rg_mapping_record start = {.time_ns = 3, .pid = 11, .exec = true};
	const struct rg_mapping_record mapping = {
		.time_ns = 4, .pid = 11, .start = 0x1000, .length = 1, .path = "//anon"};
	const struct rgw_event fork_event = {
		.time_ns = 2, .kind = RGW_EVENT_FORK, .pid = 11, .image = 2, .parent = 1};
	struct rg_err err = {0};
	int rc = rg_timeline_begin(h->timeline, 10, 1, 1);

	if (!rc)
		rc = rg_timeline_event(h->timeline, &fork_event);
	if (!rc)
		rc = rg_timeline_mapping(h->timeline, &start);
	if (!rc)
		rc = rg_timeline_mapping(h->timeline, &mapping);
	if (rc)
		return rc;
	rc = rg_timeline_settle(h->timeline, &err);
	if (!rc)
		rc = rg_timeline_replay(h->timeline, &err);
	assert_int_equal(err.code, rc);
	return rc;
}

static void test_out_of_memory(void **state)
{
	int failures = 0;

	for (int left = 0;; left++) {
		struct history *h = *state;
		int rc;

		allocations_left = left;
		rc = try_history(h);
		allocations_left = -1;
		if (!rc)
			break;
		assert_int_equal(rc, RG_ENOMEM);
		failures++;
		end_test(state);
		assert_int_equal(begin_test(state), 0);
	}
	assert_int_equal(failures, 6);
}

/* Whatever is told in whatever order, with numbers from a small range: nothing is read that is not there. */
static void test_random_histories(void **state)
{
	uint64_t random = 5;

	for (int round = 0; round < 200; round++) {
		struct history *h = *state;

		for (int i = 0; i < 200; i++) {
			uint64_t r = next_random(&random);
			uint64_t time = r % 50;
			uint32_t pid = (uint32_t)(r >> 8) % 4;
			rgw_image_id image = (uint32_t)(r >> 16) % 8;
			rgw_image_id parent = (uint32_t)(r >> 24) % 8;

			switch ((r >> 32) % 8) {
			case 0:
				begin(h, time, (pid_t)pid, image);
				break;
			case 1:
				tell_exec_start(h, time, pid);
				break;
			case 2:
			case 3:
				map(h, time, pid, (r >> 40) % 8 * 0x800, "/f");
				break;
			case 4:
				settle(h);
				break;
			default:
				tell(h, (enum rgw_event_kind)((r >> 48) % 4), time, pid, image,
				     parent);
			}
		}
		replay(h);
		for (rgw_image_id image = 0; image < 10; image++)
			at(h, image, (next_random(&random) % 10) * 0x700);
		end_test(state);
		assert_int_equal(begin_test(state), 0);
	}
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
		history_test(test_any_order_of_arrival),
		history_test(test_equal_times),
		history_test(test_too_many_records),
		history_test(test_too_many_pending),
		history_test(test_out_of_memory),
		history_test(test_random_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
