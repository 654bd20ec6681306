/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "random_profile.h"
#include "text_profile.h"

static void lines_are_stacks_root_first(void **state)
{
	struct rg_profile *p =
		read_text(rg_folded_read, "main;parse;read 12\nmain 5\n\nmain 1", NULL);
	const struct rg_frame *frames;
	const struct rg_stack *stacks;
	size_t count;

	(void)state;
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 18);
	assert_false(rg_profile_has(p, RG_VALUE_CPU_NS));
	stacks = rg_profile_stacks(p, &count);
	assert_int_equal(count, 2);
	assert_int_equal(stacks[1].depth, 3);
	frames = rg_profile_frames(p, &count);
	assert_string_equal(frames[stacks[1].frames[0]].function, "read");
	assert_string_equal(frames[stacks[1].frames[2]].function, "main");
	rg_profile_free(p);
}

static void what_it_cannot_tell_is_absent(void **state)
{
	struct rg_profile *p = read_text(rg_folded_read, "main 1", NULL);
	size_t count;

	(void)state;
	rg_profile_slices(p, &count);
	assert_int_equal(count, 0);
	rg_profile_facts(p, &count);
	assert_int_equal(count, 1);
	assert_string_equal(rg_profile_fact(p, RG_KEY_TOOL), "folded stacks");
	assert_int_equal(rg_profile_samples(p, &count)[0].slice, RG_NO_SLICE);
	rg_profile_free(p);
}

