/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other tools' messages: places, stacks and names. */
#include "message.h"

static void another_tools_profile_is_read(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	const struct rg_frame *frames;
	const struct rg_module *modules;
	const struct rg_sample *samples;
	size_t count;

	(void)state;
	message_base(&m);
	p = read_done(&m);
	modules = rg_profile_modules(p, &count);
	assert_int_equal(count, 1);
	assert_string_equal(modules[0].name, "app");
	assert_string_equal(modules[0].build_id, "abcdef01");
	frames = rg_profile_frames(p, &count);
	assert_int_equal(count, 2);
	assert_string_equal(frames[0].function, "[app]+0x1234");
	assert_true(frames[0].unnamed);
	assert_string_equal(frames[1].function, "main");
	assert_string_equal(frames[1].file, "src/main.c");
	assert_int_equal(frames[1].line, 10);
	assert_int_equal(frames[1].start_line, 7);
	assert_false(frames[1].unnamed);
	samples = rg_profile_samples(p, &count);
	assert_int_equal(count, 1);
	assert_int_equal(samples[0].value[RG_VALUE_SAMPLES], 3);
	assert_int_equal(samples[0].value[RG_VALUE_CPU_NS], 3000);
	assert_int_equal(samples[0].slice, RG_NO_SLICE);
	rg_profile_slices(p, &count);
	assert_int_equal(count, 0);
	rg_profile_facts(p, &count);
	assert_int_equal(count, 0);
	assert_false(rg_profile_has(p, RG_VALUE_OFF_CPU_NS));
	rg_profile_free(p);
}

static void ids_may_be_any_numbers(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_base(&m);
	put_mapping(&m, UINT64_MAX, S_EMPTY, S_EMPTY);
	put_function(&m, UINT64_MAX - 1, S_WORK, S_EMPTY);
	put_location(&m, UINT64_MAX / 3, UINT64_MAX, 0, FUNCTIONS(UINT64_MAX - 1));
	put_location(&m, 5, 0, 0x77, FUNCTIONS(0));
	put_sample(&m, SAMPLE(LOCATIONS(UINT64_MAX / 3, 5, 1), VALUES(1, 1000)));
	p = read_done(&m);
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 4);
	rg_profile_free(p);
}

enum { MANY_STACKS = 90, MANY_SAMPLES = 2000 };

/* One sample of stack number `at`: its list whole, or a number at a time. */
static void put_one_of_many(struct rg_buf *m, uint64_t at, bool whole)
{
	struct rg_buf sample;

	if (whole) {
		put_sample(m, SAMPLE(LOCATIONS(100 + at, 1), VALUES(1, 1000)));
		return;
	}
	rg_buf_init(&sample, 100);
	rg_wire_put_number(&sample, PPROF_SAMPLE_LOCATION_ID, 100 + at);
	rg_wire_put_number(&sample, PPROF_SAMPLE_LOCATION_ID, 1);
	rg_wire_put_number(&sample, PPROF_SAMPLE_VALUE, 1);
	rg_wire_put_number(&sample, PPROF_SAMPLE_VALUE, 1000);
	rg_wire_put_bytes(m, PPROF_SAMPLE, sample.data, sample.len);
	rg_buf_done(&sample);
}

static void put_many(struct rg_buf *m, int64_t wanted[MANY_STACKS])
{
	uint64_t seed = 5, at = 0;

	for (uint64_t i = 0; i < MANY_STACKS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "f%02u", (unsigned int)i);
		put_string(m, name);
		put_function(m, 100 + i, S_NEXT + i, S_EMPTY);
		put_location(m, 100 + i, 0, 0x1000 + i, FUNCTIONS(100 + i));
	}
	for (size_t i = 0; i < MANY_SAMPLES; i++) {
		if (i % 5 < 3) /* the others repeat the one before */
			at = next_random(&seed) % MANY_STACKS;
		put_one_of_many(m, at, i % 50 != 49);
		wanted[at]++;
	}
}

