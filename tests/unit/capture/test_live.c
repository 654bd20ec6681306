/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/made.h"

#include "files.h"
#include "live.h"
#include "machine.h"
#include "procmaps.h"
#include "sideband.h"
#include "timeline.h"

#include "rg/err.h"

#include <unistd.h>

struct world {
	struct made *made;
	struct rg_files *files;
	struct rg_timeline *timeline;
	struct rg_live *live;
	uint64_t now;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->made = made_new();
	w->files = rg_files_new();
	w->timeline = rg_timeline_new(w->files);
	w->live = rg_live_new(w->timeline, w->files, &w->made->arrays);
	w->now = 1000;
	*state = w;
	return w->live ? 0 : -1;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	rg_live_free(w->live);
	rg_timeline_free(w->timeline);
	rg_files_free(w->files);
	made_free(w->made);
	free(w);
	return 0;
}

static void map(struct world *w, uint32_t pid, uint64_t start, uint64_t end)
{
	struct rg_mapping_record record = {
		.time_ns = w->now++, .pid = pid, .start = start, .length = end - start, .path = ""};

	assert_int_equal(rg_timeline_mapping(w->timeline, &record), 0);
}

static void start_exec(struct world *w, uint32_t pid)
{
	struct rg_mapping_record record = {.time_ns = w->now++, .pid = pid, .exec = true};

	assert_int_equal(rg_timeline_mapping(w->timeline, &record), 0);
}

static void tell(struct world *w, uint32_t kind, uint32_t pid, rgw_image_id image,
		 rgw_image_id parent)
{
	struct rgw_event event = {
		.time_ns = w->now++, .kind = kind, .pid = pid, .image = image, .parent = parent};

	assert_int_equal(rg_timeline_event(w->timeline, &event), 0);
}

static void turn(struct world *w, uint64_t until)
{
	assert_int_equal(rg_timeline_settle(w->timeline, NULL), 0);
	assert_int_equal(rg_live_turn(w->live, until, NULL), 0);
}

/* The ranges of an image as text: "1000-2000 3000-4000"; "-" when the image has no space. */
static void assert_space(const struct world *w, rgw_image_id image, const char *expected)
{
	const struct rgw_space *space = made_space(w->made, image);
	char text[512] = "-";
	size_t len = 0;

	if (space)
		text[0] = '\0';
	for (uint32_t i = 0; space && i < space->count; i++) {
		const struct rgw_range *r = &w->made->arrays.ranges[space->first + i];

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%lx-%lx", i ? " " : "",
					(unsigned long)r->start, (unsigned long)r->end);
	}
	assert_string_equal(text, expected);
}

static void mappings_are_sorted_and_the_later_wins(void **state)
{
	struct world *w = *state;

	assert_int_equal(rg_timeline_begin(w->timeline, 10, 1, w->now++), 0);
	map(w, 10, 0x5000, 0x6000);
	map(w, 10, 0x1000, 0x4000);
	turn(w, UINT64_MAX);
	assert_space(w, 1, "1000-4000 5000-6000");
	map(w, 10, 0x2000, 0x3000); /* inside one: that becomes three */
	turn(w, UINT64_MAX);
	assert_space(w, 1, "1000-2000 2000-3000 3000-4000 5000-6000");
	map(w, 10, 0x1800, 0x5800); /* over two whole ones, and parts of two */
	turn(w, UINT64_MAX);
	assert_space(w, 1, "1000-1800 1800-5800 5800-6000");
	map(w, 10, 0x1000, 0x1000); /* nothing at all */
	turn(w, UINT64_MAX);
	assert_space(w, 1, "1000-1800 1800-5800 5800-6000");
}

