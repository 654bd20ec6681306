/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind/made.h"

#include "files.h"
#include "live.h"
#include "procmaps.h"
#include "sideband.h"
#include "snapshots.h"
#include "stacks.h"
#include "timeline.h"

#include "rg/err.h"

#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { IMAGE = 1 };

static const struct rg_wait_window window = {.start_ns = 1000, .end_ns = 5000, .slice_ns = 1000};

struct world {
	struct made *made;
	struct rg_files *files;
	struct rg_timeline *timeline;
	struct rg_live *live;
	struct rg_stacks *stacks;
	struct rg_snapshots snapshots;
};

static int take_mapping(void *ctx, const struct rg_mapping_record *record)
{
	return rg_timeline_mapping(ctx, record);
}

/* This process, as the capture knows one that runs. */
static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->made = made_new();
	w->files = rg_files_new();
	w->timeline = rg_timeline_new(w->files);
	w->live = rg_live_new(w->timeline, w->files, &w->made->arrays);
	w->stacks = rg_stacks_new();
	assert_int_equal(rg_timeline_begin(w->timeline, getpid(), IMAGE, 1), 0);
	assert_int_equal(rg_procmaps_read(getpid(), 1, take_mapping, w->timeline), 0);
	assert_int_equal(rg_timeline_settle(w->timeline, NULL), 0);
	assert_int_equal(rg_live_turn(w->live, UINT64_MAX, NULL), 0);
	w->snapshots.live = w->live;
	rg_live_on_end(w->live, rg_snapshots_end_image, &w->snapshots);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	rg_snapshots_done(&w->snapshots);
	rg_stacks_free(w->stacks);
	rg_live_free(w->live);
	rg_timeline_free(w->timeline);
	rg_files_free(w->files);
	made_free(w->made);
	free(w);
	return 0;
}

/* A snapshot of its caller's stack, as the kernel side would take one. */
static __attribute__((noinline)) struct rgw_snapshot *take_snapshot(void)
{
	struct rgw_snapshot *s = calloc(1, sizeof(*s));
	ucontext_t context;

	assert_non_null(s);
	assert_int_equal(getcontext(&context), 0);
#if defined(__x86_64__)
	{
		static const int by_dwarf[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
					       REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
					       REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};

		for (size_t i = 0; i < sizeof(by_dwarf) / sizeof(by_dwarf[0]); i++)
			s->registers[i] = (uint64_t)context.uc_mcontext.gregs[by_dwarf[i]];
		s->address = s->registers[RGW_X86_RSP] & ~(uint64_t)(RGW_PAGE - 1);
	}
#else
	skip();
#endif
	s->key.image = IMAGE;
	s->sample.count = 1;
	s->returned = 1;
	/* As much as there is: the stack may end within the pages. */
	for (uint32_t i = 0; i < RGW_SNAPSHOT_PAGES; i++) {
		uint64_t from = s->address + i * RGW_PAGE;
		int ends[2];
		ssize_t got;
		const void *page;

		memcpy(&page, &from, sizeof(page));
		assert_int_equal(pipe(ends), 0);
		/* The kernel says whether it can be read; by syscall(), for a sanitizer would say it may not. */
		got = syscall(SYS_write, ends[1], page, RGW_PAGE);
		if (got == RGW_PAGE)
			assert_int_equal(read(ends[0], s->stack[i], RGW_PAGE), RGW_PAGE);
		close(ends[0]);
		close(ends[1]);
		if (got != RGW_PAGE)
			break;
		s->pages |= 1U << i;
	}
	return s;
}

static const struct rg_raw_stack *only_stack(const struct world *w)
{
	size_t count;
	const struct rg_raw_stack *stacks = rg_stacks_get(w->stacks, &count);

	assert_int_equal(count, 1);
	return stacks;
}

static bool holds(const struct rg_raw_stack *stack, void (*function)(void **))
{
	uint64_t start;

	memcpy(&start, &function, sizeof(start));
	for (size_t i = 0; i < stack->user_depth; i++)
		if (stack->address[i] >= start && stack->address[i] < start + 4096)
			return true;
	return false;
}

static void add(struct world *w, struct rgw_snapshot *s)
{
	assert_int_equal(rg_snapshots_add(&w->snapshots, s), 0);
}

static void turn(struct world *w)
{
	assert_int_equal(rg_snapshots_turn(&w->snapshots, w->stacks, &window, NULL), 0);
}

