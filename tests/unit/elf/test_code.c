/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "programs.h"

#include "code.h"

/* Identities of machine code, of one source compiled as it is, and with other functions before it and some that changed. */

static const char source[] =
	"#include <stdio.h>\n"
	"#define FUNCTION __attribute__((noinline, noclone, used, externally_visible))\n"
	"unsigned table[64];\n"
	"#ifdef SECOND\n"
	"static int grown[4099];\n"
	"FUNCTION int before(int n) { for (int i = 0; i < n; i++) grown[i & 4095] += n; return "
	"grown[n & 7]; }\n"
	"FUNCTION double early(double x) { return x * 1.2345 + 6.789; }\n"
	"\n"
	"#define OTHER(a, b) (b)\n"
	"#else\n"
	"#define OTHER(a, b) (a)\n"
	"#endif\n"
	"FUNCTION unsigned same_one(unsigned x) { return x * 31 + table[x & 63]; }\n"
	"FUNCTION unsigned same_two(unsigned x) { return x * 37 + table[x & 31]; }\n"
	"FUNCTION unsigned same_loop(const unsigned *p, unsigned n)\n"
	"{\n"
	"	unsigned sum = 7;\n"
	"	while (n--) sum = sum * 1664525u + (p[n] ^ table[n & 63]);\n"
	"	return sum;\n"
	"}\n"
	"FUNCTION unsigned same_call(unsigned x) { return same_one(x + 1) + same_two(x - 1) * 3; "
	"}\n"
	"FUNCTION double same_constant(double x) { return x * 1.75 + 0.3; }\n"
	"struct of_two { long first, second; };\n"
	"FUNCTION void same_vector(struct of_two *p) { p->first = 100; p->second = 1; }\n"
	"FUNCTION double same_bound(double x) { return x > 0.7 ? -x : x * 3.25; }\n"
	"FUNCTION unsigned same_switch(unsigned x, unsigned y)\n"
	"{\n"
	"	switch (x) {\n"
	"	case 0: return same_one(y);\n"
	"	case 1: return same_two(y) + 1;\n"
	"	case 2: return y * y;\n"
	"	case 3: return table[y & 15];\n"
	"	case 4: return y / 3;\n"
	"	case 5: return y ^ 0x55aa;\n"
	"	case 6: table[1] = y; return 2;\n"
	"	}\n"
	"	return 0;\n"
	"}\n"
	"FUNCTION int same_text(int n) { return printf(\"%d of them\\n\", n) + puts(\"done\"); }\n"
	"FUNCTION unsigned (*same_pointer(int n))(unsigned) { return n ? same_one : same_two; }\n"
	"FUNCTION unsigned other_immediate(unsigned x) { return x * OTHER(41, 43); }\n"
	"FUNCTION double other_constant(double x) { return x * OTHER(1.5, 2.5); }\n"
	"FUNCTION unsigned other_callee(unsigned x) { return OTHER(same_one, same_two)(x) + 5; }\n"
	"FUNCTION unsigned other_field(const unsigned *x) { return x[OTHER(3, 5)]; }\n"
	"FUNCTION int other_limit(int x) { int s = 0; for (int i = 0; i < OTHER(100, 150); i++) s "
	"+= x ^ i * s; return s; }\n"
	"FUNCTION void fault(int line, unsigned x) { if (x > 5) printf(\"%d\\n\", line + (int)x); "
	"}\n"
	"FUNCTION unsigned lined(unsigned x)\n"
	"{\n"
	"	if (x > 100) fault(__LINE__, x);\n"
	"	return x + 1;\n"
	"}\n"
	"static inline void report(int line, unsigned x) { if (x & 1) fault(line, x + 1); }\n"
	"FUNCTION unsigned lined_inside(unsigned x)\n"
	"{\n"
	"	report(__LINE__, x);\n"
	"	return x + 2;\n"
	"}\n"
	"int main(void) { return (int)same_loop(table, 5); }\n";

/* --- Programs ----------------------------------------------------------------------------------- */

struct function {
	char name[64];
	uint64_t address, size;
};

/* An executable, and the functions in it that nm(1) knows the size of. */
struct program {
	struct rg_object *object;
	struct function function[128];
	size_t count;
};

