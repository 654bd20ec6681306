/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration as commands act on it: exceptions and scenarios. */
#include "project.h"

#include <stdio.h>

/* --- Exceptions ------------------------------------------------------------------------------- */

static void test_an_ignored_function_is_shown_and_does_not_fail(void **state)
{
	struct e2e *e = *state;

	project(e, NULL);
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "hash() uses");
	e2e_write_text(e, "r/regress-gate.json", "{\"ignore\": [\"ha*\"]}");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "ignored    hash");
	e2e_assert_out(e, "1 function by the policy, with 20.0 % → 33.3 % of the CPU: hash");
	DIFF(e, "--json");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "\"status\": \"ignored\"");
}

/* hash() does twice as much, and with it the whole a fifth more. */
static const char *accepting(char *out, size_t size, const char *expires, const char *growth)
{
	snprintf(out, size,
		 "{\"accept\": [{\"match\": \"hash\", \"growth\": \"%s\", \"expires\": \"%s\","
		 " \"owner\": \"ada\", \"reason\": \"stronger hashes\"}]}",
		 growth, expires);
	return out;
}

static void test_an_accepted_growth_passes_until_it_expires(void **state)
{
	struct e2e *e = *state;
	char config[512];

	project(e, NULL);
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "9999-12-31", "150%"));
	DIFF(e, "--markdown-out", e2e_path(e, "report.md"));
	e2e_assert_status(e, 0);
	e2e_assert_first_line(e, "PASS", "but for 1 that is accepted");
	e2e_assert_out(e, "accepted   hash");
	e2e_assert_out(e, "hash: up to 150 % until 9999-12-31, ada: stronger hashes");
	DIFF(e, "--json");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "\"acceptance\": \"holds\"");
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "2020-12-31", "150%"));
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "; 150 % were");
	e2e_assert_out(e, "expired    hash");
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "9999-12-31", "50%"));
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "; 50 % were");
	e2e_assert_out(e, "exceeded   hash");
	/* What the day of the verdict is not needed for is refused right away. */
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "2026-02-30", "50%"));
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "\"expires\" must be a day of the calendar");
}

/* Names in which a pattern's, JSON's and Markdown's own characters stand. */
#define STABLE(count)                                                                            \
	{"parse", count}, {"check", count}, {"print", count}, {"write", count}, {"sort", count}, \
		{"find", count}, {"join", count},                                                \
	{                                                                                        \
		"cut", count                                                                     \
	}
static const struct e2e_self named_before[] = {STABLE(8000),
					       {"Money::operator*(Money const&)", 4000},
					       {"scale?", 4000},
					       {"quote\\\"", 4000},
					       {"", 0}};
static const struct e2e_self named_after[] = {
	STABLE(8000),         {"Money::operator*(Money const&)", 9000},
	{"scale?", 9000},     {"quote\\\"", 9000},
	{"fresh|`#[x", 9000}, {"", 0}};

/* As somebody does it who pastes them: owner and reason are what is missing. */
static void test_the_lines_of_the_comment_accept_what_failed(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "before.pb.gz", named_before);
	e2e_make_profile(e, "after.pb.gz", named_after);
	DIFF(e, "--markdown-out", e2e_path(e, "report.md"));
	e2e_assert_status(e, 1);
	e2e_sh(e,
	       "{ echo '{'; sed -n '/^```json/,/^```$/p' report.md | grep -v '^```'; echo '}'; } "
	       "> r/regress-gate.json; jq -e '.accept | length == 4' r/regress-gate.json");
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "\"owner\" must be a text of 1 to 200 bytes");
	e2e_sh(e, "sed -i 's/\"owner\": \"\"/\"owner\": \"ada\"/; "
		  "s/\"reason\": \"\"/\"reason\": \"meant\"/' r/regress-gate.json");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_first_line(e, "PASS", "but for 4 that are accepted");
	/* Each line is of its function alone. */
	e2e_sh(e, "sed -i '/operator/d' r/regress-gate.json");
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "Money::operator*");
}

static void test_everything_ignored_is_not_a_pass(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"ignore\": [\"*\"]}");
	DIFF(e);
	e2e_assert_status(e, 3);
	DIFF(e, "--rule", "literal");
	e2e_assert_status(e, 3);
}

static void test_a_function_may_have_a_limit_of_its_own(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"functions\": [{\"match\": \"hash\", \"module\": \"made\", \"growth\": "
		   "\"150%\"}]}");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_first_line(e, "PASS", "or what single functions are allowed");
	e2e_assert_out(e, "own limit  hash 150 %");
	e2e_write_text(e, "r/regress-gate.json",
		       "{\"functions\": [{\"match\": \"hash\", \"growth\": \"50%\"}]}");
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "(limit 50 %)");
}

/* A name that was mistyped is a limit that does not hold. */
static void test_entries_that_match_nothing_are_told(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"ignore\": [\"pars?\", \"pares\", \"write.isra.0\"], \"functions\": ["
		   "{\"match\": \"h*\", \"module\": \"made\", \"growth\": \"200%\"},"
		   "{\"match\": \"hash\", \"module\": \"libother.so\", \"growth\": \"200%\"}]}");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "note: \"ignore\": 'pares' matches no function of either profile");
	e2e_assert_err(e, "note: \"functions\": 'hash' in 'libother.so' matches no function");
	e2e_assert_no_err(e, "'pars?'");
	e2e_assert_no_err(e, "write");
	e2e_assert_no_err(e, "'h*'");
	DIFF(e, "-q");
	assert_string_equal(e->err, "");
	/* check tells it as well; without a baseline there is nothing to go by. */
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_no_err(e, "note");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"));
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "note: \"ignore\": 'pares' matches no function of either profile");
}