static void finish(struct world *w)
{
	assert_int_equal(rg_snapshots_finish(&w->snapshots, w->stacks, &window, NULL), 0);
	assert_int_equal(w->snapshots.count, 0);
}

static void assert_walked(const struct world *w, void (*function)(void **))
{
	const struct rg_raw_stack *stack = only_stack(w);

	assert_int_equal(stack->end, RGW_END_ROOT);
	assert_true(stack->user_depth > 3);
	assert_true(holds(stack, function));
	assert_int_equal(w->snapshots.ends[RGW_END_ROOT], 1);
}

/* What was mapped before it was taken may be among what the turn after takes in. */
static void a_stack_is_walked_in_the_turn_after(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();

	add(w, s);
	turn(w);
	assert_int_equal(w->snapshots.count, 1);
	turn(w);
	assert_int_equal(w->snapshots.count, 0);
	assert_walked(w, a_stack_is_walked_in_the_turn_after);
	free(s);
}

static void what_is_left_is_walked_at_last(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();

	add(w, s);
	finish(w);
	assert_walked(w, what_is_left_is_walked_at_last);
	free(s);
}

static void tell(struct world *w, uint32_t kind, rgw_image_id image)
{
	const struct rgw_event event = {.time_ns = 2,
					.kind = kind,
					.pid = (uint32_t)getpid(),
					.image = image,
					.parent = IMAGE};

	assert_int_equal(rg_timeline_event(w->timeline, &event), 0);
	assert_int_equal(rg_timeline_settle(w->timeline, NULL), 0);
	assert_int_equal(rg_live_turn(w->live, UINT64_MAX, NULL), 0);
}

static void a_stack_is_walked_as_its_process_ends(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();

	add(w, s);
	tell(w, RGW_EVENT_EXIT, IMAGE);
	turn(w);
	assert_int_equal(w->snapshots.count, 0);
	assert_walked(w, a_stack_is_walked_as_its_process_ends);
	free(s);
}

static void a_stack_is_walked_as_another_program_takes_its_place(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();
	struct rg_mapping_record begins = {.time_ns = 2, .pid = (uint32_t)getpid(), .exec = true};

	add(w, s);
	assert_int_equal(rg_timeline_mapping(w->timeline, &begins), 0);
	tell(w, RGW_EVENT_EXEC, IMAGE + 1);
	turn(w);
	assert_walked(w, a_stack_is_walked_as_another_program_takes_its_place);
	free(s);
}

/* A page that is about to be written for the first time cannot be read: the frames above it can. */
static void a_page_that_is_not_there_yet_is_done_without(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();

	memmove(s->stack[1], s->stack[0], (RGW_SNAPSHOT_PAGES - 1) * (size_t)RGW_PAGE);
	s->address -= RGW_PAGE;
	s->pages <<= 1;
	add(w, s);
	finish(w);
	assert_walked(w, a_page_that_is_not_there_yet_is_done_without);
	free(s);
}

static void what_was_not_kept_ends_it(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();

	s->pages = 0;
	add(w, s);
	finish(w);
	assert_int_equal(only_stack(w)->end, RGW_END_UNREADABLE);
	assert_int_equal(only_stack(w)->user_depth, 1);
	assert_int_equal(w->snapshots.ends[RGW_END_UNREADABLE], 1);
	free(s);
}

static void an_image_that_nobody_knows_has_no_mappings(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();

	s->key.image = 77;
	add(w, s);
	finish(w);
	assert_int_equal(only_stack(w)->end, RGW_END_NO_MAPPING);
	free(s);
}

static void a_wait_goes_to_the_slices_it_spans(void **state)
{
	struct world *w = *state;
	struct rgw_snapshot *s = take_snapshot();
	size_t count;

	s->key.wait = RGW_WAIT;
	s->start_ns = 1500;
	s->end_ns = 3500;
	s->sample.ns = 2000;
	add(w, s);
	/* A short one stands for others, and is not split. */
	s->sample.ns = 1000000;
	s->key.slice = 2;
	add(w, s);
	finish(w);
	rg_stacks_samples(w->stacks, &count);
	assert_int_equal(count, 3 + 1);
	assert_int_equal(w->snapshots.ends[RGW_END_ROOT], 0);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stack_is_walked_in_the_turn_after, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_left_is_walked_at_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stack_is_walked_as_its_process_ends, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			a_stack_is_walked_as_another_program_takes_its_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_page_that_is_not_there_yet_is_done_without,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_not_kept_ends_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_image_that_nobody_knows_has_no_mappings, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_wait_goes_to_the_slices_it_spans, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
