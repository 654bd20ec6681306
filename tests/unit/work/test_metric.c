/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/err.h"
#include "rg/metric.h"
#include "rg/net.h"
#include "rg/units.h"

#include <stdlib.h>
#include <string.h>

/* The client's part is played here: the linker leaves gate/net's out. */

struct rg_net {
	struct rg_net_options options;
};

static struct rg_net client;
static long status;
static const char *body;

int rg_net_open(const struct rg_net_options *options, struct rg_net **out, struct rg_err *err)
{
	(void)err;
	client.options = *options;
	*out = &client;
	return 0;
}

void rg_net_close(struct rg_net *net)
{
	(void)net;
}

int rg_net_send(struct rg_net *net, const struct rg_net_request *request,
		struct rg_net_reply *reply, struct rg_err *err)
{
	assert_ptr_equal(net, &client);
	assert_string_equal(request->url, "http://localhost:9100/metrics");
	rg_net_reply_done(reply);
	rg_buf_init(&reply->body, 1 << 10);
	rg_buf_adds(&reply->body, body);
	reply->status = status;
	return status ? 0 : rg_err_set(err, RG_EIO, "net: nobody there");
}

void rg_net_reply_done(struct rg_net_reply *reply)
{
	rg_buf_done(&reply->body);
	*reply = (struct rg_net_reply){0};
}

static struct rg_metric *opened(void)
{
	struct rg_metric *metric = NULL;

	assert_int_equal(
		rg_metric_open("http://localhost:9100/metrics#requests_total", &metric, NULL), 0);
	return metric;
}

/* A reading takes its 8 s at most, and a window that goes on has thousands. */
static void readings_of_a_long_window_have_time(void **state)
{
	struct rg_metric *metric = opened();

	(void)state;
	assert_true(client.options.all_ns >= 24 * 3600 * RG_NS_PER_S);
	assert_true(client.options.stall_ns <= 2 * RG_NS_PER_S);
	rg_metric_close(metric);
}

static void a_reply_is_read_and_another_status_is_none(void **state)
{
	struct rg_metric *metric = opened();
	struct rg_err err = {0};
	double value = -1;

	(void)state;
	status = 200;
	body = "requests_total{code=\"200\"} 40\nrequests_total{code=\"500\"} 2\n";
	assert_int_equal(rg_metric_read(metric, &value, NULL), 0);
	assert_true(value == 42);
	status = 503;
	assert_int_equal(rg_metric_read(metric, &value, &err), RG_EIO);
	assert_non_null(strstr(err.text, "HTTP status 503"));
	status = 0;
	assert_int_equal(rg_metric_read(metric, &value, NULL), RG_EIO);
	assert_true(value == 42);
	rg_metric_close(metric);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readings_of_a_long_window_have_time),
		cmocka_unit_test(a_reply_is_read_and_another_status_is_none),
	};

	return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
