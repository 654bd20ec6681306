/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of a program's symbols, whatever it was stripped of. */
#include "programs.h"

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
		cmocka_unit_test(test_long_symbol_is_cut),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
