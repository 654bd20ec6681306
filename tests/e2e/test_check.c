/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main job: capture, compare with the stored baseline, exit by the verdict. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough samples for a pass, and slices to see how steady it is. */
#define WINDOW "--frequency", "2999", "--window", "3s", "--slice", "200ms"

/* Profiles as they are compared: four functions, and one of them grown to three times. */
static const struct e2e_self steady[] = {
	{"parse", 3000}, {"check", 3000}, {"hash", 3000}, {"print", 3000}, {"", 0}};
static const struct e2e_self grown[] = {
	{"parse", 3000}, {"check", 3000}, {"hash", 9000}, {"print", 3000}, {"", 0}};
static const struct e2e_self few[] = {{"parse", 20}, {"check", 20}, {"", 0}};
static const struct e2e_self none[] = {{"", 0}};

static void put_base(struct e2e *e, const char *version, const struct e2e_self *selves)
{
	e2e_make_profile(e, "base.pb.gz", selves);
	E2E_RG(e, "baseline", "put", version, e2e_path(e, "base.pb.gz"));
	e2e_assert_status(e, 0);
}

/* --canary with that profile against v1.4. */
static void check_file(struct e2e *e, const struct e2e_self *canary)
{
	e2e_make_profile(e, "canary.pb.gz", canary);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"));
}

static void assert_first_line(struct e2e *e, const char *begin, const char *words)
{
	size_t len = strcspn(e->out, "\n");
	const char *at = strstr(e->out, words);

	if (strncmp(e->out, begin, strlen(begin)) != 0 || !at || at > e->out + len)
		fail_msg("first line '%.*s', wanted '%s … %s'", (int)len, e->out, begin, words);
}

/* --- The real thing -------------------------------------------------------------------------- */

static void capture_baseline(struct e2e *e)
{
	e2e_git(e, "checkout -q v1.4");
	E2E_RG(e, "capture", "-o", e2e_path(e, "base.pb.gz"), WINDOW, "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "base.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_git(e, "checkout -q main");
}

/* A/A first, then three times the work in one function, against the same baseline. */
static void test_a_steady_program_passes_and_a_hot_one_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_repo(e);
	capture_baseline(e);
	E2E_RG(e, "check", "--baseline", "v1.4", WINDOW, "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	assert_first_line(e, "PASS", "no growth beyond 15 %");
	e2e_assert_out(e, "v1.5");
	E2E_RG(e, "check", "--baseline", "v1.4", WINDOW, "--", e2e_program(e, "steady"), "hot");
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "hash_order() uses");
	e2e_assert_out(e, "tests/e2e/programs/steady.c");
}

/* --- Outcomes, from files -------------------------------------------------------------------- */

static void test_files_pass_and_fail_as_captures_do(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_file(e, steady);
	e2e_assert_status(e, 0);
	assert_first_line(e, "PASS", "no growth");
	check_file(e, grown);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "hash() uses");
}

static void test_too_few_samples_decide_nothing(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_file(e, few);
	e2e_assert_status(e, 3);
	put_base(e, "v1.3", few);
	e2e_make_profile(e, "canary.pb.gz", few);
	E2E_RG(e, "check", "--baseline", "v1.3", "--canary", e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 3);
	assert_first_line(e, "UNDECIDED", "");
}

static void test_an_empty_profile_never_passes(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_file(e, none);
	e2e_assert_status(e, 3);
	e2e_make_profile(e, "empty.pb.gz", none);
	e2e_make_profile(e, "full.pb.gz", steady);
	e->directory = NULL;
	E2E_RG(e, "diff", "empty.pb.gz", "full.pb.gz");
	e2e_assert_status(e, 3);
	E2E_RG(e, "diff", "full.pb.gz", "empty.pb.gz");
	e2e_assert_status(e, 3);
	E2E_RG(e, "diff", "empty.pb.gz", "empty.pb.gz");
	e2e_assert_status(e, 3);
	E2E_RG(e, "diff", "--rule", "literal", "empty.pb.gz", "empty.pb.gz");
	e2e_assert_status(e, 3);
}

