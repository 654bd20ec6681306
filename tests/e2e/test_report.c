/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Posting to GitHub when all is well: which comment, what is in it, where else it goes. */
#include "forge.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA "4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4"

static void post(struct forge *forge, const char *file)
{
	FORGE_REPORT(forge, "--post", "github", "--pr", "7", e2e_path(forge->e, "%s", file));
}

/* --- The comment ---------------------------------------------------------------------------- */

static void test_a_comment_is_made_and_then_edited(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	post(&forge, "fail.json");
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "GitHub: comment 100 created");
	assert_non_null(strstr(forge_ask(&forge), "\"body\":\"<!-- regress-gate:v1:"));
	assert_non_null(strstr(forge.answer, "**FAIL** (rule: regressed): `price_line()`"));
	post(&forge, "pass.json");
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "GitHub: comment 100 updated");
	assert_non_null(strstr(forge_ask(&forge), "**PASS**"));
	assert_int_equal(forge_count(forge.answer, "\"body\":"), 1);
	assert_int_equal(forge_requests(&forge, "POST "), 1);
	forge_done(&forge);
}

static void test_a_pass_that_turns_is_answered_once(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	post(&forge, "pass.json");
	post(&forge, "fail.json");
	e2e_assert_status(e, 1);
	assert_int_equal(forge_count(forge_ask(&forge), "\"body\":"), 2);
	assert_non_null(strstr(forge.answer, "It passed before"));
	post(&forge, "fail.json");
	assert_int_equal(forge_count(forge_ask(&forge), "\"body\":"), 2);
	forge_done(&forge);
}

static void test_scenarios_and_keys_have_their_own(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	post(&forge, "fail.json");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--key", "arm64",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "created");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--key", "arm64",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "updated");
	assert_int_equal(forge_count(forge_ask(&forge), "\"body\":"), 2);
	forge_done(&forge);
}

/* Comments of a busy pull request come in pages. */
static void test_ours_is_found_on_a_later_page(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char comments[16384] = "{\"comments\":[";
	size_t len = strlen(comments);

	forge_start_github(e, &forge);
	for (int i = 1; i <= 65; i++)
		len += (size_t)snprintf(
			comments + len, sizeof(comments) - len,
			"%s{\"id\":%d,\"user\":{\"login\":\"ada\"},\"body\":\"hm\"}",
			i > 1 ? "," : "", i);
	snprintf(comments + len, sizeof(comments) - len, "]}");
	forge_state(&forge, comments);
	post(&forge, "fail.json");
	e2e_assert_err(e, "created");
	post(&forge, "fail.json");
	e2e_assert_err(e, "updated");
	assert_int_equal(forge_requests(&forge, "POST "), 1);
	forge_done(&forge);
}

/* Anybody can write the marker into a comment of his own. */
static void test_a_planted_marker_is_left_alone(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	const char *marker;
	char planted[512];

	forge_start_github(e, &forge);
	post(&forge, "fail.json");
	marker = strstr(forge_ask(&forge), "<!-- regress-gate:v1:");
	assert_non_null(marker);
	snprintf(
		planted, sizeof(planted),
		"{\"comments\":[{\"id\":3,\"user\":{\"login\":\"mallory\"},\"body\":\"%.38s all is "
		"well\"}]}",
		marker);
	forge_state(&forge, planted);
	post(&forge, "fail.json");
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "created");
	assert_non_null(strstr(forge_ask(&forge), "all is well"));
	assert_int_equal(forge_requests(&forge, "PATCH "), 0);
	forge_done(&forge);
}

static void test_a_token_of_somebody_else_says_whose(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_state(&forge, "{\"login\":\"ada\"}");
	post(&forge, "fail.json");
	e2e_assert_err(e, "the comment is by 'ada': say --login ada");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--login", "Ada",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "updated");
	forge_done(&forge);
}

/* --- Other destinations --------------------------------------------------------------------- */

