/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a file's sample types becomes which value, as files of other tools have them. */
#include "message.h"

#include "rg/formats.h"

struct file_type {
	const char *type, *unit;
	uint64_t value; /* of the one sample */
};

/* A file with these types, ended by NULL, and a period of the first of `period`'s type. */
struct file {
	struct file_type types[5], period;
};

static uint64_t add_string(struct rg_buf *m, const char *text, uint64_t *next)
{
	put_string(m, text);
	return (*next)++;
}

static void make_file_of(struct rg_buf *m, const struct file *file)
{
	uint64_t values[COUNT(file->types)], next = S_NEXT;
	size_t count = 0;

	rg_buf_init(m, 1 << 20);
	put_strings(m);
	message_places(m);
	for (; file->types[count].type; count++) {
		uint64_t type = add_string(m, file->types[count].type, &next);

		put_type(m, type, add_string(m, file->types[count].unit, &next));
		values[count] = file->types[count].value;
	}
	put_sample(m, SAMPLE(LOCATIONS(1), .values = values, .value_count = count));
	if (file->period.type) {
		uint64_t type = add_string(m, file->period.type, &next);
		uint64_t unit = add_string(m, file->period.unit, &next);

		PUT(m, PPROF_PERIOD_TYPE, {PPROF_VALUE_TYPE_TYPE, type},
		    {PPROF_VALUE_TYPE_UNIT, unit});
		rg_wire_put_number(m, PPROF_PERIOD, file->period.value);
	}
}

#define ABSENT (-1)

static void assert_value(const char *sentence, const struct rg_profile *p, enum rg_value value,
			 int64_t expected)
{
	if (rg_profile_has(p, value) != (expected != ABSENT))
		fail_msg("%s: value %d is %smeasured", sentence, (int)value,
			 expected == ABSENT ? "" : "not ");
	if (expected != ABSENT && rg_profile_total(p, value) != expected)
		fail_msg("%s: value %d is %lld", sentence, (int)value,
			 (long long)rg_profile_total(p, value));
}

static const struct file go = {{{"samples", "count", 3}, {"cpu", "nanoseconds", 30}},
			       {"cpu", "nanoseconds", 10}};
static const struct file parca = {{{"samples", "count", 3}}, {"cpu", "nanoseconds", 10}};
static const struct file node = {{{"sample", "count", 3}, {"wall", "microseconds", 30}},
				 {"wall", "microseconds", 10}};
static const struct file gperftools = {{{"samples", "count", 3}, {"cpu", "microseconds", 30}},
				       {"cpu", "microseconds", 10}};
static const struct file all = {
	{{"cpu", "ms", 5}, {"off_cpu", "us", 7}, {"wall", "s", 2}, {"alloc_space", "bytes", 99}},
	{0}};
static const struct file twice = {{{"wall", "count", 5}, {"wall", "s", 2}}, {0}};
static const struct file huge = {{{"cpu", "seconds", INT64_MAX}}, {0}};

