/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "history.h"

/* --- One process ------------------------------------------------------------------------------ */

static void test_addresses(void **state)
{
	struct history *h = *state;
	struct rg_place place;

	begin(h, 1, 10, 1);
	map(h, 1, 10, 0x1000, "/a");
	assert_replayed(h, {1, 0xfff, ""}, {1, 0x1000, "a"}, {1, 0x1fff, "a"}, {1, 0x2000, ""});
	assert_true(rg_timeline_find(h->timeline, 1, 0x1034, &place));
	assert_int_equal(place.offset, 0x234);
}

static void test_memory(void **state)
{
	struct history *h = *state;
	struct rg_place place;

	begin(h, 1, 10, 1);
	map(h, 1, 10, 0x1000, "//anon");
	replay(h);
	assert_true(rg_timeline_find(h->timeline, 1, 0x1034, &place));
	assert_int_equal(place.file, RG_FILE_NONE);
}

static void test_latest_mapping(void **state)
{
	struct history *h = *state;

	begin_with(h, "/old");
	map(h, 3, 10, 0x1800, "/new");
	assert_replayed(h, {1, 0x1000, "old"}, {1, 0x1900, "new"}, {1, 0x2700, "new"});
}

/* An end beyond the last address is no end before the start. */
static void test_mapping_that_wraps(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	map(h, 2, 10, UINT64_MAX - 10, "/a");
	assert_replayed(h, {1, 5, ""}, {1, 0, ""});
}

static void test_images_nobody_told_of(void **state)
{
	struct history *h = *state;

	begin_with(h, "/a");
	assert_replayed(h, {0, 0x1000, ""}, {2, 0x1000, ""}, {UINT32_MAX, 0x1000, ""});
}

static void test_before_replay(void **state)
{
	struct history *h = *state;

	begin_with(h, "/a");
	settle(h);
	assert_string_equal(at(h, 1, 0x1000), "");
	assert_int_equal(rg_timeline_program(h->timeline), RG_FILE_NONE);
}

static void test_nothing(void **state)
{
	struct history *h = *state;

	assert_replayed(h, {0, 0x1000, ""}, {1, 0x1000, ""});
	assert_int_equal(rg_timeline_program(h->timeline), RG_FILE_NONE);
	assert_int_equal(rg_timeline_processes(h->timeline), 0);
	assert_int_equal(rg_timeline_alive(h->timeline), 0);
}

/* --- Fork ------------------------------------------------------------------------------------- */

static void test_child_has_what_its_parent_had(void **state)
{
	struct history *h = *state;

	begin_with(h, "/before");
	tell_fork(h, 3, 11, 2, 1);
	map(h, 4, 10, 0x3000, "/parents");
	map(h, 5, 11, 0x5000, "/childs");
	assert_replayed(h, {2, 0x1000, "before"}, {2, 0x3000, ""}, {2, 0x5000, "childs"},
			{1, 0x3000, "parents"}, {1, 0x5000, ""});
}

static void test_child_maps_over(void **state)
{
	struct history *h = *state;

	begin_with(h, "/parents");
	tell_fork(h, 3, 11, 2, 1);
	map(h, 4, 11, 0x1000, "/childs");
	assert_replayed(h, {1, 0x1000, "parents"}, {2, 0x1000, "childs"});
}

static void test_grandchildren(void **state)
{
	enum { DEPTH = 2000 };
	struct history *h = *state;

	begin_with(h, "/first");
	for (uint32_t i = 1; i < DEPTH; i++)
		tell_fork(h, 2 + i, 10 + i, 1 + i, i);
	map(h, 2 + DEPTH, 10, 0x1000, "/late");
	assert_replayed(h, {DEPTH, 0x1000, "first"}, {DEPTH, 0x9000, ""}, {1, 0x1000, "late"});
}

