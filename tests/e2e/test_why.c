/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs in two versions, without debug information: what fails, and what does not. `make bench-ab` has more of them. */
#include "e2e.h"

#include <stdio.h>
#include <string.h>

/* The program's work is counted, so that a machine that is busy changes nothing. */
static void capture(struct e2e *e, const char *name, int version, const char *rate,
		    const char *window, const char *output)
{
	char program[E2E_PATH_MAX], work[2 * E2E_PATH_MAX];

	snprintf(program, sizeof(program), "../../bench/ab/stripped/v%d/%s", version, name);
	snprintf(work, sizeof(work), "%s:request", e2e_program(e, program));
	E2E_RG(e, "capture", "-q", "-o", e2e_path(e, "%s", output), "--as", "run", "--frequency",
	       "4999", "--window", window, "--slice", "100ms", "--warmup", "200ms", "--work-uprobe",
	       work, "--", e2e_program(e, program), rate);
	e2e_assert_status(e, 0);
}

static void compare(struct e2e *e, const char *name, int version, const char *rate,
		    const char *window)
{
	e2e_need_root();
	/* A busy machine is none to compare waits on; here it is known what they are. */
	e2e_write_text(e, "regress-gate.json",
		       "{\"policy\": {\"comparable\": {\"max_starved\": \"100%\", \"max_steal\": "
		       "\"100%\"}}}\n");
	capture(e, name, 1, rate, window, "base.pb.gz");
	capture(e, name, version, rate, window, "canary.pb.gz");
	E2E_RG(e, "diff", e2e_path(e, "base.pb.gz"), e2e_path(e, "canary.pb.gz"));
}

static void test_another_implementation_of_a_virtual_call_fails(void **state)
{
	struct e2e *e = *state;

	compare(e, "format", 2, "rate=400", "1500ms");
	e2e_assert_status(e, 1);
	e2e_assert_headline(e, "FAIL  ", "GroupedFormatter::format(");
}

static void test_a_sleep_that_was_added_fails(void **state)
{
	struct e2e *e = *state;

	compare(e, "fetch", 2, "rate=150", "1s");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "wait_for_quota");
	e2e_assert_out(e, "[sleep, ");
}

static void test_a_function_with_another_name_is_no_new_one(void **state)
{
	struct e2e *e = *state;

	compare(e, "invoice", 2, "rate=400", "1s");
	assert_int_not_equal(e->status, 1);
	e2e_assert_out(e, "cost_of_item: was price_line");
}

/* Its pid, as a word. */
static void start_import(struct e2e *e, int version, char word[12])
{
	char path[E2E_PATH_MAX];

	snprintf(path, sizeof(path), "../../bench/ab/stripped/v%d/import", version);
	snprintf(word, 12, "%d",
		 (int)E2E_SPAWN(e, e2e_program(e, path), "rate=200", "others=8", "checks=3"));
}

/*
 * What one importer calls runs four times as often. Others call it as well, and so no function that does the work grows by
 * more than an eighth or so, which is allowed.
 */
static void test_a_caller_that_asks_for_more_fails_by_name(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	/* The same functions on one machine at one time vary by less than runs do. */
	e2e_write_text(e, "regress-gate.json",
		       "{\"policy\": {\"prior_cv\": \"2%\", \"comparable\": {\"max_steal\": "
		       "\"100%\"}}}\n");
	char base[12], canary[12];

	start_import(e, 1, base);
	start_import(e, 2, canary);
	e2e_sleep_ms(200);
	E2E_RG(e, "check", "-q", "--no-off-cpu", "--frequency", "4999", "--window", "2s", "--slice",
	       "100ms", "--warmup", "100ms", "--baseline-pid", base, "--pid", canary);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  import_prices() and what it calls use ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_another_implementation_of_a_virtual_call_fails),
		E2E_TEST(test_a_sleep_that_was_added_fails),
		E2E_TEST(test_a_function_with_another_name_is_no_new_one),
		E2E_TEST(test_a_caller_that_asks_for_more_fails_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
