/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Off-CPU samples: the class of a wait in a profile, and in its file. */
#include "make.h"
#include "message.h"

static void add(struct rg_profile_builder *b, uint32_t stack, const char *thread, const char *wait,
		int64_t cpu, int64_t waits)
{
	const struct rg_sample sample = {
		.value = {[RG_VALUE_SAMPLES] = cpu,
			  [RG_VALUE_WAITS] = waits,
			  [RG_VALUE_OFF_CPU_NS] = waits * 1000},
		.stack = stack,
		.slice = RG_NO_SLICE,
		.thread = thread,
		.wait = wait,
	};

	assert_int_equal(rg_profile_builder_sample(b, &sample, NULL), 0);
}

struct expected {
	const char *thread, *wait;
	int64_t cpu, waits;
};

static void check(const struct rg_profile *p, const struct expected *expected, size_t count)
{
	size_t found;
	const struct rg_sample *sample = rg_profile_samples(p, &found);

	assert_int_equal(found, count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(sample[i].thread, expected[i].thread);
		assert_string_equal(sample[i].wait, expected[i].wait);
		assert_int_equal(sample[i].value[RG_VALUE_SAMPLES], expected[i].cpu);
		assert_int_equal(sample[i].value[RG_VALUE_WAITS], expected[i].waits);
	}
}

/* The order is by thread, then class, and what differs in the class only is not merged. */
static void classes_tell_samples_apart(void **state)
{
	static const struct expected expected[] = {
		{"a", RG_WAIT_DISK, 0, 3},
		{"a", RG_WAIT_LOCK, 0, 6},
		{"b", "", 4, 0},
		{"b", RG_WAIT_DISK, 0, 5},
	};
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t stack = make_leaf(b, "f");
	struct rg_profile *p, *again;
	struct rg_buf file;

	(void)state;
	add(b, stack, "b", RG_WAIT_DISK, 0, 5);
	add(b, stack, "a", RG_WAIT_LOCK, 0, 1);
	add(b, stack, "a", RG_WAIT_LOCK, 0, 2);
	add(b, stack, "a", RG_WAIT_DISK, 0, 3);
	add(b, stack, "b", NULL, 4, 0);
	add(b, stack, "a", RG_WAIT_LOCK, 0, 3);
	p = make_profile(b);
	check(p, expected, COUNT(expected));
	file = make_file(p);
	again = make_read(file.data, file.len);
	check(again, expected, COUNT(expected));
	rg_buf_done(&file);
	rg_profile_free(p);
	rg_profile_free(again);
}

static void time_on_a_cpu_has_no_class(void **state)
{
	static const struct expected expected[] = {{"", "", 3, 0}};
	struct rg_profile_builder *b = rg_profile_builder_new();
	uint32_t stack = make_leaf(b, "f");
	struct rg_profile *p;

	(void)state;
	add(b, stack, "", RG_WAIT_LOCK, 1, 0);
	add(b, stack, "", "", 2, 0);
	p = make_profile(b);
	check(p, expected, COUNT(expected));
	rg_profile_free(p);
}

/* A class from outside is a text like any other. */
static void an_unknown_class_stays_as_it_is(void **state)
{
	static const struct expected expected[] = {{"", "\x1b[31m\xff", 0, 1}};
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_profile *p, *again;
	struct rg_buf file;

	(void)state;
	add(b, make_leaf(b, "f"), "", "\x1b[31m\xff", 0, 1);
	p = make_profile(b);
	file = make_file(p);
	again = make_read(file.data, file.len);
	check(again, expected, COUNT(expected));
	rg_buf_done(&file);
	rg_profile_free(p);
	rg_profile_free(again);
}

static void a_class_has_the_limit_of_all_texts(void **state)
{
	static char text[RG_PROFILE_MAX_TEXT + 2];
	struct rg_profile_builder *b = rg_profile_builder_new();
	struct rg_sample sample = {.value = {[RG_VALUE_WAITS] = 1}, .slice = RG_NO_SLICE};
	struct rg_err err = {0};

	(void)state;
	memset(text, 'x', RG_PROFILE_MAX_TEXT + 1);
	sample.stack = make_leaf(b, "f");
	sample.wait = text;
	assert_int_equal(rg_profile_builder_sample(b, &sample, &err), RG_ELIMIT);
	assert_text_contains(err.text, "wait class: longer than");
	rg_profile_builder_free(b);
}

/* The label is ours only where waits are measured. */
static void another_tools_label_says_nothing(void **state)
{
	const struct rg_sample *sample;
	struct rg_profile *p;
	struct rg_buf m;
	size_t count;

	(void)state;
	message_base(&m);
	put_string(&m, PPROF_LABEL_WAIT);
	put_sample(&m, SAMPLE(LOCATIONS(1), VALUES(7, 7),
			      .label = {{PPROF_LABEL_KEY, S_NEXT}, {PPROF_LABEL_STR, S_WORKER}}));
	p = make_read(m.data, m.len);
	sample = rg_profile_samples(p, &count);
	assert_int_not_equal(count, 0);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(sample[i].wait, "");
	rg_buf_done(&m);
	rg_profile_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_tell_samples_apart),
		cmocka_unit_test(time_on_a_cpu_has_no_class),
		cmocka_unit_test(an_unknown_class_stays_as_it_is),
		cmocka_unit_test(a_class_has_the_limit_of_all_texts),
		cmocka_unit_test(another_tools_label_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
