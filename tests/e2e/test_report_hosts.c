/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the token goes when a verdict is posted, and by which ways. */
#include "forge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMENTS "/repos/shop/orders/issues/7/comments"

static void test_another_host_gets_nothing(void **state)
{
	static const int statuses[] = {301, 302, 307, 308};
	struct e2e *e = *state;
	struct forge forge, other;
	char fault[256], *log;

	forge_start_github(e, &forge);
	forge_start(e, &other, "other");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		snprintf(fault, sizeof(fault),
			 "[{\"match\":\"GET \",\"kind\":\"status\",\"status\":%d,\"headers\":"
			 "{\"Location\":\"%s" COMMENTS "?token=x\"}}]",
			 statuses[i], other.url);
		forge_fault(&forge, fault);
		forge_post_failing(&forge, "1s");
		e2e_assert_err(e, "redirected to another host, http://127.0.0.1:");
		e2e_assert_no_err(e, "?token");
	}
	log = forge_log(&other);
	assert_string_equal(log, "");
	free(log);
	/* Nor by a link to the next page. */
	forge_fault(&forge, "[]");
	snprintf(fault, sizeof(fault),
		 "[{\"match\":\"GET "
		 "\",\"kind\":\"status\",\"status\":200,\"body\":[],\"headers\":{\"Link\":"
		 "\"<%s/x>; rel=\\\"next\\\"\"}}]",
		 other.url);
	forge_fault(&forge, fault);
	forge_post_failing(&forge, "1s");
	log = forge_log(&other);
	assert_string_equal(log, "");
	free(log);
	forge_done(&forge);
	forge_done(&other);
}

static void test_a_repository_that_moved_is_followed(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	forge_fault(&forge,
		    "[{\"match\":\"GET /repos/old\",\"kind\":\"status\",\"status\":301,\"headers\":"
		    "{\"Location\":\"" COMMENTS "\"}},{\"match\":\"POST /repos/old\",\"kind\":"
		    "\"status\",\"status\":307,\"headers\":{\"Location\":\"" COMMENTS "\"}}]");
	FORGE_REPORT(&forge, "--post", "github", "--repo", "old/orders", "--pr", "7",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitHub: comment 100 created");
	forge_assert_comments(&forge, 1);
	/* In circles, though, it ends. */
	forge_fault(&forge, "[{\"match\":\"GET \",\"kind\":\"status\",\"status\":302,\"headers\":"
			    "{\"Location\":\"" COMMENTS "\"}}]");
	forge_post_failing(&forge, "1s");
	e2e_assert_err(e, "more than 3 redirects");
	forge_done(&forge);
}

static void test_plain_http_is_for_this_machine(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start_github(e, &forge);
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--api-url", "http://192.0.2.1",
		     e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "a token would be readable on the way; use https, or --allow-http");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--api-url", "http://u:p@127.0.0.1",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "holds a user name");
	e2e_assert_no_err(e, "u:p");
	/* Nor is it printed, or half an address made of it. */
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--dry-run", "--api-url",
		     "http://u:p@127.0.0.1", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "holds a user name");
	e2e_assert_no_err(e, "u:p");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--api-url",
		     "http://127.0.0.1/?a=", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "not posted: github: the API's address is too long, or more than a path");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--api-url", "file:///etc/passwd",
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "neither https nor http");
	forge_done(&forge);
}

static void test_proxies_are_used_as_curl_does(void **state)
{
	struct e2e *e = *state;
	struct forge forge;
	char *log;

	forge_start_github(e, &forge);
	forge_env(&forge, "http_proxy=%s", forge.url);
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--allow-http", "--api-url",
		     "http://forge.invalid", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitHub: comment 100 created");
	log = forge_log(&forge);
	assert_non_null(strstr(log, "\"url\":\"http://forge.invalid" COMMENTS));
	free(log);
	/* This machine is never reached through one. */
	forge_env(&forge, "all_proxy=http://192.0.2.1:1");
	forge_post_failing(&forge, "1s");
	e2e_assert_err(e, "updated");
	forge_env(&forge, "no_proxy=forge.invalid");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--allow-http", "--retry-for", "1s",
		     "--api-url", "http://forge.invalid", e2e_path(e, "fail.json"));
	e2e_assert_err(e, "not posted");
	e2e_assert_status(e, 1);
	forge_done(&forge);
}

static void test_certificates(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_make_verdicts(e);
	forge_start_tls(e, &forge, "forge");
	forge_env_github(&forge);
	forge_post_failing(&forge, "1s");
	e2e_assert_err(e, "not posted: github: net: GET 'https://127.0.0.1:");
	e2e_assert_err(e, "certificate");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--ca-file", e2e_path(e, "forge.pem"),
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitHub: comment 100 created");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--ca-file", e2e_path(e, "none.pem"),
		     e2e_path(e, "fail.json"));
	e2e_assert_err(e, "not posted");
	forge_env(&forge, "SSL_CERT_FILE=%s", e2e_path(e, "forge.pem"));
	forge_post_failing(&forge, "1s");
	e2e_assert_err(e, "GitHub: comment 100 updated");
	forge_done(&forge);
}

static void test_the_token_comes_from_a_file(void **state)
{
	struct e2e *e = *state;
	struct forge forge;

	forge_start(e, &forge, "forge");
	forge_make_verdicts(e);
	e2e_write_text(e, "token", FORGE_TOKEN "\n");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--repo", "shop/orders", "--api-url",
		     forge.url, "--token-file", e2e_path(e, "token"), e2e_path(e, "fail.json"));
	e2e_assert_err(e, "GitHub: comment 100 created");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--repo", "shop/orders",
		     "--token-file", e2e_path(e, "none"), e2e_path(e, "fail.json"));
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "not posted: --token-file");
	e2e_write_text(e, "token", "two\nlines\n");
	FORGE_REPORT(&forge, "--post", "github", "--pr", "7", "--repo", "shop/orders",
		     "--token-file", e2e_path(e, "token"), e2e_path(e, "fail.json"));
	e2e_assert_err(e, "what the token file holds is no token");
	e2e_assert_no_err(e, "two");
	forge_done(&forge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_another_host_gets_nothing),
		E2E_TEST(test_a_repository_that_moved_is_followed),
		E2E_TEST(test_plain_http_is_for_this_machine),
		E2E_TEST(test_proxies_are_used_as_curl_does),
		E2E_TEST(test_certificates),
		E2E_TEST(test_the_token_comes_from_a_file),
	};

	return cmocka_run_group_tests_name("report_hosts", tests, NULL, NULL);
}
