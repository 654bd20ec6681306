/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rg/err.h"
#include "rg/net.h"
#include "rg/units.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define NOW             1700000000

static void make_reply(struct rg_net_reply *reply, long status, const char *headers,
		       const char *body)
{
	*reply = (struct rg_net_reply){.status = status};
	rg_buf_init(&reply->headers, 4096);
	rg_buf_init(&reply->body, 4096);
	rg_buf_adds(&reply->headers, "HTTP/1.1 200 OK\r\n");
	rg_buf_adds(&reply->headers, headers);
	rg_buf_adds(&reply->body, body);
}

static const struct {
	const char *why;
	long status;
	const char *headers, *body;
	unsigned int attempt;
	bool again, asked;
	uint64_t wait_ms;
} rows[] = {
	{"no reply: half a second at first", 0, "", "", 0, true, false, 500},
	{"and twice as long each time", 0, "", "", 3, true, false, 4000},
	{"a server's failure", 500, "", "", 0, true, false, 500},
	{"a gateway's", 502, "", "", 1, true, false, 1000},
	{"one that says when", 503, "Retry-After: 7\r\n", "", 0, true, true, 7000},
	{"not implemented stays so", 501, "", "", 0, false, false, 0},
	{"success", 200, "Retry-After: 7\r\n", "", 0, false, false, 0},
	{"not found", 404, "", "", 0, false, false, 0},
	{"too many, with seconds", 429, "retry-after:3\r\n", "", 0, true, true, 3000},
	{"with a date", 429, "Retry-After: Tue, 14 Nov 2023 22:13:25 GMT\r\n", "", 0, true, true,
	 5000},
	{"with a date that is over", 429, "Retry-After: Tue, 14 Nov 2023 22:13:15 GMT\r\n", "", 0,
	 true, true, 0},
	{"with nonsense: a minute", 429, "Retry-After: soon\r\n", "", 0, true, false, 60000},
	{"with nothing: a minute, then two", 429, "", "", 1, true, false, 120000},
	{"no longer than a day", 429, "Retry-After: 99999999999\r\n", "", 0, true, true, 86400000},
	{"a number that is none", 429, "Retry-After: -1\r\n", "", 0, true, false, 60000},
	{"a permission", 403, "", "{\"message\":\"Resource not accessible by integration\"}", 0,
	 false, false, 0},
	{"a permission with rate limit left", 403,
	 "X-RateLimit-Remaining: 12\r\nX-RateLimit-Reset: 1700000050\r\n", "", 0, false, false, 0},
	{"the hourly limit", 403, "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1700000050\r\n",
	 "", 0, true, true, 50000},
	{"GitLab's", 429, "RateLimit-Remaining: 0\r\nRateLimit-Reset: 1700000009\r\n", "", 0, true,
	 true, 9000},
	{"the secondary limit", 403, "", "You have exceeded a Secondary rate limit", 0, true, false,
	 60000},
	{"it may say when", 403, "Retry-After: 5\r\n", "", 0, true, true, 5000},
};

static void test_waits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct rg_net_reply reply;
		uint64_t wait_ns = 0;
		bool asked = false, again;

		make_reply(&reply, rows[i].status, rows[i].headers, rows[i].body);
		again = rg_net_retry_wait(&reply, rows[i].attempt, NOW, &wait_ns, &asked);
		if (again != rows[i].again || (again && asked != rows[i].asked) ||
		    (again && wait_ns != rows[i].wait_ms * RG_NS_PER_MS))
			fail_msg("%s: %d, %d, %llu ns", rows[i].why, again, asked,
				 (unsigned long long)wait_ns);
		rg_net_reply_done(&reply);
	}
}

/* --- Pausing -------------------------------------------------------------------------------- */

struct fake_clock {
	uint64_t slept_ns;
	size_t sleeps;
	int interrupt;
};

static uint64_t fake_now_s(void *context)
{
	(void)context;
	return NOW;
}

static int fake_sleep(void *context, uint64_t ns)
{
	struct fake_clock *clock = context;

	clock->slept_ns += ns;
	clock->sleeps++;
	return clock->interrupt;
}

static struct rg_net *open_net(struct fake_clock *fake, struct rg_net_clock *clock,
			       uint64_t retry_s)
{
	struct rg_net_options options = {.retry_ns = retry_s * RG_NS_PER_S, .clock = clock};
	struct rg_net *net = NULL;

	*clock = (struct rg_net_clock){fake_now_s, fake_sleep, fake};
	assert_int_equal(rg_net_open(&options, &net, NULL), 0);
	return net;
}

static void test_tries_are_counted(void **state)
{
	struct fake_clock fake = {0};
	struct rg_net_clock clock;
	struct rg_net *net = open_net(&fake, &clock, 60);
	struct rg_net_reply reply;
	unsigned int attempt = 0;

	(void)state;
	make_reply(&reply, 500, "", "");
	while (rg_net_pause(net, &reply, attempt))
		attempt++;
	assert_int_equal(fake.sleeps, 4);
	assert_string_equal(reply.note, "tried 5 times");
	/* 0.5 + 1 + 2 + 4 s and at most a quarter more. */
	assert_in_range(fake.slept_ns, 7500 * RG_NS_PER_MS, 9375 * RG_NS_PER_MS);
	rg_net_reply_done(&reply);
	rg_net_close(net);
}

static void test_the_time_for_waiting_is_of_all_requests(void **state)
{
	struct fake_clock fake = {0};
	struct rg_net_clock clock;
	struct rg_net *net = open_net(&fake, &clock, 100);
	struct rg_net_reply reply;

	(void)state;
	make_reply(&reply, 429, "Retry-After: 60\r\n", "");
	assert_true(rg_net_pause(net, &reply, 0));
	assert_false(rg_net_pause(net, &reply, 0));
	assert_string_equal(
		reply.note,
		"the server asks to wait 1m before the next try, and 40s is left for waiting");
	assert_int_equal(fake.slept_ns, 60 * RG_NS_PER_S);
	rg_net_reply_done(&reply);
	rg_net_close(net);
}

static void test_a_signal_ends_the_waiting(void **state)
{
	struct fake_clock fake = {.interrupt = -1};
	struct rg_net_clock clock;
	struct rg_net *net = open_net(&fake, &clock, 100);
	struct rg_net_reply reply;

	(void)state;
	make_reply(&reply, 500, "", "");
	assert_false(rg_net_pause(net, &reply, 0));
	assert_string_equal(reply.note, "interrupted while waiting to try again");
	rg_net_reply_done(&reply);
	rg_net_close(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_tries_are_counted),
		cmocka_unit_test(test_the_time_for_waiting_is_of_all_requests),
		cmocka_unit_test(test_a_signal_ends_the_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
