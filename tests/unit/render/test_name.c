/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "name.h"

#include "rg/text.h"

#define DOTS "\xe2\x80\xa6"

static const struct {
	const char *why, *name;
	size_t columns;
	const char *shown;
} cases[] = {
	{"what fits is left alone", "f(int, std::vector<int> const&)", 31,
	 "f(int, std::vector<int> const&)"},
	{"parameters go first", "re2::Prog::Mark(re2::SparseArray<int>*, int)", 24,
	 "re2::Prog::Mark(" DOTS ")"},
	{"and what follows them stays", "Bitmap::Test(unsigned long) const", 32,
	 "Bitmap::Test(" DOTS ") const"},
	{"then templates", "std::map<int, std::pair<int, int> >::find(int const&)", 24,
	 "std::map<" DOTS ">::find(" DOTS ")"},
	{"then the middle", "re2::Prog::MarkSuccessors(re2::SparseArray<int>*)", 21,
	 "re2::P" DOTS "kSuccessors(" DOTS ")"},
	{"no parameters take no room", "leveldb::port::Mutex::Lock()", 20,
	 "leveld" DOTS "Mutex::Lock()"},
	{"a namespace without a name is a name", "db::(anonymous namespace)::File::Sync(int, int)",
	 41, "db::(anonymous namespace)::File::Sync(" DOTS ")"},
	{"an operator's signs are no brackets", "Key::operator<(Key const&, Order<int>)", 20,
	 "Key::operator<(" DOTS ")"},
	{"nor are those of a call", "Hash::operator()(Key const&) const", 30,
	 "Hash::operator()(" DOTS ") const"},
	{"an arrow closes nothing", "f<decltype(a->b)>(int, int, int)", 20,
	 "f<decltype(a->b)>(" DOTS ")"},
	{"Go's receiver is part of the name", "main.(*Server).HandleEverything", 30,
	 "main.(*Se" DOTS "er).HandleEverything"},
	{"Rust's type is a template", "<alloc::vec::Vec<T> as core::Clone>::clone", 20,
	 "<" DOTS ">::clone"},
	{"what is not closed is left alone", "f(int, std::vector<int", 10, "f(i" DOTS "or<int"},
	{"nor what is not opened", ">>))f(int, std::vector<int)", 12, ">>))f(" DOTS ")"},
	{"a plain name", "__pthread_disable_asynccancel", 20, "__pthr" DOTS "e_asynccancel"},
	{"nothing", "", 5, ""},
};

static void test_what_tells_least_apart_goes_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct rg_buf out;
		size_t used;

		rg_buf_init(&out, UNIT_BUF_MAX);
		used = rg_name_show(&out, cases[i].name, cases[i].columns, true);
		if (strcmp(unit_text(&out), cases[i].shown) != 0)
			fail_msg("%s: '%s' instead of '%s'", cases[i].why, unit_text(&out),
				 cases[i].shown);
		assert_int_equal(used, rg_text_columns(unit_text(&out), out.len));
		assert_true(used <= cases[i].columns);
		rg_buf_done(&out);
	}
}

static void test_without_unicode_it_is_ascii(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, UNIT_BUF_MAX);
	assert_int_equal(rg_name_show(&out,
				      "\x1b"
				      "f(int, std::vector<int>)",
				      12, false),
			 10);
	assert_string_equal(unit_text(&out), "\\x1b"
					     "f(...)");
	rg_buf_done(&out);
}

/* A name of nothing but brackets is read once, not once for each of them. */
static void test_a_name_of_brackets(void **state)
{
	static char name[200001];
	struct rg_buf out;

	(void)state;
	memset(name, '(', sizeof(name) - 1);
	rg_buf_init(&out, UNIT_BUF_MAX);
	assert_int_equal(rg_name_show(&out, name, 20, true), 20);
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_tells_least_apart_goes_first),
		cmocka_unit_test(test_without_unicode_it_is_ascii),
		cmocka_unit_test(test_a_name_of_brackets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
