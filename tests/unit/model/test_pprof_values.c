/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other tools' messages: what was measured, labels, comments and times. */
#include "message.h"

static void put_comment_text(struct rg_buf *m, const char *text)
{
	put_string(m, text);
	rg_wire_put_number(m, PPROF_COMMENT, S_NEXT);
}

static void labels_and_comments_are_taken(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	const struct rg_sample *samples;
	size_t count;

	(void)state;
	message_base(&m);
	put_comment_text(&m, "regress-gate/1 slices=2*500,1*7");
	put_string(&m, "regress-gate/1 host=a=b");
	put_string(&m, "made by hand");
	put_packed(&m, PPROF_COMMENT, (const uint64_t[]){S_NEXT + 1, S_NEXT + 2}, 2);
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(1, 1),
			      .label = {{PPROF_LABEL_KEY, S_THREAD}, {PPROF_LABEL_STR, S_WORKER}}));
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(2, 2),
			      .label = {{PPROF_LABEL_KEY, S_SLICE}, {PPROF_LABEL_NUM, 2}}));
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(4, 4),
			      .label = {{PPROF_LABEL_KEY, S_FILE}, {PPROF_LABEL_NUM, 9}}));
	p = read_done(&m);
	samples = rg_profile_samples(p, &count);
	assert_int_equal(count, 4);
	assert_int_equal(samples[1].slice, 2);
	assert_int_equal(samples[1].value[RG_VALUE_SAMPLES], 2);
	assert_string_equal(samples[2].thread, "");
	assert_int_equal(samples[2].value[RG_VALUE_SAMPLES], 4);
	assert_string_equal(samples[3].thread, "worker");
	assert_int_equal(rg_profile_slices(p, &count)[2].wall_ns, 7);
	assert_int_equal(count, 3);
	assert_string_equal(rg_profile_fact(p, "host"), "a=b");
	rg_profile_facts(p, &count);
	assert_int_equal(count, 1);
	rg_profile_free(p);
}

static void another_tools_slices_are_not_ours(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	size_t count;

	(void)state;
	message_base(&m);
	put_sample(&m,
		   SAMPLE(LOCATIONS(1), VALUES(1, 1),
			  .label = {{PPROF_LABEL_KEY, S_SLICE}, {PPROF_LABEL_NUM, UINT64_MAX}}));
	p = read_done(&m);
	assert_int_equal(rg_profile_samples(p, &count)[1].slice, RG_NO_SLICE);
	rg_profile_free(p);
}

/* The leaf of message_places(), its function's fields being these. */
static struct rg_frame frame_with(const struct number *fields, struct rg_profile **profile)
{
	struct rg_buf m;

	rg_buf_init(&m, 1 << 20);
	put_type(&m, S_SAMPLES, S_COUNT);
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(3)));
	put_location(&m, 1, 0, 0, FUNCTIONS(1));
	put_numbers(&m, PPROF_FUNCTION, fields);
	put_strings(&m);
	*profile = read_done(&m);
	return rg_profile_frames(*profile, &(size_t){0})[0];
}

static void the_code_of_a_function_is_kept(void **state)
{
	static const struct number fields[] = {{PPROF_FUNCTION_ID, 1},
					       {PPROF_FUNCTION_NAME, S_MAIN},
					       {PPROF_FUNCTION_CODE, UINT64_MAX},
					       {0, 0}};
	struct rg_profile *p;

	(void)state;
	assert_true(frame_with(fields, &p).code == UINT64_MAX);
	rg_profile_free(p);
}

/* Of other tools nothing is known, also where they have a field of that number, and of another type. */
static void another_tools_code_is_not_known(void **state)
{
	static const struct number fields[] = {
		{PPROF_FUNCTION_ID, 1}, {PPROF_FUNCTION_NAME, S_MAIN}, {0, 0}};
	struct rg_buf m, part;
	struct rg_profile *p;

	(void)state;
	assert_int_equal(frame_with(fields, &p).code, 0);
	rg_profile_free(p);
	rg_buf_init(&part, 1 << 10);
	rg_wire_put_number(&part, PPROF_FUNCTION_ID, 1);
	rg_wire_put_number(&part, PPROF_FUNCTION_NAME, S_MAIN);
	rg_wire_put_bytes(&part, PPROF_FUNCTION_CODE, "text", 4);
	rg_buf_init(&m, 1 << 20);
	put_type(&m, S_SAMPLES, S_COUNT);
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(3)));
	put_location(&m, 1, 0, 0, FUNCTIONS(1));
	rg_wire_put_bytes(&m, PPROF_FUNCTION, part.data, part.len);
	rg_buf_done(&part);
	put_strings(&m);
	p = read_done(&m);
	assert_int_equal(rg_profile_frames(p, &(size_t){0})[0].code, 0);
	rg_profile_free(p);
}

static void put_period(struct rg_buf *m, uint64_t type, uint64_t unit, uint64_t period)
{
	PUT(m, PPROF_PERIOD_TYPE, {PPROF_VALUE_TYPE_TYPE, type}, {PPROF_VALUE_TYPE_UNIT, unit});
	rg_wire_put_number(m, PPROF_PERIOD, period);
}

