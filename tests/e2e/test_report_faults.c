/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Posting when the forge or somebody else misbehaves. Whatever happens, the exit status stays the verdict's, one comment
 * results or the reason is said, and the token is in no output (forge_report() looks).
 */
#include "forge.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Faults that pass ----------------------------------------------------------------------- */

struct passing {
	const char *why, *fault;
	size_t posts; /* requests it takes */
};

/* Each fault happens once; one comment must be there in the end. */
static const struct passing passing[] = {
	{"429 with seconds to wait",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"status\",\"status\":429,\"headers\":"
	 "{\"Retry-After\":\"1\"}}]",
	 2},
	{"429 with a date",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"retry-date\",\"seconds\":1}]", 2},
	{"the hourly limit, soon over",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"limited-until\",\"seconds\":1}]", 2},
	{"the secondary limit with a time",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"status\",\"status\":403,\"message\":\"You "
	 "have "
	 "exceeded a secondary rate limit\",\"headers\":{\"Retry-After\":\"1\"}}]",
	 2},
	{"500 before it was served",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"status\",\"status\":500}]", 2},
	{"500 after it was served: no second comment",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"status\",\"status\":502,\"served\":true}]",
	 1},
	{"cut off after it was served",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"cut\",\"served\":true}]", 1},
	{"cut off before it was served", "[{\"match\":\"POST \",\"times\":1,\"kind\":\"cut\"}]", 2},
	{"stalled after it was served",
	 "[{\"match\":\"POST \",\"times\":1,\"kind\":\"stall\",\"served\":true}]", 1},
	{"500 to the look-up",
	 "[{\"match\":\"GET \",\"times\":1,\"kind\":\"status\",\"status\":500}]", 1},
	{"the look-up cut off", "[{\"match\":\"GET \",\"times\":1,\"kind\":\"cut\"}]", 1},
	{"comments so long that a page of them is 10 MB",
	 "[{\"match\":\"GET \",\"times\":1,\"kind\":\"large\",\"bytes\":10000000}]", 1},
};

static void test_what_passes_leaves_one_comment(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		size_t before = forge_requests(&forge, "POST "), posts;

		forge_state(&forge, "{\"comments\":[]}");
		forge_fault(&forge, passing[i].fault);
		forge_post_failing(&forge, "3s");
		if (strstr(e->err, "not posted"))
			fail_msg("%s: %s", passing[i].why, e->err);
		posts = forge_requests(&forge, "POST ") - before;
		if (posts != passing[i].posts || forge_count(forge_ask(&forge), "\"body\":") != 1)
			fail_msg("%s: %zu requests, %zu comments", passing[i].why, posts,
				 forge_count(forge_ask(&forge), "\"body\":"));
	}
	forge_done(&forge);
}

/* --- Faults that stay ----------------------------------------------------------------------- */

struct lasting {
	const char *why, *fault, *words;
	size_t requests; /* of its kind at most: what is hopeless is not tried again */
};