/* As code is mapped that is made while the program runs, over what was there, and a child that has it as it was at the fork. */
static void test_many_mappings(void **state)
{
	enum { MANY = 100000, FINDS = 1000000, CHILDS = MANY / 2 };
	struct history *h = *state;
	struct rg_place place;
	size_t found = 0;

	begin_with(h, "/first");
	for (uint32_t i = 0; i < MANY; i++)
		map(h, 3 + i, 10, 0x10000 + 0x800ULL * i, i < CHILDS ? "/early" : "/late");
	tell_fork(h, 3 + CHILDS, 11, 2, 1);
	map(h, 4 + MANY, 10, 0x1800, "/over");
	map(h, 5 + MANY, 10, 0x10000, "/again");
	assert_replayed(h, {1, 0x1000, "first"}, {1, 0x1800, "over"}, {1, 0x10800, "again"},
			{1, 0x11000, "early"}, {2, 0x1900, "first"}, {2, 0x10000, "early"},
			{2, 0x11000, "early"}, {1, 0xfff, ""}, {2, 0x2000, ""},
			{1, 0x10000 + 0x800ULL * MANY + 0x800, ""});
	for (uint64_t i = 0; i < FINDS; i++)
		found += rg_timeline_find(h->timeline, 1, 0x10000 + 0x800 * (i % 100), &place);
	assert_int_equal(found, FINDS);
}

/* Each goes on in its child: what the first has mapped is found at once however long the line is. */
static void test_a_long_line_of_children(void **state)
{
	enum { DEPTH = 60000, MIDDLE = DEPTH / 2, FINDS = 200000 };
	struct history *h = *state;
	struct rg_place place;
	size_t found = 0;

	begin_with(h, "/first");
	for (uint32_t i = 1; i < DEPTH; i++) {
		tell_fork(h, 2 + 2 * i, 10 + i, 1 + i, i);
		if (1 + i == MIDDLE)
			map(h, 3 + 2 * i, 10 + i, 0x5000, "/middle");
	}
	assert_replayed(h, {DEPTH, 0x1000, "first"}, {MIDDLE, 0x5000, "middle"},
			{DEPTH, 0x5000, "middle"}, {MIDDLE - 1, 0x5000, ""});
	for (uint32_t i = 0; i < FINDS; i++)
		found += rg_timeline_find(h->timeline, DEPTH - i % 10, 0x1000, &place);
	assert_int_equal(found, FINDS);
}

static void test_fork_then_parent_execs(void **state)
{
	struct history *h = *state;

	begin_with(h, "/shell");
	map(h, 2, 10, 0x8000, "/libc");
	tell_fork(h, 3, 11, 2, 1);
	exec_program(h, 4, 10, 3, 1, "/program");
	map(h, 7, 10, 0x9000, "/libm");
	assert_replayed(h, {2, 0x1000, "shell"}, {2, 0x8000, "libc"}, {2, 0x9000, ""},
			{3, 0x1000, "program"}, {3, 0x8000, ""}, {3, 0x9000, "libm"},
			{1, 0x1000, "shell"});
}

static void test_fork_then_child_execs(void **state)
{
	struct history *h = *state;

	begin_with(h, "/shell");
	tell_fork(h, 3, 11, 2, 1);
	exec_program(h, 4, 11, 3, 2, "/program");
	map(h, 8, 10, 0x8000, "/plugin");
	assert_replayed(h, {2, 0x1000, "shell"}, {3, 0x1000, "program"}, {3, 0x8000, ""},
			{1, 0x8000, "plugin"});
}

/* --- Exec ------------------------------------------------------------------------------------- */

static void test_exec_without_mappings(void **state)
{
	struct history *h = *state;

	begin_with(h, "/shell");
	tell_exec_start(h, 3, 10);
	tell_exec(h, 4, 10, 2, 1);
	assert_replayed(h, {1, 0x1000, "shell"}, {2, 0x1000, ""});
}

/* Its start was lost: the new program's mappings lie with the old one's, and are found there. */
static void test_exec_without_start(void **state)
{
	struct history *h = *state;

	begin_with(h, "/shell");
	map(h, 3, 10, 0x1000, "/program");
	tell_exec(h, 4, 10, 2, 1);
	map(h, 5, 10, 0x3000, "/libc");
	assert_replayed(h, {2, 0x1000, "program"}, {2, 0x3000, "libc"}, {1, 0x3000, ""});
}

