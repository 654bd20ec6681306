/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a verdict is written to, and where it cannot be. */
#include "stored.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *parse_verdict(const char *text, const char *outcome)
{
	json_error_t error;
	json_t *verdict = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!verdict)
		fail_msg("no JSON: %s", error.text);
	assert_string_equal(json_string_value(json_object_get(verdict, "outcome")), outcome);
	assert_string_equal(json_string_value(json_object_get(verdict, "schema")),
			    "regress-gate/verdict/2");
	return verdict;
}

static void test_json_is_all_that_stdout_holds(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_make_profile(e, "canary.pb.gz", grown);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"), "--json");
	e2e_assert_status(e, 1);
	json_decref(parse_verdict(e->out, "fail"));
	E2E_RG(e, "check", "--baseline", "v1.5", "--canary", e2e_path(e, "canary.pb.gz"), "--json");
	e2e_assert_status(e, 3);
	json_decref(parse_verdict(e->out, "no_baseline"));
}

static void check_with_reports(struct e2e *e, const struct e2e_self *canary, const char *json,
			       const char *markdown)
{
	e2e_make_profile(e, "canary.pb.gz", canary);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"),
	       "--json-out", json, "--markdown-out", markdown);
}

static void test_reports_are_written_to_files(void **state)
{
	struct e2e *e = *state;
	char *json, *markdown;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_with_reports(e, grown, "v.json", "v.md");
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "hash() uses");
	json = e2e_read(e, "r/v.json", NULL);
	assert_non_null(json);
	json_decref(parse_verdict(json, "fail"));
	free(json);
	markdown = e2e_read(e, "r/v.md", NULL);
	assert_non_null(markdown);
	assert_non_null(strstr(markdown, "hash"));
	free(markdown);
}

/* A pass that could not be reported is none; a failure stays one. */
static void test_a_report_that_cannot_be_written(void **state)
{
	static const char *const places[] = {"/dev/full", "no/such/directory/v"};
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	for (size_t i = 0; i < 2; i++) {
		check_with_reports(e, steady, places[i], "v.md");
		e2e_assert_status(e, 4);
		e2e_assert_err(e, places[i]);
		check_with_reports(e, steady, "v.json", places[i]);
		e2e_assert_status(e, 4);
		check_with_reports(e, grown, places[i], places[i]);
		e2e_assert_status(e, 1);
		e2e_assert_err(e, places[i]);
	}
}

static void test_a_stdout_that_cannot_be_written(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e->stdout_path = "/dev/full";
	check_file(e, steady);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "write to standard output: No space left");
	check_file(e, grown);
	e2e_assert_status(e, 1);
	e->stdout_path = NULL;
	e->stdout_closed = true;
	check_file(e, steady);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "write to standard output");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_json_is_all_that_stdout_holds),
		E2E_TEST(test_reports_are_written_to_files),
		E2E_TEST(test_a_report_that_cannot_be_written),
		E2E_TEST(test_a_stdout_that_cannot_be_written),
	};

	return cmocka_run_group_tests_name("check_reports", tests, NULL, NULL);
}
