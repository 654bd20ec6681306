/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/buf.h"
#include "rg/diff.h"

struct pair {
	const char *name, *canonical;
};

static const struct pair functions[] = {
	{"plain", "plain"},
	{"price_line.isra.0", "price_line"},
	{"price_line.part.1", "price_line"},
	{"price_line.cold", "price_line"},
	{"price_line.cold.7", "price_line"},
	{"price_line.constprop.2", "price_line"},
	{"price_line.lto_priv.3", "price_line"},
	{"price_line.llvm.12345678901234567890", "price_line"},
	{"price_line.__uniq.5", "price_line"},
	{"price_line.localalias", "price_line"},
	{"price_line.constprop.0.isra.0.cold", "price_line"},
	{"price_line(int, char) [clone .part.0]", "price_line(int, char)"},
	{"f(int) [clone .isra.0] [clone .cold]", "f(int)"},
	{"f(int) [clone .constprop.1.isra.0]", "f(int)"},
	{"f(int) [clone .unheard.1]", "f(int) [clone .unheard.1]"},
	{"f(int) [clone ]", "f(int)"},
	{"core::ptr::drop_in_place::h0123456789abcdef", "core::ptr::drop_in_place"},
	{"core::f::h0123456789abcde", "core::f::h0123456789abcde"},
	{"core::f::h0123456789abcdeG", "core::f::h0123456789abcdeG"},
	{"core::f::h0123456789abcdef.llvm.77", "core::f"},
	{"std::string::size[abi:cxx11]() const", "std::string::size() const"},
	{"f[abi:a][abi:b](x[abi:c])", "f(x)"},
	{"f[abi:unclosed", "f[abi:unclosed"},
	/* Not suffixes: a number is missing, or the word is the program's own. */
	{"main.part", "main.part"},
	{"main.isra", "main.isra"},
	{"main.func1", "main.func1"},
	{"table.7", "table.7"},
	{"a.partly.0", "a.partly.0"},
	{"x.isra.", "x.isra."},
	{"operator[]", "operator[]"},
	{"[libz.so]+0x1234", "[libz.so]+0x1234"},
	/* Nothing else left: then that is the name. */
	{".cold", ".cold"},
	{".isra.0", ".isra.0"},
	{"[abi:x]", "[abi:x]"},
	{" [clone .cold]", " [clone .cold]"},
	{"]", "]"},
	{".", "."},
	{"0", "0"},
	{"\x1b[31m\xff.cold", "\x1b[31m\xff"},
};

static const struct pair modules[] = {
	{"server", "server"},
	{"libz.so", "libz.so"},
	{"libz.so.1", "libz.so"},
	{"libz.so.1.2.13", "libz.so"},
	{"libc-2.31.so", "libc.so"},
	{"libfoo-2.0.so.0.1", "libfoo.so"},
	{"libfoo-2.so", "libfoo-2.so"}, /* a bare number is part of many names */
	{"server-1.4", "server-1.4"},   /* no shared object: may be two programs */
	{".so", ".so"},
	{"x.so.1a", "x.so.1a"},
	{"-2.3.so", "-2.3.so"},
	{"libv8.so.d", "libv8.so.d"},
	{"[kernel]", "[kernel]"},
	{"", ""},
};

static void check(const struct pair *pair, void (*canon)(struct rg_buf *, const char *))
{
	struct rg_buf out;

	rg_buf_init(&out, 1000);
	rg_buf_adds(&out, "<");
	canon(&out, pair->name);
	assert_int_equal(out.failed, 0);
	assert_string_equal(out.data + 1, pair->canonical);
	rg_buf_done(&out);
}

static void functions_lose_what_compilers_add(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(functions); i++)
		check(&functions[i], rg_canon_name);
}

static void canonical_names_stay_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(functions); i++) {
		struct pair again = {functions[i].canonical, functions[i].canonical};

		check(&again, rg_canon_name);
	}
}

static void shared_objects_lose_their_version(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(modules); i++)
		check(&modules[i], rg_canon_module);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_lose_what_compilers_add),
		cmocka_unit_test(canonical_names_stay_as_they_are),
		cmocka_unit_test(shared_objects_lose_their_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
