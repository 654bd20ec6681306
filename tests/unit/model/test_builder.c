/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "make.h"

#include "builder.h"

static void equal_entries_get_one_id(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t app = make_module(b, "app", "ab");
	uint32_t frames[2] = {make_frame(b, "main", app, 3), make_frame(b, "main", app, 4)};

	(void)state;
	assert_int_equal(make_module(b, "/usr/bin/app", "ab"), app);
	assert_int_not_equal(make_module(b, "app", "cd"), app);
	assert_int_not_equal(frames[0], frames[1]);
	assert_int_equal(make_frame(b, "main", app, 3), frames[0]);
	assert_int_equal(make_stack(b, frames, 2), make_stack(b, frames, 2));
	assert_int_not_equal(make_stack(b, frames, 2), make_stack(b, frames, 1));
	rg_profile_builder_free(b);
}

static void what_is_given_is_copied(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	char name[] = "work", thread[] = "io";
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_sample(b, make_leaf(b, name), RG_NO_SLICE, thread, 1);
	memset(name, 'x', 4);
	memset(thread, 'x', 2);
	p = make_profile(b);
	assert_string_equal(rg_profile_frames(p, &count)[0].function, "work");
	assert_string_equal(rg_profile_samples(p, &count)[0].thread, "io");
	rg_profile_free(p);
}

static void null_texts_are_empty_ones(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_sample(b, make_leaf(b, "f"), RG_NO_SLICE, NULL, 1);
	p = make_profile(b);
	assert_string_equal(rg_profile_frames(p, &count)[0].file, "");
	assert_string_equal(rg_profile_samples(p, &count)[0].thread, "");
	rg_profile_free(p);
}

