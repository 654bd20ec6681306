/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dwarf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "expression.h"

struct example {
	const char *what;
	uint8_t bytes[20];
	size_t size;
	struct rg_expression expected;
};

#define OTHER                               \
	{                                   \
		.kind = RG_EXPRESSION_OTHER \
	}
#define CONSTANT(value)                                           \
	{                                                         \
		.kind = RG_EXPRESSION_CONSTANT, .offset = (value) \
	}
#define REGISTER(number, by)                                                    \
	{                                                                       \
		.kind = RG_EXPRESSION_REGISTER, .reg = (number), .offset = (by) \
	}
#define MEMORY(number, by, more)                                                               \
	{                                                                                      \
		.kind = RG_EXPRESSION_MEMORY, .reg = (number), .offset = (by), .added = (more) \
	}
#define PLT(by, from)                                                               \
	{                                                                           \
		.kind = RG_EXPRESSION_PLT, .reg = 7, .low_reg = 16, .offset = (by), \
		.added = (from)                                                     \
	}

static void check(const struct example *example)
{
	/* Memory of its own: reading past it is seen by the sanitizer. */
	uint8_t *copy = malloc(example->size ? example->size : 1);
	struct rg_expression is;

	assert_non_null(copy);
	memcpy(copy, example->bytes, example->size);
	print_message("%s\n", example->what);
	is = rg_expression_read((struct rg_cfi_bytes){.at = copy, .end = copy + example->size},
				NULL);
	assert_int_equal(is.kind, example->expected.kind);
	assert_int_equal(is.reg, example->expected.reg);
	assert_int_equal(is.low_reg, example->expected.low_reg);
	assert_int_equal(is.offset, example->expected.offset);
	assert_int_equal(is.added, example->expected.added);
	free(copy);
}

static void check_all(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&examples[i]);
}

#define CHECK_ALL(examples) check_all(examples, sizeof(examples) / sizeof((examples)[0]))

