/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include "lines.h"

static void test_short_path(void **state)
{
	static const struct {
		const char *why, *path, *comp_dir, *shown;
	} rows[] = {
		{"below the folder of the compilation", "/home/me/shop/src/a.c", "/home/me/shop",
		 "src/a.c"},
		{"a slash behind the folder", "/home/me/shop/src/a.c", "/home/me/shop/", "src/a.c"},
		{"relative already", "src/a.c", "/home/me/shop", "src/a.c"},
		{"relative and above", "../lib/a.c", "/home/me/shop", "../lib/a.c"},
		{"dots in front", "./src/a.c", "/home/me/shop", "src/a.c"},
		{"dots in the middle", "/home/me/shop/./src/a.c", "/home/me/shop", "src/a.c"},
		{"above the folder of the compilation", "/b/obj/../src/a.c", "/b/obj",
		 "../src/a.c"},
		{"elsewhere: the place is nobody's business", "/usr/include/stdio.h",
		 "/home/me/shop", "stdio.h"},
		{"a sibling with a longer name is elsewhere", "/home/me/shop2/a.c", "/home/me/shop",
		 "a.c"},
		{"the root as folder says nothing", "/home/me/a.c", "/", "a.c"},
		{"no folder known", "/home/me/a.c", NULL, "a.c"},
		{"an empty path", "", "/home", ""},
		{"a path that ends in a slash", "/", "/home", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].why);
		assert_string_equal(rg_lines_short_path(rows[i].path, rows[i].comp_dir),
				    rows[i].shown);
	}
}

/* What addr2line(1) says of an address: the innermost and the outermost of its inlined frames. */
struct frames {
	char inner_file[512], outer_file[512];
	unsigned int inner_line, outer_line;
};

static FILE *start_addr2line(const struct programs *programs, const char *name, uint64_t start,
			     uint64_t size)
{
	char command[512];

	snprintf(command, sizeof(command),
		 "seq %" PRIu64 " %" PRIu64 " | xargs printf '%%x\\n' | addr2line -a -i -e '%s/%s'",
		 start, start + size - 1, programs->dir, name);
	return popen(command, "r");
}

/*
 * Lines come as "0x…", then "file:line" for each frame. The line read last is handed on in
 * `pending`.
 */
static bool read_frames(FILE *pipe, char pending[512], struct frames *frames)
{
	bool first = true;
	char *colon;

	while (fgets(pending, 512, pipe) && strncmp(pending, "0x", 2) != 0) {
		colon = strrchr(pending, ':');
		assert_non_null(colon);
		*colon = '\0';
		frames->outer_line = (unsigned int)strtoul(colon + 1, NULL, 10);
		snprintf(frames->outer_file, sizeof(frames->outer_file), "%s", pending);
		if (first) {
			frames->inner_line = frames->outer_line;
			strcpy(frames->inner_file, frames->outer_file);
		}
		first = false;
	}
	return !first;
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return end_len <= len && strcmp(text + len - end_len, end) == 0;
}

static void check_line(const struct rg_symbol *symbol, const struct frames *frames)
{
	/* Under -flto addr2line shows the unit's name, not the file. */
	bool unknown = strstr(frames->outer_file, "<artificial>") != NULL;

	if (ends_with(frames->inner_file, symbol->file))
		assert_int_equal(symbol->line, frames->inner_line);
	else if (ends_with(frames->outer_file, symbol->file))
		assert_int_equal(symbol->line, frames->outer_line);
	else if (!unknown) /* a macro's line in another file is no line of this one */
		assert_int_equal(symbol->line, 0);
}

/* For every byte of the function: file and line against addr2line's; returns lines seen. */
static int compare_function(const struct programs *programs, const char *name, const char *pattern,
			    const char *shown, const char *file, uint32_t start_line)
{
	struct rg_object *object = programs_open(programs, name);
	uint64_t start, size;
	char pending[512];
	int known = 0;
	FILE *pipe;

	assert_true(programs_symbol(programs, name, pattern, &start, &size));
	pipe = start_addr2line(programs, name, start, size);
	assert_non_null(pipe);
	assert_non_null(fgets(pending, sizeof(pending), pipe));
	for (uint64_t at = start; at < start + size; at++) {
		struct rg_symbol symbol =
			programs_symbolize(object, programs_offset(programs, name, at));
		struct frames frames = {0};

		assert_true(read_frames(pipe, pending, &frames));
		assert_string_equal(symbol.function, shown);
		assert_string_equal(symbol.file, file);
		assert_int_equal(symbol.start_line, start_line);
		check_line(&symbol, &frames);
		assert_false(symbol.unnamed);
		known += symbol.line > 0;
	}
	pclose(pipe);
	rg_object_free(object);
	return known;
}