static void test_no_baseline_is_3_and_says_how_to_store_one(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	check_file(e, steady);
	e2e_assert_status(e, 3);
	assert_first_line(e, "NO BASELINE", "v1.4");
	e2e_assert_out(e, "baseline put v1.4");
	/* All of it, with what to type where nothing is to be stored. */
	assert_null(strstr(strstr(e->out, "  next "), "\xe2\x80\xa6 "));
	E2E_RG(e, "check", "--baseline", "v1.4", "--json", "--", "./shop", "-n", "two words");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "sudo regress-gate check --baseline v1.4 --build make -- ./shop -n 'two "
			  "words'");
	E2E_RG(e, "check", "--baseline", "v1.4", "--json", "--canary", e2e_path(e, "canary.pb.gz"));
	e2e_assert_out(e, "check --baseline v1.4 --build make -- COMMAND\"");
	E2E_RG(e, "check", "--baseline", "v1.4", "--no-alternate", "--json", "--", "./shop");
	e2e_assert_status(e, 3);
	assert_null(strstr(e->out, "--build"));
}

/* A store that is not there: a mistyped name must not let everything through. An empty one is there. */
static void test_a_store_that_does_not_exist_is_no_empty_one(void **state)
{
	static const char *const schemes[] = {"dir", "git"};
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "canary.pb.gz", steady);
	for (size_t i = 0; i < 2; i++) {
		const char *store = e2e_path(e, "%s-store", schemes[i]);
		char spec[E2E_PATH_MAX + 8];

		snprintf(spec, sizeof(spec), "%s:%s", schemes[i], store);
		E2E_RG(e, "check", "--baseline", "v1.4", "--store", spec, "--on-no-baseline",
		       "pass", "--canary", e2e_path(e, "canary.pb.gz"), "--json-out", "v.json");
		e2e_assert_status(e, 3);
		assert_first_line(e, "NO BASELINE", "whether there is a baseline is not known");
		e2e_assert_err(e, "warning: the store '");
		e2e_assert_err(e, "-store' does not exist");
		e2e_assert_err(e, "--on-no-baseline does not apply");
		e2e_sh(e,
		       "grep -q \"the store '%s' does not exist\" r/v.json && grep -q 'mkdir -p "
		       "%s' r/v.json",
		       spec, store);
		assert_false(e2e_exists(e, store));
		e2e_sh(e, "mkdir %s", store);
		E2E_RG(e, "check", "--baseline", "v1.4", "--store", spec, "--on-no-baseline",
		       "pass", "--canary", e2e_path(e, "canary.pb.gz"));
		e2e_assert_status(e, 0);
		e2e_assert_out(e, "no run of v1.4 is stored");
		e2e_assert_no_err(e, "warning");
		E2E_RG(e, "baseline", "put", "--store", spec, "v1.4", e2e_path(e, "canary.pb.gz"));
		e2e_assert_status(e, 0);
		E2E_RG(e, "check", "--baseline", "v1.4", "--store", spec, "--canary",
		       e2e_path(e, "canary.pb.gz"));
		e2e_assert_status(e, 0);
		assert_first_line(e, "PASS", "");
	}
	/* Who looks into one is told as well; who puts makes it. */
	E2E_RG(e, "baseline", "list", "--store", "dir:nowhere");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "0 runs");
	e2e_assert_err(e, "the store 'dir:nowhere' does not exist: is the name right?");
	E2E_RG(e, "baseline", "show", "--store", "dir:nowhere", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "baseline: the store 'dir:nowhere' does not exist");
	E2E_RG(e, "baseline", "put", "--store", "dir:nowhere/at/all", "v1.4",
	       e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 0);
}

/* Nothing is profiled for a comparison that cannot be made: this needs no privileges. */
static void test_no_baseline_captures_nothing(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "check", "--baseline", "v1.4", "--", "/bin/sh", "-c", "echo ran > ran");
	e2e_assert_status(e, 3);
	assert_false(e2e_exists(e, "r/ran"));
}

