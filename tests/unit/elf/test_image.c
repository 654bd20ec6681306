/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

/* Offsets against those that readelf(1) gives for .text, in programs at a fixed address and not. */
static void test_addresses(void **state)
{
	static const char *const options[] = {"-pie -fPIE",
					      "-no-pie",
					      "-static",
					      "-shared -fPIC",
					      "-fuse-ld=gold",
					      "-Wl,-z,separate-code",
					      "-Wl,-z,noseparate-code"};

	programs_write_c(*state);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		struct rg_image image;
		uint64_t address = 0;
		GElf_Shdr text;

		print_message("gcc %s\n", options[i]);
		if (programs_lacks_linker(*state, options[i]))
			continue;
		programs_run(*state, "gcc -O2 %s src/work.c -o placed", options[i]);
		assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "placed")), 0);
		assert_non_null(rg_image_section(&image, ".text", &text));
		assert_true(rg_image_address(&image, text.sh_offset + 5, &address));
		assert_int_equal(address, text.sh_addr + 5);
		assert_non_null(rg_image_segment(&image, address));
		assert_int_equal(rg_image_code_section(&image, address)->start, text.sh_addr);
		assert_string_equal(
			rg_image_section_name(&image, rg_image_code_section(&image, address)->name),
			".text");
		assert_null(rg_image_segment(&image, UINT64_MAX));
		assert_false(rg_image_address(&image, UINT64_MAX, &address));
		assert_int_equal(address, text.sh_addr + 5);
		rg_image_done(&image);
	}
}

static void test_code_only(void **state)
{
	struct rg_image image;
	GElf_Shdr rodata;
	uint64_t address;

	programs_write_c(*state);
	programs_run(*state, "gcc -O2 -Wl,-z,separate-code src/work.c -o split");
	assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "split")), 0);
	assert_non_null(rg_image_section(&image, ".rodata", &rodata));
	assert_false(rg_image_address(&image, rodata.sh_offset, &address));
	assert_null(rg_image_code_section(&image, rodata.sh_addr));
	assert_null(rg_image_section(&image, ".nonexistent", &rodata));
	rg_image_done(&image);
}

/* What can be written when the program runs is no constant; nor is what ends beyond the file's part. */
static void test_constants(void **state)
{
	GElf_Shdr rodata, data, text;
	struct rg_image image;
	unsigned char bytes[64], *same;
	size_t len;

	programs_write(*state, "constants.c",
		       "const char fixed[] = \"a constant\";\n"
		       "int written = 5;\n"
		       "int main(void) { return fixed[written]; }\n");
	programs_run(*state, "gcc -O0 constants.c -o constants");
	assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "constants")), 0);
	assert_non_null(rg_image_section(&image, ".rodata", &rodata));
	assert_non_null(rg_image_section(&image, ".data", &data));
	assert_non_null(rg_image_section(&image, ".text", &text));
	assert_true(rg_image_read(&image, rodata.sh_addr, bytes, 4));
	assert_true(rg_image_read(&image, text.sh_addr, bytes, sizeof(bytes)));
	same = malloc(sizeof(bytes));
	assert_non_null(same);
	assert_int_equal(pread(image.fd, same, sizeof(bytes), (off_t)text.sh_offset),
			 sizeof(bytes));
	assert_memory_equal(bytes, same, sizeof(bytes));
	free(same);
	assert_false(rg_image_read(&image, data.sh_addr, bytes, 4));
	assert_false(rg_image_read(&image, UINT64_MAX, bytes, 1));
	len = (size_t)(image.constant[0].size);
	assert_true(rg_image_read(&image, image.constant[0].address + len - 1, bytes, 1));
	assert_false(rg_image_read(&image, image.constant[0].address + len - 1, bytes, 2));
	assert_false(rg_image_read(&image, image.constant[0].address + 1, bytes, SIZE_MAX));
	rg_image_done(&image);
}

static void test_strings(void **state)
{
	static const char bytes[] = {'\0', 'a', 'b', '\0', 'c'};
	/* The last string is not terminated, so the table ends before it. */
	const struct rg_strings strings = {.base = bytes, .size = 4}, none = {0};

	(void)state;
	assert_string_equal(rg_strings_at(&strings, 0), "");
	assert_string_equal(rg_strings_at(&strings, 1), "ab");
	assert_string_equal(rg_strings_at(&strings, 3), "");
	assert_null(rg_strings_at(&strings, 4));
	assert_null(rg_strings_at(&strings, UINT64_MAX));
	assert_null(rg_strings_at(&none, 0));
}

static void test_strings_of_another_section(void **state)
{
	struct rg_image image;

	programs_write_c(*state);
	programs_run(*state, "gcc src/work.c -o strings");
	assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "strings")), 0);
	assert_int_equal(rg_image_strings(&image, 0).size, 0);
	assert_int_equal(rg_image_strings(&image, 1).size, 0);
	assert_int_equal(rg_image_strings(&image, SIZE_MAX).size, 0);
	rg_image_done(&image);
}

static void test_refused(void **state)
{
	struct rg_image image;
	void *bytes = calloc(1, 100);

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(rg_image_open_memory(&image, bytes, 100), RG_EFORMAT);
	assert_null(image.elf);
	assert_int_equal(rg_image_open_fd(&image, open("/dev/zero", O_RDONLY | O_CLOEXEC)),
			 RG_EFORMAT);
	assert_int_equal(rg_image_open_fd(&image, open("/tmp", O_RDONLY | O_CLOEXEC)), RG_EFORMAT);
	assert_int_equal(rg_image_open_fd(&image, -1), RG_EFORMAT);
	assert_null(image.elf);
	/* Done twice is done once. */
	rg_image_done(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_code_only),
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_strings_of_another_section),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
