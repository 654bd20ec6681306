/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

/* Names of Go functions where the program was stripped, against those it had before. */

#define GO_PROGRAM                                                              \
	"package main\n"                                                        \
	"import \"os\"\n"                                                       \
	"type stack[T any] struct{ items []T }\n"                               \
	"func (s *stack[T]) push(item T) { s.items = append(s.items, item) }\n" \
	"//go:noinline\n"                                                       \
	"func twice(n int) int { return func() int { return n * 2 }() }\n"      \
	"func main() {\n"                                                       \
	"	var s stack[int]\n"                                                   \
	"	s.push(twice(len(os.Args)))\n"                                        \
	"	os.Exit(s.items[0] - 2)\n"                                            \
	"}\n"

static bool build(const struct programs *programs, const char *options)
{
	if (!programs_try(programs, "command -v go >/dev/null"))
		return false;
	programs_write(programs, "main.go", GO_PROGRAM);
	programs_write(programs, "go.mod", "module example\n");
	programs_run(
		programs,
		"GOFLAGS=-mod=mod GOCACHE=\"$PWD/cache\" go build -buildvcs=false -o full %s . && "
		"strip -o stripped full && ! nm stripped 2>/dev/null | grep -q .",
		options);
	return true;
}

/* The linker's marks, and code that is C's: the table does not have them. */
static bool is_function(const char *name)
{
	return strchr(name, '.') && strncmp(name, "go.", 3) != 0 && strncmp(name, "type", 4) != 0 &&
	       strcmp(name, "runtime.text") != 0 && strcmp(name, "runtime.etext") != 0;
}

static void cut_suffix(char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	if (len > end && strcmp(name + len - end, suffix) == 0)
		name[len - end] = '\0';
}

/* "stack[go.shape.int_0]" is "stack[...]" in the table. */
static void shorten_type(char *name)
{
	char *open = strchr(name, '['), *close = strrchr(name, ']');
	char rest[512];

	if (!open || !close)
		return;
	snprintf(rest, sizeof(rest), "%s", close);
	snprintf(open, 512 - (size_t)(open - name), "[...%s", rest);
}

/* Every function that nm(1) finds in the full program, by its first byte and its last. */
static int compare_names(const struct programs *programs)
{
	struct rg_object *object = programs_open(programs, "stripped");
	char command[256], name[512];
	uint64_t address, size;
	int count = 0;
	FILE *nm;

	snprintf(command, sizeof(command),
		 "nm -S '%s/full' | sed -n 's/^\\([0-9a-f]*\\) \\([0-9a-f]*\\) [tT] /\\1 \\2 /p'",
		 programs->dir);
	nm = popen(command, "r");
	assert_non_null(nm);
	while (fscanf(nm, "%" SCNx64 " %" SCNx64 " %511[^\n]", &address, &size, name) == 3) {
		uint64_t offset = programs_offset(programs, "full", address);

		cut_suffix(name, ".abi0");
		shorten_type(name);
		if (!is_function(name))
			continue;
		assert_string_equal(programs_symbolize(object, offset).function, name);
		assert_string_equal(programs_symbolize(object, offset + size - 1).function, name);
		count++;
	}
	pclose(nm);
	rg_object_free(object);
	return count;
}

static void test_against_nm(void **state)
{
	static const char *const options[] = {"", "-buildmode=pie"};
	const struct programs *programs = *state;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!build(programs, options[i])) {
			print_message("skipped: needs go\n");
			skip();
		}
		assert_true(compare_names(programs) > 1000);
	}
}

/* Two functions, "main.one" and "main.two", in the layout of each release. */
static const struct layout {
	const char *magic, *rest;
} layouts[] = {
	{"0xfffffffb", "list: .quad _start, f1 - tab, two, f2 - tab, past\n"
		       "f1: .quad _start\n.long n1 - tab\nf2: .quad two\n.long n2 - tab\n"},
	{"0xfffffffa", ".quad 0, n1 - tab, 0, 0, 0, list - tab\n"
		       "list: .quad _start, f1 - list, two, f2 - list, past\n"
		       "f1: .quad _start\n.long 0\nf2: .quad two\n.long n2 - n1\n"},
	{"0xfffffff0", ".quad 0, _start, n1 - tab, 0, 0, 0, list - tab\n"
		       "list: .long 0, f1 - list, 4, f2 - list, 8\n"
		       "f1: .long 0, 0\nf2: .long 4, n2 - n1\n"},
	{"0xfffffff1", ".quad 0, _start, n1 - tab, 0, 0, 0, list - tab\n"
		       "list: .long 0, f1 - list, 4, f2 - list, 8\n"
		       "f1: .long 0, 0\nf2: .long 4, n2 - n1\n"},
};

