/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "sample_type.h"

static void a_choice_is_a_type_and_perhaps_a_unit(void **state)
{
	static const struct {
		const char *text, *type, *unit;
	} rows[] = {
		{"cpu", "cpu", ""},
		{"cpu/nanoseconds", "cpu", "nanoseconds"},
		{"wall:us", "wall", "us"},
		{"process_cpu:cpu:nanoseconds:cpu:nanoseconds", "cpu", "nanoseconds"},
		{"process_cpu:samples:count:cpu:nanoseconds:delta", "samples", "count"},
		{"memory:alloc:bytes", "alloc", "bytes"},
		{"on-cpu", "on-cpu", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_sample_type type;

		assert_int_equal(rg_sample_type_parse(rows[i].text, &type, NULL), 0);
		assert_string_equal(type.type, rows[i].type);
		assert_string_equal(type.unit, rows[i].unit);
	}
}

static void a_choice_without_a_name_is_refused(void **state)
{
	static const char *const rows[] = {"", "/ns", "cpu/", "cpu:", ":ns", "a::ns", "a:b:"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_sample_type type = {.type = "kept"};
		struct rg_err err = {0};

		assert_int_equal(rg_sample_type_parse(rows[i], &type, &err), RG_EUSAGE);
		assert_text_contains(err.text, "has the form TYPE or TYPE/UNIT");
		assert_string_equal(type.type, "kept");
	}
}

static void a_choice_has_a_limit(void **state)
{
	char text[2 * RG_SAMPLE_TYPE_MAX + 2];
	struct rg_sample_type type;
	struct rg_err err = {0};

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	text[RG_SAMPLE_TYPE_MAX] = '/';
	assert_int_equal(rg_sample_type_parse(text, &type, &err), RG_EUSAGE);
	assert_text_contains(err.text, "longer than 127 bytes");
	text[RG_SAMPLE_TYPE_MAX - 1] = '/';
	assert_int_equal(rg_sample_type_parse(text, &type, NULL), RG_EUSAGE);
	text[2 * RG_SAMPLE_TYPE_MAX - 1] = '\0';
	assert_int_equal(rg_sample_type_parse(text, &type, NULL), 0);
	assert_int_equal(strlen(type.type), RG_SAMPLE_TYPE_MAX - 1);
	assert_int_equal(strlen(type.unit), RG_SAMPLE_TYPE_MAX - 1);
}

static void units_of_time_are_known(void **state)
{
	(void)state;
	assert_int_equal(rg_time_unit_ns("nanoseconds"), 1);
	assert_int_equal(rg_time_unit_ns("us"), 1000);
	assert_int_equal(rg_time_unit_ns("milliseconds"), 1000000);
	assert_int_equal(rg_time_unit_ns("seconds"), 1000000000);
	assert_int_equal(rg_time_unit_ns("count"), 0);
	assert_int_equal(rg_time_unit_ns("bytes"), 0);
	assert_int_equal(rg_time_unit_ns(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_choice_is_a_type_and_perhaps_a_unit),
		cmocka_unit_test(a_choice_without_a_name_is_refused),
		cmocka_unit_test(a_choice_has_a_limit),
		cmocka_unit_test(units_of_time_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
