/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rg/err.h"
#include "kallsyms.h"

/* A table from a text; the temporary file is gone before this returns. */
static struct rg_kallsyms *load_bytes(const char *bytes, size_t len)
{
	char path[] = "/tmp/rg-kallsyms-XXXXXX";
	struct rg_kallsyms *syms = NULL;
	struct rg_err err = {0};
	int fd = mkstemp(path), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
	rc = rg_kallsyms_load(path, &syms, &err);
	unlink(path);
	assert_int_equal(rc, 0);
	return syms;
}

static struct rg_kallsyms *load_text(const char *text)
{
	return load_bytes(text, strlen(text));
}

static const char kernel[] = "0000000000000000 A fixed_percpu_data\n"
			     "ffffffff81000000 T _stext\n"
			     "ffffffff81000000 T startup_64\n"
			     "ffffffff81000100 t do_syscall_x64\n"
			     "ffffffff81000150 D jump_table\n"
			     "ffffffff81000200 W weak_thing\n"
			     "ffffffff81000200 t __local_thing\n"
			     "ffffffff81000200 d data_thing\n"
			     "ffffffff81000300 T schedule\n"
			     "ffffffffc0000000 t nf_hook\t[nf_tables]\n"
			     "ffffffffc0010000 t bpf_prog_6deef7357e7b4530_sampler\t[bpf]\n";

static void test_lookup(void **state)
{
	static const struct {
		const char *why;
		uint64_t address;
		const char *name, *module;
	} rows[] = {
		{"before the first symbol there is nothing", 0xffffffff80ffffff, NULL, NULL},
		{"of two names the one without underscores", 0xffffffff81000000, "startup_64",
		 "[kernel]"},
		{"inside a function", 0xffffffff810000ff, "startup_64", "[kernel]"},
		{"local functions count", 0xffffffff81000100, "do_syscall_x64", "[kernel]"},
		{"data does not hide the function before it", 0xffffffff81000160, "do_syscall_x64",
		 "[kernel]"},
		{"weak before local, data never", 0xffffffff81000200, "weak_thing", "[kernel]"},
		{"the kernel's last one", 0xffffffff81000300, "schedule", "[kernel]"},
		{"far behind it is nothing known", 0xffffffff91000300, NULL, NULL},
		{"a module's function has its module", 0xffffffffc0000010, "nf_hook",
		 "[nf_tables]"},
		{"a BPF program", 0xffffffffc0010010, "bpf_prog_6deef7357e7b4530_sampler", "[bpf]"},
		{"the last address of all", UINT64_MAX, NULL, NULL},
		{"a user address", 0x400000, NULL, NULL},
	};
	struct rg_kallsyms *syms = load_text(kernel);

	(void)state;
	assert_int_equal(rg_kallsyms_count(syms), 6);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *module = NULL;
		const char *name = rg_kallsyms_find(syms, rows[i].address, &module);

		print_message("%s\n", rows[i].why);
		if (!rows[i].name) {
			assert_null(name);
			continue;
		}
		assert_string_equal(name, rows[i].name);
		assert_string_equal(module, rows[i].module);
	}
	rg_kallsyms_free(syms);
}

static void test_hidden_addresses(void **state)
{
	struct rg_kallsyms *syms =
		load_text("0000000000000000 T _stext\n0000000000000000 t schedule\n");
	const char *module;

	(void)state;
	assert_int_equal(rg_kallsyms_count(syms), 0);
	assert_null(rg_kallsyms_find(syms, 0, &module));
	assert_null(rg_kallsyms_find(syms, 0xffffffff81000000, &module));
	rg_kallsyms_free(syms);
}

static void test_damaged_lines_are_passed_over(void **state)
{
	static const char text[] = "\n"
				   "ffffffff81000000\n"
				   "ffffffff81000000 T\n"
				   "ffffffff81000000 TT name\n"
				   "xyz T not_a_number\n"
				   "ffffffff8100000g T not_quite_a_number\n"
				   "T ffffffff81000000 order\n"
				   "  ffffffff81000000  T   spaced  \n"
				   "ffffffffffffffffffff T too_large\n"
				   "ffffffff81000080 T bare nonsense\n"
				   "ffffffff81000100 T unterminated";
	struct rg_kallsyms *syms = load_text(text);
	const char *module;

	(void)state;
	assert_string_equal(rg_kallsyms_find(syms, 0xffffffff81000000, &module), "spaced");
	assert_string_equal(rg_kallsyms_find(syms, 0xffffffff81000080, &module), "bare");
	assert_string_equal(module, "[kernel]");
	assert_string_equal(rg_kallsyms_find(syms, 0xffffffff81000101, &module), "unterminated");
	rg_kallsyms_free(syms);
}

static void test_nul_bytes_and_long_names(void **state)
{
	static char text[100000];
	size_t len = (size_t)sprintf(text, "ffffffff81000000 T a%cb\n", 0);
	struct rg_kallsyms *syms;
	const char *module;

	(void)state;
	len += (size_t)sprintf(text + len, "ffffffff81000100 T ");
	memset(text + len, 'x', 80000);
	syms = load_bytes(text, len + 80000);
	assert_string_equal(rg_kallsyms_find(syms, 0xffffffff81000000, &module), "a");
	assert_int_equal(strlen(rg_kallsyms_find(syms, 0xffffffff81000100, &module)), 80000);
	rg_kallsyms_free(syms);
}

static void test_empty_file(void **state)
{
	struct rg_kallsyms *syms = load_text("");
	const char *module;

	(void)state;
	assert_int_equal(rg_kallsyms_count(syms), 0);
	assert_null(rg_kallsyms_find(syms, 0xffffffff81000000, &module));
	rg_kallsyms_free(syms);
}

static void test_missing_file(void **state)
{
	struct rg_kallsyms *syms = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_kallsyms_load("/nonexistent/kallsyms", &syms, &err), RG_EIO);
	assert_string_equal(err.text,
			    "kallsyms: open '/nonexistent/kallsyms': No such file or directory");
	assert_null(syms);
}

static void test_unreadable_file(void **state)
{
	struct rg_kallsyms *syms = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_kallsyms_load("/", &syms, &err), RG_EIO);
	assert_string_equal(err.text, "kallsyms: read '/': Is a directory");
	assert_null(syms);
}

static void test_endless_file(void **state)
{
	struct rg_kallsyms *syms = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_kallsyms_load("/dev/zero", &syms, &err), RG_EIO);
	assert_string_equal(err.text, "kallsyms: read '/dev/zero': larger than 256 MiB");
	assert_null(syms);
}

static void test_this_kernel(void **state)
{
	struct rg_kallsyms *syms = NULL;
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_kallsyms_load("/proc/kallsyms", &syms, &err), 0);
	print_message("%zu functions\n", rg_kallsyms_count(syms));
	/* All or none: without the privilege every address reads as zero. */
	assert_true(rg_kallsyms_count(syms) == 0 || rg_kallsyms_count(syms) > 10000);
	rg_kallsyms_free(syms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_hidden_addresses),
		cmocka_unit_test(test_damaged_lines_are_passed_over),
		cmocka_unit_test(test_nul_bytes_and_long_names),
		cmocka_unit_test(test_empty_file),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_unreadable_file),
		cmocka_unit_test(test_endless_file),
		cmocka_unit_test(test_this_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
