/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "stacks.h"
#include "waits.h"

#include "rg/err.h"
#include "rg/profile.h"

#include <sys/stat.h>
#include <sys/syscall.h>

#define IN_CALL(number) (RGW_WAIT | RGW_WAIT_CALL | (uint32_t)(number) << RGW_WAIT_CALL_SHIFT)
#define ON(type)        ((uint32_t)(type) >> 12 << RGW_WAIT_FILE_SHIFT)

static void every_wait_has_its_class(void **state)
{
	static const struct {
		const char *why;
		uint32_t wait;
		const char *class;
	} rows[] = {
		{"no system call: memory", RGW_WAIT, RG_WAIT_FAULT},
		{"the same, from a disk", RGW_WAIT | RGW_WAIT_DISK_STATE, RG_WAIT_FAULT},
		{"a mutex", IN_CALL(SYS_futex), RG_WAIT_LOCK},
		{"a lock on a file", IN_CALL(SYS_flock) | ON(S_IFREG), RG_WAIT_LOCK},
		{"a timer", IN_CALL(SYS_clock_nanosleep), RG_WAIT_SLEEP},
		{"readiness", IN_CALL(SYS_epoll_pwait), RG_WAIT_POLL},
		{"a child", IN_CALL(SYS_wait4), RG_WAIT_CHILD},
		{"a peer", IN_CALL(SYS_connect) | ON(S_IFSOCK), RG_WAIT_NETWORK},
		{"a socket read as a file", IN_CALL(SYS_read) | ON(S_IFSOCK), RG_WAIT_NETWORK},
		{"a pipe", IN_CALL(SYS_read) | ON(S_IFIFO), RG_WAIT_PIPE},
		{"a file", IN_CALL(SYS_read) | ON(S_IFREG), RG_WAIT_DISK},
		{"a terminal", IN_CALL(SYS_read) | ON(S_IFCHR), RG_WAIT_OTHER},
		{"a file that is not known, uninterruptibly",
		 IN_CALL(SYS_read) | RGW_WAIT_DISK_STATE, RG_WAIT_DISK},
		{"the disk itself", IN_CALL(SYS_fsync) | RGW_WAIT_DISK_STATE, RG_WAIT_DISK},
		{"a call nobody knows", IN_CALL(0xfff), RG_WAIT_OTHER},
		{"the same, uninterruptibly", IN_CALL(0xfff) | RGW_WAIT_DISK_STATE, RG_WAIT_DISK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].why);
		assert_string_equal(rg_wait_class(rows[i].wait), rows[i].class);
	}
}

/* A window of 10 s from 100 s on, in slices of 1 s. */
#define S INT64_C(1000000000)
static const struct rg_wait_window window = {.start_ns = 100 * S, .end_ns = 110 * S, .slice_ns = S};

static void a_wait_is_split_over_the_slices_it_spans(void **state)
{
	static const struct {
		const char *why;
		uint64_t start, end;
		size_t slices;
		uint32_t first;
		uint64_t first_ns, last_ns;
	} rows[] = {
		{"within one", 103 * S + 1, 103 * S + 11, 1, 3, 10, 10},
		{"over a border", 103 * S + S / 2, 104 * S + S / 4, 2, 3, S / 2, S / 4},
		{"over whole ones", 102 * S + S / 2, 106 * S + 1, 5, 2, S / 2, 1},
		{"up to a border", 102 * S, 104 * S, 2, 2, S, S},
		{"begun before the window", 90 * S, 101 * S, 1, 0, S, S},
		{"over by its end", 108 * S + S / 2, 200 * S, 2, 8, S / 2, S},
		{"before it", 90 * S, 100 * S, 0, 0, 0, 0},
		{"behind it", 110 * S, 120 * S, 0, 0, 0, 0},
		{"ended before it began", 105 * S, 104 * S, 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_stacks *stacks = rg_stacks_new();
		struct rgw_long_wait wait = {.start_ns = rows[i].start, .end_ns = rows[i].end};
		const struct rg_raw_sample *samples;
		uint64_t counted = 0;
		size_t count;

		print_message("%s\n", rows[i].why);
		wait.key.wait = IN_CALL(SYS_futex);
		wait.key.image = 1;
		assert_int_equal(rg_waits_enter(stacks, &window, &wait, NULL), 0);
		samples = rg_stacks_samples(stacks, &count);
		assert_int_equal(count, rows[i].slices);
		for (size_t k = 0; k < count; k++) {
			assert_int_equal(samples[k].slice, rows[i].first + k);
			counted += samples[k].count;
		}
		if (count) {
			assert_int_equal(samples[0].ns, rows[i].first_ns);
			assert_int_equal(samples[count - 1].ns, rows[i].last_ns);
			assert_int_equal(counted, 1000);
		}
		rg_stacks_free(stacks);
	}
}

static void calls_that_poll_are_told_apart(void **state)
{
	int32_t numbers[RGW_POLL_CALLS], few[2];
	size_t count = 0;

	(void)state;
	rg_wait_poll_calls(numbers, RGW_POLL_CALLS);
	while (count < RGW_POLL_CALLS && numbers[count] >= 0)
		assert_string_equal(rg_wait_class(IN_CALL(numbers[count++])), RG_WAIT_POLL);
	/* All of them have room. */
	assert_in_range(count, 6, RGW_POLL_CALLS - 1);
	while (count < RGW_POLL_CALLS)
		assert_int_equal(numbers[count++], -1);
	rg_wait_poll_calls(few, 2);
	assert_int_equal(few[1], numbers[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wait_has_its_class),
		cmocka_unit_test(calls_that_poll_are_told_apart),
		cmocka_unit_test(a_wait_is_split_over_the_slices_it_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