static void stacks_in_any_order_are_told_apart(void **state)
{
	int64_t wanted[MANY_STACKS] = {0};
	struct rg_buf m;
	struct rg_profile *p;
	const struct rg_sample *samples;
	const struct rg_stack *stacks;
	const struct rg_frame *frames;
	size_t count;

	(void)state;
	message_base(&m);
	put_many(&m, wanted);
	p = read_done(&m);
	frames = rg_profile_frames(p, &count);
	stacks = rg_profile_stacks(p, &count);
	samples = rg_profile_samples(p, &count);
	assert_int_equal(count, MANY_STACKS + 1);
	for (size_t i = 0; i < count; i++) {
		const char *leaf = frames[stacks[samples[i].stack].frames[0]].function;

		if (leaf[0] == 'f')
			assert_int_equal(samples[i].value[RG_VALUE_SAMPLES],
					 wanted[strtoul(leaf + 1, NULL, 10)]);
	}
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 3 + MANY_SAMPLES);
	rg_profile_free(p);
}

static void repeated_numbers_need_not_be_packed(void **state)
{
	struct rg_buf m, sample;
	struct rg_profile *p;
	size_t count;

	(void)state;
	message_base(&m);
	rg_buf_init(&sample, 100);
	rg_wire_put_number(&sample, PPROF_SAMPLE_VALUE, 4);
	rg_wire_put_number(&sample, PPROF_SAMPLE_LOCATION_ID, 1);
	rg_wire_put_number(&sample, PPROF_SAMPLE_LOCATION_ID, 2);
	rg_wire_put_number(&sample, PPROF_SAMPLE_VALUE, 4000);
	rg_wire_put_bytes(&m, PPROF_SAMPLE, sample.data, sample.len);
	rg_buf_done(&sample);
	p = read_done(&m);
	rg_profile_stacks(p, &count);
	assert_int_equal(count, 2);
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 7000);
	rg_profile_free(p);
}

static void the_physical_function_is_the_last_line(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	const struct rg_stack *stacks;
	const struct rg_frame *frames;
	size_t count;

	(void)state;
	message_base(&m);
	put_function(&m, 2, S_WORK, S_FILE);
	put_location(&m, 3, 1, 0, FUNCTIONS(1, 1, 2));
	put_sample(&m, SAMPLE(LOCATIONS(3), VALUES(1, 1000)));
	p = read_done(&m);
	stacks = rg_profile_stacks(p, &count);
	frames = rg_profile_frames(p, &count);
	assert_string_equal(frames[count - 1].function, "work");
	assert_int_equal(frames[count - 1].line, 12);
	assert_int_equal(stacks[1].frames[0], count - 1);
	rg_profile_free(p);
}

static const char *name_of_location_3(struct rg_buf *m, struct rg_profile **p)
{
	size_t samples, stacks, frames;

	put_sample(m, SAMPLE(LOCATIONS(3), VALUES(100, 1)));
	*p = read_done(m);
	for (size_t i = 0; i < 2; i++) {
		const struct rg_sample *sample = &rg_profile_samples(*p, &samples)[i];

		if (sample->value[RG_VALUE_SAMPLES] == 100)
			return rg_profile_frames(
				       *p, &frames)[rg_profile_stacks(*p, &stacks)[sample->stack]
							    .frames[0]]
				.function;
	}
	fail_msg("the sample is missing");
	return NULL;
}

static void stand_in_module(struct rg_buf *m)
{
	put_string(m, "[vdso]");
	put_mapping(m, 3, S_NEXT, S_EMPTY);
	put_location(m, 3, 3, 0x400001, FUNCTIONS(0));
}

static void stand_in_no_module(struct rg_buf *m)
{
	put_location(m, 3, 0, 0xABC, FUNCTIONS(0));
}

static void stand_in_nameless_module(struct rg_buf *m)
{
	put_mapping(m, 3, S_EMPTY, S_BUILD_ID);
	put_location(m, 3, 3, 0x1, FUNCTIONS(0));
}

static void system_name(struct rg_buf *m)
{
	PUT(m, PPROF_FUNCTION, {PPROF_FUNCTION_ID, 3}, {PPROF_FUNCTION_SYSTEM_NAME, S_WORK});
	put_location(m, 3, 1, 0, FUNCTIONS(3));
}

static void no_name_at_all(struct rg_buf *m)
{
	PUT(m, PPROF_FUNCTION, {PPROF_FUNCTION_ID, 3});
	put_location(m, 3, 1, 0x400000, FUNCTIONS(3));
}

static void line_without_function(struct rg_buf *m)
{
	struct rg_buf part;

	rg_buf_init(&part, 100);
	rg_wire_put_number(&part, PPROF_LOCATION_ID, 3);
	PUT(&part, PPROF_LOCATION_LINE, {PPROF_LINE_LINE, 5});
	rg_wire_put_bytes(m, PPROF_LOCATION, part.data, part.len);
	rg_buf_done(&part);
}

