/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "stats.h"

enum { MOST = 5 };

struct row {
	const char *sentence;
	double p[MOST];
	size_t count;
	double q;
	bool reject[MOST];
};

static const struct row rows[] = {
	{"one test is compared with q itself", {0.01}, 1, 0.01, {true}},
	{"one test above q stands", {0.0101}, 1, 0.01, {false}},
	{"the smallest of five must be below q/5", {0.0021, 1, 1, 1, 1}, 5, 0.01, {false}},
	{"exactly q/5 is enough", {1, 0.002, 1, 1, 1}, 5, 0.01, {false, true}},
	{"a larger p that meets its rank carries a smaller one that does not meet its own",
	 {0.03, 0.001, 0.035, 0.9, 0.95},
	 5,
	 0.05,
	 /* bars 0.01 0.02 0.03 0.04 0.05: ranks 1 (0.001) meets, 0.03 and 0.035 do not */
	 {false, true, false, false, false}},
	{"step-up: the third meets 0.03, so the second at 0.025 > 0.02 goes too",
	 {0.025, 0.001, 0.03, 0.9, 0.95},
	 5,
	 0.05,
	 {true, true, true, false, false}},
	{"equal p values are rejected together", {0.02, 0.02, 1}, 3, 0.03, {true, true, false}},
	{"a NaN is never rejected and rejects nothing", {NAN, 0.9}, 2, 0.5, {false, false}},
	{"a NaN does not stop the others", {NAN, 0.001}, 2, 0.01, {false, true}},
};

static void rejects_by_hand_computed_bars(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool reject[MOST] = {false};

		rg_bh_reject(rows[i].p, rows[i].count, rows[i].q, reject);
		for (size_t k = 0; k < rows[i].count; k++) {
			if (reject[k] != rows[i].reject[k])
				fail_msg("%s: test %zu", rows[i].sentence, k);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rejects_by_hand_computed_bars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
