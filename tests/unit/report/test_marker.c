/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "marker.h"

#include "rg/buf.h"

#include <string.h>

static void test_a_marker_is_of_scenario_and_key(void **state)
{
	struct marker a = marker_of("checkout", NULL), b = marker_of("checkout", "");
	struct marker other = marker_of("search", NULL), key = marker_of("checkout", "arm64");

	(void)state;
	assert_string_equal(a.text, b.text);
	assert_string_not_equal(a.text, other.text);
	assert_string_not_equal(a.text, key.text);
	assert_string_not_equal(marker_of("a", "b").text, marker_of("ab", "").text);
	assert_int_equal(strlen(a.text), strlen("<!-- regress-gate:v1:0123456789ab -->"));
	assert_int_equal(strncmp(a.text, "<!-- regress-gate:v1:", 21), 0);
	/* What anybody can choose is not in it. */
	assert_null(strstr(marker_of("-->@x", "-->").text, "@"));
}

static void test_it_stands_at_the_first_byte(void **state)
{
	struct marker marker = marker_of("checkout", NULL);
	char body[128] = " ";

	(void)state;
	assert_true(marker_matches(&marker, marker.text));
	strcat(body, marker.text);
	assert_false(marker_matches(&marker, body));
	assert_false(marker_matches(&marker, ""));
}

static void test_the_outcome_is_read_back(void **state)
{
	struct marker marker = marker_of("checkout", NULL);
	struct rg_buf line;

	(void)state;
	for (int i = 0; i <= RG_OUTCOME_NO_BASELINE; i++) {
		rg_buf_init(&line, 256);
		marker_add_line(&line, &marker, (enum rg_outcome)i);
		assert_true(marker_matches(&marker, line.data));
		assert_int_equal(marker_outcome(&marker, line.data), i);
		assert_int_equal(line.data[line.len - 1], '\n');
		rg_buf_done(&line);
	}
	assert_int_equal(marker_outcome(&marker, marker.text), RG_OUTCOME_UNDECIDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_marker_is_of_scenario_and_key),
		cmocka_unit_test(test_it_stands_at_the_first_byte),
		cmocka_unit_test(test_the_outcome_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
