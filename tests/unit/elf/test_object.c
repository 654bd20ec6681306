/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include <sys/auxv.h>
#include <sys/stat.h>

#include "rg/profile.h"

/* The name of a symbol's first byte. */
static struct rg_symbol name_of(const struct programs *programs, struct rg_object *object,
				const char *program, const char *pattern)
{
	uint64_t address, size;

	assert_true(programs_symbol(programs, program, pattern, &address, &size));
	return programs_symbolize(object, programs_offset(programs, program, address));
}

static void test_names_of_images(void **state)
{
	static const struct {
		const char *why, *given, *name;
	} rows[] = {
		{"only the base name: folders tell of the machine", "/opt/shop/bin/orders",
		 "orders"},
		{"a name without a folder", "orders", "orders"},
		{"the vDSO", "[vdso]", "[vdso]"},
		{"a deleted file keeps what the caller calls it", "/tmp/a (deleted)",
		 "a (deleted)"},
		{"an empty name", "", ""},
	};
	struct rg_object *object;
	struct rg_err err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].why);
		assert_int_equal(rg_object_open_memory("x", 1, rows[i].given, &object, &err), 0);
		assert_string_equal(rg_object_name(object), rows[i].name);
		assert_string_equal(rg_object_build_id(object), "");
		rg_object_free(object);
	}
}

static void test_kinds_of_symbols(void **state)
{
	struct rg_object *object;

	programs_write(*state, "kinds.c",
		       "#define KEEP __attribute__((noinline, used))\n"
		       "int chosen;\n"
		       "KEEP int shared(void) { return chosen; }\n"
		       "KEEP static int private_one(void) { return chosen + 1; }\n"
		       "int alias_weak(void) __attribute__((weak, alias(\"shared\")));\n"
		       "int __shared(void) __attribute__((alias(\"shared\")));\n"
		       "static int plain(void) { return 1; }\n"
		       "static void *choose(void) { return (void *)plain; }\n"
		       "int picked(void) __attribute__((ifunc(\"choose\")));\n"
		       "int versioned_(void) { return 7; }\n"
		       "__asm__(\".symver versioned_, versioned@@SHOP_1.0\");\n"
		       "KEEP int after(void) { return 2; }\n");
	programs_write(*state, "kinds.map", "SHOP_1.0 { global: *; };\n");
	programs_run(*state,
		     "gcc -O1 -shared -fPIC kinds.c -o kinds.so -Wl,--version-script=kinds.map");
	object = programs_open(*state, "kinds.so");
	assert_string_equal(name_of(*state, object, "kinds.so", "shared(@@SHOP_1.0)?").function,
			    "shared");
	assert_string_equal(name_of(*state, object, "kinds.so", "private_one").function,
			    "private_one");
	assert_string_equal(name_of(*state, object, "kinds.so", "versioned@@SHOP_1.0").function,
			    "versioned");
	assert_string_equal(name_of(*state, object, "kinds.so", "picked(@@SHOP_1.0)?").function,
			    "picked");
	assert_string_equal(name_of(*state, object, "kinds.so", "after(@@SHOP_1.0)?").function,
			    "after");
	rg_object_free(object);
}

/* The offset in the file of a label, which has no size. */
static uint64_t label_offset(const struct programs *programs, const char *program,
			     const char *label)
{
	char command[512];
	uint64_t address;
	FILE *nm;

	snprintf(command, sizeof(command), "nm '%s/%s' | grep -E ' [tT] %s$' | cut -d' ' -f1",
		 programs->dir, program, label);
	nm = popen(command, "r");
	assert_non_null(nm);
	assert_int_equal(fscanf(nm, "%" SCNx64, &address), 1);
	pclose(nm);
	return programs_offset(programs, program, address);
}

static void test_assembly_without_sizes(void **state)
{
	struct rg_object *object;
	uint64_t bare, typed;

	programs_write(*state, "bare.s",
		       "	.text\n"
		       "	.globl _start, bare\n"
		       "bare:\n"
		       "	nop\n"
		       "	nop\n"
		       "	ret\n"
		       "	.type typed, @function\n"
		       "typed:\n"
		       "	nop\n"
		       "label_inside:\n"
		       "	nop\n"
		       "	ret\n"
		       "	.size typed, . - typed\n"
		       "_start:\n"
		       "	ret\n"
		       "	.data\n"
		       "data_label:\n"
		       "	.quad 1\n");
	programs_run(*state, "gcc -nostdlib -static bare.s -o bare");
	object = programs_open(*state, "bare");
	bare = label_offset(*state, "bare", "bare");
	typed = label_offset(*state, "bare", "typed");
	/*
	 * An untyped label names what is behind it, up to the next symbol; not inside a function.
	 */
	assert_string_equal(programs_symbolize(object, bare + 2).function, "bare");
	assert_string_equal(programs_symbolize(object, typed).function, "typed");
	assert_string_equal(programs_symbolize(object, typed + 2).function, "typed");
	assert_string_equal(programs_symbolize(object, typed + 3).function, "_start");
	rg_object_free(object);
}