static void test_layouts(void **state)
{
	const struct programs *programs = *state;

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		char text[1024];
		uint64_t start, size;

		snprintf(text, sizeof(text),
			 ".globl _start\n_start: .long 0\n.size _start, 4\ntwo: .long 0\npast:\n"
			 ".section .gopclntab,\"a\"\ntab: .long %s\n.byte 0, 0, 1, 8\n.quad 2\n%s"
			 "n1: .asciz \"main.one\"\nn2: .asciz \"main.two\"\n",
			 layouts[i].magic, layouts[i].rest);
		programs_write(programs, "layout.asm", text);
		programs_run(programs, "gcc -nostdlib -static -o layout -x assembler layout.asm && "
				       "strip -o small layout");
		assert_true(programs_symbol(programs, "layout", "_start", &start, &size));
		uint64_t offset = programs_offset(programs, "layout", start);
		struct rg_object *object = programs_open(programs, "small");

		assert_string_equal(programs_symbolize(object, offset + 3).function, "main.one");
		assert_string_equal(programs_symbolize(object, offset + 4).function, "main.two");
		assert_true(programs_symbolize(object, offset + 8).unnamed);
		rg_object_free(object);
	}
}

/* The table of a stripped program: where it lies in the file, and its bytes with the file's. */
struct damage {
	char *bytes;
	size_t len;
	char *table;
	size_t table_len;
};

static void damage_begin(struct damage *damage, const struct programs *programs)
{
	char path[256];
	struct rg_image image;
	GElf_Shdr header;
	FILE *file;

	assert_int_equal(rg_image_open_fd(&image, programs_fd(programs, "stripped")), 0);
	assert_non_null(rg_image_section(&image, ".gopclntab", &header));
	rg_image_done(&image);
	snprintf(path, sizeof(path), "%s/stripped", programs->dir);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	damage->len = (size_t)ftell(file);
	damage->bytes = malloc(damage->len);
	assert_non_null(damage->bytes);
	rewind(file);
	assert_int_equal(fread(damage->bytes, 1, damage->len, file), damage->len);
	fclose(file);
	damage->table = damage->bytes + header.sh_offset;
	damage->table_len = header.sh_size;
}

/* What twice() is called in the program as its bytes are now. */
static bool names_it(const struct damage *damage, uint64_t offset)
{
	struct rg_object *object = NULL;

	assert_int_equal(
		rg_object_open_memory(damage->bytes, damage->len, "service", &object, NULL), 0);
	struct rg_symbol symbol = programs_symbolize(object, offset);
	bool named = strcmp(symbol.function, "main.twice") == 0;

	rg_object_free(object);
	return named;
}

static uint64_t find_twice(const struct programs *programs)
{
	uint64_t address, size;

	assert_true(programs_symbol(programs, "full", "main\\.twice", &address, &size));
	return programs_offset(programs, "full", address);
}

/* From Go 1.26 on the address of the text may be left out: it is where the section begins. */
static void test_without_the_texts_address(void **state)
{
	const struct programs *programs = *state;
	struct damage damage;

	if (!build(programs, "")) {
		print_message("skipped: needs go\n");
		skip();
	}
	damage_begin(&damage, programs);
	assert_true(names_it(&damage, find_twice(programs)));
	memset(damage.table + 8 + 2 * 8, 0, 8);
	assert_true(names_it(&damage, find_twice(programs)));
	/* The text section's size says that there is more in it than Go: then nothing is known. */
	uint32_t past;
	uint64_t count, list;

	memcpy(&count, damage.table + 8, 8);
	memcpy(&list, damage.table + 8 + 7 * 8, 8);
	memcpy(&past, damage.table + list + 8 * count, 4);
	past -= 4096;
	memcpy(damage.table + list + 8 * count, &past, 4);
	assert_false(names_it(&damage, find_twice(programs)));
	free(damage.bytes);
}

/* Every word of the header made large, small and odd: nothing is read outside the table. */
static void test_damage(void **state)
{
	static const uint64_t words[] = {0, 1, UINT32_MAX, UINT64_MAX, UINT64_MAX / 2, 4096};
	const struct programs *programs = *state;
	struct damage damage;

	if (!build(programs, "")) {
		print_message("skipped: needs go\n");
		skip();
	}
	damage_begin(&damage, programs);
	uint64_t offset = find_twice(programs);

	for (size_t at = 0; at < 9; at++) {
		char kept[8];

		memcpy(kept, damage.table + 8 * at, 8);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			memcpy(damage.table + 8 * at, &words[i], 8);
			names_it(&damage, offset);
		}
		memcpy(damage.table + 8 * at, kept, 8);
	}
	memset(damage.table + 128, 0xff, damage.table_len - 128);
	assert_false(names_it(&damage, offset));
	free(damage.bytes);
}

/* Who looks for the end of each of many such names in the whole table is at it for hours. */
static void test_a_name_without_an_end_is_none(void **state)
{
	static const char name[] = "\0main.twice";
	enum { TOO_LONG = 64 << 10 };
	const struct programs *programs = *state;
	struct rg_object *object = NULL;
	struct damage damage;
	char *end;

	if (!build(programs, "")) {
		print_message("skipped: needs go\n");
		skip();
	}
	damage_begin(&damage, programs);
	end = memmem(damage.table, damage.table_len, name, sizeof(name));
	assert_non_null(end);
	end += sizeof(name) - 1;
	assert_true((size_t)(end - damage.table) + TOO_LONG < damage.table_len);
	memset(end, 'x', TOO_LONG);
	assert_int_equal(rg_object_open_memory(damage.bytes, damage.len, "service", &object, NULL),
			 0);
	assert_true(programs_symbolize(object, find_twice(programs)).unnamed);
	rg_object_free(object);
	free(damage.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_nm),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_without_the_texts_address),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_a_name_without_an_end_is_none),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
