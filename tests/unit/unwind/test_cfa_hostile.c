/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call-frame programs that are damaged, endless or stopped. */
#include "cfa_text.h"

enum { STOP = -77 };

static void test_deep_states(void **state)
{
	uint8_t deep[100];
	struct program program = {"states beyond any depth", deep, 32, "0 r7+8 ra=c-8\n"};

	(void)state;
	memset(deep, DW_CFA_remember_state, sizeof(deep));
	check_x86(&program, 1);
	program.own_size = 33;
	program.expected = "0 unsupported\n";
	check_x86(&program, 1);
	program.own_size = sizeof(deep);
	check_x86(&program, 1);
}

static void test_hostile(void **state)
{
	const struct program programs[] = {
		{"an unknown instruction", BYTES(DW_CFA_advance_loc | 4, 0x3f),
		 "0 r7+8 ra=c-8\n4 unsupported\n"},
		{"AArch64's instruction", BYTES(DW_CFA_AARCH64_negate_ra_state), "0 unsupported\n"},
		{"going back",
		 BYTES(DW_CFA_advance_loc | 8, DW_CFA_set_loc, 5, 0x10, 0, 0, 0, 0, 0, 0),
		 "0 r7+8 ra=c-8\n8 unsupported\n"},
		{"an address that is cut off", BYTES(DW_CFA_set_loc, 5, 0x10), "0 unsupported\n"},
		{"a delta that is cut off", BYTES(DW_CFA_advance_loc4, 5, 0x10), "0 unsupported\n"},
		{"a delta around the end of addresses",
		 BYTES(DW_CFA_MIPS_advance_loc8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		       DW_CFA_undefined, 16),
		 "0 r7+8 ra=c-8\n"},
		{"a number without an end", BYTES(DW_CFA_def_cfa_offset, 0x80, 0x80),
		 "0 unsupported\n"},
		{"a number of more than 64 bits",
		 BYTES(DW_CFA_def_cfa_offset, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		       0xff, 1),
		 "0 unsupported\n"},
		{"a signed number of more than 64 bits",
		 BYTES(DW_CFA_def_cfa_offset_sf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		       0xff, 0xff, 1),
		 "0 unsupported\n"},
		{"a factor beyond signed numbers",
		 BYTES(DW_CFA_offset | 6, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
		 "0 unsupported\n"},
		{"a product beyond 64 bits",
		 BYTES(DW_CFA_def_cfa_sf, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f),
		 "0 unsupported\n"},
		{"an expression longer than what there is",
		 BYTES(DW_CFA_def_cfa_expression, 9, DW_OP_breg7, 8), "0 unsupported\n"},
		{"an expression of 2^63 bytes",
		 BYTES(DW_CFA_expression, 6, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
		       1),
		 "0 unsupported\n"},
		{"an instruction without its operands", BYTES(DW_CFA_def_cfa), "0 unsupported\n"},
		{"a register number of 64 bits",
		 BYTES(DW_CFA_offset_extended, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		       1, 2),
		 "0 r7+8 ra=c-8\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

static void test_bad_cie(void **state)
{
	static const uint8_t advancing[] = {X86_INITIAL, DW_CFA_advance_loc | 1};
	static const uint8_t cut[] = {DW_CFA_def_cfa, 7};
	const struct program program = {"a CIE that is damaged", BYTES(DW_CFA_nop),
					"0 unsupported\n"};
	struct rg_cfi_cie cie = {.code_align = 1, .data_align = -8, .ra_column = RGW_X86_RA};

	(void)state;
	check(&cie, EM_X86_64, &program);
	cie.initial = as_bytes(advancing, sizeof(advancing));
	check(&cie, EM_X86_64, &program);
	cie.initial = as_bytes(cut, sizeof(cut));
	check(&cie, EM_X86_64, &program);
}

static int stop(void *ctx, uint64_t start, uint64_t end, const struct rg_cfa_state *state)
{
	(void)start;
	(void)end;
	(void)state;
	++*(int *)ctx;
	return STOP;
}

static void test_stopped(void **state)
{
	static const uint8_t own[] = {DW_CFA_advance_loc | 1, DW_CFA_advance_loc | 1};
	static const uint8_t damaged[] = {0x3f};
	const struct rg_cfi_cie cie = {.code_align = 1};
	struct rg_cfi_entry entry = {
		.start = START, .end = END, .cie = &cie, .own = as_bytes(own, sizeof(own))};
	int calls = 0;

	(void)state;
	assert_int_equal(rg_cfa_run(&entry, rg_cfa_machine(EM_X86_64), stop, &calls), STOP);
	assert_int_equal(calls, 1);
	entry.own = as_bytes(damaged, sizeof(damaged));
	assert_int_equal(rg_cfa_run(&entry, rg_cfa_machine(EM_X86_64), stop, &calls), STOP);
	assert_int_equal(calls, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deep_states),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_bad_cie),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