static void test_split_functions(void **state)
{
	struct rg_object *object;

	programs_write(*state, "cold.c",
		       "#include <stdlib.h>\n"
		       "__attribute__((cold, noinline)) void fail(int n) { exit(n); }\n"
		       "__attribute__((noinline)) int work(int n)\n"
		       "{\n"
		       "	if (__builtin_expect(n == 1000, 0)) {\n"
		       "		fail(n); fail(n + 1); abort();\n"
		       "	}\n"
		       "	return n * 3;\n"
		       "}\n"
		       "int main(int argc, char **argv) { (void)argv; return work(argc); }\n");
	programs_run(*state, "gcc -O2 cold.c -o cold");
	object = programs_open(*state, "cold");
	assert_string_equal(name_of(*state, object, "cold", "work\\.cold").function, "work.cold");
	assert_string_equal(name_of(*state, object, "cold", "work").function, "work");
	rg_object_free(object);
}

/* With the symbols gone, all of a function still has one name: its unwind range's. */
static void test_stripped(void **state)
{
	struct rg_object *object;
	uint64_t address, size;
	char expected[64];

	programs_write_c(*state);
	programs_run(*state, "gcc -O2 src/work.c -o full && strip -o bald full");
	object = programs_open(*state, "bald");
	assert_true(programs_symbol(*state, "full", "spin", &address, &size));
	snprintf(expected, sizeof(expected), "[bald]+0x%" PRIx64, address);
	for (uint64_t at = address; at < address + size; at++) {
		struct rg_symbol symbol =
			programs_symbolize(object, programs_offset(*state, "full", at));

		assert_string_equal(symbol.function, expected);
		assert_true(symbol.unnamed);
		assert_string_equal(symbol.file, "");
	}
	assert_string_not_equal(name_of(*state, object, "full", "main").function, expected);
	rg_object_free(object);
}

/* Without unwind information either, one name stands for each stretch between what is known. */
static void test_stripped_without_unwind_information(void **state)
{
	struct rg_object *object;
	const char *first;
	uint64_t address, size;

	programs_write_c(*state);
	programs_run(
		*state,
		"gcc -O2 -fno-asynchronous-unwind-tables -nostartfiles -Wl,-e,main src/work.c -o "
		"full2 && strip -R .eh_frame -o bald2 full2");
	object = programs_open(*state, "bald2");
	assert_true(programs_symbol(*state, "full2", "spin", &address, &size));
	first = programs_symbolize(object, programs_offset(*state, "full2", address)).function;
	assert_true(strncmp(first, "[bald2]+0x", 10) == 0);
	/* The very text: what has one name is stored once. */
	assert_ptr_equal(first, name_of(*state, object, "full2", "main").function);
	rg_object_free(object);
}

static void test_deleted_and_replaced(void **state)
{
	struct rg_object *deleted, *replaced;
	uint64_t address, size;

	programs_write_c(*state);
	programs_run(*state, "gcc -O2 -g src/work.c -o gone && cp gone kept && cp gone swapped");
	assert_true(programs_symbol(*state, "kept", "spin", &address, &size));
	deleted = programs_open(*state, "gone");
	replaced = programs_open(*state, "swapped");
	programs_run(*state, "rm gone && cp /bin/true other && mv other swapped");
	assert_string_equal(name_of(*state, deleted, "kept", "spin").function, "spin");
	assert_string_equal(name_of(*state, deleted, "kept", "spin").file, "src/work.c");
	assert_string_equal(name_of(*state, replaced, "kept", "spin").function, "spin");
	rg_object_free(deleted);
	rg_object_free(replaced);
}

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

static void test_long_symbol_is_cut(void **state)
{
	enum { LEN = 70000 };
	struct programs *programs = *state;
	char *source = malloc(LEN + 128);
	struct rg_object *object;
	uint64_t address, size;
	int len;

	assert_non_null(source);
	len = sprintf(source, "void f(void) __asm__(\"");
	memset(source + len, 'x', LEN);
	strcpy(source + len + LEN, "\"); void f(void) {}\nint main(void) { return 0; }\n");
	programs_write(programs, "long.c", source);
	free(source);
	programs_run(programs, "gcc long.c -o long");
	object = programs_open(programs, "long");
	assert_true(programs_symbol(programs, "long", "xxxx+", &address, &size));
	assert_int_equal(
		strlen(programs_symbolize(object, programs_offset(programs, "long", address))
			       .function),
		RG_PROFILE_MAX_TEXT - 1);
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
		cmocka_unit_test(test_names_of_images),
		cmocka_unit_test(test_kinds_of_symbols),
		cmocka_unit_test(test_assembly_without_sizes),
		cmocka_unit_test(test_split_functions),
		cmocka_unit_test(test_stripped),
		cmocka_unit_test(test_stripped_without_unwind_information),
		cmocka_unit_test(test_deleted_and_replaced),
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_long_symbol_is_cut),
		cmocka_unit_test(test_memory_gives_what_the_file_gives),
		cmocka_unit_test(test_vdso),
		cmocka_unit_test(test_not_an_image),
		cmocka_unit_test(test_fifo),
		cmocka_unit_test(test_long_and_strange_names),
		cmocka_unit_test(test_free_of_nothing),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
