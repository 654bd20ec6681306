/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remotes' URLs, and which credentials go where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "git_secret.h"
#include "git_url.h"

#include "rg/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const variables[] = {"GITHUB_TOKEN", "GH_TOKEN",     "GITHUB_SERVER_URL",
					"GITLAB_TOKEN", "CI_JOB_TOKEN", "CI_SERVER_URL"};

static int clear(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	return 0;
}

static void test_what_a_url_is(void **state)
{
	static const struct {
		const char *text;
		enum gs_scheme scheme;
		const char *plain, *origin, *user_info;
		bool loopback;
	} rows[] = {
		{"https://github.com/a/b.git", GS_SCHEME_HTTPS, "https://github.com/a/b.git",
		 "https://github.com", "", false},
		{"HTTPS://GitHub.com:443/a", GS_SCHEME_HTTPS, "HTTPS://GitHub.com:443/a",
		 "https://github.com", "", false},
		{"https://x:p%40ss@h:8443/a", GS_SCHEME_HTTPS, "https://h:8443/a", "https://h:8443",
		 "x:p@ss", false},
		/* The last '@' ends the password, and what follows is the host. */
		{"https://github.com:a@b@evil/x", GS_SCHEME_HTTPS, "https://evil/x", "https://evil",
		 "github.com:a@b", false},
		{"https://evil?@github.com/", GS_SCHEME_HTTPS, "https://evil?@github.com/",
		 "https://evil", "", false},
		{"http://127.0.0.1:80/a", GS_SCHEME_HTTP, "http://127.0.0.1:80/a",
		 "http://127.0.0.1", "", true},
		{"http://[::1]:81/a", GS_SCHEME_HTTP, "http://[::1]:81/a", "http://[::1]:81", "",
		 true},
		{"http://localhost/a", GS_SCHEME_HTTP, "http://localhost/a", "http://localhost", "",
		 true},
		{"git@github.com:a/b.git", GS_SCHEME_SSH, "git@github.com:a/b.git", "", "", false},
		{"ssh://git@h:22/a", GS_SCHEME_SSH, "ssh://git@h:22/a", "", "", false},
		{"/srv/a.git", GS_SCHEME_FILE, "/srv/a.git", "", "", false},
		{"file:///srv/a.git", GS_SCHEME_FILE, "file:///srv/a.git", "", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct gs_url url;

		assert_int_equal(gs_url_parse(rows[i].text, &url, NULL), 0);
		assert_int_equal(url.scheme, rows[i].scheme);
		assert_string_equal(url.plain, rows[i].plain);
		assert_string_equal(url.origin, rows[i].origin);
		assert_string_equal(url.user_info, rows[i].user_info);
		assert_int_equal(url.loopback, rows[i].loopback);
	}
}

static void test_what_is_no_url(void **state)
{
	static const char *const texts[] = {
		"",
		"-oProxyCommand=x",
		"ext::sh -c x",
		"ext::x",
		"fd::7",
		"git://host/a",
		"ftp://host/a",
		"relative/path",
		"name",
		"http://host/a",
		"http://127.0.0.1.example.org@host/a",
		"http://localhost.example.org/a",
		"https://",
		"https:///a",
		"https://a%0ab:c@h/",
		"https://a%zzb:c@h/",
		"https://h/a b",
		"https://h/a\nb",
		"ssh://-oProxyCommand=x/a",
		"ssh://u@-oProxyCommand=x/a",
		"ssh://user:password@host/a",
		"-host:path",
		"file://host/a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct rg_err err = {0};
		struct gs_url url;

		if (gs_url_parse(texts[i], &url, &err) != RG_EUSAGE)
			fail_msg("'%s' was taken", texts[i]);
		assert_memory_equal(err.text, "remote: ", 8);
		assert_null(strstr(err.text, "password@"));
	}
}

static void test_a_url_that_is_too_long(void **state)
{
	char text[RG_REMOTE_URL_MAX + 1];
	struct gs_url url;

	(void)state;
	memset(text, 'a', RG_REMOTE_URL_MAX);
	text[RG_REMOTE_URL_MAX] = '\0';
	memcpy(text, "https://h/", 10);
	assert_int_equal(gs_url_parse(text, &url, NULL), RG_EUSAGE);
	text[RG_REMOTE_URL_MAX - 1] = '\0';
	assert_int_equal(gs_url_parse(text, &url, NULL), 0);
	memset(text + 8, 'h', 300);
	assert_int_equal(gs_url_parse(text, &url, NULL), RG_EUSAGE);
}

/* The header for a URL; "" for none. */
static const char *header_for(const char *text)
{
	static struct gs_secret secret;
	struct rg_err err = {0};
	struct gs_url url;

	assert_int_equal(gs_url_parse(text, &url, NULL), 0);
	if (gs_secret_find(&url, &secret, &err))
		fail_msg("%s", err.text);
	return secret.header;
}

static void test_tokens_go_to_their_host(void **state)
{
	(void)state;
	setenv("GITHUB_TOKEN", "abc", 1);
	assert_string_equal(header_for("https://github.com/a/b"),
			    "Authorization: Basic eC1hY2Nlc3MtdG9rZW46YWJj");
	assert_string_equal(header_for("https://GITHUB.com:443/a/b"),
			    "Authorization: Basic eC1hY2Nlc3MtdG9rZW46YWJj");
	assert_string_equal(header_for("https://github.com.evil.org/a/b"), "");
	assert_string_equal(header_for("https://github.com:8443/a/b"), "");
	assert_string_equal(header_for("https://gitlab.com/a/b"), "");
	assert_string_equal(header_for("git@github.com:a/b"), "");
	setenv("GITHUB_SERVER_URL", "https://github.corp", 1);
	assert_string_equal(header_for("https://github.com/a/b"), "");
	assert_string_equal(header_for("https://github.corp/a/b"),
			    "Authorization: Basic eC1hY2Nlc3MtdG9rZW46YWJj");
	unsetenv("GITHUB_TOKEN");
	setenv("GH_TOKEN", "ab", 1);
	assert_string_equal(header_for("https://github.corp/a/b"),
			    "Authorization: Basic eC1hY2Nlc3MtdG9rZW46YWI=");
}

/* A project's token may write, a job's as a rule may not: it is the last. */
static void test_the_order_on_gitlab(void **state)
{
	static const char url[] = "https://gitlab-ci-token:j@gitlab.corp/a.git";

	(void)state;
	setenv("CI_JOB_TOKEN", "job", 1);
	assert_string_equal(header_for("https://gitlab.corp/a.git"), "");
	setenv("CI_SERVER_URL", "https://gitlab.corp", 1);
	/* "gitlab-ci-token:job", "gitlab-ci-token:j", "oauth2:project" */
	assert_string_equal(header_for("https://gitlab.corp/a.git"),
			    "Authorization: Basic Z2l0bGFiLWNpLXRva2VuOmpvYg==");
	assert_string_equal(header_for(url), "Authorization: Basic Z2l0bGFiLWNpLXRva2VuOmo=");
	setenv("GITLAB_TOKEN", "project", 1);
	assert_string_equal(header_for(url), "Authorization: Basic b2F1dGgyOnByb2plY3Q=");
	assert_string_equal(header_for("https://elsewhere/a.git"), "");
}

static void test_tokens_that_are_none(void **state)
{
	static const char *const tokens[] = {"two\nlines", "a b", "bell\a"};
	struct gs_secret secret;
	struct gs_url url;
	char text[GS_SECRET_MAX + 1];

	(void)state;
	assert_int_equal(gs_url_parse("https://github.com/a", &url, NULL), 0);
	for (size_t i = 0; i < 3; i++) {
		struct rg_err err = {0};

		setenv("GITHUB_TOKEN", tokens[i], 1);
		assert_int_equal(gs_secret_find(&url, &secret, &err), RG_EUSAGE);
		assert_non_null(strstr(err.text, "GITHUB_TOKEN"));
		assert_null(strstr(err.text, tokens[i]));
	}
	memset(text, 'a', GS_SECRET_MAX);
	text[GS_SECRET_MAX] = '\0';
	setenv("GITHUB_TOKEN", text, 1);
	assert_int_equal(gs_secret_find(&url, &secret, NULL), RG_EUSAGE);
	/* Its base64 is longer than it. */
	text[GS_SECRET_MAX - 100] = '\0';
	setenv("GITHUB_TOKEN", text, 1);
	assert_int_equal(gs_secret_find(&url, &secret, NULL), RG_EUSAGE);
}

static void test_secrets_are_kept_out_of_texts(void **state)
{
	struct gs_secret secret = {0};
	struct gs_url url;
	char text[256] = "sent 'Basic eC1hY2Nlc3MtdG9rZW46dG9rZW4x', token1 and token1token1.";

	(void)state;
	setenv("GITHUB_TOKEN", "token1", 1);
	assert_int_equal(gs_url_parse("https://github.com/a", &url, NULL), 0);
	assert_int_equal(gs_secret_find(&url, &secret, NULL), 0);
	gs_secret_hide(&secret, text);
	assert_string_equal(text, "sent 'Basic ***', *** and ******.");
	gs_secret_hide(&(struct gs_secret){0}, text);
	assert_string_equal(text, "sent 'Basic ***', *** and ******.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, clear, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_a_url_is),
		TEST(test_what_is_no_url),
		TEST(test_a_url_that_is_too_long),
		TEST(test_tokens_go_to_their_host),
		TEST(test_the_order_on_gitlab),
		TEST(test_tokens_that_are_none),
		TEST(test_secrets_are_kept_out_of_texts),
	};

	return cmocka_run_group_tests_name("store/git_url", tests, NULL, NULL);
}
