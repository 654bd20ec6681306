/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

static void write_caller(const struct programs *programs)
{
	programs_write(programs, "caller.c",
		       "#include <stdio.h>\n"
		       "#include <stdlib.h>\n"
		       "#include <math.h>\n"
		       "int main(int argc, char **argv)\n"
		       "{\n"
		       "	char *(*get)(const char *) = getenv;\n"
		       "	printf(\"%s %f\\n\", argv[0], sqrt(argc));\n"
		       "	puts(get(\"HOME\") ? getenv(\"HOME\") : \"\");\n"
		       "	abort();\n"
		       "}\n");
}

/* Every stub that objdump(1) finds must have its name here; returns how many there are. */
static int compare_stubs(const struct programs *programs, const char *program, const char *listed)
{
	struct rg_object *object = programs_open(programs, program);
	char command[512], name[128];
	uint64_t address;
	int count = 0;
	FILE *objdump;

	snprintf(command, sizeof(command),
		 "objdump -d '%s/%s' | sed -n 's/^\\([0-9a-f]*\\) <\\(.*@plt\\)>:$/\\1 \\2/p'",
		 programs->dir, listed);
	objdump = popen(command, "r");
	assert_non_null(objdump);
	while (fscanf(objdump, "%" SCNx64 " %127s", &address, name) == 2) {
		uint64_t offset = programs_offset(programs, listed, address);
		struct rg_symbol symbol = programs_symbolize(object, offset);

		assert_string_equal(symbol.function, name);
		assert_false(symbol.unnamed);
		/* Its last byte too. */
		assert_string_equal(programs_symbolize(object, offset + 7).function, name);
		count++;
	}
	pclose(objdump);
	rg_object_free(object);
	return count;
}

static void test_against_objdump(void **state)
{
	static const char *const options[] = {
		"",
		"-no-pie -Wl,-z,lazy",
		"-Wl,-z,lazy -fcf-protection=full -Wl,-z,ibtplt",
		"-Wl,-z,now",
		"-fuse-ld=gold -Wl,-z,lazy",
	};

#ifndef __x86_64__
	skip();
#endif
	write_caller(*state);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		print_message("gcc %s\n", options[i]);
		if (programs_lacks_linker(*state, options[i]))
			continue;
		programs_run(*state, "gcc -O0 %s caller.c -o caller -lm", options[i]);
		assert_true(compare_stubs(*state, "caller", "caller") >= 4);
		/* Stripping leaves what they are named by. */
		programs_run(*state, "strip -o stripped caller");
		assert_true(compare_stubs(*state, "stripped", "caller") >= 4);
	}
}

/* The stub that resolves names on the first call belongs to no function. */
static void test_resolver_stub(void **state)
{
	struct rg_object *object;
	struct rg_image image;
	struct rg_symbol symbol;
	GElf_Shdr plt;

#ifndef __x86_64__
	skip();
#endif
	write_caller(*state);
	programs_run(*state, "gcc -Wl,-z,lazy caller.c -o lazy -lm");
	assert_int_equal(rg_image_open_fd(&image, programs_fd(*state, "lazy")), 0);
	assert_non_null(rg_image_section(&image, ".plt", &plt));
	rg_image_done(&image);
	object = programs_open(*state, "lazy");
	symbol = programs_symbolize(object, plt.sh_offset + 4);
	assert_string_equal(symbol.function, "[lazy]@plt");
	assert_true(symbol.unnamed);
	rg_object_free(object);
}

static void test_mangled_names(void **state)
{
#ifndef __x86_64__
	skip();
#endif
	programs_write(*state, "shop.cc",
		       "namespace shop { int price(int n) { return n * 3; } }\n");
	programs_write(*state, "use.cc",
		       "namespace shop { int price(int); }\n"
		       "int main(int argc, char **) { return shop::price(argc); }\n");
	programs_run(*state, "g++ -shared -fPIC shop.cc -o libshop.so && "
			     "objcopy --strip-all libshop.so && "
			     "g++ use.cc -o use -L. -lshop -Wl,-z,lazy");
	{
		struct rg_object *object = programs_open(*state, "use");
		bool found = false;

		for (uint64_t at = 0x1000; at < 0x1100; at++)
			found = found || strcmp(programs_symbolize(object, at).function,
						"shop::price(int)@plt") == 0;
		assert_true(found);
		rg_object_free(object);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_objdump),
		cmocka_unit_test(test_resolver_stub),
		cmocka_unit_test(test_mangled_names),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
