/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "latest.h"
#include "timeline.h"

#include <stdlib.h>

enum { RANGES = 300, ADDRESSES = 600, ROUNDS = 200 };

/* By looking at all of them. */
static uint32_t latest_of(const struct rg_timeline_range *ranges, size_t count, uint64_t address)
{
	for (size_t i = count; i-- > 0;)
		if (address >= ranges[i].start && address < ranges[i].end)
			return (uint32_t)i;
	return RG_LATEST_NONE;
}

static void assert_same(const struct rg_timeline_range *ranges, size_t count)
{
	struct rg_latest latest = {0};

	assert_int_equal(rg_latest_make(&latest, ranges, count), 0);
	for (uint64_t address = 0; address < ADDRESSES; address++)
		assert_int_equal(rg_latest_at(&latest, address), latest_of(ranges, count, address));
	assert_int_equal(rg_latest_at(&latest, UINT64_MAX), latest_of(ranges, count, UINT64_MAX));
	rg_latest_done(&latest);
}

/* Of any lengths, over one another, at the same places, empty, and with an end before the start. */
static void it_is_what_looking_at_all_finds(void **state)
{
	struct rg_timeline_range ranges[RANGES];

	(void)state;
	srandom(1);
	for (size_t round = 0; round < ROUNDS; round++) {
		const size_t count = (size_t)random() % RANGES;
		const long most = 1 + random() % 100;

		for (size_t i = 0; i < count; i++) {
			ranges[i].start = (uint64_t)(random() % (ADDRESSES - 100));
			ranges[i].end = ranges[i].start + (uint64_t)(random() % most);
			if (random() % 20 == 0)
				ranges[i].end = ranges[i].start / 2;
		}
		assert_same(ranges, count);
	}
}

static void at_the_ends_of_all_addresses(void **state)
{
	static const struct rg_timeline_range ranges[] = {{.start = 0, .end = UINT64_MAX},
							  {.start = UINT64_MAX - 1, .end = 5},
							  {.start = 3, .end = 3}};

	(void)state;
	assert_same(ranges, COUNT(ranges));
	assert_same(ranges, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_looking_at_all_finds),
		cmocka_unit_test(at_the_ends_of_all_addresses),
	};

	return cmocka_run_group_tests_name("capture/latest", tests, NULL, NULL);
}
