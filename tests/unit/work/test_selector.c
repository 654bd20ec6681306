/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "exposition.h"

#include "rg/err.h"
#include "rg/metric.h"

static void a_selector_is_a_name_and_labels(void **state)
{
	static struct rg_selector s;

	(void)state;
	assert_int_equal(rg_selector_parse(&s, "requests_total", NULL), 0);
	assert_string_equal(s.name, "requests_total");
	assert_int_equal(s.label_count, 0);
	assert_int_equal(rg_selector_parse(&s, "a:b_1{}", NULL), 0);
	assert_string_equal(s.name, "a:b_1");
	assert_int_equal(s.label_count, 0);
	assert_int_equal(
		rg_selector_parse(&s, "x{ code=\"2\\\"0\\\\0\\n\" , path=\"/a,b}\" , }", NULL), 0);
	assert_int_equal(s.label_count, 2);
	assert_string_equal(s.label[0].name, "code");
	assert_string_equal(s.label[0].value, "2\"0\\0\n");
	assert_string_equal(s.label[1].name, "path");
	assert_string_equal(s.label[1].value, "/a,b}");
	assert_int_equal(rg_selector_parse(&s, "x{a=\"\"}", NULL), 0);
	assert_string_equal(s.label[0].value, "");
}

static void anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"",          "1x",           "a-b",
		"x{",        "x{a}",         "x{a=b}",
		"x{a=\"b}",  "x{a=\"b\"",    "x{a=\"b\"}y",
		"x{=\"b\"}", "x {a=\"b\"}",  "x{a=\"b\"c=\"d\"}",
		"x{a=\"\\",  "x{a=\"b\n\"}",
	};
	static struct rg_selector s;
	static char longest[RG_METRIC_TEXT_MAX + 2], labels[200] = "x{";

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct rg_err err = {0};

		if (rg_selector_parse(&s, bad[i], &err) != RG_EUSAGE || !err.text[0])
			fail_msg("'%s' was taken", bad[i]);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	assert_int_equal(rg_selector_parse(&s, longest, NULL), RG_EUSAGE);
	longest[RG_METRIC_NAME_MAX + 1] = '\0';
	assert_int_equal(rg_selector_parse(&s, longest, NULL), RG_EUSAGE);
	longest[RG_METRIC_NAME_MAX] = '\0';
	assert_int_equal(rg_selector_parse(&s, longest, NULL), 0);
	for (int i = 0; i <= RG_METRIC_LABELS_MAX; i++)
		strcat(labels, "a=\"b\",");
	strcat(labels, "}");
	assert_int_equal(rg_selector_parse(&s, labels, NULL), RG_EUSAGE);
}

static void a_metric_is_a_url_and_a_selector(void **state)
{
	static const struct {
		const char *spec;
		int code;
	} rows[] = {
		{"http://localhost:9100/metrics#requests_total", 0},
		{"https://[::1]/m?x=1#x{a=\"b#c\"}", 0},
		{"http://localhost:9100/metrics", RG_EUSAGE},
		{"http://localhost:9100/metrics#", RG_EUSAGE},
		{"#requests_total", RG_EUSAGE},
		{"localhost:9100#requests_total", RG_EUSAGE},
		{"file:///etc/passwd#x", RG_EUSAGE},
		{"http://localhost/#a b", RG_EUSAGE},
	};
	static char longest[4096] = "http://localhost/";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rg_metric_check(rows[i].spec, NULL) != rows[i].code)
			fail_msg("'%s'", rows[i].spec);
	memset(longest + strlen(longest), 'x', 3000);
	strcat(longest, "#x");
	assert_int_equal(rg_metric_check(longest, NULL), RG_EUSAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_selector_is_a_name_and_labels),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(a_metric_is_a_url_and_a_selector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
