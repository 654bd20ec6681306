/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "symtab.h"

struct given {
	uint64_t start, end;
	const char *name;
	enum rg_sym_rank rank;
	bool sized;
};

/* Each case: symbols, ended by a NULL name, then what the addresses 0, 10, 20 … 90 are called. */
struct row {
	const char *why;
	struct given syms[6];
	const char *found[10];
};

static const struct row rows[] = {
	{"nothing", {{0}}, {0}},
	{"one function has its range and no more",
	 {{20, 40, "f", RG_SYM_GLOBAL, true}},
	 {0, 0, "f", "f", 0}},
	{"a function inside another; the outer one continues behind it",
	 {{10, 60, "outer", RG_SYM_GLOBAL, true}, {30, 40, "inner", RG_SYM_LOCAL, true}},
	 {0, "outer", "outer", "inner", "outer", "outer", 0}},
	{"three deep",
	 {{10, 80, "a", RG_SYM_GLOBAL, true},
	  {20, 60, "b", RG_SYM_GLOBAL, true},
	  {30, 40, "c", RG_SYM_GLOBAL, true}},
	 {0, "a", "b", "c", "b", "b", "a", "a", 0}},
	{"overlapping: the later start wins, the rest of the first is not repeated",
	 {{10, 40, "a", RG_SYM_GLOBAL, true}, {30, 60, "b", RG_SYM_GLOBAL, true}},
	 {0, "a", "a", "b", "b", "b", 0}},
	{"a symbol without size ends at the next",
	 {{10, 90, "asm", RG_SYM_GLOBAL, false}, {40, 60, "f", RG_SYM_GLOBAL, true}},
	 {0, "asm", "asm", "asm", "f", "f", 0}},
	{"or at its limit",
	 {{10, 30, "asm", RG_SYM_GLOBAL, false}, {40, 60, "f", RG_SYM_GLOBAL, true}},
	 {0, "asm", "asm", 0, "f", "f", 0}},
	{"a label inside a function is not a function",
	 {{10, 60, "f", RG_SYM_LOCAL, true}, {30, 90, "label", RG_SYM_LABEL, false}},
	 {0, "f", "f", "f", "f", "f", 0}},
	{"not with a size either",
	 {{10, 60, "f", RG_SYM_LOCAL, true}, {30, 40, "label", RG_SYM_LABEL, true}},
	 {0, "f", "f", "f", "f", "f", 0}},
	{"labels outside of functions name assembly",
	 {{10, 90, "one", RG_SYM_LABEL, false}, {30, 50, "two", RG_SYM_LABEL, false}},
	 {0, "one", "one", "two", "two", 0}},
	{"global before weak before local",
	 {{10, 30, "local", RG_SYM_LOCAL, true},
	  {10, 30, "weak", RG_SYM_WEAK, true},
	  {10, 30, "__global", RG_SYM_GLOBAL, true}},
	 {0, "__global", "__global", 0}},
	{"fewer underscores, then shorter, then by letter",
	 {{10, 20, "_b", RG_SYM_GLOBAL, true},
	  {10, 20, "bbb", RG_SYM_GLOBAL, true},
	  {10, 20, "bb", RG_SYM_GLOBAL, true},
	  {10, 20, "ba", RG_SYM_GLOBAL, true}},
	 {0, "ba", 0}},
	{"a version does not make a name longer",
	 {{10, 20, "open64", RG_SYM_GLOBAL, true},
	  {10, 20, "open@@GLIBC_2.2.5", RG_SYM_GLOBAL, true}},
	 {0, "open@@GLIBC_2.2.5", 0}},
	{"glibc's aliases for itself come last",
	 {{10, 20, "__GI_f", RG_SYM_LOCAL, true}, {10, 20, "____f", RG_SYM_LOCAL, true}},
	 {0, "____f", 0}},
	{"an alias lends its size",
	 {{10, 90, "f", RG_SYM_GLOBAL, false}, {10, 30, "g", RG_SYM_LOCAL, true}},
	 {0, "f", "f", 0}},
	{"of two sizes the larger",
	 {{10, 30, "f", RG_SYM_GLOBAL, true}, {10, 50, "g", RG_SYM_LOCAL, true}},
	 {0, "f", "f", "f", "f", 0}},
};

static void add_all(struct rg_symtab *tab, const struct given *syms, bool reverse)
{
	int count = 0;

	while (syms[count].name)
		count++;
	for (int i = 0; i < count; i++) {
		const struct given *given = &syms[reverse ? count - 1 - i : i];
		struct rg_sym sym = {.start = given->start,
				     .end = given->end,
				     .name = given->name,
				     .rank = (uint8_t)given->rank,
				     .sized = given->sized};

		assert_int_equal(rg_symtab_add(tab, &sym), 0);
	}
}

static void check_row(const struct row *row, bool reverse)
{
	struct rg_symtab tab = {0};

	add_all(&tab, row->syms, reverse);
	assert_int_equal(rg_symtab_finish(&tab), 0);
	for (uint64_t address = 0; address < 100; address++) {
		const struct rg_sym *sym = rg_symtab_find(&tab, address);
		const char *expected = row->found[address / 10];

		if (expected)
			assert_string_equal(sym ? sym->name : "(none)", expected);
		else
			assert_null(sym);
	}
	rg_symtab_done(&tab);
}

static void test_ranges_and_aliases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].why);
		check_row(&rows[i], false);
		check_row(&rows[i], true);
	}
}

static void test_before(void **state)
{
	struct rg_symtab tab = {0};

	(void)state;
	assert_null(rg_symtab_before(&tab, 5));
	add_all(&tab, rows[1].syms, false);
	assert_int_equal(rg_symtab_finish(&tab), 0);
	assert_null(rg_symtab_before(&tab, 19));
	assert_string_equal(rg_symtab_before(&tab, 20)->name, "f");
	assert_string_equal(rg_symtab_before(&tab, UINT64_MAX)->name, "f");
	rg_symtab_done(&tab);
}

/* Against the rule applied to each address: the innermost, that is latest, start that covers it. */
static void test_random_ranges(void **state)
{
	enum { COUNT = 200, SPACE = 2000 };
	struct rg_sym syms[COUNT] = {0};
	struct rg_symtab tab = {0};
	uint32_t random = 7;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		random = random * 1664525 + 1013904223;
		/* Distinct starts, sizes up to 400: nested and overlapping ranges of all kinds. */
		syms[i] = (struct rg_sym){
			.start = (uint64_t)i * 9 + (random >> 10) % 9, .name = "x", .sized = true};
		syms[i].end = syms[i].start + 1 + (random >> 16) % 400;
		assert_int_equal(rg_symtab_add(&tab, &syms[i]), 0);
	}
	assert_int_equal(rg_symtab_finish(&tab), 0);
	for (size_t i = 1; i < tab.count; i++)
		assert_true(tab.syms[i - 1].end <= tab.syms[i].start);
	for (uint64_t address = 0; address < SPACE + 500; address++) {
		bool covered = false;

		for (int i = 0; i < COUNT; i++)
			covered = covered || (syms[i].start <= address && address < syms[i].end);
		assert_int_equal(rg_symtab_find(&tab, address) != NULL, covered);
	}
	rg_symtab_done(&tab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_and_aliases),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_random_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
