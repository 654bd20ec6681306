/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net.h"

#include "rg/err.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *url;
	bool allow_http;
	const char *words; /* NULL: it is fine */
} urls[] = {
	{"https://api.github.com/repos", false, NULL},
	{"HTTPS://api.github.com", false, NULL},
	{"https://[2001:db8::1]:8443/x", false, NULL},
	{"http://127.0.0.1:8080/x", false, NULL},
	{"http://127.9.9.9/", false, NULL},
	{"http://localhost/", false, NULL},
	{"http://[::1]:80/", false, NULL},
	{"http://10.0.0.1/", false, "use https, or --allow-http"},
	{"http://10.0.0.1/", true, NULL},
	{"http://127.0.0.1.evil.example/", false, "use https"},
	{"http://localhost.evil.example/", false, "use https"},
	{"http://127.0.0.1@evil.example/", false, "holds a user name"},
	{"https://user:pass@h.example/", false, "holds a user name"},
	{"ftp://127.0.0.1/", true, "neither https nor http"},
	{"file:///etc/passwd", true, "neither https nor http"},
	{"h.example/no-scheme", true, "URL is none"},
	{"", true, "URL is none"},
	{"https://", false, "URL is none"},
	{"http://a b/", true, "URL is none"},
	{"http://10.0.0.1/x?token=s3cret", false, "use https"},
	{"ftp://h.example/x?token=s3cret", false, "neither https nor http"},
	{"https://user:s3cret @h.example/", false, "URL is none"},
};

static void test_which_are_sent_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(urls); i++) {
		struct rg_err err = {0};
		int rc = rg_net_url_check(urls[i].url, urls[i].allow_http, &err);

		if (rc != (urls[i].words ? RG_EUSAGE : 0) ||
		    (urls[i].words && !strstr(err.text, urls[i].words)))
			fail_msg("%s: %d %s", urls[i].url, rc, err.text);
		assert_null(strstr(err.text, "user:pass"));
		assert_null(strstr(err.text, "s3cret"));
	}
}

static const struct {
	const char *a, *b;
	bool same;
} origins[] = {
	{"https://h.example/a", "https://h.example/b?c", true},
	{"https://h.example", "https://H.EXAMPLE:443/", true},
	{"https://h.example", "http://h.example", false},
	{"https://h.example", "https://h.example:8443", false},
	{"https://h.example", "https://h.example.evil.example", false},
	{"https://h.example", "https://h.example@evil.example", false},
	{"https://h.example", "/relative", false},
	{"https://h.example", "", false},
};

static void test_origins(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(origins); i++) {
		if (rg_net_same_origin(origins[i].a, origins[i].b) != origins[i].same)
			fail_msg("%s and %s", origins[i].a, origins[i].b);
	}
}

static void make_reply(struct rg_net_reply *reply, const char *headers)
{
	*reply = (struct rg_net_reply){0};
	rg_buf_init(&reply->headers, 65536);
	rg_buf_adds(&reply->headers, headers);
}

static const struct {
	const char *why, *header, *next; /* NULL: none */
} links[] = {
	{"the next of two",
	 "Link: <https://h.example/x?page=1>; rel=\"prev\", <https://h.example/x?page=3>; "
	 "rel=\"next\"\r\n",
	 "https://h.example/x?page=3"},
	{"the first of two",
	 "link: <https://h.example/2>; rel=\"next\", <https://h.example/9>; rel=\"last\"\r\n",
	 "https://h.example/2"},
	{"none is next", "Link: <https://h.example/9>; rel=\"last\"\r\n", NULL},
	{"of another host", "Link: <https://evil.example/2>; rel=\"next\"\r\n", NULL},
	{"of another scheme", "Link: <http://h.example/2>; rel=\"next\"\r\n", NULL},
	{"no header", "X: y\r\n", NULL},
	{"cut off", "Link: <https://h.example/2\r\n", NULL},
	{"nonsense", "Link: <<<>>>;;;\r\n", NULL},
};

static void test_links(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(links); i++) {
		struct rg_net_reply reply;
		char next[256] = "";
		bool found;

		make_reply(&reply, links[i].header);
		found = rg_net_next_link(&reply, "https://h.example/x", next, sizeof(next));
		if (found != (links[i].next != NULL) || (found && strcmp(next, links[i].next) != 0))
			fail_msg("%s: '%s'", links[i].why, next);
		rg_net_reply_done(&reply);
	}
}

static void test_headers(void **state)
{
	struct rg_net_reply reply;
	char value[16];

	(void)state;
	make_reply(&reply,
		   "HTTP/1.1 200 OK\r\nAb: 1\r\nA:  two \r\na: 3\r\nLong: 0123456789abcdef\r\n");
	assert_string_equal(rg_net_reply_header(&reply, "a", value, sizeof(value)), "two ");
	assert_string_equal(rg_net_reply_header(&reply, "AB", value, sizeof(value)), "1");
	assert_null(rg_net_reply_header(&reply, "Long", value, sizeof(value)));
	assert_null(rg_net_reply_header(&reply, "HTTP/1.1 200 OK", value, sizeof(value)));
	assert_null(rg_net_reply_header(&reply, "b", value, sizeof(value)));
	rg_net_reply_done(&reply);
}

static void test_escaping(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 100);
	rg_net_add_escaped(&out, "a/b c%\xff\0~", 9);
	assert_string_equal(out.data, "a%2Fb%20c%25%FF%00~");
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_are_sent_to),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_escaping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
