/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event.h"

#include "rg/err.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *why, *json, *number, *sha, *run_sha;
} rows[] = {
	{"a pull request", "{\"pull_request\":{\"number\":7,\"head\":{\"sha\":\"abc\"}}}", "7",
	 "abc", ""},
	{"a number alone", "{\"number\":8}", "8", "", ""},
	{"a comment on one", "{\"issue\":{\"number\":9,\"pull_request\":{\"url\":\"x\"}}}", "9", "",
	 ""},
	{"a comment on an issue", "{\"issue\":{\"number\":9}}", "", "", ""},
	{"a push", "{\"after\":\"abc\"}", "", "", ""},
	{"a number that is a text", "{\"number\":\"8\"}", "", "", ""},
	{"a negative one", "{\"number\":-8}", "", "", ""},
	{"none at all", "{\"number\":0}", "", "", ""},
	{"half a one", "{\"number\":1.5}", "", "", ""},
	{"everything of another type",
	 "{\"number\":[],\"pull_request\":1,\"issue\":\"x\",\"workflow_run\":[{}]}", "", "", ""},
	{"a run",
	 "{\"number\":1.5,\"workflow_run\":{\"head_sha\":\"def\",\"pull_requests\":[{\"number\":3}]"
	 "}}",
	 "", "", "def"},
};

static void test_what_an_event_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event event;

		assert_int_equal(event_read(rows[i].json, strlen(rows[i].json), &event, NULL), 0);
		if (strcmp(event.number, rows[i].number) != 0 ||
		    strcmp(event.head_sha, rows[i].sha) != 0 ||
		    strcmp(event.run_sha, rows[i].run_sha) != 0)
			fail_msg("%s: '%s' '%s' '%s'", rows[i].why, event.number, event.head_sha,
				 event.run_sha);
	}
}

/* Cut short, a name would be another's. */
static void test_what_does_not_fit_is_nothing(void **state)
{
	char json[1024] = "{\"workflow_run\":{\"head_branch\":\"";
	struct event event;
	size_t len = strlen(json);

	(void)state;
	memset(json + len, 'a', 400);
	strcpy(json + len + 400, "\"}}");
	assert_int_equal(event_read(json, strlen(json), &event, NULL), 0);
	assert_string_equal(event.run_branch, "");
}

static void test_what_is_no_event(void **state)
{
	static const char *const none[] = {"", "[]", "1", "{", "{\"a\":1,\"a\":2}", "null"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		struct rg_err err = {0};
		struct event event;

		assert_int_equal(event_read(none[i], strlen(none[i]), &event, &err), RG_EFORMAT);
		assert_non_null(strstr(err.text, "is not JSON"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_an_event_says),
		cmocka_unit_test(test_what_does_not_fit_is_nothing),
		cmocka_unit_test(test_what_is_no_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
