/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Posting to GitLab: whose note, which one, and nothing in it that GitLab would run. */
#include "forge.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void setup(struct e2e *e, struct forge *forge)
{
	forge_start(e, forge, "forge");
	forge_make_verdicts(e);
	forge_env_gitlab(forge);
}

static void post(struct forge *forge, const char *file)
{
	FORGE_REPORT(forge, "--post", "gitlab", "--timeout", "1s", "--retry-for", "3s",
		     e2e_path(forge->e, "%s", file));
}

static void test_a_note_is_made_and_then_edited(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	setup(e, &forge);
	post(&forge, "fail.json");
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "GitLab: comment 100 created");
	post(&forge, "pass.json");
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "GitLab: comment 100 updated");
	assert_int_equal(forge_count(forge_ask(&forge), "\"body\":"), 1);
	post(&forge, "fail.json");
	assert_int_equal(forge_count(forge_ask(&forge), "\"body\":"), 2);
	assert_non_null(strstr(forge.answer, "It passed before"));
	forge_done(&forge);
}

/* Notes of the system, of others and on other pages are passed over. */
static void test_only_an_own_note_is_edited(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char notes[16384] = "{\"notes\":[";
	size_t len = strlen(notes);
	const char *marker;

	setup(e, &forge);
	post(&forge, "fail.json");
	marker = strstr(forge_ask(&forge), "<!-- regress-gate:v1:");
	assert_non_null(marker);
	len += (size_t)snprintf(notes + len, sizeof(notes) - len,
				"{\"id\":1,\"author\":{\"id\":5,\"username\":\"mallory\"},\"body\":"
				"\"%.38s\"},{\"id\":2,\"system\":true,\"author\":{\"id\":77,"
				"\"username\":\"project_1_bot\"},\"body\":\"%.38s\"}",
				marker, marker);
	for (int i = 3; i <= 40; i++)
		len += (size_t)snprintf(notes + len, sizeof(notes) - len,
					",{\"id\":%d,\"author\":{\"id\":5,\"username\":\"ada\"},"
					"\"body\":\"hm\"}",
					i);
	snprintf(notes + len, sizeof(notes) - len, "]}");
	forge_state(&forge, notes);
	post(&forge, "fail.json");
	e2e_assert_err(e, "created");
	post(&forge, "fail.json");
	e2e_assert_err(e, "updated");
	assert_int_equal(forge_requests(&forge, "PUT /api/v4/projects/5/merge_requests/3/notes/1 "),
			 0);
	forge_done(&forge);
}

static void test_a_project_by_its_path(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	setup(e, &forge);
	FORGE_REPORT(&forge, "--post", "gitlab", "--repo", "group/sub/orders", "--pr", "3",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitLab: comment 100 created");
	assert_int_equal(
		forge_requests(&forge, "POST /api/v4/projects/group%2Fsub%2Forders/merge_requests"),
		1);
	forge_done(&forge);
}

/* What the job's token cannot do is said before anything is tried; other reports are written. */
static void test_a_jobs_own_token_cannot(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start(e, &forge, "forge");
	forge_make_verdicts(e);
	forge_env(&forge, "GITLAB_CI=true");
	forge_env(&forge, "CI_JOB_TOKEN=" FORGE_TOKEN);
	forge_env(&forge, "CI_API_V4_URL=%s", forge.gitlab);
	FORGE_REPORT(&forge, "--post", "auto", "--junit-out", e2e_path(e, "junit.xml"),
		     e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "not posted: gitlab: CI_JOB_TOKEN cannot write notes");
	assert_true(e2e_exists(e, "junit.xml"));
	assert_int_equal(forge_requests(&forge, "GET "), 0);
	forge_done(&forge);
}

static void test_faults(void **state)
{
	static const struct {
		const char *fault, *words;
	} faults[] = {
		{"[{\"match\":\"POST "
		 "\",\"times\":1,\"kind\":\"status\",\"status\":500,\"served\":true}]",
		 "GitLab: comment 100 updated"},
		{"[{\"match\":\"POST \",\"kind\":\"status\",\"status\":403,\"message\":\"403 "
		 "Forbidden\"}]",
		 "GitLab does not permit that (403: 403 Forbidden): the token needs the scope "
		 "'api'"},
		{"[{\"match\":\"GET \",\"kind\":\"status\",\"status\":429,\"headers\":"
		 "{\"Retry-After\":\"90\"}}]",
		 "the server asks to wait 1m30s"},
		{"[{\"match\":\"GET /api/v4/user\",\"kind\":\"text\",\"text\":\"{}\"}]",
		 "GitLab does not say whose token it is"},
		{"[{\"match\":\"GET \",\"kind\":\"echo\",\"status\":400}]",
		 "you sent ************"},
	};
	struct e2e *e = *state;
	struct forge forge;

	setup(e, &forge);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		forge_fault(&forge, faults[i].fault);
		post(&forge, "fail.json");
		e2e_assert_status(e, 1);
		e2e_assert_err(e, faults[i].words);
		forge_state(&forge, "{\"notes\":[]}");
	}
	forge_done(&forge);
}