static void stand_ins_are_told_by_their_form(void **state)
{
	static const struct {
		const char *function;
		bool stand_in;
	} rows[] = {
		{"[app]+0x12f", true}, {"[[kernel]]+0x0", true}, {"[kernel]+0x0", true},
		{"[]+0xa", true},      {"[unknown]", true},      {"[no stack]", true},
		{"[app]+0x", false},   {"[app]+0xG", false},     {"[app]+0x12F", false},
		{"[app]+0x1 ", false}, {"[anon]", true},         {"[app]@plt", true},
		{"[app]x", false},     {"app+0x12", false},      {"x[app]+0x12", false},
		{"[", false},          {"]+0x1", false},         {"operator[]", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rg_builder_is_stand_in(rows[i].function) != rows[i].stand_in)
			fail_msg("'%s' told wrongly", rows[i].function);
}

static void the_flag_follows_the_form(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_sample(b, make_leaf(b, "[app]+0x1"), RG_NO_SLICE, "", 1);
	p = make_profile(b);
	assert_true(rg_profile_frames(p, &count)[0].unnamed);
	rg_profile_free(p);
}

/* --- Refusals --- */

static const char *text_of(size_t len)
{
	static char text[RG_PROFILE_MAX_TEXT + 2];

	memset(text, 'a', sizeof(text));
	text[len] = '\0';
	return text;
}

static int bad_build_id(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_module(b, "app", "AB", &(uint32_t){0}, err);
}

static int long_module(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_module(b, text_of(RG_PROFILE_MAX_TEXT + 1), "", &(uint32_t){0},
					 err);
}

static int add_frame(struct rg_profile_builder *b, struct rg_frame frame, struct rg_err *err)
{
	make_module(b, "app", "");
	return rg_profile_builder_frame(b, &frame, &(uint32_t){0}, err);
}

static int empty_function(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_frame(b, (struct rg_frame){.function = ""}, err);
}

static int null_function(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_frame(b, (struct rg_frame){.file = "x.c"}, err);
}

static int long_function(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_frame(b, (struct rg_frame){.function = text_of(RG_PROFILE_MAX_TEXT + 1)}, err);
}

static int long_file(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_frame(
		b, (struct rg_frame){.function = "f", .file = text_of(RG_PROFILE_MAX_TEXT + 1)},
		err);
}

static int absent_module(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_frame(b, (struct rg_frame){.function = "f", .module = 1}, err);
}

static int named_unnamed(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_frame(b, (struct rg_frame){.function = "f", .unnamed = true}, err);
}

static int empty_stack(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_stack(b, NULL, 0, &(uint32_t){0}, err);
}

static int absent_frame(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_stack(b, &(uint32_t){0}, 1, &(uint32_t){0}, err);
}

static int deep_stack(struct rg_profile_builder *b, struct rg_err *err)
{
	static uint32_t frames[RG_PROFILE_MAX_DEPTH + 1];

	make_leaf(b, "f");
	return rg_profile_builder_stack(b, frames, COUNT(frames), &(uint32_t){0}, err);
}

static int add_sample(struct rg_profile_builder *b, struct rg_sample sample, struct rg_err *err)
{
	make_leaf(b, "f");
	return rg_profile_builder_sample(b, &sample, err);
}

static int absent_stack(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_sample(b, (struct rg_sample){.value = {1}, .stack = 1}, err);
}

static int negative_value(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_sample(b, (struct rg_sample){.value = {1, 1, 1, -1}}, err);
}

static int slice_out_of_range(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_sample(b, (struct rg_sample){.value = {1}, .slice = RG_PROFILE_MAX_SLICES}, err);
}

static int long_thread(struct rg_profile_builder *b, struct rg_err *err)
{
	return add_sample(
		b, (struct rg_sample){.value = {1}, .thread = text_of(RG_PROFILE_MAX_TEXT + 1)},
		err);
}

static int total_too_large(struct rg_profile_builder *b, struct rg_err *err)
{
	make_sample(b, make_leaf(b, "f"), RG_NO_SLICE, "", 1);
	return add_sample(b, (struct rg_sample){.value = {0, INT64_MAX}}, err);
}

static int slice_never_appended(struct rg_profile_builder *b, struct rg_err *err)
{
	struct rg_profile *profile = NULL;

	make_sample(b, make_leaf(b, "f"), 2, "", 1);
	make_slices(b, 2, 1000);
	return rg_profile_builder_finish(b, &profile, err);
}

static int too_many_slices(struct rg_profile_builder *b, struct rg_err *err)
{
	make_slices(b, RG_PROFILE_MAX_SLICES, 1);
	return rg_profile_builder_slice(b, &(struct rg_slice){0}, err);
}

static int empty_key(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_fact(b, "", "x", err);
}

static int upper_case_key(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_fact(b, "Key", "x", err);
}

static int long_key(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_fact(b, text_of(65), "x", err);
}

static int reserved_key(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_fact(b, "slices", "x", err);
}

static int newline_in_value(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_fact(b, "host", "a\nb", err);
}

static int long_value(struct rg_profile_builder *b, struct rg_err *err)
{
	return rg_profile_builder_fact(b, "host", text_of(RG_PROFILE_MAX_TEXT - 19), err);
}

static int too_many_facts(struct rg_profile_builder *b, struct rg_err *err)
{
	char key[16];

	for (int i = 0; i < RG_BUILDER_MAX_FACTS; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		make_fact(b, key, "x");
	}
	make_fact(b, "k0", "replacing is no addition");
	return rg_profile_builder_fact(b, "one_more", "x", err);
}

static const struct {
	const char *sentence;
	int (*run)(struct rg_profile_builder *b, struct rg_err *err);
	int code;
	const char *text;
} refusals[] = {
	{"a build id is lower-case hex", bad_build_id, RG_EFORMAT, "'AB' is not lower-case hex"},
	{"a module name has a limit", long_module, RG_ELIMIT, "module name: longer than 65536"},
	{"a function name is not empty", empty_function, RG_EFORMAT, "empty function name"},
	{"a function name is not NULL", null_function, RG_EFORMAT, "empty function name"},
	{"a function name has a limit", long_function, RG_ELIMIT, "function name: longer than"},
	{"a file name has a limit", long_file, RG_ELIMIT, "file name: longer than"},
	{"a frame's module exists", absent_module, RG_EFORMAT, "no module 1"},
	{"an unnamed frame has a stand-in", named_unnamed, RG_EFORMAT, "'f' has not the form"},
	{"a stack has a frame", empty_stack, RG_EFORMAT, "add stack: no frames"},
	{"a stack's frames exist", absent_frame, RG_EFORMAT, "no frame 0"},
	{"a stack has a limit", deep_stack, RG_ELIMIT, "deeper than 4096"},
	{"a sample's stack exists", absent_stack, RG_EFORMAT, "no stack 1"},
	{"a value is not negative", negative_value, RG_EFORMAT, "negative value -1"},
	{"a slice is in the possible range", slice_out_of_range, RG_EFORMAT, "no slice 1048576"},
	{"a thread name has a limit", long_thread, RG_ELIMIT, "thread name: longer than"},
	{"a total fits in 63 bits", total_too_large, RG_ELIMIT, "the total exceeds 2^63 - 1"},
	{"a named slice is there at the end", slice_never_appended, RG_EFORMAT,
	 "names slice 2 of 2"},
	{"slices have a limit", too_many_slices, RG_ELIMIT, "more than 1048576 slices"},
	{"a key is not empty", empty_key, RG_EFORMAT, "'' cannot be a key"},
	{"a key has no capitals", upper_case_key, RG_EFORMAT, "'Key' cannot be a key"},
	{"a key has a limit", long_key, RG_EFORMAT, "cannot be a key"},
	{"slices have their own comment", reserved_key, RG_EFORMAT, "'slices' cannot be a key"},
	{"a value is one line", newline_in_value, RG_EFORMAT, "newline in the value"},
	{"a fact fits in a string of the file", long_value, RG_ELIMIT, "fact 'host': longer than"},
	{"facts have a limit", too_many_facts, RG_ELIMIT, "more than 1024 facts"},
};

static void what_no_profile_may_hold_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct rg_profile_builder *b = rg_profile_builder_new();
		struct rg_err err = {0};

		if (refusals[i].run(b, &err) != refusals[i].code || err.code != refusals[i].code)
			fail_msg("%s: code %d", refusals[i].sentence, err.code);
		assert_text_contains(err.text, refusals[i].text);
		rg_profile_builder_free(b);
	}
}