static const struct lasting lasting[] = {
	{"no permission",
	 "[{\"match\":\"POST \",\"kind\":\"status\",\"status\":403,\"message\":\"Resource not "
	 "accessible by "
	 "integration\"}]",
	 "GitHub does not permit that (403: Resource not accessible by integration): the token "
	 "needs "
	 "'pull-requests: write'",
	 1},
	{"the secondary limit without a time",
	 "[{\"match\":\"POST \",\"kind\":\"status\",\"status\":403,\"message\":\"You have exceeded "
	 "a secondary "
	 "rate limit\"}]",
	 "before the next try, and 1s is left for waiting", 1},
	{"a limit that asks for an hour",
	 "[{\"match\":\"POST "
	 "\",\"kind\":\"status\",\"status\":429,\"headers\":{\"Retry-After\":\"3600\"}}]",
	 "the server asks to wait 1h before the next try", 1},
	{"a token that has expired",
	 "[{\"match\":\"GET \",\"kind\":\"status\",\"status\":401,\"message\":\"Bad "
	 "credentials\"}]",
	 "GitHub refuses the token (401: Bad credentials)", 1},
	{"a version that is gone",
	 "[{\"match\":\"GET \",\"kind\":\"status\",\"status\":410,\"message\":\"This API version "
	 "is no longer "
	 "supported\"}]",
	 "GitHub no longer offers this (410: This API version is no longer supported)", 1},
	{"no such pull request",
	 "[{\"match\":\"GET \",\"kind\":\"status\",\"status\":404,\"message\":\"Not Found\"}]",
	 "GitHub has no such thing (404: Not Found)", 1},
	{"a body that it finds too long",
	 "[{\"match\":\"POST \",\"kind\":\"status\",\"status\":422,\"message\":\"Body is too "
	 "long\"}]",
	 "GitHub does not accept the POST (422: Body is too long)", 1},
	{"an answer that is not JSON",
	 "[{\"match\":\"GET \",\"kind\":\"text\",\"text\":\"<html>[{\"}]",
	 "GitHub's answer is not JSON: line 1", 1},
	{"an answer that is JSON of another kind",
	 "[{\"match\":\"POST \",\"kind\":\"text\",\"text\":\"[1]\"}]",
	 "GitHub's answer does not hold the comment's id", 1},
	{"an answer of 10 MB", "[{\"match\":\"POST \",\"kind\":\"large\",\"bytes\":10000000}]",
	 "the reply is larger than 8388608 bytes", 1},
	{"a list of 40 MB, of few comments as well",
	 "[{\"match\":\"GET \",\"kind\":\"large\",\"bytes\":40000000}]",
	 "the reply is larger than 33554432 bytes", 2},
	{"nothing but silence", "[{\"match\":\"GET \",\"kind\":\"stall\"}]", "no answer within 1 s",
	 4},
	{"the beginning of an answer, and silence", "[{\"match\":\"GET \",\"kind\":\"trickle\"}]",
	 "no answer within 1 s", 4},
	{"an answer that never ends", "[{\"match\":\"GET \",\"kind\":\"drip\"}]",
	 "not answered in whole within 4s", 4},
	{"always 500", "[{\"match\":\"GET \",\"kind\":\"status\",\"status\":500}]",
	 "GitHub answered with status 500: fault", 4},
	{"a service that echoes the token",
	 "[{\"match\":\"GET \",\"kind\":\"echo\",\"status\":400}]", "you sent Bearer ************",
	 1},
	{"one whose words are cut within it",
	 "[{\"match\":\"GET \",\"kind\":\"echo\",\"status\":400,\"pad\":178}]",
	 "you sent Bearer ******", 1},
	{"control characters in what it says",
	 "[{\"match\":\"GET "
	 "\",\"kind\":\"status\",\"status\":400,\"message\":\"\\u001b[2J::error::x\"}]",
	 "\\x1b[2J", 1},
};

static void test_what_stays_is_said(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	for (size_t i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++) {
		const char *kind = strstr(lasting[i].fault, "POST") ? "POST " : "GET ";
		size_t before = forge_requests(&forge, kind), requests;

		forge_state(&forge, "{\"comments\":[]}");
		forge_fault(&forge, lasting[i].fault);
		forge_post_failing(&forge, "1s");
		if (!strstr(e->err, lasting[i].words))
			fail_msg("%s: %s", lasting[i].why, e->err);
		requests = forge_requests(&forge, kind) - before;
		if (requests > lasting[i].requests)
			fail_msg("%s: %zu requests", lasting[i].why, requests);
	}
	forge_done(&forge);
}

/* A token that is cut off in the middle is still one's beginning. */
static void test_no_part_of_the_token_is_said(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char fault[128];

	forge_start_github(e, &forge);
	for (int pad = 170; pad < 200; pad++) {
		snprintf(fault, sizeof(fault),
			 "[{\"match\":\"GET \",\"kind\":\"echo\",\"status\":400,\"pad\":%d}]", pad);
		forge_fault(&forge, fault);
		forge_post_failing(&forge, "1s");
		e2e_assert_err(e, "GitHub answered with status 400: xxx");
		e2e_assert_no_err(e, "secre");
	}
	forge_done(&forge);
}

static void test_without_permission_the_summary_has_it(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char *summary;

	forge_start_github(e, &forge);
	forge_env(&forge, "GITHUB_STEP_SUMMARY=%s", e2e_path(e, "summary.md"));
	forge_fault(
		&forge,
		"[{\"match\":\"POST \",\"kind\":\"status\",\"status\":403,\"message\":\"Resource "
		"not accessible by integration\"}]");
	forge_post_failing(&forge, "1s");
	e2e_assert_err(e, "the report is in the step's summary instead");
	summary = e2e_read(e, "summary.md", NULL);
	assert_non_null(summary);
	assert_int_equal(strncmp(summary, "**FAIL**", 8), 0);
	free(summary);
	/* The work tree is the change's author's, who may have planted a link. */
	e2e_sh(e, "rm summary.md; echo mine > other; ln -s other summary.md");
	FORGE_REPORT(&forge, "--post", "github-summary", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "summary.md': is a symbolic link");
	assert_string_equal(e2e_ask(e, "wc -l <other"), "1");
	forge_done(&forge);
}