static void a_child_has_its_parents_and_then_its_own(void **state)
{
	struct world *w = *state;

	assert_int_equal(rg_timeline_begin(w->timeline, 10, 1, w->now++), 0);
	map(w, 10, 0x1000, 0x2000);
	turn(w, UINT64_MAX);
	tell(w, RGW_EVENT_FORK, 11, 2, 1);
	turn(w, UINT64_MAX);
	assert_space(w, 2, "1000-2000");
	map(w, 11, 0x3000, 0x4000);
	turn(w, UINT64_MAX);
	assert_space(w, 1, "1000-2000");
	assert_space(w, 2, "1000-2000 3000-4000");
	tell(w, RGW_EVENT_EXIT, 11, 2, 0);
	turn(w, UINT64_MAX);
	assert_space(w, 2, "-");
	assert_space(w, 1, "1000-2000");
}

static void an_exec_begins_anew(void **state)
{
	struct world *w = *state;

	assert_int_equal(rg_timeline_begin(w->timeline, 10, 1, w->now++), 0);
	map(w, 10, 0x1000, 0x2000);
	turn(w, UINT64_MAX);
	start_exec(w, 10);
	map(w, 10, 0x7000, 0x8000);
	turn(w, UINT64_MAX); /* between the two: the new image has no number yet */
	tell(w, RGW_EVENT_EXEC, 10, 2, 1);
	map(w, 10, 0x9000, 0xa000);
	turn(w, UINT64_MAX);
	assert_space(w, 1, "-");
	assert_space(w, 2, "7000-8000 9000-a000");
}

static void what_is_later_than_the_turn_waits_for_the_next(void **state)
{
	struct world *w = *state;
	uint64_t until;

	assert_int_equal(rg_timeline_begin(w->timeline, 10, 1, w->now++), 0);
	map(w, 10, 0x1000, 0x2000);
	until = w->now++;
	map(w, 10, 0x3000, 0x4000);
	turn(w, until);
	assert_space(w, 1, "1000-2000");
	turn(w, UINT64_MAX);
	assert_space(w, 1, "1000-2000 3000-4000");
}

/* A program that maps code all the time costs us neither memory nor time without end. */
static void the_ranges_of_a_process_are_bounded(void **state)
{
	struct world *w = *state;

	assert_int_equal(rg_timeline_begin(w->timeline, 10, 1, w->now++), 0);
	for (uint64_t i = 0; i < 20000; i++)
		map(w, 10, (i + 1) << 16, ((i + 1) << 16) + 0x1000);
	turn(w, UINT64_MAX);
	assert_int_equal(made_space(w->made, 1)->count, 16384);
	assert_int_equal(rg_live_stats(w->live).refused, 20000 - 16384);
}

static int take_mapping(void *ctx, const struct rg_mapping_record *record)
{
	return rg_timeline_mapping(ctx, record);
}

static void a_real_process_has_tables(void **state)
{
	struct world *w = *state;
	const struct rgw_space *space;
	bool found = false;
	uint64_t here;
	int (*self)(void **) = set_up;

	memcpy(&here, &self, sizeof(here));
	assert_int_equal(rg_timeline_begin(w->timeline, getpid(), 1, 1), 0);
	assert_int_equal(rg_procmaps_read(getpid(), 2, take_mapping, w->timeline), 0);
	turn(w, UINT64_MAX);
	space = made_space(w->made, 1);
	assert_non_null(space);
	for (uint32_t i = 0; i < space->count; i++) {
		const struct rgw_range *r = &w->made->arrays.ranges[space->first + i];

		if (here >= r->start && here < r->end) {
			const struct rgw_table *t = &w->made->arrays.tables[r->table];

			found = true;
			assert_int_not_equal(r->table, RGW_TABLE_NONE);
			assert_in_range((uint32_t)(here - r->start) + r->delta, 0, t->span);
		}
	}
	assert_true(found);
	assert_true(rg_live_stats(w->live).rows > 10000); /* libc alone has more */
	assert_int_equal(rg_live_stats(w->live).refused, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mappings_are_sorted_and_the_later_wins, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_child_has_its_parents_and_then_its_own, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(an_exec_begins_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_later_than_the_turn_waits_for_the_next,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_ranges_of_a_process_are_bounded, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_real_process_has_tables, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
