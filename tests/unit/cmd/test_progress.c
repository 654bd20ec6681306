/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "progress.h"

#include "rg/buf.h"
#include "rg/capture.h"
#include "rg/text.h"
#include "rg/units.h"

static const struct rg_capture_status window = {
	.phase = RG_CAPTURE_WINDOW,
	.elapsed_ns = 12 * RG_NS_PER_S,
	.length_ns = 30 * RG_NS_PER_S,
	.samples = 12345,
	.busy_cores = 0.98,
};

static void test_fits_whatever_width(void **state)
{
	static const struct {
		const char *why, *label;
		size_t columns;
		const char *expected;
	} rows[] = {
		{"room for all", "", 99,
		 "profiling [########............] 12 of 30 s  12,345 samples  0.98 cores"},
		{"the bar gives way first", "", 60,
		 "profiling [###......] 12 of 30 s  12,345 samples  0.98 cores"},
		{"a bar that would say nothing is left out", "round 1 of 4, baseline, 1m10s left",
		 77,
		 "round 1 of 4, baseline, 1m10s left: 12 of 30 s  12,345 samples  0.98 "
		 "cores"},
		{"then the middle", "", 30, "profiling… samples  0.98 cores"},
		{"a name is no escape", "\033[2J", 99,
		 "\\x1b[2J: [########............] 12 of 30 s  12,345 samples  0.98 "
		 "cores"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_progress progress = {.terminal = true};
		struct rg_buf line;

		print_message("%s\n", rows[i].why);
		snprintf(progress.label, sizeof(progress.label), "%s", rows[i].label);
		rg_buf_init(&line, 4096);
		rg_progress_line(&progress, &window, rows[i].columns, &line);
		assert_int_equal(line.failed, 0);
		assert_string_equal(line.data, rows[i].expected);
		assert_true(rg_text_columns(line.data, line.len) <= rows[i].columns);
		rg_buf_done(&line);
	}
}

static void test_no_bar_without_a_length(void **state)
{
	static const struct rg_capture_status naming = {.phase = RG_CAPTURE_SYMBOLS};
	struct rg_progress progress = {.terminal = true};
	struct rg_buf line;

	(void)state;
	rg_buf_init(&line, 4096);
	rg_progress_line(&progress, &naming, 80, &line);
	assert_string_equal(line.data, "naming code ");
	rg_buf_done(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fits_whatever_width),
		cmocka_unit_test(test_no_bar_without_a_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
