/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "message.h"
#include "text_profile.h"

#include "gzip.h"

#define DATA "tests/unit/model/data/"

static struct rg_buf file_content(const char *path)
{
	FILE *file = fopen(path, "rb");
	char bytes[4096];
	struct rg_buf content;
	size_t len;

	if (!file)
		fail_msg("%s: cannot be opened", path);
	rg_buf_init(&content, 1 << 20);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0)
		rg_buf_add(&content, bytes, len);
	assert_false(ferror(file));
	fclose(file);
	return content;
}

static struct rg_profile *read_any(const struct rg_buf *file)
{
	struct rg_profile *profile = NULL;
	struct rg_err err = {0};
	int rc = rg_profile_read(file->data, file->len, NULL, &profile, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(rc, 0);
	return profile;
}

static int64_t self_of(const struct rg_profile *p, const char *function, enum rg_value value)
{
	size_t count, ignored;
	const struct rg_sample *samples = rg_profile_samples(p, &count);
	const struct rg_stack *stacks = rg_profile_stacks(p, &ignored);
	const struct rg_frame *frames = rg_profile_frames(p, &ignored);
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (strcmp(frames[stacks[samples[i].stack].frames[0]].function, function) == 0)
			sum += samples[i].value[value];
	return sum;
}

/* As `go tool pprof -top` shows it. */
static void a_go_programs_own_profile_is_read(void **state)
{
	struct rg_buf file = file_content(DATA "go_cpu.pb.gz");
	struct rg_profile *p;
	size_t count;

	(void)state;
	assert_int_equal(rg_format_detect(file.data, file.len), RG_FORMAT_PPROF);
	p = read_any(&file);
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 212);
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 2120000000);
	assert_int_equal(self_of(p, "crypto/sha256.block", RG_VALUE_CPU_NS), 1100000000);
	assert_int_equal(self_of(p, "cmpbody", RG_VALUE_CPU_NS), 200000000);
	assert_string_equal(module_of_function(p, "crypto/sha256.block"), "orders");
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_PERIOD_NS, 0), 10000000);
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0), 3170314736);
	rg_profile_slices(p, &count);
	assert_int_equal(count, 0);
	assert_null(rg_profile_fact(p, RG_KEY_TOOL));
	rg_profile_free(p);
	rg_buf_done(&file);
}

static void perfs_own_text_is_read(void **state)
{
	struct rg_buf file = file_content(DATA "perf_script.txt");
	struct rg_profile *p;
	size_t count;

	(void)state;
	assert_int_equal(rg_format_detect(file.data, file.len), RG_FORMAT_PERF_SCRIPT);
	p = read_any(&file);
	assert_folded_as(p, RG_VALUE_SAMPLES,
			 "__libc_start_call_main;main;__random 1\n"
			 "__libc_start_call_main;main;inner 41\n"
			 "__libc_start_call_main;main;sort_orders;__sysconf;"
			 "asm_exc_page_fault_[k];exc_page_fault_[k] 1\n"
			 "msort_with_tmp.part.0 4\n"
			 "start_thread;work;inner 53\n");
	assert_int_equal(rg_profile_total(p, RG_VALUE_CPU_NS), 1010101000);
	assert_string_equal(rg_profile_fact(p, RG_KEY_WALL_NS), "1320440000");
	assert_string_equal(rg_profile_fact(p, RG_KEY_HOST), "build7");
	assert_string_equal(rg_profile_fact(p, RG_KEY_EVENT), "cpu-clock");
	assert_int_equal(rg_profile_slices(p, &count)[1].wall_ns, 320440000);
	assert_int_equal(count, 2);
	rg_profile_free(p);
	rg_buf_done(&file);
}

