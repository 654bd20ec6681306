/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reader must refuse of what a message says: the valid one with one bad part behind it, or too little of one. */
#include "message.h"

static void absent_location(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1, 99), VALUES(1, 1)));
}

static void location_zero(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(0), VALUES(1, 1)));
}

static void too_few_values(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1)));
}

static void too_many_values(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1, 1, 1)));
}

static void empty_sample(struct rg_buf *m)
{
	rg_wire_put_bytes(m, PPROF_SAMPLE, "", 0);
}

static void negative_value(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1, UINT64_MAX)));
}

static void deep_stack(struct rg_buf *m)
{
	static uint64_t locations[RG_PROFILE_MAX_DEPTH + 1];

	for (size_t i = 0; i < COUNT(locations); i++)
		locations[i] = 1;
	put_sample(m, SAMPLE(.locations = locations, .depth = COUNT(locations), VALUES(1, 1)));
}

static void total_overflow(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(0, INT64_MAX)));
}

static void mapping_zero(struct rg_buf *m)
{
	put_mapping(m, 0, S_PATH, 0);
}

static void mapping_twice(struct rg_buf *m)
{
	put_mapping(m, 1, S_PATH, 0);
}

static void mapping_text(struct rg_buf *m)
{
	put_mapping(m, 2, S_NEXT, 0);
}

static void function_zero(struct rg_buf *m)
{
	put_function(m, 0, S_MAIN, 0);
}

static void function_twice(struct rg_buf *m)
{
	put_function(m, 77, S_MAIN, 0);
	put_function(m, 77, S_MAIN, 0);
}

static void function_text(struct rg_buf *m)
{
	put_function(m, 2, UINT64_MAX, 0);
}

static void location_id_zero(struct rg_buf *m)
{
	put_location(m, 0, 1, 0, FUNCTIONS(1));
}

static void location_twice(struct rg_buf *m)
{
	put_location(m, 2, 1, 0, FUNCTIONS(1));
}

static void absent_mapping(struct rg_buf *m)
{
	put_location(m, 3, 2, 0, FUNCTIONS(1));
}

static void absent_function(struct rg_buf *m)
{
	put_location(m, 3, 1, 0, FUNCTIONS(2));
}

static void type_text(struct rg_buf *m)
{
	PUT(m, PPROF_PERIOD_TYPE, {PPROF_VALUE_TYPE_UNIT, UINT64_C(1) << 32});
}

static void sample_type_text(struct rg_buf *m)
{
	put_type(m, S_NEXT, S_COUNT);
}

static void comment_text(struct rg_buf *m)
{
	rg_wire_put_number(m, PPROF_COMMENT, S_NEXT);
}

static void label_key(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1, 1), .label = {{PPROF_LABEL_KEY, S_NEXT}}));
}

static void label_text(struct rg_buf *m)
{
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1, 1), .label = {{PPROF_LABEL_STR, UINT64_MAX}}));
}

static void zero_in_string(struct rg_buf *m)
{
	rg_wire_put_bytes(m, PPROF_STRING_TABLE, "a\0b", 3);
}

static void long_string(struct rg_buf *m)
{
	static char text[RG_PROFILE_MAX_TEXT + 2];

	memset(text, 'a', sizeof(text) - 1);
	put_string(m, text);
}

static void long_stand_in(struct rg_buf *m)
{
	static char text[RG_PROFILE_MAX_TEXT + 1];

	memset(text, 'a', sizeof(text) - 1);
	put_string(m, text);
	put_mapping(m, 2, S_NEXT, 0);
	put_location(m, 3, 2, 0, FUNCTIONS(0));
	put_sample(m, SAMPLE(LOCATIONS(3), VALUES(1, 1)));
}

static void many_types(struct rg_buf *m)
{
	for (int i = 0; i < 63; i++)
		put_type(m, S_ALLOC_SPACE, S_COUNT);
}

static void type_twice(struct rg_buf *m)
{
	put_type(m, S_CPU, S_NANOSECONDS);
}

static void wrong_unit(struct rg_buf *m)
{
	put_type(m, S_OFF_CPU, S_COUNT);
}

static void many_comments(struct rg_buf *m)
{
	for (int i = 0; i <= 1 << 14; i++)
		rg_wire_put_number(m, PPROF_COMMENT, S_MAIN);
}

static void add_comment(struct rg_buf *m, const char *text)
{
	put_string(m, text);
	rg_wire_put_number(m, PPROF_COMMENT, S_NEXT);
}

static void later_version(struct rg_buf *m)
{
	add_comment(m, "regress-gate/2 host=a");
}

static void comment_without_value(struct rg_buf *m)
{
	add_comment(m, "regress-gate/1 host");
}

static void damaged_slices(struct rg_buf *m)
{
	add_comment(m, "regress-gate/1 slices=1*");
}

static void slice_beyond(struct rg_buf *m)
{
	add_comment(m, "regress-gate/1 slices=2*1000");
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1, 1),
			     .label = {{PPROF_LABEL_KEY, S_SLICE}, {PPROF_LABEL_NUM, 2}}));
}

static void slice_huge(struct rg_buf *m)
{
	add_comment(m, "regress-gate/1 slices=2*1000");
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(1, 1),
			     .label = {{PPROF_LABEL_KEY, S_SLICE}, {PPROF_LABEL_NUM, UINT32_MAX}}));
}