static void test_without_privileges_it_is_4_and_says_what_to_do(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_sh(e, "chown -R 65534:65534 r");
	e->uid = 65534;
	E2E_RG(e, "check", "--baseline", "v1.4", "--window", "1s", "--", "/bin/sleep", "5");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "run it as root (sudo)");
	assert_string_equal(e->out, "");
}

struct mapping {
	const char *option, *how;
	int status;
};

static void test_what_decides_nothing_can_be_mapped(void **state)
{
	static const struct mapping undecided[] = {{"--on-undecided", "pass", 0},
						   {"--on-undecided", "fail", 1},
						   {"--on-undecided", "keep", 3},
						   {"--on-no-baseline", "pass", 3}};
	static const struct mapping missing[] = {{"--on-no-baseline", "pass", 0},
						 {"--on-no-baseline", "fail", 1},
						 {"--on-no-baseline", "keep", 3},
						 {"--on-undecided", "pass", 3}};
	struct e2e *e = *state;
	const char *canary;

	e2e_repo(e);
	put_base(e, "v1.3", few);
	e2e_make_profile(e, "canary.pb.gz", few);
	canary = e2e_path(e, "canary.pb.gz");
	for (size_t i = 0; i < 4; i++) {
		E2E_RG(e, "check", "--baseline", "v1.3", "--canary", canary, undecided[i].option,
		       undecided[i].how);
		e2e_assert_status(e, undecided[i].status);
		E2E_RG(e, "check", "--baseline", "v1.5", "--canary", canary, missing[i].option,
		       missing[i].how);
		e2e_assert_status(e, missing[i].status);
	}
	E2E_RG(e, "check", "--baseline", "v1.3", "--canary", canary, "--on-undecided", "pass");
	e2e_assert_err(e, "undecided: exit status 0 by --on-undecided");
	E2E_RG(e, "check", "--baseline", "v1.3", "--canary", canary, "--on-undecided", "maybe");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be one of: keep, pass, fail");
}

/* Not comparable has no mapping: nobody can wish it away. */
static void test_not_comparable_cannot_be_mapped(void **state)
{
	static const struct e2e_self idle[] = {
		{"parse", 60}, {"check", 60}, {"hash", 60}, {"print", 60}, {"", 0}};
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_make_profile(e, "canary.pb.gz", idle);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"),
	       "--on-undecided", "pass", "--on-no-baseline", "pass");
	e2e_assert_status(e, 3);
	assert_first_line(e, "NOT COMPARABLE", "");
}

static void test_check_usage_is_2(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "check", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "say what to compare with: --baseline REF");
	E2E_RG(e, "check", "--baseline", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no target");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", "c.pb.gz", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "either --canary or a target");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", "no-such.pb.gz");
	e2e_assert_status(e, 2);
	E2E_RG(e, "check", "--baselin", "v1.4", "--canary", "no-such.pb.gz", "--grwth", "5%");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "did you mean '--growth'?");
}