static void check_c(const struct programs *programs, const char *compiler)
{
	print_message("%s\n", compiler);
	programs_run(programs, "%s src/work.c -o work", compiler);
	assert_true(compare_function(programs, "work", "spin", "spin", "src/work.c", 3) > 10);
	assert_true(compare_function(programs, "work", "drive(\\.[a-z.0-9]+)?", "drive",
				     "src/work.c", 14) > 10);
	assert_true(compare_function(programs, "work", "main", "main", "src/work.c", 23) > 10);
}

static void test_c(void **state)
{
	static const char *const compilers[] = {
		"gcc -O2 -g",
		"gcc -O0 -g",
		"gcc -O2 -gdwarf-4 -no-pie",
		"gcc -O2 -gdwarf-3 -static",
		"gcc -O2 -g -gz=zlib",
		"gcc -O2 -g -flto",
		"gcc -O2 -g -ffunction-sections -Wl,--gc-sections",
		"clang -O2 -g",
		"clang -O2 -gdwarf-4",
		"clang -O0 -gdwarf-5",
	};

	programs_write_c(*state);
	for (size_t i = 0; i < sizeof(compilers) / sizeof(compilers[0]); i++)
		check_c(*state, compilers[i]);
}

static void test_cxx(void **state)
{
	programs_write(*state, "shop.h",
		       "namespace shop {\n"
		       "struct Cart {\n"
		       "	int items[8];\n"
		       "	long total() const;\n"
		       "	__attribute__((always_inline)) int item(int i) const\n"
		       "	{\n"
		       "		return items[i & 7] * 3;\n"
		       "	}\n"
		       "};\n"
		       "}\n");
	programs_write(*state, "shop.cc",
		       "#include \"shop.h\"\n"
		       "namespace shop {\n"
		       "long Cart::total() const\n"
		       "{\n"
		       "	long sum = 0;\n"
		       "	for (int i = 0; i < 100; i++)\n"
		       "		sum += item(i) / (i + 1);\n"
		       "	return sum;\n"
		       "}\n"
		       "}\n"
		       "template <typename T>\n"
		       "__attribute__((noinline)) T twice(T value)\n"
		       "{\n"
		       "	return value + value % 3;\n"
		       "}\n"
		       "int main(int argc, char **)\n"
		       "{\n"
		       "	shop::Cart cart{{argc}};\n"
		       "	auto add = [&](int n) __attribute__((noinline)) {\n"
		       "		return cart.total() + n;\n"
		       "	};\n"
		       "	return int(add(argc) + twice(argc)) != 0;\n"
		       "}\n");
	for (int i = 0; i < 2; i++) {
		programs_run(*state, "%s -std=c++17 -O1 -g shop.cc -o shop", i ? "clang++" : "g++");
		compare_function(*state, "shop", "_ZNK4shop4Cart5totalEv",
				 "shop::Cart::total() const", "shop.cc", 3);
		compare_function(*state, "shop", "_Z5twiceIiET_S0_", "int twice<int>(int)",
				 "shop.cc", 12);
		compare_function(*state, "shop", "_ZZ4main.*",
				 i ? "main::$_0::operator()(int) const"
				   : "main::{lambda(int)#1}::operator()(int) const",
				 "shop.cc", 19);
	}
}

static void test_rust(void **state)
{
	if (!programs_try(*state, "rustc --version >version 2>&1")) {
		print_message("skipped: no rustc\n");
		return;
	}
	programs_write(
		*state, "shop.rs",
		"pub mod cart {\n"
		"    #[inline(never)]\n"
		"    pub fn total(items: &[u64]) -> u64 {\n"
		"        let mut sum = 0;\n"
		"        for item in items {\n"
		"            sum = sum * 31 + item % 7;\n"
		"        }\n"
		"        sum\n"
		"    }\n"
		"}\n"
		"fn main() {\n"
		"    let items: Vec<u64> = std::env::args().map(|a| a.len() as u64).collect();\n"
		"    std::process::exit((cart::total(&items) & 1) as i32);\n"
		"}\n");
	for (int i = 0; i < 2; i++) {
		programs_run(*state,
			     "rustc -O -g -C symbol-mangling-version=%s shop.rs -o shop-rs "
			     "2>rustc.log || "
			     "rustc -O -g shop.rs -o shop-rs",
			     i ? "v0" : "legacy");
		assert_true(compare_function(*state, "shop-rs", ".*4cart5total.*",
					     "shop::cart::total", "shop.rs", 3) > 10);
	}
}

static void test_unknown_addresses(void **state)
{
	struct rg_object *object;
	struct rg_symbol symbol;

	programs_write_c(*state);
	programs_run(*state, "gcc -O2 src/work.c -o plain");
	object = programs_open(*state, "plain");
	symbol = programs_symbolize(object, 0x1100);
	assert_string_equal(symbol.file, "");
	assert_int_equal(symbol.line, 0);
	assert_int_equal(symbol.start_line, 0);
	rg_object_free(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_path),
		cmocka_unit_test(test_c),
		cmocka_unit_test(test_cxx),
		cmocka_unit_test(test_rust),
		cmocka_unit_test(test_unknown_addresses),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