static void test_constants(void **state)
{
	static const struct example examples[] = {
		{"lit31", {DW_OP_lit31}, 1, CONSTANT(31)},
		{"const1u", {DW_OP_const1u, 0xff}, 2, CONSTANT(255)},
		{"const1s", {DW_OP_const1s, 0xff}, 2, CONSTANT(-1)},
		{"const2u", {DW_OP_const2u, 0xff, 0xff}, 3, CONSTANT(65535)},
		{"const2s", {DW_OP_const2s, 0xfe, 0xff}, 3, CONSTANT(-2)},
		{"const4u", {DW_OP_const4u, 0xff, 0xff, 0xff, 0xff}, 5, CONSTANT(UINT32_MAX)},
		{"const4s", {DW_OP_const4s, 0xff, 0xff, 0xff, 0xff}, 5, CONSTANT(-1)},
		{"const8u", {DW_OP_const8u, 1, 0, 0, 0, 0, 0, 0, 0}, 9, CONSTANT(1)},
		{"const8s",
		 {DW_OP_const8s, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		 9,
		 CONSTANT(-1)},
		{"constu", {DW_OP_constu, 0x80, 1}, 3, CONSTANT(128)},
		{"consts", {DW_OP_consts, 0x80, 0x7f}, 3, CONSTANT(-128)},
		{"cut off", {DW_OP_const4u, 1, 2}, 3, OTHER},
	};

	(void)state;
	CHECK_ALL(examples);
}

static void test_registers(void **state)
{
	static const struct example examples[] = {
		{"breg", {DW_OP_breg7, 8}, 2, REGISTER(7, 8)},
		{"breg, negative", {DW_OP_breg6, 0x78}, 2, REGISTER(6, -8)},
		{"bregx", {DW_OP_bregx, 33, 8}, 3, REGISTER(33, 8)},
		{"plus", {DW_OP_breg7, 8, DW_OP_lit16, DW_OP_plus}, 4, REGISTER(7, 24)},
		{"plus, the other way",
		 {DW_OP_lit16, DW_OP_breg7, 8, DW_OP_plus},
		 4,
		 REGISTER(7, 24)},
		{"minus", {DW_OP_breg7, 8, DW_OP_lit16, DW_OP_minus}, 4, REGISTER(7, -8)},
		{"a constant less a register",
		 {DW_OP_lit16, DW_OP_breg7, 8, DW_OP_minus},
		 4,
		 OTHER},
		{"the sum of two", {DW_OP_breg7, 8, DW_OP_breg6, 0, DW_OP_plus}, 5, OTHER},
		{"deref", {DW_OP_breg7, 40, DW_OP_deref}, 3, MEMORY(7, 40, 0)},
		{"deref_size 8", {DW_OP_breg7, 40, DW_OP_deref_size, 8}, 4, MEMORY(7, 40, 0)},
		{"deref_size 4", {DW_OP_breg7, 40, DW_OP_deref_size, 4}, 4, OTHER},
		{"deref, plus_uconst",
		 {DW_OP_breg7, 40, DW_OP_deref, DW_OP_plus_uconst, 8},
		 5,
		 MEMORY(7, 40, 8)},
		{"deref, lit, plus",
		 {DW_OP_breg7, 40, DW_OP_deref, DW_OP_lit8, DW_OP_plus},
		 5,
		 MEMORY(7, 40, 8)},
		{"deref, lit, minus",
		 {DW_OP_breg7, 40, DW_OP_deref, DW_OP_lit8, DW_OP_minus},
		 5,
		 MEMORY(7, 40, -8)},
		{"deref twice", {DW_OP_breg7, 40, DW_OP_deref, DW_OP_deref}, 4, OTHER},
		{"nop", {DW_OP_nop, DW_OP_breg7, 8, DW_OP_nop}, 4, REGISTER(7, 8)},
		{"a register and a multiple of another",
		 {DW_OP_breg7, 8, DW_OP_breg9, 0, DW_OP_lit8, DW_OP_mul, DW_OP_plus, DW_OP_deref},
		 8,
		 OTHER},
	};

	(void)state;
	CHECK_ALL(examples);
}

static void test_linkage_tables(void **state)
{
	static const struct example examples[] = {
		{"from byte 11 on",
		 {DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge,
		  DW_OP_lit3, DW_OP_shl, DW_OP_plus},
		 11,
		 PLT(8, 11)},
		{"from byte 5 on, of two words more",
		 {DW_OP_breg7, 24, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit5, DW_OP_ge,
		  DW_OP_lit3, DW_OP_shl, DW_OP_plus},
		 11,
		 PLT(24, 5)},
		{"in the other order",
		 {DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3,
		  DW_OP_shl, DW_OP_breg7, 8, DW_OP_plus},
		 11,
		 PLT(8, 11)},
		{"stubs of 32 bytes",
		 {DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit31, DW_OP_and, DW_OP_lit11, DW_OP_ge,
		  DW_OP_lit3, DW_OP_shl, DW_OP_plus},
		 11,
		 OTHER},
		{"4 bytes more",
		 {DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge,
		  DW_OP_lit2, DW_OP_shl, DW_OP_plus},
		 11,
		 OTHER},
		{"of the place 1 further",
		 {DW_OP_breg7, 8, DW_OP_breg16, 1, DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge,
		  DW_OP_lit3, DW_OP_shl, DW_OP_plus},
		 11,
		 OTHER},
		{"two of them added",
		 {DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3,
		  DW_OP_shl, DW_OP_breg16, 0, DW_OP_lit15, DW_OP_and, DW_OP_lit11, DW_OP_ge,
		  DW_OP_lit3, DW_OP_shl, DW_OP_plus},
		 17,
		 OTHER},
	};

	(void)state;
	CHECK_ALL(examples);
}

static void test_hostile(void **state)
{
	static const struct example examples[] = {
		{"nothing", {0}, 0, OTHER},
		{"more on the stack than any form has",
		 {DW_OP_lit0, DW_OP_lit0, DW_OP_lit0, DW_OP_lit0, DW_OP_lit0, DW_OP_lit0,
		  DW_OP_lit0, DW_OP_lit0, DW_OP_lit0},
		 9,
		 OTHER},
		{"plus of one", {DW_OP_lit0, DW_OP_plus}, 2, OTHER},
		{"plus_uconst of none", {DW_OP_plus_uconst, 1}, 2, OTHER},
		{"deref of none", {DW_OP_deref}, 1, OTHER},
		{"deref of a constant", {DW_OP_lit0, DW_OP_deref}, 2, OTHER},
		{"an offset without an end", {DW_OP_breg7, 0x80}, 2, OTHER},
		{"bregx without an offset", {DW_OP_bregx, 7}, 2, OTHER},
		{"a jump", {DW_OP_lit0, DW_OP_skip, 0xfd, 0xff}, 4, OTHER},
		{"a call", {DW_OP_call_ref, 0, 0, 0, 0}, 5, OTHER},
		{"around the end of numbers",
		 {DW_OP_const8u, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, DW_OP_plus_uconst,
		  1},
		 11,
		 CONSTANT(INT64_MIN)},
		{"less the least of numbers",
		 {DW_OP_lit0, DW_OP_const8u, 0, 0, 0, 0, 0, 0, 0, 0x80, DW_OP_minus},
		 11,
		 CONSTANT(INT64_MIN)},
	};

	(void)state;
	CHECK_ALL(examples);
}

static void test_start(void **state)
{
	static const uint8_t less[] = {DW_OP_lit16, DW_OP_minus};
	const struct rg_expression cfa = {.kind = RG_EXPRESSION_CFA};
	struct rg_expression is;

	(void)state;
	is = rg_expression_read((struct rg_cfi_bytes){.at = less, .end = less + sizeof(less)},
				&cfa);
	assert_int_equal(is.kind, RG_EXPRESSION_CFA);
	assert_int_equal(is.offset, -16);
	is = rg_expression_read((struct rg_cfi_bytes){.at = less, .end = less}, &cfa);
	assert_int_equal(is.kind, RG_EXPRESSION_CFA);
	assert_int_equal(is.offset, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constants),      cmocka_unit_test(test_registers),
		cmocka_unit_test(test_linkage_tables), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
