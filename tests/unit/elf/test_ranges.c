/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include "ranges.h"

/* The ranges of readelf(1), as "start..end" in order of address, one a line. */
static FILE *start_readelf(const struct programs *programs, const char *name)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "readelf --debug-dump=frames '%s/%s' 2>/dev/null | sed -n 's/.* FDE "
		 ".*pc=\\([0-9a-f]*\\)\\.\\."
		 "\\([0-9a-f]*\\)$/\\1 \\2/p' | sort",
		 programs->dir, name);
	return popen(command, "r");
}

static size_t compare_ranges(const struct programs *programs, const char *name)
{
	struct rg_ranges ranges = {0};
	struct rg_image image;
	uint64_t start, end;
	FILE *pipe = start_readelf(programs, name);
	size_t i = 0;

	assert_non_null(pipe);
	assert_int_equal(rg_image_open_fd(&image, programs_fd(programs, name)), 0);
	assert_int_equal(rg_ranges_load(&ranges, &image), 0);
	for (; fscanf(pipe, "%" SCNx64 " %" SCNx64, &start, &end) == 2; i++) {
		assert_true(i < ranges.count);
		assert_int_equal(ranges.items[i].start, start);
		assert_int_equal(ranges.items[i].end, end);
	}
	assert_int_equal(i, ranges.count);
	pclose(pipe);
	rg_ranges_done(&ranges);
	rg_image_done(&image);
	return i;
}

static void test_against_readelf(void **state)
{
	static const char *const compilers[] = {
		"gcc -O2 src/work.c",         "gcc -O2 -no-pie src/work.c",
		"gcc -O2 -static src/work.c", "clang -O2 src/work.c",
		"gcc -O2 -s src/work.c",      "gcc -O2 -mcmodel=large -fPIC src/work.c",
	};

	programs_write_c(*state);
	for (size_t i = 0; i < sizeof(compilers) / sizeof(compilers[0]); i++) {
		print_message("%s\n", compilers[i]);
		programs_run(*state, "%s -o unwound", compilers[i]);
		assert_true(compare_ranges(*state, "unwound") >= 4);
	}
}

/* Personality routines and data for exceptions stand before the encoding in the augmentation. */
static void test_with_exceptions(void **state)
{
	programs_write(*state, "throw.cc",
		       "#include <stdexcept>\n"
		       "struct Guard { ~Guard() noexcept(false) { } };\n"
		       "int risky(int n) { Guard g; if (n > 3) throw std::runtime_error(\"n\"); "
		       "return n; }\n"
		       "int main(int argc, char **) { try { return risky(argc); } catch (...) { "
		       "return 9; } }\n");
	programs_run(*state, "g++ -O1 throw.cc -o throw");
	assert_true(compare_ranges(*state, "throw") >= 4);
}

static void test_32_bit(void **state)
{
	programs_write(*state, "small.s",
		       "	.text\n"
		       "	.globl _start\n"
		       "_start:\n"
		       "	.cfi_startproc\n"
		       "	nop\n"
		       "	ret\n"
		       "	.cfi_endproc\n"
		       "second:\n"
		       "	.cfi_startproc\n"
		       "	ret\n"
		       "	.cfi_endproc\n");
	programs_run(*state, "as --32 small.s -o small.o && ld -m elf_i386 small.o -o small");
	assert_int_equal(compare_ranges(*state, "small"), 2);
}

static void test_none(void **state)
{
	struct rg_ranges ranges = {0};
	struct rg_image image;

	programs_write_c(*state);
	programs_run(*state,
		     "gcc src/work.c -o full && objcopy -R .eh_frame -R .eh_frame_hdr full bare");
	assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "bare")), 0);
	assert_int_equal(rg_ranges_load(&ranges, &image), 0);
	assert_int_equal(ranges.count, 0);
	assert_null(rg_ranges_before(&ranges, UINT64_MAX));
	rg_ranges_done(&ranges);
	rg_image_done(&image);
}

static void test_before(void **state)
{
	struct rg_range items[] = {{10, 20}, {30, 40}};
	const struct rg_ranges ranges = {.items = items, .count = 2};

	(void)state;
	assert_null(rg_ranges_before(&ranges, 9));
	assert_ptr_equal(rg_ranges_before(&ranges, 10), &items[0]);
	assert_ptr_equal(rg_ranges_before(&ranges, 29), &items[0]);
	assert_ptr_equal(rg_ranges_before(&ranges, 30), &items[1]);
	assert_ptr_equal(rg_ranges_before(&ranges, UINT64_MAX), &items[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_readelf), cmocka_unit_test(test_with_exceptions),
		cmocka_unit_test(test_32_bit),          cmocka_unit_test(test_none),
		cmocka_unit_test(test_before),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