static void test_a_check_and_a_status(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_env(&forge, "GITHUB_SHA=" SHA);
	FORGE_REPORT(&forge, "--post", "github-check", "--post", "github-status",
		     e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	assert_non_null(strstr(forge_ask(&forge), "\"conclusion\":\"failure\""));
	assert_non_null(strstr(forge.answer, "\"state\":\"failure\""));
	assert_non_null(strstr(forge.answer, "\"head_sha\":\"" SHA "\""));
	FORGE_REPORT(&forge, "--post", "github-check", "--post", "github-status",
		     e2e_path(e, "pass.json"));
	e2e_assert_status(e, 0);
	assert_non_null(strstr(forge_ask(&forge), "\"conclusion\":\"success\""));
	assert_non_null(strstr(forge.answer, "\"state\":\"success\""));
	forge_done(&forge);
}

/* The last check of a name counts: the pass of one scenario must not cover the failure of another. */
static void test_scenarios_have_checks_of_their_own(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	e2e_sh(e,
	       "sed 's/\"scenario\": \"\"/\"scenario\": \"checkout\"/' fail.json > checkout.json; "
	       "sed 's/\"scenario\": \"\"/\"scenario\": \"default\"/' pass.json > default.json");
	FORGE_REPORT(&forge, "--post", "github-check", "--post", "github-status", "--commit", SHA,
		     e2e_path(e, "checkout.json"));
	FORGE_REPORT(&forge, "--post", "github-check", "--post", "github-status", "--commit", SHA,
		     e2e_path(e, "default.json"));
	assert_int_equal(forge_count(forge_ask(&forge), "\"name\":\"regress-gate (checkout)\""), 1);
	assert_int_equal(forge_count(forge.answer, "\"name\":\"regress-gate\""), 1);
	assert_int_equal(forge_count(forge.answer, "\"context\":\"regress-gate (checkout)\""), 1);
	assert_int_equal(forge_count(forge.answer, "\"context\":\"regress-gate\""), 1);
	FORGE_REPORT(&forge, "--post", "github-status", "--commit", SHA, "--key", "arm64",
		     e2e_path(e, "checkout.json"));
	assert_int_equal(forge_count(forge_ask(&forge), "\"context\":\"arm64 (checkout)\""), 1);
	forge_done(&forge);
}

/* What is undecided must not satisfy a required check, unless the user says so. */
static void test_undecided_is_no_success(void **state)
{
	static const struct e2e_self few[] = {{"f", 20}, {"", 0}};
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	e2e_make_profile(e, "few.pb.gz", few);
	E2E_RG(e, "diff", "--json-out", e2e_path(e, "few.json"), e2e_path(e, "few.pb.gz"),
	       e2e_path(e, "few.pb.gz"));
	e2e_assert_status(e, 3);
	FORGE_REPORT(&forge, "--post", "github-check", "--post", "github-status", "--commit", SHA,
		     e2e_path(e, "few.json"));
	e2e_assert_status(e, 3);
	assert_non_null(strstr(forge_ask(&forge), "\"conclusion\":\"action_required\""));
	assert_non_null(strstr(forge.answer, "\"state\":\"error\""));
	assert_null(strstr(forge.answer, "success"));
	FORGE_REPORT(&forge, "--post", "github-check", "--on-undecided", "pass", "--commit", SHA,
		     e2e_path(e, "few.json"));
	e2e_assert_status(e, 0);
	assert_non_null(strstr(forge_ask(&forge), "\"conclusion\":\"neutral\""));
	forge_done(&forge);
}

/* What is said of posting, and nothing is posted: refused as check does it, before anything is read or written. */
static void test_posting_options_without_post_are_refused(void **state)
{
	static const char *const options[][2] = {
		{"--pr=7", "--pr"},
		{"--repo=a/b", "--repo"},
		{"--commit=" SHA, "--commit"},
		{"--api-url=http://127.0.0.1:1", "--api-url"},
		{"--token-file=token", "--token-file"},
		{"--login=bot", "--login"},
		{"--key=arm", "--key"},
		{"--flame-url=https://example.org/f", "--flame-url"},
		{"--step-summary=s", "--step-summary"},
		{"--dry-run", "--dry-run"},
		{"--timeout=9s", "--timeout"},
		{"--retry-for=9s", "--retry-for"},
		{"--ca-file=ca", "--ca-file"},
		{"--allow-http", "--allow-http"},
	};
	struct e2e *e = *state;
	char says[128];

	forge_make_verdicts(e);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		E2E_RG(e, "report", "--json-out", "again.json", options[i][0],
		       e2e_path(e, "fail.json"));
		e2e_assert_status(e, 2);
		snprintf(says, sizeof(says),
			 "report: %s is of posting the verdict: say where to by --post WHERE",
			 options[i][1]);
		e2e_assert_err(e, says);
		assert_string_equal(e->out, "");
		E2E_RG(e, "diff", "--json-out", "again.json", options[i][0], "no.pb.gz",
		       "no.pb.gz");
		e2e_assert_status(e, 2);
		snprintf(says, sizeof(says),
			 "diff: %s is of posting the verdict: say where to by --post WHERE",
			 options[i][1]);
		e2e_assert_err(e, says);
		assert_false(e2e_exists(e, "again.json"));
	}
}