static const struct {
	const char *sentence;
	void (*add)(struct rg_buf *m);
	int code;
	const char *text;
} rows[] = {
	{"a sample's location must exist", absent_location, RG_EFORMAT, "a location that is not"},
	{"location 0 is none", location_zero, RG_EFORMAT, "a location that is not in the file"},
	{"a value for each type, not fewer", too_few_values, RG_EFORMAT, "1 values for 2 sample"},
	{"a value for each type, not more", too_many_values, RG_EFORMAT, "more values than"},
	{"a sample without values", empty_sample, RG_EFORMAT, "0 values for 2 sample types"},
	{"time does not run backwards", negative_value, RG_EFORMAT, "a negative value"},
	{"a stack has a limit", deep_stack, RG_ELIMIT, "more than 4096 frames"},
	{"totals fit in 63 bits", total_overflow, RG_ELIMIT, "the total exceeds 2^63 - 1"},
	{"a mapping's id is not 0", mapping_zero, RG_EFORMAT, "id 0"},
	{"a mapping's id is its own", mapping_twice, RG_EFORMAT, "id 1 twice"},
	{"a mapping's name must exist", mapping_text, RG_EFORMAT, "not in the table"},
	{"a function's id is not 0", function_zero, RG_EFORMAT, "id 0"},
	{"a function's id is its own", function_twice, RG_EFORMAT, "id 77 twice"},
	{"a function's name must exist", function_text, RG_EFORMAT, "not in the table"},
	{"a location's id is not 0", location_id_zero, RG_EFORMAT, "id 0"},
	{"a location's id is its own", location_twice, RG_EFORMAT, "id 2 twice"},
	{"a location's mapping must exist", absent_mapping, RG_EFORMAT, "a mapping that is not"},
	{"a location's function must exist", absent_function, RG_EFORMAT, "a function that is not"},
	{"a period's unit must exist", type_text, RG_EFORMAT, "not in the table"},
	{"a sample type must exist", sample_type_text, RG_EFORMAT, "not in the table"},
	{"a comment must exist", comment_text, RG_EFORMAT, "not in the table"},
	{"a label's key must exist", label_key, RG_EFORMAT, "not in the table"},
	{"a label's text must exist", label_text, RG_EFORMAT, "not in the table"},
	{"strings hold no zero byte", zero_in_string, RG_EFORMAT, "a string with a zero byte"},
	{"strings have a limit", long_string, RG_ELIMIT, "a string of more than 65536 bytes"},
	{"made-up names have it too", long_stand_in, RG_ELIMIT, "function name: longer than"},
	{"sample types have a limit", many_types, RG_ELIMIT, "more than 64 sample types"},
	{"a sample type comes once", type_twice, RG_EFORMAT, "'cpu': given twice"},
	{"a time is no count", wrong_unit, RG_EFORMAT,
	 "'off_cpu': unit 'count' where 'nanoseconds' belongs"},
	{"comments have a limit", many_comments, RG_ELIMIT, "more than 16384 comments"},
	{"a later form is not guessed at", later_version, RG_EFORMAT, "of another version"},
	{"a fact has a value", comment_without_value, RG_EFORMAT, "not key=value"},
	{"slices have their form", damaged_slices, RG_EFORMAT, "not of the form N*WALL_NS"},
	{"a sample's slice must exist", slice_beyond, RG_EFORMAT, "names slice 2 of 2"},
	{"no slice is not said by a number", slice_huge, RG_EFORMAT, "a slice that is not"},
};

static void bad_parts_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_buf m;

		message_base(&m);
		rows[i].add(&m);
		assert_int_equal(m.failed, 0);
		assert_refused(rows[i].sentence, &m, rows[i].code, rows[i].text);
		rg_buf_done(&m);
	}
}

static void a_profile_has_strings(void **state)
{
	struct rg_buf m;

	(void)state;
	rg_buf_init(&m, 1000);
	rg_wire_put_number(&m, PPROF_PERIOD, 1);
	assert_refused("no string at all", &m, RG_EFORMAT, "no string table");
	rg_buf_reset(&m);
	put_string(&m, "samples");
	assert_refused("the first is empty", &m, RG_EFORMAT, "first string is not empty");
	rg_buf_done(&m);
}

static void a_profile_has_a_known_type(void **state)
{
	struct rg_buf m;

	(void)state;
	rg_buf_init(&m, 1000);
	put_strings(&m);
	assert_refused("no type at all", &m, RG_EFORMAT, "--sample-type; the file has none");
	put_type(&m, S_ALLOC_SPACE, S_COUNT);
	assert_refused("an unknown type", &m, RG_EFORMAT,
		       "choose one with --sample-type; the file has alloc_space/count");
	rg_buf_done(&m);
}

static void derived_time_fits_in_63_bits(void **state)
{
	struct rg_buf m;

	(void)state;
	rg_buf_init(&m, 10000);
	put_type(&m, S_SAMPLES, S_COUNT);
	PUT(&m, PPROF_PERIOD_TYPE, {PPROF_VALUE_TYPE_TYPE, S_CPU},
	    {PPROF_VALUE_TYPE_UNIT, S_NANOSECONDS});
	rg_wire_put_number(&m, PPROF_PERIOD, INT64_MAX);
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(2)));
	message_places(&m);
	put_strings(&m);
	assert_refused("samples x period", &m, RG_ELIMIT, "samples x period exceeds");
	rg_buf_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_parts_are_refused),
		cmocka_unit_test(a_profile_has_strings),
		cmocka_unit_test(a_profile_has_a_known_type),
		cmocka_unit_test(derived_time_fits_in_63_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
