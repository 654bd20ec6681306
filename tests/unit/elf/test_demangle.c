/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "rg/buf.h"
#include "rg/err.h"
#include "demangle.h"

enum { NAME_MAX_BYTES = 70000 };

static void expect(const char *symbol, const char *shown)
{
	struct rg_buf out;

	rg_buf_init(&out, NAME_MAX_BYTES * 2);
	rg_demangle(&out, symbol);
	assert_int_equal(out.failed, 0);
	assert_string_equal(out.data, shown);
	rg_buf_done(&out);
}

static double expect_unchanged(const char *symbol)
{
	struct timespec from, to;

	clock_gettime(CLOCK_MONOTONIC, &from);
	expect(symbol, symbol);
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static void test_names(void **state)
{
	static const struct {
		const char *why, *symbol, *shown;
	} rows[] = {
		{"a C name is not mangled", "price_line", "price_line"},
		{"an empty name stays empty", "", ""},
		{"one underscore is a name", "_", "_"},
		{"what only looks mangled stays", "_Z9short", "_Z9short"},
		{"C++ keeps its parameters: overloads differ", "_ZN4shop5priceEi",
		 "shop::price(int)"},
		{"and the other overload", "_ZN4shop5priceEd", "shop::price(double)"},
		{"const member functions", "_ZNK4shop4Cart5totalEv", "shop::Cart::total() const"},
		{"templates have their return type", "_Z3maxIiET_S0_S0_", "int max<int>(int, int)"},
		{"parameter packs", "_Z3allIJidEEvDpT_", "void all<int, double>(int, double)"},
		{"old Rust names lose their hash", "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
		 "core::fmt::Formatter::pad"},
		{"old Rust names have dots inside",
		 "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$"
		 "3bar17h"
		 "930b740aa94f1d3aE",
		 "<Test + 'static as foo::Bar<Test>>::bar"},
		{"new Rust names", "_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar"},
		{"new Rust names in punycode", "_RNvC1au7caf_dma", "a::caf\xc3\xa9"},
		{"D", "_D3std5stdio4openFZv", "std.stdio.open()"},
		{"a clone's suffix stays as it is", "_Z3foov.isra.0", "foo().isra.0"},
		{"several of them", "_Z3foov.isra.0.cold", "foo().isra.0.cold"},
		{"LLVM's", "_RNvNtCs1234_7mycrate3foo3bar.llvm.925", "mycrate::foo::bar.llvm.925"},
		{"of a C function", "foo.constprop.0", "foo.constprop.0"},
		{"a linkage stub's", "_ZN4shop5priceEi@plt", "shop::price(int)@plt"},
		{"control bytes are no business of this function", "a\x1b[31m", "a\x1b[31m"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].why);
		expect(rows[i].symbol, rows[i].shown);
	}
}

/* "S_", "S0_" … "S9_", "SA_" …: the n-th thing an Itanium name has mentioned. */
static size_t add_substitution(char *at, int n)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (n == 0)
		return (size_t)sprintf(at, "S_");
	return (size_t)sprintf(at, "S%c_", digits[n - 1]);
}