static void a_location_without_a_name_gets_one(void **state)
{
	static const struct {
		const char *sentence;
		void (*add)(struct rg_buf *m);
		const char *name;
	} rows[] = {
		{"brackets are not doubled", stand_in_module, "[vdso]+0x1001"},
		{"no mapping: the address", stand_in_no_module, "[unknown]+0xabc"},
		{"below the mapping: the address", stand_in_nameless_module, "[unknown]+0x1"},
		{"the system's name will do", system_name, "work"},
		{"a function without names is none", no_name_at_all, "[app]+0x1000"},
		{"a line without a function is none", line_without_function, "[unknown]+0x0"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_profile *p;
		struct rg_buf m;

		message_base(&m);
		rows[i].add(&m);
		assert_string_equal(name_of_location_3(&m, &p), rows[i].name);
		rg_profile_free(p);
	}
}

static void an_empty_stack_is_given_a_frame(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	const struct rg_frame *frames;
	const struct rg_module *modules;
	size_t count;

	(void)state;
	message_base(&m);
	put_sample(&m, SAMPLE(VALUES(1, 1000)));
	p = read_done(&m);
	modules = rg_profile_modules(p, &count);
	assert_string_equal(modules[0].name, "");
	frames = rg_profile_frames(p, &count);
	assert_string_equal(frames[0].function, "[no stack]");
	assert_true(frames[0].unnamed);
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 4);
	rg_profile_free(p);
}

static void unknown_fields_are_passed_over(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_base(&m);
	rg_wire_put_number(&m, 15, 7);
	rg_wire_put_bytes(&m, 16, "\xff\xff", 2);
	rg_wire_put_number(&m, (1 << 29) - 1, 1);
	rg_buf_add(&m,
		   "\x89\x02"
		   "12345678",
		   10); /* field 33, 8 bytes */
	rg_buf_add(&m,
		   "\x8d\x02"
		   "1234",
		   6); /* field 33, 4 bytes */
	PUT(&m, PPROF_FUNCTION, {PPROF_FUNCTION_ID, 9}, {99, 1});
	p = read_done(&m);
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 3);
	rg_profile_free(p);
}

static void impossible_lines_are_not_known(void **state)
{
	struct rg_buf m, part;
	struct rg_profile *p;
	size_t count;

	(void)state;
	message_base(&m);
	rg_buf_init(&part, 100);
	rg_wire_put_number(&part, PPROF_LOCATION_ID, 3);
	PUT(&part, PPROF_LOCATION_LINE, {PPROF_LINE_FUNCTION_ID, 1}, {PPROF_LINE_LINE, UINT64_MAX});
	rg_wire_put_bytes(&m, PPROF_LOCATION, part.data, part.len);
	rg_buf_done(&part);
	put_sample(&m, SAMPLE(LOCATIONS(3), VALUES(1, 1)));
	p = read_done(&m);
	assert_string_equal(rg_profile_frames(p, &count)[0].function, "main");
	assert_int_equal(rg_profile_frames(p, &count)[0].line, 0);
	rg_profile_free(p);
}

static void build_ids_that_are_not_hex_are_dropped(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	size_t count;

	(void)state;
	message_base(&m);
	put_mapping(&m, 2, S_PATH, S_PATH);
	put_location(&m, 3, 2, 0, FUNCTIONS(1));
	put_sample(&m, SAMPLE(LOCATIONS(3), VALUES(1, 1)));
	p = read_done(&m);
	assert_string_equal(rg_profile_modules(p, &count)[0].build_id, "");
	assert_int_equal(count, 2);
	rg_profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_tools_profile_is_read),
		cmocka_unit_test(ids_may_be_any_numbers),
		cmocka_unit_test(stacks_in_any_order_are_told_apart),
		cmocka_unit_test(repeated_numbers_need_not_be_packed),
		cmocka_unit_test(the_physical_function_is_the_last_line),
		cmocka_unit_test(a_location_without_a_name_gets_one),
		cmocka_unit_test(an_empty_stack_is_given_a_frame),
		cmocka_unit_test(unknown_fields_are_passed_over),
		cmocka_unit_test(impossible_lines_are_not_known),
		cmocka_unit_test(build_ids_that_are_not_hex_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