static void test_auto_is_what_the_workflow_offers(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char *summary;

	forge_start_github(e, &forge);
	FORGE_REPORT(&forge, "--post", "auto", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "not posted: --post auto: this is no CI that is known");
	forge_env(&forge, "GITHUB_ACTIONS=true");
	forge_env(&forge, "GITHUB_STEP_SUMMARY=%s", e2e_path(e, "summary.md"));
	e2e_write_text(e, "summary.md", "before\n");
	FORGE_REPORT(&forge, "--post", "auto", "--pr", "7", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitHub: comment 100 created");
	e2e_assert_err(e, "::error title=regress-gate::price_line");
	summary = e2e_read(e, "summary.md", NULL);
	assert_int_equal(strncmp(summary, "before\n**FAIL**", 15), 0);
	assert_int_equal(forge_count(summary, "**FAIL**"), 1);
	free(summary);
	forge_done(&forge);
}

static void test_a_dry_run_sends_nothing(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char *log;

	forge_start_github(e, &forge);
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--dry-run",
		     e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "/repos/shop/orders/issues/7/comments?per_page=30");
	e2e_assert_err(e, "Authorization: (token)");
	e2e_assert_err(e, "{\"body\":\"<!-- regress-gate:v1:");
	log = forge_log(&forge);
	assert_string_equal(log, "");
	free(log);
	forge_done(&forge);
}

static void test_check_posts_as_report_does(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	E2E_RG(e, "diff", "--post", "github", "--pr", "7", e2e_path(e, "a.pb.gz"),
	       e2e_path(e, "b.pb.gz"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "GitHub: comment 100 created");
	E2E_RG(e, "diff", "-q", "--post", "github", "--pr", "7", e2e_path(e, "a.pb.gz"),
	       e2e_path(e, "b.pb.gz"));
	assert_string_equal(e->err, "");
	forge_done(&forge);
}

static void test_usage(void **state)
{
	struct e2e *e = *state;

	forge_make_verdicts(e);
	E2E_RG(e, "report", "--post", "nowhere", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be one of: auto, github, github-annotations");
	E2E_RG(e, "report", "--key", "a\xff", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be one line of UTF-8");
	E2E_RG(e, "report", "--timeout", "1ms", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be a time from 1s to 1h");
	E2E_RG(e, "report", "--post", "github", "--pr", "7", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "not posted: github: no token: set GITHUB_TOKEN");
	e->env[0] = "GITHUB_TOKEN=a b";
	E2E_RG(e, "report", "--post", "github", "--pr", "7", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "what GITHUB_TOKEN holds is no token");
	e->env[0] = "GITHUB_TOKEN=x";
	E2E_RG(e, "report", "--post", "github", "--pr", "7", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "which repository? say --repo OWNER/NAME");
	E2E_RG(e, "report", "--post", "github", "--repo", "../x", "--pr", "7",
	       e2e_path(e, "fail.json"));
	e2e_assert_err(e, "'../x' is not OWNER/NAME");
	E2E_RG(e, "report", "--post", "github", "--repo", "a/b", "--pr", "7/../8",
	       e2e_path(e, "fail.json"));
	e2e_assert_err(e, "is not the number of a pull request");
	E2E_RG(e, "report", "--post", "github-status", "--repo", "a/b", "--commit", "main",
	       e2e_path(e, "fail.json"));
	e2e_assert_err(e, "'main' is not the full id of a commit");
	e2e_assert_status(e, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_comment_is_made_and_then_edited),
		E2E_TEST(test_a_pass_that_turns_is_answered_once),
		E2E_TEST(test_scenarios_and_keys_have_their_own),
		E2E_TEST(test_ours_is_found_on_a_later_page),
		E2E_TEST(test_a_planted_marker_is_left_alone),
		E2E_TEST(test_a_token_of_somebody_else_says_whose),
		E2E_TEST(test_a_check_and_a_status),
		E2E_TEST(test_scenarios_have_checks_of_their_own),
		E2E_TEST(test_undecided_is_no_success),
		E2E_TEST(test_posting_options_without_post_are_refused),
		E2E_TEST(test_auto_is_what_the_workflow_offers),
		E2E_TEST(test_a_dry_run_sends_nothing),
		E2E_TEST(test_check_posts_as_report_does),
		E2E_TEST(test_usage),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