static void the_longest_texts_are_accepted(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_profile *p;

	(void)state;
	make_fact(b, "host", text_of(RG_PROFILE_MAX_TEXT - 20));
	make_sample(b, make_leaf(b, text_of(RG_PROFILE_MAX_TEXT)), RG_NO_SLICE, "", 1);
	p = make_profile(b);
	assert_int_equal(strlen(rg_profile_fact(p, "host")), RG_PROFILE_MAX_TEXT - 20);
	rg_profile_free(p);
}

static void all_texts_together_have_a_limit(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	static char name[RG_PROFILE_MAX_TEXT + 1];
	struct rg_err err = {0};
	int rc = 0, added = 0;

	(void)state;
	memset(name, 'a', RG_PROFILE_MAX_TEXT);
	for (; rc == 0 && added <= RG_BUILDER_MAX_TEXTS / RG_PROFILE_MAX_TEXT; added++) {
		snprintf(name, sizeof(name), "%08d", added);
		name[8] = 'a';
		rc = rg_profile_builder_module(b, name, "", &(uint32_t){0}, &err);
	}
	assert_int_equal(rc, RG_ELIMIT);
	assert_text_contains(err.text, "bytes of distinct text");
	rg_profile_builder_free(b);
}

static void a_refused_sample_changes_nothing(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_sample sample = {.value = {INT64_MAX, INT64_MAX}};
	struct rg_err err = {0};
	size_t count;
	struct rg_profile *p;

	(void)state;
	make_sample(b, make_leaf(b, "f"), RG_NO_SLICE, "", 5);
	assert_int_equal(rg_profile_builder_sample(b, &sample, &err), RG_ELIMIT);
	p = make_profile(b);
	assert_int_equal(rg_profile_total(p, RG_VALUE_SAMPLES), 5);
	rg_profile_samples(p, &count);
	assert_int_equal(count, 1);
	rg_profile_free(p);
}

static void a_finished_builder_is_empty_and_usable(void **state)
{
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_profile *first = NULL, *second = NULL;
	struct rg_err err = {0};
	size_t count;

	(void)state;
	make_fact(b, "host", "a");
	make_sample(b, make_leaf(b, "f"), RG_NO_SLICE, "", 5);
	assert_int_equal(rg_profile_builder_finish(b, &first, &err), 0);
	make_sample(b, make_leaf(b, "g"), RG_NO_SLICE, "", 7);
	assert_int_equal(rg_profile_builder_finish(b, &second, &err), 0);
	rg_profile_builder_free(b);
	assert_int_equal(rg_profile_total(first, RG_VALUE_SAMPLES), 5);
	assert_string_equal(rg_profile_frames(first, &count)[0].function, "f");
	assert_int_equal(rg_profile_total(second, RG_VALUE_SAMPLES), 7);
	assert_null(rg_profile_fact(second, "host"));
	rg_profile_free(first);
	rg_profile_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_entries_get_one_id),
		cmocka_unit_test(what_is_given_is_copied),
		cmocka_unit_test(null_texts_are_empty_ones),
		cmocka_unit_test(stand_ins_are_told_by_their_form),
		cmocka_unit_test(the_flag_follows_the_form),
		cmocka_unit_test(what_no_profile_may_hold_is_refused),
		cmocka_unit_test(the_longest_texts_are_accepted),
		cmocka_unit_test(all_texts_together_have_a_limit),
		cmocka_unit_test(a_refused_sample_changes_nothing),
		cmocka_unit_test(a_finished_builder_is_empty_and_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
