/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be opened as an object: images in files and in memory, the vDSO, and what is none. */
#include "programs.h"

#include <sys/auxv.h>
#include <sys/stat.h>

static void test_build_id(void **state)
{
	char command[256], expected[128];
	struct rg_object *object;
	FILE *readelf;

	programs_write_c(*state);
	programs_run(*state,
		     "gcc src/work.c -o with-id && gcc -Wl,--build-id=none src/work.c -o without");
	object = programs_open(*state, "with-id");
	snprintf(command, sizeof(command), "readelf -n '%s/with-id' | sed -n 's/.*Build ID: //p'",
		 ((struct programs *)*state)->dir);
	readelf = popen(command, "r");
	assert_non_null(readelf);
	assert_int_equal(fscanf(readelf, "%127s", expected), 1);
	pclose(readelf);
	assert_string_equal(rg_object_build_id(object), expected);
	rg_object_free(object);
	object = programs_open(*state, "without");
	assert_string_equal(rg_object_build_id(object), "");
	rg_object_free(object);
}

static void test_memory_gives_what_the_file_gives(void **state)
{
	struct rg_object *file, *memory;
	struct rg_err err = {0};
	uint64_t address, size;
	struct stat st;
	void *bytes;
	int fd;

	programs_write_c(*state);
	programs_run(*state, "gcc -O2 -g src/work.c -o same");
	fd = programs_fd(*state, "same");
	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size);
	assert_non_null(bytes);
	assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	assert_int_equal(rg_object_open_memory(bytes, (size_t)st.st_size, "same", &memory, &err),
			 0);
	free(bytes);
	assert_int_equal(rg_object_open(fd, "same", &file, &err), 0);
	assert_string_equal(rg_object_build_id(file), rg_object_build_id(memory));
	assert_true(programs_symbol(*state, "same", "spin", &address, &size));
	for (uint64_t at = 0; at < (uint64_t)st.st_size; at += 13) {
		struct rg_symbol a = programs_symbolize(file, at);
		struct rg_symbol b = programs_symbolize(memory, at);

		assert_string_equal(a.function, b.function);
		assert_string_equal(a.file, b.file);
		assert_int_equal(a.line, b.line);
	}
	rg_object_free(file);
	rg_object_free(memory);
}

static void test_vdso(void **state)
{
	struct rg_object *object = NULL;
	struct rg_err err = {0};
	bool found = false;

	(void)state;
	assert_int_equal(rg_object_open_vdso(&object, &err), 0);
	if (!object) {
		print_message("skipped: this machine has no vDSO\n");
		assert_int_equal(getauxval(AT_SYSINFO_EHDR), 0);
		return;
	}
	assert_string_equal(rg_object_name(object), "[vdso]");
	for (uint64_t at = 0; at < 8192 && !found; at += 16)
		found = strstr(programs_symbolize(object, at).function, "vdso_") != NULL;
	assert_true(found);
	assert_string_equal(programs_symbolize(object, 1 << 24).function, "[vdso]+0x1000000");
	rg_object_free(object);
}

/* What is no ELF image has names by page; opening it neither fails nor waits. */
static void test_not_an_image(void **state)
{
	static const struct {
		const char *why, *make;
	} rows[] = {
		{"text", "echo hello >strange"},
		{"an empty file", ": >strange"},
		{"a folder", "mkdir strange"},
		{"only the first four bytes", "printf '\\177ELF' >strange"},
		{"an archive", "gcc -c -x c /dev/null -o e.o && ar rc strange e.o"},
		{"no executable code", "gcc -c -x c /dev/null -o strange"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rg_object *object;
		struct rg_symbol symbol;

		print_message("%s\n", rows[i].why);
		programs_run(*state, "rm -rf strange && %s", rows[i].make);
		object = programs_open(*state, "strange");
		symbol = programs_symbolize(object, 0x12345);
		assert_string_equal(symbol.function, "[strange]+0x12000");
		assert_true(symbol.unnamed);
		assert_string_equal(rg_object_build_id(object), "");
		rg_object_free(object);
	}
}

static void test_fifo(void **state)
{
	const struct programs *programs = *state;
	struct rg_object *object;
	struct rg_err err = {0};
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/fifo", programs->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(rg_object_open(fd, path, &object, &err), 0);
	assert_string_equal(programs_symbolize(object, 0).function, "[fifo]+0x0");
	rg_object_free(object);
	/* The object owned the descriptor. */
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void test_long_and_strange_names(void **state)
{
	struct rg_object *object;
	struct rg_err err = {0};
	char name[5000];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(rg_object_open_memory("", 0, name, &object, &err), 0);
	/* 255 bytes is as long as a file's name can be. */
	assert_int_equal(strlen(programs_symbolize(object, 0).function), 1 + 255 + strlen("]+0x0"));
	rg_object_free(object);
	assert_int_equal(rg_object_open_memory("", 0, "a%s%n\x1b[31m", &object, &err), 0);
	assert_string_equal(programs_symbolize(object, 0).function, "[a%s%n\x1b[31m]+0x0");
	rg_object_free(object);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	rg_object_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_memory_gives_what_the_file_gives),
		cmocka_unit_test(test_vdso),
		cmocka_unit_test(test_not_an_image),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_long_and_strange_names),
		cmocka_unit_test(test_free_of_nothing),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