static void types_become_values(void **state)
{
	static const struct {
		const char *sentence;
		const struct file *file;
		const char *choice;
		int64_t samples, cpu_ns, off_cpu_ns, period_ns;
	} rows[] = {
		{"Go, by default", &go, NULL, 3, 30, ABSENT, 10},
		{"Go, by name", &go, "cpu", 3, 30, ABSENT, 10},
		{"Go, the other name", &go, "samples/count", 3, 30, ABSENT, 10},
		{"as Pyroscope calls it", &go, "process_cpu:cpu:nanoseconds:cpu:nanoseconds", 3, 30,
		 ABSENT, 10},
		{"Parca: CPU time by the period", &parca, NULL, 3, 30, ABSENT, 10},
		{"Parca, by its profile type", &parca,
		 "parca_agent:samples:count:cpu:nanoseconds:delta", 3, 30, ABSENT, 10},
		{"wall time, with its period", &node, "wall", ABSENT, 30000, ABSENT, 10000},
		{"samples of another name", &node, "sample", 3, ABSENT, ABSENT, 0},
		{"microseconds, with their period", &gperftools, NULL, 3, 30000, ABSENT, 10000},
		{"milliseconds and microseconds", &all, NULL, ABSENT, 5000000, 7000, 0},
		{"seconds, off-CPU time kept", &all, "wall/s", ABSENT, 2000000000, 7000, 0},
		{"off-CPU time taken for CPU time", &all, "off_cpu", ABSENT, 7000, ABSENT, 0},
		{"a type of that name and unit", &twice, "wall/s", ABSENT, 2000000000, ABSENT, 0},
		{"the same of the other unit", &twice, "wall:count", 5, ABSENT, ABSENT, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rg_read_options options = {.sample_type = rows[i].choice};
		struct rg_profile *p = NULL;
		struct rg_err err = {0};
		struct rg_buf m;

		make_file_of(&m, rows[i].file);
		if (rg_profile_read(m.data, m.len, &options, &p, &err) != 0)
			fail_msg("%s: %s", rows[i].sentence, err.text);
		assert_value(rows[i].sentence, p, RG_VALUE_SAMPLES, rows[i].samples);
		assert_value(rows[i].sentence, p, RG_VALUE_CPU_NS, rows[i].cpu_ns);
		assert_value(rows[i].sentence, p, RG_VALUE_OFF_CPU_NS, rows[i].off_cpu_ns);
		assert_int_equal(rg_profile_fact_u64(p, RG_KEY_PERIOD_NS, 0), rows[i].period_ns);
		rg_profile_free(p);
		rg_buf_done(&m);
	}
}

static void what_cannot_be_taken_is_refused(void **state)
{
	static const struct {
		const char *sentence;
		const struct file *file;
		const char *choice;
		int code;
		const char *part;
	} rows[] = {
		{"none is known", &node, NULL, RG_EFORMAT,
		 "--sample-type; the file has sample/count, wall/microseconds"},
		{"not there", &node, "cpu", RG_ENOTFOUND,
		 "is not there (--sample-type); the file has sample/count, wall/microseconds"},
		{"not there in this unit", &go, "cpu/us", RG_ENOTFOUND, "samples/count, cpu/nano"},
		{"there twice", &twice, "wall", RG_EUSAGE,
		 "twice; the file has wall/count, wall/s"},
		{"neither count nor time", &all, "alloc_space", RG_EUSAGE,
		 "neither a count nor a time; the file has cpu/ms"},
		{"no name", &go, "/", RG_EUSAGE, "has the form TYPE or TYPE/UNIT"},
		{"too long a time", &huge, NULL, RG_ELIMIT, "a time of more than 2^63 - 1 ns"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rg_read_options options = {.sample_type = rows[i].choice};
		struct rg_profile *p = NULL;
		struct rg_err err = {0};
		struct rg_buf m;
		int rc;

		make_file_of(&m, rows[i].file);
		rc = rg_profile_read(m.data, m.len, &options, &p, &err);
		if (rc != rows[i].code || !strstr(err.text, rows[i].part))
			fail_msg("%s: %d '%s'", rows[i].sentence, rc, err.text);
		assert_null(p);
		rg_buf_done(&m);
	}
}

/* Names are as long as the file likes; the error is not. */
static void the_list_of_types_has_a_limit(void **state)
{
	static char name[1000];
	struct file file = {{{name, "count", 1}, {name, "bytes", 1}}, {0}};
	const struct rg_read_options options = {.sample_type = "cpu"};
	struct rg_profile *p = NULL;
	struct rg_err err = {0};
	struct rg_buf m;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	make_file_of(&m, &file);
	assert_int_equal(rg_profile_read(m.data, m.len, &options, &p, &err), RG_ENOTFOUND);
	assert_text_contains(err.text, "the file has none, …");
	rg_buf_done(&m);
}

static void a_period_that_does_not_fit_is_not_known(void **state)
{
	static const struct file file = {{{"samples", "count", 3}}, {"cpu", "s", INT64_MAX}};
	struct rg_profile *p;
	struct rg_buf m;

	(void)state;
	make_file_of(&m, &file);
	p = make_read(m.data, m.len);
	assert_false(rg_profile_has(p, RG_VALUE_CPU_NS));
	assert_null(rg_profile_fact(p, RG_KEY_PERIOD_NS));
	rg_profile_free(p);
	rg_buf_done(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_become_values),
		cmocka_unit_test(what_cannot_be_taken_is_refused),
		cmocka_unit_test(the_list_of_types_has_a_limit),
		cmocka_unit_test(a_period_that_does_not_fit_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