static void fields_become_facts_unless_comments_tell(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_base(&m);
	put_period(&m, S_CPU, S_NANOSECONDS, 10101010);
	rg_wire_put_number(&m, PPROF_TIME_NANOS, 1700000000000000000);
	rg_wire_put_number(&m, PPROF_DURATION_NANOS, 30);
	put_comment_text(&m, "regress-gate/1 wall_ns=0030");
	p = read_done(&m);
	assert_string_equal(rg_profile_fact(p, RG_KEY_PERIOD_NS), "10101010");
	assert_string_equal(rg_profile_fact(p, RG_KEY_STARTED_NS), "1700000000000000000");
	assert_string_equal(rg_profile_fact(p, RG_KEY_WALL_NS), "0030");
	rg_profile_free(p);
}

static void impossible_times_are_not_known(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	size_t count;

	(void)state;
	message_base(&m);
	put_period(&m, S_CPU, S_NANOSECONDS, UINT64_MAX);
	rg_wire_put_number(&m, PPROF_TIME_NANOS, UINT64_MAX);
	rg_wire_put_number(&m, PPROF_DURATION_NANOS, UINT64_MAX - 5);
	p = read_done(&m);
	rg_profile_facts(p, &count);
	assert_int_equal(count, 0);
	rg_profile_free(p);
}

/* One sample of value 3 of the type; places and strings as ever. */
static void message_of_type(struct rg_buf *m, uint64_t type, uint64_t unit)
{
	rg_buf_init(m, 1 << 20);
	put_type(m, type, unit);
	put_sample(m, SAMPLE(LOCATIONS(1), VALUES(3)));
	message_places(m);
	put_strings(m);
}

static void cpu_time_alone_leaves_samples_unmeasured(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_of_type(&m, S_CPU, S_NANOSECONDS);
	put_period(&m, S_CPU, S_NANOSECONDS, 1);
	p = read_done(&m);
	assert_false(rg_profile_has(p, RG_VALUE_SAMPLES));
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 0);
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 3);
	rg_profile_free(p);
}

static void samples_and_a_period_give_cpu_time(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_of_type(&m, S_SAMPLES, S_COUNT);
	put_period(&m, S_CPU, S_NANOSECONDS, 100);
	p = read_done(&m);
	assert_true(rg_profile_has(p, RG_VALUE_CPU_NS));
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 3);
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 300);
	rg_profile_free(p);
}

static void samples_and_another_period_do_not(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_of_type(&m, S_SAMPLES, S_COUNT);
	put_period(&m, S_ALLOC_SPACE, S_NANOSECONDS, 100);
	p = read_done(&m);
	assert_false(rg_profile_has(p, RG_VALUE_CPU_NS));
	assert_null(rg_profile_fact(p, RG_KEY_PERIOD_NS));
	rg_profile_free(p);
}

static void off_cpu_alone_is_a_profile(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	message_of_type(&m, S_OFF_CPU, S_NANOSECONDS);
	p = read_done(&m);
	assert_int_equal(rg_profile_total(p, RG_VALUE_OFF_CPU_NS), 3);
	assert_false(rg_profile_has(p, RG_VALUE_WAITS));
	rg_profile_free(p);
}

static void unknown_sample_types_are_passed_over(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;

	(void)state;
	rg_buf_init(&m, 1 << 20);
	put_type(&m, S_ALLOC_SPACE, S_COUNT);
	put_type(&m, S_OFF_CPU_COUNT, S_COUNT);
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(UINT64_MAX, 2)));
	message_places(&m);
	put_strings(&m);
	p = read_done(&m);
	assert_int_equal(rg_profile_total(p, RG_VALUE_WAITS), 2);
	rg_profile_free(p);
}

static void no_samples_is_a_profile_too(void **state)
{
	struct rg_buf m;
	struct rg_profile *p;
	size_t count;

	(void)state;
	rg_buf_init(&m, 1 << 20);
	put_type(&m, S_CPU, S_NANOSECONDS);
	put_strings(&m);
	p = read_done(&m);
	assert_true(rg_profile_has(p, RG_VALUE_CPU_NS));
	rg_profile_samples(p, &count);
	assert_int_equal(count, 0);
	rg_profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_of_a_function_is_kept),
		cmocka_unit_test(another_tools_code_is_not_known),
		cmocka_unit_test(labels_and_comments_are_taken),
		cmocka_unit_test(another_tools_slices_are_not_ours),
		cmocka_unit_test(fields_become_facts_unless_comments_tell),
		cmocka_unit_test(impossible_times_are_not_known),
		cmocka_unit_test(cpu_time_alone_leaves_samples_unmeasured),
		cmocka_unit_test(samples_and_a_period_give_cpu_time),
		cmocka_unit_test(samples_and_another_period_do_not),
		cmocka_unit_test(off_cpu_alone_is_a_profile),
		cmocka_unit_test(unknown_sample_types_are_passed_over),
		cmocka_unit_test(no_samples_is_a_profile_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