static void beginnings_tell_the_form(void **state)
{
	static const struct {
		const char *sentence, *text;
		enum rg_format format;
	} rows[] = {
		{"folded stacks", "main;a 5\n", RG_FORMAT_FOLDED},
		{"one function is enough", "\n\nmain 5", RG_FORMAT_FOLDED},
		{"a root called like a comment", "#a;b 5\nc 6\n", RG_FORMAT_FOLDED},
		{"letters that could be pprof's tags", "process;2run;*x 5\n", RG_FORMAT_FOLDED},
		{"and digits", "2 12\n2 12\n2 12\n", RG_FORMAT_FOLDED},
		{"perf's text", "a 1 1.0: 1 cycles: \n", RG_FORMAT_PERF_SCRIPT},
		{"perf's text with a header", "# ===\n# arch : x 5\n#\na 1 1.0: 1 cycles: \n",
		 RG_FORMAT_PERF_SCRIPT},
		{"perf's file", "PERFILE2....", RG_FORMAT_PERF_DATA},
		{"a comment alone", "# nothing here\n", RG_FORMAT_UNKNOWN},
		{"some text", "hello world\n", RG_FORMAT_UNKNOWN},
		{"JSON", "{\"version\": 1}\n", RG_FORMAT_UNKNOWN},
		{"an executable",
		 "\x7f"
		 "ELF\x02\x01\x01",
		 RG_FORMAT_UNKNOWN},
		{"half a gzip header", "\x1f\x8b", RG_FORMAT_UNKNOWN},
		{"nothing", "", RG_FORMAT_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rg_format_detect(rows[i].text, strlen(rows[i].text)) != rows[i].format)
			fail_msg("%s", rows[i].sentence);
}

static void messages_are_told_by_any_of_their_fields(void **state)
{
	struct rg_buf m;

	(void)state;
	message_base(&m);
	assert_int_equal(rg_format_detect(m.data, m.len), RG_FORMAT_PPROF);
	/* Cut short: pprof's reader says what is wrong. */
	assert_int_equal(rg_format_detect(m.data, 50), RG_FORMAT_PPROF);
	rg_buf_reset(&m);
	put_strings(&m);
	assert_int_equal(rg_format_detect(m.data, m.len), RG_FORMAT_PPROF);
	rg_buf_done(&m);
}

static void texts_may_be_deflated(void **state)
{
	static const char *const texts[] = {"main;a 5\n", "a 1 1.0: 1 cycles: \n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct rg_profile *p;
		struct rg_buf file;

		rg_buf_init(&file, 1 << 20);
		assert_int_equal(rg_gzip_deflate(texts[i], strlen(texts[i]), &file, NULL), 0);
		assert_int_equal(rg_format_detect(file.data, file.len),
				 rg_format_detect(texts[i], strlen(texts[i])));
		p = read_any(&file);
		assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), i == 0 ? 5 : 1);
		rg_profile_free(p);
		rg_buf_done(&file);
	}
}

static void what_is_none_is_refused(void **state)
{
	static const struct {
		const char *text, *part;
	} rows[] = {
		{"", "the file is empty"},
		{"hello\n", "neither a pprof file, nor folded stacks, nor"},
		{"PERFILE2xxxx", "give the output of 'perf script'"},
		{"\x1f\x8b\x08", "cut short"},
		{"a;b 1\nc", "folded stacks: line 2"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_text_refused(rg_profile_read, rows[i].text, NULL, RG_EFORMAT, rows[i].part);
}

static void the_size_has_a_limit(void **state)
{
	static const char text[] = "main;a 5\n";
	struct rg_read_options options = {.max_bytes = strlen(text)};
	struct rg_profile *p = NULL;
	struct rg_err err = {0};
	struct rg_buf file;

	(void)state;
	rg_buf_init(&file, 1 << 20);
	assert_int_equal(rg_gzip_deflate(text, strlen(text), &file, NULL), 0);
	assert_int_equal(rg_profile_read(text, strlen(text), &options, &p, NULL), 0);
	rg_profile_free(p);
	assert_int_equal(rg_profile_read(file.data, file.len, &options, &p, NULL), 0);
	rg_profile_free(p);
	p = NULL;
	options.max_bytes--;
	assert_int_equal(rg_profile_read(text, strlen(text), &options, &p, &err), RG_ELIMIT);
	assert_text_contains(err.text, "more than 8 bytes");
	assert_int_equal(rg_profile_read(file.data, file.len, &options, &p, NULL), RG_ELIMIT);
	assert_null(p);
	rg_buf_done(&file);
}

static void a_file_that_is_taken_is_gone(void **state)
{
	static const char *const texts[] = {"main;a 5\n", "hello\n", ""};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(texts); i++) {
		const char *text = texts[i / 2];
		struct rg_profile *p = NULL;
		struct rg_err err = {0};
		struct rg_buf file;

		rg_buf_init(&file, 1 << 20);
		if (i % 2)
			assert_int_equal(rg_gzip_deflate(text, strlen(text), &file, NULL), 0);
		else
			rg_buf_adds(&file, text);
		assert_int_equal(rg_profile_read_take(&file, NULL, &p, &err),
				 i / 2 == 0 ? 0 : RG_EFORMAT);
		assert_null(file.data);
		assert_int_equal(file.len, 0);
		if (i / 2 == 0)
			assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 5);
		else
			assert_null(p);
		rg_profile_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_go_programs_own_profile_is_read),
		cmocka_unit_test(perfs_own_text_is_read),
		cmocka_unit_test(beginnings_tell_the_form),
		cmocka_unit_test(messages_are_told_by_any_of_their_fields),
		cmocka_unit_test(texts_may_be_deflated),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(the_size_has_a_limit),
		cmocka_unit_test(a_file_that_is_taken_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