/* A start without an exec: it failed behind the point of no return, and the process was killed. */
static void test_exec_that_failed(void **state)
{
	struct history *h = *state;

	begin_with(h, "/shell");
	tell_fork(h, 3, 11, 2, 1);
	tell_exec_start(h, 4, 11);
	map(h, 5, 11, 0x1000, "/broken");
	tell_exit(h, 6, 11, 2);
	tell_fork(h, 7, 11, 3, 1);
	map(h, 8, 11, 0x5000, "/plugin");
	assert_replayed(h, {2, 0x1000, "shell"}, {3, 0x1000, "shell"}, {3, 0x5000, "plugin"});
}

static void test_two_starts(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	tell_exec_start(h, 2, 10);
	map(h, 3, 10, 0x1000, "/first");
	exec_program(h, 4, 10, 2, 1, "/second");
	assert_replayed(h, {2, 0x1000, "second"});
}

static void test_one_after_the_other(void **state)
{
	struct history *h = *state;

	begin(h, 1, 10, 1);
	exec_program(h, 10, 10, 2, 1, "/one");
	exec_program(h, 20, 10, 3, 2, "/two");
	exec_program(h, 30, 10, 4, 3, "/three");
	assert_replayed(h, {2, 0x1000, "one"}, {3, 0x1000, "two"}, {4, 0x1000, "three"});
}

/* It exec'd before we knew it: no exec follows, and what it has mapped is what /proc says. */
static void test_exec_before_the_beginning(void **state)
{
	struct history *h = *state;

	tell_exec_start(h, 1, 10);
	map(h, 2, 10, 0x1000, "/program");
	begin(h, 4, 10, 1);
	map(h, 4, 10, 0x1000, "/program");
	map(h, 5, 10, 0x5000, "/plugin");
	assert_replayed(h, {1, 0x1000, "program"}, {1, 0x5000, "plugin"});
}

/* We came to know it between the start of an exec and its end. */
static void test_beginning_within_an_exec(void **state)
{
	struct history *h = *state;

	tell_exec_start(h, 1, 10);
	begin(h, 2, 10, 1);
	map(h, 2, 10, 0x1000, "/program");
	tell_exec(h, 3, 10, 2, 1);
	map(h, 4, 10, 0x5000, "/libc");
	assert_replayed(h, {2, 0x1000, "program"}, {2, 0x5000, "libc"});
}

/* --- Program ---------------------------------------------------------------------------------- */

static void test_program(void **state)
{
	struct history *h = *state;
	uint32_t program;

	begin(h, 1, 10, 1); /* launched: nothing known of it before its exec */
	tell_exec_start(h, 2, 10);
	map(h, 3, 10, 0x1000, "//anon");
	map(h, 4, 10, 0x3000, "/opt/orders");
	map(h, 5, 10, 0x5000, "/lib/ld.so");
	tell_exec(h, 6, 10, 2, 1);
	map(h, 7, 10, 0x7000, "/lib/libc.so");
	replay(h);
	program = rg_timeline_program(h->timeline);
	assert_int_not_equal(program, RG_FILE_NONE);
	assert_string_equal(rg_object_name(rg_files_object(h->files, program)), "orders");
}

static void test_program_of_memory_alone(void **state)
{
	struct history *h = *state;

	begin_with(h, "//anon");
	replay(h);
	assert_int_equal(rg_timeline_program(h->timeline), RG_FILE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		history_test(test_addresses),
		history_test(test_memory),
		history_test(test_latest_mapping),
		history_test(test_mapping_that_wraps),
		history_test(test_images_nobody_told_of),
		history_test(test_before_replay),
		history_test(test_nothing),
		history_test(test_child_has_what_its_parent_had),
		history_test(test_child_maps_over),
		history_test(test_grandchildren),
		history_test(test_many_mappings),
		history_test(test_a_long_line_of_children),
		history_test(test_fork_then_parent_execs),
		history_test(test_fork_then_child_execs),
		history_test(test_exec_without_mappings),
		history_test(test_exec_without_start),
		history_test(test_exec_that_failed),
		history_test(test_two_starts),
		history_test(test_one_after_the_other),
		history_test(test_exec_before_the_beginning),
		history_test(test_beginning_within_an_exec),
		history_test(test_program),
		history_test(test_program_of_memory_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
