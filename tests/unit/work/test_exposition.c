/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "exposition.h"

#include "rg/err.h"

#include <math.h>

static const char reply[] = "# HELP http_requests_total Requests.\n"
			    "# TYPE http_requests_total counter\n"
			    "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
			    "http_requests_total{method=\"post\",code=\"400\",} 3\r\n"
			    "http_requests_total{code=\"200\", method=\"get\"}   2e3\n"
			    "\n"
			    "# A comment.\n"
			    "plain_total 7\n"
			    "escaped_total{path=\"C:\\\\D\\\"\\n}\"} 5\n"
			    "# TYPE queue gauge\n"
			    "queue 12\n"
			    "broken_total{a=\"b\" 1\n"
			    "valueless_total\n"
			    "nan_total NaN\n"
			    "inf_total +Inf\n"
			    "negative_total -1\n"
			    "words_total many\n"
			    "partly_total{a=\"1\"} 1\n"
			    "partly_total{a=\"2\"} NaN\n"
			    "exemplar_total 17 # {trace_id=\"x\"} 0.67\n"
			    "http_requests_total_other 99\n"
			    "large_total 1e308\n"
			    "large_total{x=\"y\"} 1e308\n"
			    "last_total 4";

static const struct row {
	const char *selector;
	double sum; /* NAN: an error, whose words these are */
	const char *words;
} rows[] = {
	{"http_requests_total", 3030, NULL},
	{"http_requests_total{method=\"post\"}", 1030, NULL},
	{"http_requests_total{code=\"200\",method=\"get\"}", 2000, NULL},
	{"plain_total", 7, NULL},
	{"plain_total{}", 7, NULL},
	{"escaped_total{path=\"C:\\\\D\\\"\\n}\"}", 5, NULL},
	{"partly_total{a=\"1\"}", 1, NULL},
	{"exemplar_total", 17, NULL},
	{"last_total", 4, NULL},
	{"http_requests_total{method=\"put\"}", NAN,
	 "no series of 'http_requests_total' has the labels of"},
	{"http_requests_total{method=\"pos\"}", NAN, "no series"},
	{"http_requests_total{method=\"postx\"}", NAN, "no series"},
	{"http_request_total", NAN,
	 "no metric 'http_request_total' in the reply; there is 'http_requests_total'"},
	{"quite_another", NAN, "no metric 'quite_another' in the reply"},
	{"queue", NAN, "'queue' is a gauge: work takes a counter"},
	{"broken_total", NAN, "line 12 of the reply: damaged labels of 'broken_total'"},
	{"valueless_total", NAN, "line 13 of the reply: no value"},
	{"nan_total", NAN, "the value 'NaN', no count,"},
	{"inf_total", NAN, "the value '+Inf', no count,"},
	{"negative_total", NAN, "the value '-1', no count,"},
	{"words_total", NAN, "the value 'many', no count,"},
	{"partly_total", NAN, "the value 'NaN', no count,"},
	{"large_total", NAN, "too large"},
};

static void series_are_selected_and_summed(void **state)
{
	static struct rg_selector selector;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_err err = {0};
		double sum = -1;
		int rc;

		assert_int_equal(rg_selector_parse(&selector, rows[i].selector, NULL), 0);
		rc = rg_exposition_sum(reply, strlen(reply), &selector, &sum, &err);
		if (isnan(rows[i].sum)) {
			if (rc != RG_EFORMAT || !strstr(err.text, rows[i].words))
				fail_msg("'%s': %d, '%s'", rows[i].selector, rc, err.text);
			assert_true(sum == -1);
		} else if (rc || sum != rows[i].sum) {
			fail_msg("'%s': %d, %g, '%s'", rows[i].selector, rc, sum, err.text);
		}
	}
}

static void a_reply_may_be_anything(void **state)
{
	static const char *const replies[] = {
		"",
		"\n",
		"<html>\n<body>x 1</body>",
		"x",
		"x{",
		"x{a=\"",
		"x{a=\"\\",
		"# TYPE ",
		"# TYPE x",
		"#",
		"x{a=\"b\"}",
		"x \x01\xff",
		"{\"x\", a=\"b\"} 1\n",
	};
	static struct rg_selector selector;
	double sum;

	(void)state;
	assert_int_equal(rg_selector_parse(&selector, "x{a=\"b\"}", NULL), 0);
	for (size_t i = 0; i < COUNT(replies); i++)
		assert_int_equal(rg_exposition_sum(replies[i], strlen(replies[i]), &selector, &sum,
						   NULL),
				 RG_EFORMAT);
}

/* What a server says reaches a terminal: not byte by byte. */
static void a_value_is_shown_without_its_control_characters(void **state)
{
	static struct rg_selector selector;
	struct rg_err err = {0};
	double sum;

	(void)state;
	assert_int_equal(rg_selector_parse(&selector, "x", NULL), 0);
	assert_int_equal(rg_exposition_sum("x \x1b[1m\n", 7, &selector, &sum, &err), RG_EFORMAT);
	assert_non_null(strstr(err.text, "'?[1m'"));
}

/* Ten megabytes of other metrics, each of a name of its own. */
static void a_large_reply_is_read_in_its_length(void **state)
{
	enum { LINES = 400000 };
	char *text = malloc(LINES * 32 + 16);
	static struct rg_selector selector;
	size_t len = 0;
	double sum;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < LINES; i++)
		len += (size_t)sprintf(text + len, "metric_%d_total 1\n", i);
	assert_int_equal(rg_selector_parse(&selector, "metric_x_total", NULL), 0);
	assert_int_equal(rg_exposition_sum(text, len, &selector, &sum, NULL), RG_EFORMAT);
	len += (size_t)sprintf(text + len, "metric_x_total 5\n");
	assert_int_equal(rg_exposition_sum(text, len, &selector, &sum, NULL), 0);
	assert_true(sum == 5);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series_are_selected_and_summed),
		cmocka_unit_test(a_reply_may_be_anything),
		cmocka_unit_test(a_value_is_shown_without_its_control_characters),
		cmocka_unit_test(a_large_reply_is_read_in_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
