/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histories told in any order, and too much of them. */
#include "base/fail_libc.h"
#include "../../../diff/base/grow.c"
#include "timeline.c"
#include "timeline_replay.c"

#include "history.h"

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
		assert_replayed(h, {2, 0x1000, "shell"}, {3, 0x1000, "program"},
				{3, 0x3000, "plugin"}, {4, 0x3000, "libc"}, {4, 0x5000, "childs"},
				{5, 0x1000, "shell"}, {5, 0x3000, "other"});
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
	assert_replayed(h, {1, 0x1000, "new"});
}

/* --- Limits ----------------------------------------------------------------------------------- */

static void test_too_many_records(void **state)
{
	struct history *h = *state;

	begin_with(h, "/a");
	settle(h);
	for (uint32_t i = 0; i < MAX_RECORDS; i++)
		tell_exec(h, 3 + i, 10, 2, 1);
	assert_int_equal(rg_timeline_lost(h->timeline), 2);
	assert_replayed(h, {1, 0x1000, "a"});
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
	assert_int_equal(failures, 7); /* six of its own, and the list of files */
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
		history_test(test_any_order_of_arrival), history_test(test_equal_times),
		history_test(test_too_many_records),     history_test(test_too_many_pending),
		history_test(test_out_of_memory),        history_test(test_random_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
