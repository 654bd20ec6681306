/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include "../../../capture/elf/producer.h"

static struct rg_producer read_producer(const struct programs *programs, const char *name)
{
	struct rg_object *object = programs_open(programs, name);
	struct rg_producer producer = {.compiler = "none", .flags = "none"};

	if (rg_object_image(object))
		rg_producer_read(rg_object_image(object), &producer);
	rg_object_free(object);
	return producer;
}

static void test_debug_information_tells_compiler_and_flags(void **state)
{
	const struct programs *programs = *state;
	struct rg_producer producer;

	programs_write(programs, "a.c", "int main(void) { return 0; }\n");
	programs_run(programs, "gcc -O2 -g -fno-plt -o told a.c && cp told bare && strip bare");
	producer = read_producer(programs, "told");
	assert_int_equal(strncmp(producer.compiler, "GNU C", 5), 0);
	assert_non_null(strstr(producer.flags, "-O2"));
	assert_non_null(strstr(producer.flags, "-fno-plt"));
	/* Stripped, only the comment is left. */
	producer = read_producer(programs, "bare");
	assert_int_equal(strncmp(producer.compiler, "GCC: ", 5), 0);
	assert_string_equal(producer.flags, "");
}

/* Another order of flags would be another text: it is as it was given. */
static void test_another_optimisation_is_another_text(void **state)
{
	const struct programs *programs = *state;

	programs_write(programs, "a.c", "int main(void) { return 0; }\n");
	programs_run(programs, "gcc -O2 -g -o two a.c && gcc -O0 -g -o zero a.c");
	assert_string_not_equal(read_producer(programs, "two").flags,
				read_producer(programs, "zero").flags);
	assert_string_equal(read_producer(programs, "two").compiler,
			    read_producer(programs, "zero").compiler);
}

/* Build information made up: a header, a version, and settings between their marks. */
static void make_go(const struct programs *programs, const char *name, const char *bytes)
{
	programs_write(programs, "a.c", "int main(void) { return 0; }\n");
	programs_run(programs,
		     "printf '%s' > info && gcc -o plain a.c && objcopy --add-section "
		     ".go.buildinfo=info plain %s",
		     bytes, name);
}

#define HEADER "\\377 Go buildinf:\\010\\002\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0"
#define MARK   "0123456789abcdef"

static void test_damaged_build_information_tells_what_it_can(void **state)
{
	static const struct {
		const char *bytes, *compiler, *flags;
	} rows[] = {
		{HEADER "\\006go1.99", "go1.99", ""},
		{HEADER "\\006go1.99\\054" MARK "build\\t-race\\n" MARK, "go1.99", "-race"},
		/* What was linked in is nobody's business. */
		{HEADER "\\006go1.99\\106" MARK
			"build\\t-ldflags=-X=hunter2\\nbuild\\t-race\\n" MARK,
		 "go1.99", "-race"},
		/* Longer than there are bytes; a length that does not end; control characters. */
		{HEADER "\\006go1.99\\177" MARK "build\\t-race\\n" MARK, "go1.99", ""},
		{HEADER "\\006go1.99\\377\\377\\377\\377\\377\\377\\001", "go1.99", ""},
		{HEADER "\\006go\\n\\033.9", "go  .9", ""},
	};
	const struct programs *programs = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_producer producer;

		make_go(programs, "made", rows[i].bytes);
		producer = read_producer(programs, "made");
		if (strcmp(producer.compiler, rows[i].compiler) != 0 ||
		    strcmp(producer.flags, rows[i].flags) != 0)
			fail_msg("row %zu: '%s' '%s'", i, producer.compiler, producer.flags);
	}
	/* What is none of Go's leaves the comment. */
	make_go(programs, "made", "short");
	assert_int_equal(strncmp(read_producer(programs, "made").compiler, "GCC: ", 5), 0);
	make_go(programs, "made", HEADER "\\177go1.99");
	assert_int_equal(strncmp(read_producer(programs, "made").compiler, "GCC: ", 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debug_information_tells_compiler_and_flags),
		cmocka_unit_test(test_another_optimisation_is_another_text),
		cmocka_unit_test(test_damaged_build_information_tells_what_it_can),
	};

	return cmocka_run_group_tests_name("producer", tests, programs_setup, programs_teardown);
}