static void test_a_token_of_somebody_else_says_whose(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	setup(e, &forge);
	FORGE_REPORT(&forge, "--post", "gitlab", "--login", "ada", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "the comment is by 'project_1_bot': say --login project_1_bot");
	FORGE_REPORT(&forge, "--post", "gitlab", "--login", "project_1_bot",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitLab: comment 100 updated");
	forge_done(&forge);
}

/* PRIVATE-TOKEN is a header that curl would send on. */
static void test_another_host_gets_nothing(void **state)
{
	struct e2e *e = *state;
	struct forge forge, other;
	char fault[256], *log;

	setup(e, &forge);
	forge_start(e, &other, "other");
	snprintf(
		fault, sizeof(fault),
		"[{\"match\":\"GET \",\"kind\":\"status\",\"status\":302,\"headers\":{\"Location\":"
		"\"%s/api/v4/user\"}}]",
		other.url);
	forge_fault(&forge, fault);
	post(&forge, "fail.json");
	e2e_assert_err(e, "redirected to another host");
	log = forge_log(&other);
	assert_string_equal(log, "");
	free(log);
	forge_done(&forge);
	forge_done(&other);
}

/* A line of a note that begins with "/" runs as the token's user. */
static void test_no_name_is_a_quick_action(void **state)
{
	static const struct e2e_self before[] = {{"f", 3000},
						 {"/close", 3000},
						 {"x\n/merge\n", 3000},
						 {"y\r/approve", 3000},
						 {"", 0}};
	static const struct e2e_self after[] = {{"f", 3000},
						{"/close", 9000},
						{"x\n/merge\n", 9000},
						{"y\r/approve", 9000},
						{"", 0}};
	struct e2e *e = *state;
	struct forge forge;

	setup(e, &forge);
	e2e_make_profile(e, "a.pb.gz", before);
	e2e_make_profile(e, "b.pb.gz", after);
	E2E_RG(e, "diff", "--basis", "second", "--post", "gitlab", e2e_path(e, "a.pb.gz"),
	       e2e_path(e, "b.pb.gz"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "GitLab: comment 100 created");
	assert_non_null(strstr(forge_ask(&forge), "\"commands\":[]"));
	forge_done(&forge);
}

static void test_usage(void **state)
{
	struct e2e *e = *state;

	forge_make_verdicts(e);
	e->env[0] = "GITLAB_TOKEN=x";
	E2E_RG(e, "report", "--post", "gitlab", e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "not posted: gitlab: which merge request?");
	E2E_RG(e, "report", "--post", "gitlab", "--repo", "5", "--pr", "3/notes",
	       e2e_path(e, "fail.json"));
	e2e_assert_err(e, "'3/notes' is not the number of a merge request");
	E2E_RG(e, "report", "--post", "gitlab", "--repo", "..", "--pr", "3",
	       e2e_path(e, "fail.json"));
	e2e_assert_err(e, "'..' is no project");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_note_is_made_and_then_edited),
		E2E_TEST(test_only_an_own_note_is_edited),
		E2E_TEST(test_a_project_by_its_path),
		E2E_TEST(test_a_jobs_own_token_cannot),
		E2E_TEST(test_faults),
		E2E_TEST(test_a_token_of_somebody_else_says_whose),
		E2E_TEST(test_another_host_gets_nothing),
		E2E_TEST(test_no_name_is_a_quick_action),
		E2E_TEST(test_usage),
	};

	return cmocka_run_group_tests_name("report_gitlab", tests, NULL, NULL);
}