/* A function type that takes, and returns, the type one level down: 2^levels types written out. */
static void make_doubling(char *out, const char *prefix, int levels, int first)
{
	char *at = out + sprintf(out, "%s", prefix);

	at += sprintf(at, "%.*s", levels, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
	at += sprintf(at, "viE");
	for (int i = 0; i + 1 < levels; i++) {
		at += add_substitution(at, first + i);
		*at++ = 'E';
	}
	*at = '\0';
}

static void test_exponential_text_ends(void **state)
{
	char name[512];

	(void)state;
	make_doubling(name, "_Z1f", 32, 0);
	assert_true(expect_unchanged(name) < 1.0);
}

static void test_exponential_search_ends(void **state)
{
	char name[512];

	(void)state;
	/* libiberty needs seconds from 28 levels on, and twice the time for each more. */
	make_doubling(name, "_Z1fIiEvDp", 32, 1);
	assert_true(expect_unchanged(name) < 1.0);
	/* Few levels are no attack: the same form is demangled. */
	expect("_Z1fIJiEEvDpFvT_E", "void f<int>(void (int))");
}

/* A back-reference of Rust's to a place in 1 … 3844. */
static size_t add_backref(char *at, int place)
{
	static const char digits[] =
		"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (place <= 62)
		return (size_t)sprintf(at, "B%c_", digits[place - 1]);
	return (size_t)sprintf(at, "B%c%c_", digits[(place - 1) / 62], digits[(place - 1) % 62]);
}

/* Each tuple holds the one before it twice. Places count from behind "_R". */
static void make_rust_doubling(char *out, const char *prefix, int levels)
{
	char *at = out + sprintf(out, "%sTllE", prefix);
	int last = (int)strlen(prefix) - 2;

	for (int i = 0; i < levels; i++) {
		int place = (int)(at - out) - 2;

		*at++ = 'T';
		at += add_backref(at, last);
		at += add_backref(at, last);
		*at++ = 'E';
		last = place;
	}
	strcpy(at, "E");
}

static void test_exponential_rust_ends(void **state)
{
	char name[2048];

	(void)state;
	make_rust_doubling(name, "_RIC1a", 1);
	expect(name, "a::<(i32, i32), ((i32, i32), (i32, i32))>");
	make_rust_doubling(name, "_RIC1a", 100);
	assert_true(expect_unchanged(name) < 1.0);
	/* With punycode the demangler holds memory: a leak here is reported by the sanitizer. */
	make_rust_doubling(name, "_RIC1aNtC1au7caf_dma", 100);
	assert_true(expect_unchanged(name) < 1.0);
	make_rust_doubling(name, "_RIC1aNtC1au7caf_dma", 11);
	assert_true(expect_unchanged(name) < 1.0);
}

static void test_deep_nesting(void **state)
{
	char name[NAME_MAX_BYTES];
	static const size_t depths[] = {500, 1000, 2000, 4000, 60000};

	(void)state;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		size_t len = (size_t)sprintf(name, "_Z1f");
		struct rg_buf out;

		memset(name + len, 'P', depths[i]);
		strcpy(name + len + depths[i], "i");
		rg_buf_init(&out, sizeof(name));
		rg_demangle(&out, name);
		assert_int_equal(out.failed, 0);
		assert_true(strncmp(out.data, "f(int**", 7) == 0 || strcmp(out.data, name) == 0);
		rg_buf_done(&out);
	}
}

static void test_long_result_is_left_mangled(void **state)
{
	char name[1024] = "_ZN";

	(void)state;
	/* 200 parameters of a type whose name is 100 bytes: 20 kB. */
	strcpy(name, "_Z1f100");
	memset(name + 7, 'x', 100);
	name[107] = '\0';
	for (int i = 0; i < 200; i++)
		strcat(name, "S_");
	expect_unchanged(name);
}

static void test_damaged_names(void **state)
{
	static const char good[] =
		"_ZNSt6vectorIN4shop4ItemESaIS1_EE17_M_realloc_insertIJRKS1_EEEvN9__"
		"gnu_cxx17__normal_iteratorIPS1_S3_EEDpOT_";
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char name[sizeof(good)];
		struct rg_buf out;

		memcpy(name, good, sizeof(good));
		for (int i = 0; i < 3; i++) {
			random = random * 1664525 + 1013904223;
			name[2 + (random >> 8) % (sizeof(good) - 3)] =
				good[2 + (random >> 20) % 100];
		}
		rg_buf_init(&out, NAME_MAX_BYTES);
		rg_demangle(&out, name);
		assert_int_equal(out.failed, 0);
		assert_true(out.len > 0);
		rg_buf_done(&out);
	}
}

static void test_limit_of_the_buffer(void **state)
{
	struct rg_buf out;

	(void)state;
	rg_buf_init(&out, 4);
	rg_demangle(&out, "_ZN4shop5priceEi");
	assert_int_equal(out.failed, RG_ELIMIT);
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_exponential_text_ends),
		cmocka_unit_test(test_exponential_search_ends),
		cmocka_unit_test(test_exponential_rust_ends),
		cmocka_unit_test(test_deep_nesting),
		cmocka_unit_test(test_long_result_is_left_mangled),
		cmocka_unit_test(test_damaged_names),
		cmocka_unit_test(test_limit_of_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