static void test_of_many_that_match_nothing_a_few_are_told(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"ignore\": [\"a1\", \"a2\", \"a3\", \"a4\", \"a5\", \"a6\", \"a7\"]}");
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "'a5' matches no function");
	e2e_assert_no_err(e, "'a6'");
	e2e_assert_err(e, "note: nor do 2 more entries");
}

/* What the file may hold is told by the file's line; what is wrong here is the command line. */
static void test_an_option_out_of_range_is_named(void **state)
{
	static const char *const rows[][3] = {
		{"--window", "0s", "option '--window': \"window\" must be 1s to 24h, not 0"},
		{"--slice", "2h", "option '--slice': \"slice\" must be 100ms to 1h, not 2h"},
		{"--frequency", "0", "option '--frequency': \"frequency\" must be 1 to 10000"},
		{"--min-share", "200%", "option '--min-share': \"min_share\" must be 0% to 100%"},
		{"--top", "0", "option '--top': \"top_k\" must be 1 to 100, not 0"},
		{"--warmup", "soon", "option '--warmup soon': must be a time such as"},
	};
	struct e2e *e = *state;

	project(e, "{\"window\": \"10s\"}");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		E2E_RG(e, "check", "--baseline", "v1.4", rows[i][0], rows[i][1], "--", "true");
		e2e_assert_status(e, 2);
		e2e_assert_err(e, rows[i][2]);
	}
	e2e_write_text(e, "r/regress-gate.json", "{\"window\": \"0s\"}");
	E2E_RG(e, "check", "--baseline", "v1.4", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "regress-gate.json:1:12: \"window\" must be 1s to 24h, not 0");
}

static void test_the_command_line_goes_over_the_file(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"policy\": {\"growth\": \"10%\", \"on_cpu\": {\"growth\": \"12%\"}}}");
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "(limit 12 %)");
	DIFF(e, "--growth", "150%");
	e2e_assert_status(e, 0);
}

/* --- Scenarios -------------------------------------------------------------------------------- */

static const char scenarios[] = "{\n  \"policy\": {\"growth\": \"40%\"},\n  \"scenarios\": {\n"
				"    \"lenient\": {\"policy\": {\"growth\": \"150%\"}},\n"
				"    \"strict\": {\"policy\": {\"growth\": \"5%\"}}\n  }\n}\n";

static void test_a_scenario_is_chosen_by_name(void **state)
{
	struct e2e *e = *state;

	project(e, scenarios);
	DIFF(e, "--scenario", "lenient");
	e2e_assert_status(e, 0);
	DIFF(e, "--scenario", "strict");
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "(limit 5 %)");
	/* Without one, what holds for all does for two files. */
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "(limit 40 %)");
	DIFF(e, "--scenario", "strct");
	e2e_assert_status(e, 2);
	e2e_assert_err(
		e, "regress-gate.json:3:3: no scenario \"strct\" in \"scenarios\"; did you mean "
		   "\"strict\"?");
}

static void test_where_one_is_needed_they_are_listed(void **state)
{
	struct e2e *e = *state;

	project(e, scenarios);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(
		e, "several scenarios: say --scenario NAME, or name one by \"scenario\": lenient, "
		   "strict");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"));
	e2e_assert_status(e, 2);
	E2E_RG(e, "baseline", "show", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "several scenarios");
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
}

static void test_each_scenario_has_its_baselines(void **state)
{
	struct e2e *e = *state;
	const char *canary;

	project(e, scenarios);
	canary = e2e_path(e, "after.pb.gz");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"), "--scenario", "lenient");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", canary, "--scenario", "lenient");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", canary, "--scenario", "strict");
	e2e_assert_status(e, 3);
	/* A baseline outlives its scenario. */
	e2e_write_text(e, "r/regress-gate.json", "{\"scenarios\": {\"strict\": {}}}");
	E2E_RG(e, "baseline", "show", "v1.4", "--scenario", "lenient");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", canary, "--scenario", "lenient");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no scenario \"lenient\"");
	E2E_RG(e, "baseline", "rm", "v1.4", "--scenario", "../x");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "scenario '../x': must be 1 to 200 letters");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_an_ignored_function_is_shown_and_does_not_fail),
		E2E_TEST(test_an_accepted_growth_passes_until_it_expires),
		E2E_TEST(test_the_lines_of_the_comment_accept_what_failed),
		E2E_TEST(test_everything_ignored_is_not_a_pass),
		E2E_TEST(test_a_function_may_have_a_limit_of_its_own),
		E2E_TEST(test_entries_that_match_nothing_are_told),
		E2E_TEST(test_of_many_that_match_nothing_a_few_are_told),
		E2E_TEST(test_an_option_out_of_range_is_named),
		E2E_TEST(test_the_command_line_goes_over_the_file),
		E2E_TEST(test_a_scenario_is_chosen_by_name),
		E2E_TEST(test_where_one_is_needed_they_are_listed),
		E2E_TEST(test_each_scenario_has_its_baselines),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
