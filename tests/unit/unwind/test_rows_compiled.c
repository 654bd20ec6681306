/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of what compilers make with this and that option are what libdw makes of them. */
#include "libdw_rows.h"

static const char source[] =
	"#include <stddef.h>\n"
	"void use(void *, ...);\n"
	"void grow(size_t n) { char own[n + 1]; use(own); }\n"
	"void align(size_t n) { _Alignas(64) char own[64]; char more[n + 1]; use(own, more); }\n"
	"int deep(int n) { return n < 2 ? n : deep(n - 1) + deep(n - 2); }\n"
	"void many(int a, int b, int c, int d, int e, int f, int g, int h) {\n"
	"	use(&a, b, c, d, e, f, g, h); use(&b, &c, &d, &e, &f, &g, &h, a); }\n";

struct made {
	const char *compiler, *options;
	uint8_t flags; /* of a rule there must be */
};

static bool has_flags(const char *path, uint8_t flags)
{
	struct rg_unwind_rows rows;
	struct rg_image image;
	bool has = flags == 0;

	assert_int_equal(rg_image_open_fd(&image, open(path, O_RDONLY | O_CLOEXEC)), 0);
	assert_int_equal(rg_unwind_rows_load(&rows, &image), 0);
	for (size_t i = 0; i < rows.rule_count; i++)
		has = has || (rows.rules[i].flags & flags) != 0;
	rg_unwind_rows_done(&rows);
	rg_image_done(&image);
	return has;
}

static bool has_program(const char *name)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", name);
	if (system(command) == 0)
		return true;
	print_message("skipped: no %s\n", name);
	return false;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void run(const char *dir, const char *command)
{
	char full[512];

	snprintf(full, sizeof(full), "unset MAKEFLAGS MFLAGS; cd '%s' && %s", dir, command);
	assert_int_equal(system(full), 0);
}

static int make_dir(void **state)
{
	static const char form[] = "/tmp/rg-rows-XXXXXX";
	char *dir = malloc(sizeof(form));

	if (!dir)
		return -1;
	*state = memcpy(dir, form, sizeof(form));
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	run(*state, "rm -rf \"$PWD\"");
	free(*state);
	return 0;
}

static void test_made(void **state)
{
	static const struct made made[] = {
		{"gcc", "-O0", 0},
		{"gcc", "-O2 -fomit-frame-pointer", 0},
		{"gcc", "-O2 -mavx2 -mno-red-zone", 0},
		{"clang", "-O2", 0},
		/* .debug_frame alone, as it is and compressed */
		{"gcc", "-O1 -g -fno-asynchronous-unwind-tables", 0},
		{"gcc", "-O1 -g -fno-asynchronous-unwind-tables -gz=zlib", 0},
		{"aarch64-linux-gnu-gcc", "-O0", 0},
		{"aarch64-linux-gnu-gcc", "-O2", 0},
		{"aarch64-linux-gnu-gcc", "-O2 -mbranch-protection=pac-ret+leaf", RGW_RULE_SIGNED},
		{"aarch64-linux-gnu-gcc", "-O2 -g -fno-asynchronous-unwind-tables -gz=zlib", 0},
	};
	char command[256], path[256];

	write_file(*state, "code.c", source);
	snprintf(path, sizeof(path), "%s/code.so", (const char *)*state);
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		if (!has_program(made[i].compiler))
			continue;
#if !defined(__x86_64__)
		if (strstr(made[i].options, "avx"))
			continue;
#endif
		print_message("%s %s\n", made[i].compiler, made[i].options);
		snprintf(command, sizeof(command),
			 "%s %s -nostdlib -shared -fPIC "
			 "-Wl,--unresolved-symbols=ignore-all code.c -o code.so",
			 made[i].compiler, made[i].options);
		run(*state, command);
		compare_file(path);
		assert_true(has_flags(path, made[i].flags));
	}
}

/* Go's linker writes .debug_frame, compressed, and no .eh_frame. */
static void test_go(void **state)
{
	char path[256];

	if (!has_program("go"))
		skip();
	write_file(*state, "code.go", "package main\n\nfunc main() { println(1) }\n");
	run(*state, "HOME=${HOME:-$PWD} CGO_ENABLED=0 go build -o code code.go");
	snprintf(path, sizeof(path), "%s/code", (const char *)*state);
#ifdef __x86_64__
	struct tally tally = compare_file(path);

	assert_int_equal(tally.restorers, 2);
	assert_int_equal(tally.cut, 4);
#else
	compare_file(path);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_go),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