static void marks_and_empty_names_are_understood(void **state)
{
	static const struct {
		const char *sentence, *text, *again, *function, *module;
	} rows[] = {
		{"the kernel's", "a;vfs_read_[k] 1", "a;vfs_read_[k] 1\n", "vfs_read", "[kernel]"},
		{"compiled at run time", "a;b_[j] 1", "a;b 1\n", "b", ""},
		{"inlined: its caller's", "a;b;c_[i];d_[i] 1", "a;b 1\n", "b", ""},
		{"inlined into nothing", "b_[i] 1", "b 1\n", "b", ""},
		{"only the last mark counts", "b_[i]_[j] 1", "b_[i? 1\n", "b_[i]", ""},
		{"a mark alone is a name", "_[k] 1", "_[k] 1\n", "_[k]", ""},
		{"no name", "a;;b 1", "a;[unknown];b 1\n", "[unknown]", ""},
		{"no name at the end", "a; 1", "a;[unknown] 1\n", "[unknown]", ""},
		{"spaces are the name's", "operator new(int, x) ;b 1",
		 "operator new(int, x) ;b 1\n", "operator new(int, x) ", ""},
		{"carriage returns", "a 1\r\na 2\r\n", "a 3\n", "a", ""},
		{"any bytes", "\x1b[1m\xff;b 1", "?[1m\xff;b 1\n", "\x1b[1m\xff", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_profile *p = read_text(rg_folded_read, rows[i].text, NULL);

		assert_string_equal(module_of_function(p, rows[i].function), rows[i].module);
		assert_folded_as(p, RG_VALUE_SAMPLES, rows[i].again);
		rg_profile_free(p);
	}
}

static void the_numbers_may_be_times(void **state)
{
	static const struct {
		const char *type;
		enum rg_value value;
		int64_t total;
	} rows[] = {
		{"samples", RG_VALUE_SAMPLES, 7},
		{"samples/count", RG_VALUE_SAMPLES, 7},
		{"off_cpu_count/count", RG_VALUE_WAITS, 7},
		{"cpu/nanoseconds", RG_VALUE_CPU_NS, 7},
		{"cpu/microseconds", RG_VALUE_CPU_NS, 7000},
		{"wall/s", RG_VALUE_CPU_NS, INT64_C(7000000000)},
		{"off_cpu/us", RG_VALUE_OFF_CPU_NS, 7000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_profile *p =
			read_text(rg_folded_read, "main;a 3\nmain 4\n", rows[i].type);

		for (int v = 0; v < RG_VALUE_COUNT; v++)
			assert_int_equal(rg_profile_has(p, (enum rg_value)v),
					 v == (int)rows[i].value);
		assert_int_equal(rg_profile_total(p, rows[i].value), rows[i].total);
		rg_profile_free(p);
	}
}

static void damage_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *sentence, *text, *type;
		int code;
		const char *part;
	} rows[] = {
		{"no number", "a 1\nb;c\n", NULL, RG_EFORMAT, "line 2: not of the form"},
		{"no stack", "a 1\n\n 5\n", NULL, RG_EFORMAT, "line 3: not of the form"},
		{"a number alone", "5\n", NULL, RG_EFORMAT, "line 1: not of the form"},
		{"a fraction", "a 1.5", NULL, RG_EFORMAT, "line 1: what is behind the last space"},
		{"a negative number", "a -1", NULL, RG_EFORMAT, "no whole number"},
		{"a space behind", "a 1 ", NULL, RG_EFORMAT, "no whole number"},
		{"2^63", "a 9223372036854775808", NULL, RG_EFORMAT, "no whole number below 2^63"},
		{"the total overflows", "a 9223372036854775807\nb 1", NULL, RG_ELIMIT,
		 "line 2: profile: add sample: the total exceeds"},
		{"the time overflows", "a 9223372036854776", "cpu/us", RG_ELIMIT,
		 "line 1: a time of more than"},
		{"a type without a unit", "a 1", "cpu", RG_EUSAGE, "'cpu': their numbers are"},
		{"a unit that is no time", "a 1", "alloc/bytes", RG_EUSAGE, "'alloc/bytes'"},
		{"no type at all", "a 1", "/", RG_EUSAGE, "has the form TYPE"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_text_refused(rg_folded_read, rows[i].text, rows[i].type, rows[i].code,
				    rows[i].part);
}

static char *repeated(const char *part, size_t times, const char *end)
{
	size_t len = strlen(part);
	char *text = malloc(len * times + strlen(end) + 1);

	assert_non_null(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, part, len);
	strcpy(text + len * times, end);
	return text;
}

static void stacks_and_names_have_limits(void **state)
{
	static const struct {
		const char *sentence, *part;
		size_t times;
		const char *text;
	} rows[] = {
		{"depth", "a;", RG_PROFILE_MAX_DEPTH, "a stack of more than 4096 frames"},
		{"a name", "a", RG_PROFILE_MAX_TEXT, "longer than 65536 bytes"},
		{"a longer name", "a", RG_PROFILE_MAX_TEXT + 100,
		 "a name of more than 65536 bytes"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = repeated(rows[i].part, rows[i].times, "a 1");

		assert_text_refused(rg_folded_read, text, NULL, RG_ELIMIT, rows[i].text);
		free(text);
	}
}

static void a_zero_byte_is_refused(void **state)
{
	struct rg_profile *p = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_folded_read("a\0b 1", 5, NULL, &p, &err), RG_EFORMAT);
	assert_string_equal(err.text, "folded stacks: read at byte 1: a zero byte");
}

static void names_cannot_forge_lines_or_marks(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t kernel = make_module(b, "[kernel]", ""), app = make_module(b, "app", "");
	uint32_t frames[] = {make_frame(b, "sys;call\n9", kernel, 0),
			     make_frame(b, "f_[k]", app, 0)};
	struct rg_profile *p;

	(void)state;
	make_sample(b, make_stack(b, frames, 2), RG_NO_SLICE, "t", 3);
	p = make_profile(b);
	assert_folded_as(p, RG_VALUE_SAMPLES, "f_[k?;sys:call?9_[k] 3\n");
	assert_folded_as(p, RG_VALUE_CPU_NS, "f_[k?;sys:call?9_[k] 3000\n");
	rg_profile_free(p);
}

static void equal_texts_are_one_line_and_zeros_none(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t app = make_module(b, "app", ""), lib = make_module(b, "lib", "");
	uint32_t a = make_frame(b, "same", app, 1), c = make_frame(b, "same", lib, 2);
	uint32_t w = make_frame(b, "waits", lib, 2), stack;
	struct rg_sample wait = {.value = {0, 0, 1, 5}, .slice = RG_NO_SLICE};
	struct rg_profile *p;

	(void)state;
	make_sample(b, make_stack(b, &a, 1), RG_NO_SLICE, "t", 3);
	make_sample(b, make_stack(b, &c, 1), RG_NO_SLICE, "u", 4);
	stack = make_stack(b, &w, 1);
	wait.stack = stack;
	assert_int_equal(rg_profile_builder_sample(b, &wait, NULL), 0);
	p = make_profile(b);
	assert_folded_as(p, RG_VALUE_SAMPLES, "same 7\n");
	assert_folded_as(p, RG_VALUE_OFF_CPU_NS, "waits 5\n");
	rg_profile_free(p);
}

static void what_was_not_measured_is_not_written(void **state)
{
	struct rg_profile *p = read_text(rg_folded_read, "a 1", NULL);
	struct rg_err err = {0};
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 100);
	rg_buf_adds(&out, "before");
	assert_int_equal(rg_folded_write(p, RG_VALUE_CPU_NS, &out, &err), RG_EFORMAT);
	assert_text_contains(err.text, "did not measure");
	assert_string_equal(out.data, "before");
	rg_buf_done(&out);
	rg_profile_free(p);
}

static void a_full_buffer_is_an_error(void **state)
{
	struct rg_profile *p = read_text(rg_folded_read, "a 1\nb 2\n", NULL);
	struct rg_err err = {0};
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 5);
	rg_buf_adds(&out, "x");
	assert_int_equal(rg_folded_write(p, RG_VALUE_SAMPLES, &out, &err), RG_ELIMIT);
	assert_text_contains(err.text, "more than 5 bytes");
	assert_int_equal(out.len, 1);
	rg_buf_done(&out);
	rg_profile_free(p);
}

