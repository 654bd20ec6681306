/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "changed_range.h"

#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *function, *own;
} names[] = {
	{"campaign_discount", "campaign_discount"},
	{"shop::Cart<int, std::vector<long>>::total(long) const", "total"},
	{"void visit<shop::Item>(shop::Item&)", "visit"},
	{"(anonymous namespace)::parse(char const*)", "parse"},
	{"main.(*Server).handle", "handle"},
	{"main.(*Server).handle.func1", "handle"},
	{"main.run.func12.1", "run"},
	{"orders::price::campaign_discount", "campaign_discount"},
	{"<orders::Cart as core::ops::Drop>::drop", "drop"},
	{"orders::run::{{closure}}", "run"},
	{"std::ostream& operator<< <int>(std::ostream&, int)", "operator"},
	{"Foo::~Foo()", "Foo"},
};

static void test_own_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char own[CHANGED_NAME_MAX] = "";

		assert_true(changed_own_name(names[i].function, own));
		if (strcmp(own, names[i].own) != 0)
			fail_msg("%s: %s", names[i].function, own);
	}
}

static void test_what_is_no_name(void **state)
{
	static const char *const none[] = {"", "<unknown>", "(((", "<<<", "{{closure}}", "123"};
	char own[CHANGED_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(none); i++)
		assert_false(changed_own_name(none[i], own));
}

static const struct {
	const char *why, *text, *name;
	uint32_t line, first, last; /* first 0: not found */
} ranges[] = {
	{"C, with a label and a prototype above",
	 "int f(int);\n\nstatic int\nother(void)\n{\n}\n\nint f(int x)\n{\n\tif (x)\n\t\tgoto "
	 "out;\nout:\n"
	 "\treturn f(x - 1);\n}\n\nint g(void)\n{\n}\n",
	 "f", 13, 8, 14},
	{"the line of the definition itself",
	 "int f(int x,\n      int y)\n{\n\treturn x;\n}\nint g;\n", "f", 1, 1, 5},
	{"a name on a line of its own", "static int\nf(int x)\n{\n\treturn x;\n}\n", "f", 4, 2, 5},
	{"C++, a member within its class",
	 "class C {\n  int a() {\n    return 1;\n  }\n  int b() const {\n    return a() + 1;\n  "
	 "}\n};\n",
	 "b", 6, 5, 7},
	{"Go, a method",
	 "package main\n\nfunc (s *Server) handle(w W) {\n\ts.n++\n}\n\nfunc main() {\n}\n",
	 "handle", 4, 3, 5},
	{"Rust, generic and indented",
	 "impl Cart {\n    pub fn total<T: Sum>(&self) -> T {\n        self.x\n    }\n\n    fn y() "
	 "{\n    }\n}\n",
	 "total", 3, 2, 4},
	{"Python",
	 "class A:\n    def f(self):\n        x = 1\n\n        return x\n\n    def g(self):\n      "
	 "  pass\n",
	 "f", 5, 2, 6},
	{"a preprocessor line within", "int f(void)\n{\n#ifdef A\n\treturn 1;\n#endif\n}\n", "f", 4,
	 1, 6},
	{"recursion above the line is no beginning",
	 "int f(int x)\n{\n\tif (f(x)) {\n\t\tx = f(x);\n\t\twork();\n\t}\n}\n", "f", 5, 1, 7},
	{"without the name, as git would say", "int renamed(int x)\n{\n\treturn x;\n}\n", "f", 3, 1,
	 4},
	{"no end", "int f(void)\n{\n\treturn 1;\n", "f", 3, 1, 3},
	{"a line beyond the text", "int f(void)\n{\n}\n", "f", 9, 0, 0},
	{"nothing like a beginning", "\t1\n\t2\n", "f", 2, 0, 0},
	{"an empty text", "", "f", 1, 0, 0},
};

static void test_ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ranges); i++) {
		struct changed_range range = {0};
		bool found = changed_find_range(ranges[i].text, strlen(ranges[i].text),
						ranges[i].line, ranges[i].name, &range);

		if (found != (ranges[i].first > 0) || range.first != ranges[i].first ||
		    range.last != ranges[i].last)
			fail_msg("%s: %u to %u", ranges[i].why, range.first, range.last);
	}
}

/* A name that begins so far into its line. */
static bool is_found_by_name(size_t before)
{
	static const char rest[] = " f(void)\n{\n\treturn 1;\n}\n";
	char text[2000];
	struct changed_range range;

	memset(text, 'x', before - 1);
	memcpy(text + before - 1, rest, sizeof(rest));
	assert_true(changed_find_range(text, strlen(text), 3, "f", &range));
	assert_int_equal(range.first, 1);
	assert_int_equal(range.last, 4);
	return range.by_name;
}

static void test_a_name_far_into_a_line_is_not_looked_at(void **state)
{
	(void)state;
	assert_true(is_found_by_name(999));
	assert_false(is_found_by_name(1000));
}

/* What is before each of the names, none of which is defined, comes to 250 GB. */
static void test_a_line_that_is_made_to_take_long(void **state)
{
	const size_t count = 500000;
	char *text = malloc(2 * count + 1);
	struct changed_range range;

	(void)state;
	assert_non_null(text);
	text[0] = '(';
	for (size_t i = 0; i < count; i++)
		memcpy(text + 1 + 2 * i, "f(", 2);
	assert_false(changed_find_range(text, 2 * count + 1, 1, "f", &range));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_names),
		cmocka_unit_test(test_what_is_no_name),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_a_name_far_into_a_line_is_not_looked_at),
		cmocka_unit_test(test_a_line_that_is_made_to_take_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