/* What would be ignored is refused, with what it goes with: --baseline v1.4 and these words. */
static const struct {
	const char *words[12], *says;
} ignored[] = {
	{{"--build", "make", "--pid", "1"},
	 "--build is of running both versions in turns, which launches them: it goes with '-- "
	 "COMMAND [ARGUMENT…]', not with a target that runs already"},
	{{"--rounds", "4", "--canary", "c"}, "not with --canary"},
	{{"--max-rounds", "9", "--pid", "1", "--baseline-pid", "2"},
	 "not with a baseline that runs already"},
	{{"--build-timeout", "1m", "--comm", "x"}, "--build-timeout is of running both versions"},
	{{"--rounds", "4", "--", "true"},
	 "--rounds is of running both versions in turns: say how to build one by --build COMMAND"},
	{{"--build", "make", "--no-alternate", "--", "true"},
	 "--no-alternate goes by stored runs only: say one of them"},
	{{"--build", "make", "-o", "x.pb.gz", "--", "true"},
	 "takes several profiles, and --output keeps one"},
	{{"--build", "make", "--alternate", "--extend-to", "15m", "--", "true"},
	 "--extend-to prolongs one window, and both versions are run in turns here: say "
	 "--max-rounds N"},
	{{"--window", "5m", "--canary", "c"},
	 "--window is of capturing a profile, and does nothing with --canary: leave it out"},
	{{"--load", "true", "--canary", "c"}, "--load is of capturing a profile"},
	{{"--no-off-cpu", "--canary", "c"}, "--no-off-cpu is of capturing a profile"},
	{{"--work-cmd", "echo 1", "--canary", "c"}, "--work-cmd is of capturing a profile"},
	{{"--ready-port", "80", "--canary", "c"}, "--ready-port is of capturing a profile"},
	{{"--ready-port", "80", "--pid", "1"},
	 "--ready-port is of a target that is launched ('-- COMMAND [ARGUMENT…]')"},
	{{"--ready-timeout", "9s", "--", "true"},
	 "say by what it shows that it has, --ready-port, --ready-line or --ready-cmd"},
	{{"--sample-type", "cpu", "--pid", "1"},
	 "--sample-type is of profiles that are given by --canary, and does nothing with a target "
	 "that runs already"},
	{{"--store", "dir:s", "--pid", "1", "--baseline-pid", "2"},
	 "--store is of stored runs, and does nothing with a baseline that runs already"},
	{{"--remote", "origin", "--pid", "1", "--baseline-pid", "2"}, "--remote is of stored runs"},
	{{"--dry-run", "--canary", "c"},
	 "--dry-run is of posting the verdict: say where to by --post WHERE"},
};

static void test_what_would_be_ignored_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		const char *words[16] = {"check", "--baseline", "v1.4"};

		print_message("%s\n", ignored[i].says);
		for (size_t k = 0; ignored[i].words[k]; k++)
			words[3 + k] = ignored[i].words[k];
		e2e_rg(e, words);
		e2e_assert_status(e, 2);
		e2e_assert_err(e, ignored[i].says);
		assert_string_equal(e->out, "");
	}
	E2E_RG(e, "capture", "-o", "x", "--ready-line", "up", "--pid", "1");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "--ready-line is of a target that is launched");
}

/* The configuration is for every way of checking: what one has no use for waits for another. */
static void test_what_the_configuration_says_may_go_unused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_write_text(
		e, "r/regress-gate.json",
		"{\"window\": \"2m\", \"load\": \"false\", \"work\": {\"command\": \"false\"}, "
		"\"ready\": {\"port\": \"80\"}, \"extend_to\": \"5m\", \"alternate\": "
		"{\"build\": \"false\", \"rounds\": 8}, \"target\": {\"command\": [\"./x\"]}}");
	check_file(e, steady);
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--no-alternate", "--canary",
	       e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 0);
}

/* --- Reports --------------------------------------------------------------------------------- */

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
	assert_first_line(e, "FAIL", "hash() uses");
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
		E2E_TEST(test_a_steady_program_passes_and_a_hot_one_fails),
		E2E_TEST(test_files_pass_and_fail_as_captures_do),
		E2E_TEST(test_too_few_samples_decide_nothing),
		E2E_TEST(test_an_empty_profile_never_passes),
		E2E_TEST(test_no_baseline_is_3_and_says_how_to_store_one),
		E2E_TEST(test_a_store_that_does_not_exist_is_no_empty_one),
		E2E_TEST(test_no_baseline_captures_nothing),
		E2E_TEST(test_without_privileges_it_is_4_and_says_what_to_do),
		E2E_TEST(test_what_decides_nothing_can_be_mapped),
		E2E_TEST(test_not_comparable_cannot_be_mapped),
		E2E_TEST(test_check_usage_is_2),
		E2E_TEST(test_what_would_be_ignored_is_refused),
		E2E_TEST(test_what_the_configuration_says_may_go_unused),
		E2E_TEST(test_json_is_all_that_stdout_holds),
		E2E_TEST(test_reports_are_written_to_files),
		E2E_TEST(test_a_report_that_cannot_be_written),
		E2E_TEST(test_a_stdout_that_cannot_be_written),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