static void test_nobody_listens(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	e2e_end_helpers(e);
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--retry-for", "1s",
		     e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "not posted: github: net: GET 'http://127.0.0.1:");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--retry-for", "1s",
		     e2e_path(e, "pass.json"));
	e2e_assert_status(e, 0);
}

/* --- Others at the same time ---------------------------------------------------------------- */

static void test_a_comment_that_somebody_deletes(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_post_failing(&forge, "1s");
	forge_fault(&forge, "[{\"match\":\"PATCH \",\"times\":1,\"kind\":\"delete\"}]");
	forge_post_failing(&forge, "1s");
	e2e_assert_err(e, "GitHub: comment 101 created");
	forge_assert_comments(&forge, 1);
	forge_done(&forge);
}

static void post_twice_at_once(struct forge *forge)
{
	e2e_sh(forge->e,
	       "export GITHUB_TOKEN=" FORGE_TOKEN
	       " GITHUB_REPOSITORY=shop/orders GITHUB_API_URL=%s\n"
	       "for i in 1 2; do %s report --post github --pr 7 fail.json >out.$i 2>&1 & done; "
	       "wait",
	       forge->url, getenv("RG"));
}

/* Both look before either has posted. */
static void test_two_jobs_make_one_comment(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_fault(&forge, "[{\"match\":\"GET \",\"times\":2,\"kind\":\"barrier\",\"count\":2}]");
	post_twice_at_once(&forge);
	assert_int_equal(forge_requests(&forge, "POST "), 2);
	forge_assert_comments(&forge, 1);
	/* The older one stays, whichever job it is of. */
	assert_non_null(strstr(forge_ask(&forge), "\"id\":100"));
	forge_done(&forge);
}

/* And when somebody removes both while they look again, that is said: no report is there. */
static void test_two_jobs_and_somebody_who_cleans_up(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_fault(&forge, "[{\"match\":\"GET \",\"times\":2,\"kind\":\"barrier\",\"count\":2},"
			    "{\"match\":\"GET \",\"times\":2,\"kind\":\"barrier\",\"count\":2},"
			    "{\"match\":\"PATCH \",\"times\":1,\"kind\":\"delete\"}]");
	post_twice_at_once(&forge);
	forge_assert_comments(&forge, 0);
	assert_string_equal(e2e_ask(e, "cat out.1 out.2 | grep 'not posted'"),
			    "regress-gate: not posted: github: somebody removed the comment while "
			    "it was made: run it again");
	forge_done(&forge);
}

/* --- Size ----------------------------------------------------------------------------------- */

static void test_an_enormous_report_fits(void **state)
{
	static struct e2e_self before[101], after[101];
	static char names[100][1200];
	struct e2e *e = *state;
	struct forge forge;

	forge_start(e, &forge, "forge");
	for (size_t i = 0; i < 100; i++) {
		memset(names[i], '`', sizeof(names[i]) - 8);
		snprintf(names[i] + sizeof(names[i]) - 8, 8, "f%zu", i);
		before[i] = after[i] = (struct e2e_self){names[i], 1000};
		after[i].samples += i == 0 ? 9000 : 0;
	}
	before[100] = after[100] = (struct e2e_self){"", 0};
	e2e_make_profile(e, "a.pb.gz", before);
	e2e_make_profile(e, "b.pb.gz", after);
	forge_env_github(&forge);
	E2E_RG(e, "diff", "--post", "github", "--pr", "7", e2e_path(e, "a.pb.gz"),
	       e2e_path(e, "b.pb.gz"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "GitHub: comment 100 created");
	assert_non_null(strstr(forge_ask(&forge), "**FAIL**"));
	assert_non_null(strstr(forge.answer, "more functions not in this table"));
	forge_done(&forge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_what_passes_leaves_one_comment),
		E2E_TEST(test_what_stays_is_said),
		E2E_TEST(test_no_part_of_the_token_is_said),
		E2E_TEST(test_without_permission_the_summary_has_it),
		E2E_TEST(test_nobody_listens),
		E2E_TEST(test_a_comment_that_somebody_deletes),
		E2E_TEST(test_two_jobs_make_one_comment),
		E2E_TEST(test_two_jobs_and_somebody_who_cleans_up),
		E2E_TEST(test_an_enormous_report_fits),
	};

	return cmocka_run_group_tests_name("report_faults", tests, NULL, NULL);
}