static void open_program(struct program *program, const struct programs *programs, const char *name)
{
	char command[256];
	FILE *nm;

	*program = (struct program){.object = programs_open(programs, name)};
	snprintf(command, sizeof(command), "nm -S '%s/%s' | awk 'NF == 4 { print $1, $2, $4 }'",
		 programs->dir, name);
	nm = popen(command, "r");
	assert_non_null(nm);
	for (struct function *f = program->function;
	     program->count < sizeof(program->function) / sizeof(*f) &&
	     fscanf(nm, "%" SCNx64 " %" SCNx64 " %63s", &f->address, &f->size, f->name) == 3;
	     f++)
		program->count++;
	pclose(nm);
}

/* The identity of the function at its start and at its end must be one. */
static uint64_t code_of(const struct program *program, const char *function)
{
	const struct function *f = program->function;
	const struct rg_segment *segment;
	uint64_t offset, code;

	while (f < program->function + program->count && strcmp(f->name, function) != 0)
		f++;
	assert_true(f < program->function + program->count);
	segment = rg_image_segment(rg_object_image(program->object), f->address);
	assert_non_null(segment);
	offset = f->address - segment->address + segment->offset;
	code = programs_symbolize(program->object, offset).code;
	assert_true(programs_symbolize(program->object, offset + f->size - 1).code == code);
	return code;
}

struct pair {
	struct program first, second;
};

static void open_pair(struct pair *pair, const struct programs *programs)
{
	open_program(&pair->first, programs, "first");
	open_program(&pair->second, programs, "second");
}

static void close_pair(const struct pair *pair)
{
	rg_object_free(pair->first.object);
	rg_object_free(pair->second.object);
}

static bool is_same(const struct pair *pair, const char *function)
{
	uint64_t first = code_of(&pair->first, function);
	uint64_t second = code_of(&pair->second, function);

	assert_int_not_equal(first, 0);
	assert_int_not_equal(second, 0);
	return first == second;
}

static void compile(const struct programs *programs, const char *compiler, const char *options)
{
	programs_write(programs, "code.c", source);
	programs_run(programs, "%s %s code.c -o first", compiler, options);
	programs_run(programs, "{ echo; echo; cat code.c; } >later.c");
	programs_run(programs, "%s %s -DSECOND later.c -o second", compiler, options);
}

/* `not`: a function whose immediates are addresses with these options, or NULL. */
static void compare(const struct programs *programs, const char *const * not )
{
	static const char *const same[] = {"same_one",  "same_two",      "same_loop",
					   "same_call", "same_constant", "same_switch",
					   "same_text", "same_pointer"};
	static const char *const other[] = {"other_immediate", "other_constant", "other_callee",
					    "other_field", "other_limit"};
	struct pair pair;

	open_pair(&pair, programs);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		bool is = is_same(&pair, same[i]), excepted = false;

		for (size_t k = 0; not [k]; k++)
			excepted |= strcmp(not [k], same[i]) == 0;
		if (!is && !excepted)
			print_error("%s differs\n", same[i]);
		assert_true(is || excepted);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		const bool is = is_same(&pair, other[i]);

		if (is)
			print_error("%s is the same\n", other[i]);
		assert_false(is);
	}
	close_pair(&pair);
}

static void test_placed_elsewhere(void **state)
{
	static const char *const none[] = {NULL};
	/* With fixed addresses what is passed as a number cannot be told from a constant. */
	static const char *const fixed[] = {"same_text", "same_pointer", NULL};
	static const struct {
		const char *options;
		const char *const * not ;
	} builds[] = {
		{"-O2", none},
		{"-O3 -march=x86-64-v3 -g -falign-functions=64", none},
		{"-Os -fcf-protection=full -fPIC -shared -Wl,-z,noseparate-code", none},
		{"-O2 -no-pie -fno-pie", fixed},
	};

#ifndef __x86_64__
	skip();
#endif
	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
		print_message("gcc %s\n", builds[i].options);
		compile(*state, "gcc", builds[i].options);
		compare(*state, builds[i].not );
	}
}