/* What is lost is lost once. */
static void what_is_written_reads_back(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed < 200; seed++) {
		struct rg_profile *p = random_profile(seed), *back = NULL;
		struct rg_buf first;

		rg_buf_init(&first, 1 << 20);
		if (rg_profile_has(p, RG_VALUE_SAMPLES)) {
			assert_int_equal(rg_folded_write(p, RG_VALUE_SAMPLES, &first, NULL), 0);
			rg_buf_addc(&first, '\n'); /* never empty, and passed over */
			assert_int_equal(rg_folded_read(first.data, first.len, NULL, &back, NULL),
					 0);
			assert_int_equal(rg_profile_total(back, RG_VALUE_SAMPLES),
					 rg_profile_total(p, RG_VALUE_SAMPLES));
			first.data[first.len - 1] = '\0';
			assert_folded_as(back, RG_VALUE_SAMPLES, first.data);
		}
		rg_buf_done(&first);
		rg_profile_free(back);
		rg_profile_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_stacks_root_first),
		cmocka_unit_test(what_it_cannot_tell_is_absent),
		cmocka_unit_test(marks_and_empty_names_are_understood),
		cmocka_unit_test(the_numbers_may_be_times),
		cmocka_unit_test(damage_is_refused_with_its_line),
		cmocka_unit_test(stacks_and_names_have_limits),
		cmocka_unit_test(a_zero_byte_is_refused),
		cmocka_unit_test(names_cannot_forge_lines_or_marks),
		cmocka_unit_test(equal_texts_are_one_line_and_zeros_none),
		cmocka_unit_test(what_was_not_measured_is_not_written),
		cmocka_unit_test(a_full_buffer_is_an_error),
		cmocka_unit_test(what_is_written_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
