/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pull request a verdict is posted to, and verdicts that are posted to none. */
#include "forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHA "4f1c2ab9d0e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4"

static void post_by_event(struct forge *forge, const char *event)
{
	struct e2e *e = forge->e;

	e2e_write_text(e, "event.json", event);
	FORGE_REPORT(forge, "--post", "github", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
}

static void test_the_event_names_the_request(void **state)
{
	static const char *const events[] = {
		"{\"pull_request\":{\"number\":7,\"head\":{\"sha\":\"" SHA "\"}}}",
		"{\"number\":7}",
		"{\"issue\":{\"number\":7,\"pull_request\":{}}}",
	};
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_env(&forge, "GITHUB_EVENT_PATH=%s", e2e_path(e, "event.json"));
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		post_by_event(&forge, events[i]);
		e2e_assert_err(e, i ? "comment 100 updated" : "comment 100 created");
	}
	/* An issue's comment, and no pull request: nothing else tells. */
	post_by_event(&forge, "{\"issue\":{\"number\":7}}");
	e2e_assert_err(e, "not posted: github: which pull request? say --pr NUMBER");
	post_by_event(&forge, "not json");
	e2e_assert_err(e, "not posted: github: the event of GITHUB_EVENT_PATH is not JSON");
	forge_done(&forge);
}

static void test_the_reference_names_the_request(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_env(&forge, "GITHUB_REF=refs/pull/7/merge");
	FORGE_REPORT(&forge, "--post", "github", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "created");
	forge_done(&forge);
}

static void test_the_commit_names_the_request(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_state(&forge, "{\"pulls\":[{\"number\":7,\"state\":\"open\",\"head\":{\"sha\":\"" SHA
			    "\"}}]}");
	forge_env(&forge, "GITHUB_SHA=" SHA);
	FORGE_REPORT(&forge, "--post", "github", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "created");
	forge_done(&forge);
}

/* --- The fork pattern ----------------------------------------------------------------------- */

#define RUN                                                                       \
	"{\"workflow_run\":{\"head_sha\":\"" SHA "\",\"head_branch\":\"fix me\"," \
	"\"head_repository\":{\"owner\":{\"login\":\"mallory\"}},\"pull_requests\":[]}}"

static void test_a_fork_is_found_by_its_head(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_env(&forge, "GITHUB_EVENT_PATH=%s", e2e_path(e, "event.json"));
	forge_state(&forge, "{\"pulls\":[{\"number\":7,\"state\":\"open\",\"head\":{\"sha\":\"" SHA
			    "\",\"label\":\"mallory:fix me\"}},{\"number\":8,\"state\":\"open\","
			    "\"head\":{\"sha\":\"" SHA "\",\"label\":\"other:fix me\"}}]}");
	post_by_event(&forge, RUN);
	e2e_assert_err(e, "comment 100 created");
	assert_int_equal(forge_requests(&forge, "GET /repos/shop/orders/pulls?state=open&head="
						"mallory%3Afix%20me"),
			 1);
	forge_done(&forge);
}

/* The branch moved on while the job ran, or the run is not of that request at all. */
static void test_a_fork_with_another_head_is_not_posted_to(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_env(&forge, "GITHUB_EVENT_PATH=%s", e2e_path(e, "event.json"));
	forge_state(&forge, "{\"pulls\":[{\"number\":7,\"state\":\"open\",\"head\":{\"sha\":"
			    "\"0123456789012345678901234567890123456789\",\"label\":\"mallory:fix "
			    "me\"}}]}");
	post_by_event(&forge, RUN);
	e2e_assert_err(e, "not posted: github: no open pull request has 4f1c2ab9d0e8 as its head");
	assert_int_equal(forge_requests(&forge, "POST "), 0);
	forge_done(&forge);
}

static void refuse(struct e2e *e, const char *text, int status, const char *words)
{
	e2e_write_text(e, "bad.json", text);
	E2E_RG(e, "report", "--post", "github", e2e_path(e, "bad.json"));
	e2e_assert_status(e, status);
	e2e_assert_err(e, words);
	e2e_assert_no_err(e, "posted");
	assert_string_equal(e->out, "");
}

static void test_a_hostile_verdict_is_refused(void **state)
{
	struct e2e *e = *state;
	char *text, *at;

	forge_make_verdicts(e);
	refuse(e, "", 4, "verdict: read it: line 1");
	refuse(e, "{\"outcome\":", 4, "verdict: read it: line 1");
	refuse(e, "[]", 4, "is not within an object");
	refuse(e, "{\"outcome\": \"pass\"}", 4, "'schema': is missing");
	refuse(e, "{\"outcome\": \"pass\", \"outcome\": \"fail\"}", 4, "duplicate object key");
	text = e2e_read(e, "pass.json", NULL);
	at = strstr(text, "\"top_k\": 5");
	assert_non_null(at);
	memcpy(at, "\"top_k\": 0", 10);
	refuse(e, text, 4, "read 'policy'");
	free(text);
	e2e_sh(e, "head -c 17000000 /dev/zero | tr '\\0' '[' > bad.json");
	E2E_RG(e, "report", e2e_path(e, "bad.json"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "bad.json");
	E2E_RG(e, "report", e2e_path(e, "none.json"));
	e2e_assert_status(e, 2);
	E2E_RG(e, "report");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "takes one verdict");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_the_event_names_the_request),
		E2E_TEST(test_the_reference_names_the_request),
		E2E_TEST(test_the_commit_names_the_request),
		E2E_TEST(test_a_fork_is_found_by_its_head),
		E2E_TEST(test_a_fork_with_another_head_is_not_posted_to),
		E2E_TEST(test_a_hostile_verdict_is_refused),
	};

	return cmocka_run_group_tests_name("report_requests", tests, NULL, NULL);
}