static void test_arm64(void **state)
{
	static const char *const none[] = {NULL};

	if (!programs_try(*state, "aarch64-linux-gnu-gcc --version >version 2>&1")) {
		print_message("skipped: no aarch64-linux-gnu-gcc\n");
		if (getenv("RG_REQUIRE_BPF"))
			fail();
		skip();
	}
	compile(*state, "aarch64-linux-gnu-gcc", "-O2");
	compare(*state, none);
	compile(*state, "aarch64-linux-gnu-gcc", "-O2 -no-pie -fno-pie");
	compare(*state, none);
}

/* The line of a call in the source, which any change above it moves. */
static void test_lines(void **state)
{
	struct pair pair;
	bool known[2];

#ifndef __x86_64__
	skip();
#endif
	for (int debug = 0; debug < 2; debug++) {
		compile(*state, "gcc", debug ? "-O2 -g" : "-O2");
		open_pair(&pair, *state);
		known[debug] = is_same(&pair, "lined");
		assert_int_equal(is_same(&pair, "lined_inside"), known[debug]);
		close_pair(&pair);
	}
	/* What the debug information does not tell is a constant as any other. */
	assert_true(known[1]);
	assert_false(known[0]);
}

/* Code that nobody can tell apart has none; what cannot be decoded counts as it is. */
static void test_unknown(void **state)
{
	struct program program;
	struct rg_object *object;

#ifndef __x86_64__
	skip();
#endif
	programs_write(*state, "odd.s",
		       "	.globl main, unsized, odd, odder, stub_user, large\n"
		       "	.type main, @function\n"
		       "main:	xor %eax, %eax\n"
		       "	ret\n"
		       "	.size main, . - main\n"
		       "	.type unsized, @function\n"
		       "unsized: nop\n"
		       "	ret\n"
		       "	.type odd, @function\n"
		       "odd:	nop\n"
		       "	.byte 6, 0xe8, 1, 2, 3, 4\n"
		       "	.size odd, . - odd\n"
		       "	.type odder, @function\n"
		       "odder:	nop\n"
		       "	.byte 6, 0xe8, 1, 2, 3, 5\n"
		       "	.size odder, . - odder\n"
		       "	.type large, @function\n"
		       "large:	.fill 262145, 1, 0x90\n"
		       "	.size large, . - large\n"
		       "	.section .note.GNU-stack,\"\",@progbits\n");
	programs_run(*state, "gcc odd.s -o odd");
	open_program(&program, *state, "odd");
	assert_int_not_equal(code_of(&program, "main"), 0);
	assert_int_equal(code_of(&program, "large"), 0);
	assert_int_not_equal(code_of(&program, "odd"), 0);
	assert_true(code_of(&program, "odd") != code_of(&program, "odder"));
	rg_object_free(program.object);
	programs_run(*state, "strip -o stripped odd");
	object = programs_open(*state, "stripped");
	for (uint64_t at = 0x1000; at < 0x1400; at += 16)
		assert_int_equal(programs_symbolize(object, at).code, 0);
	rg_object_free(object);
}

/* All the functions of a file together are read up to a bound. */
static void test_bounded(void **state)
{
	enum { FUNCTIONS = 24, BYTES = 200000 };
	struct program program;
	char name[32];
	size_t known = 0;

#ifndef __x86_64__
	skip();
#endif
	programs_run(*state,
		     "{ echo '.globl main'; echo 'main: ret'; for i in $(seq 10 %d); do "
		     "echo \".type f$i, @function\"; echo \"f$i: .fill %d, 1, 0x90\"; "
		     "echo \".size f$i, . - f$i\"; done; "
		     "echo '.section .note.GNU-stack,\"\",@progbits'; } >many.s",
		     9 + FUNCTIONS, BYTES);
	programs_run(*state, "gcc many.s -o many");
	open_program(&program, *state, "many");
	for (int i = 0; i < FUNCTIONS; i++) {
		snprintf(name, sizeof(name), "f%d", 10 + i);
		known += code_of(&program, name) != 0;
	}
	assert_int_equal(known, RG_CODE_OBJECT_MAX / BYTES);
	rg_object_free(program.object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_placed_elsewhere),
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, programs_setup, programs_teardown);
}
