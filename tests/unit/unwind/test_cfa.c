/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each instruction of a call-frame program comes to, on x86-64. */
#include "cfa_text.h"

static void test_locations(void **state)
{
	const struct program programs[] = {
		{"nothing but the CIE's", BYTES(DW_CFA_nop), "0 r7+8 ra=c-8\n"},
		{"advance_loc, in the opcode",
		 BYTES(DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 16),
		 "0 r7+8 ra=c-8\n1 r7+16 ra=c-8\n"},
		{"advance_loc1", BYTES(DW_CFA_advance_loc1, 0x80, DW_CFA_def_cfa_offset, 16),
		 "0 r7+8 ra=c-8\n80 r7+16 ra=c-8\n"},
		{"advance_loc2", BYTES(DW_CFA_advance_loc2, 0xf0, 0, DW_CFA_def_cfa_offset, 16),
		 "0 r7+8 ra=c-8\nf0 r7+16 ra=c-8\n"},
		{"advance_loc4", BYTES(DW_CFA_advance_loc4, 9, 0, 0, 0, DW_CFA_def_cfa_offset, 16),
		 "0 r7+8 ra=c-8\n9 r7+16 ra=c-8\n"},
		{"MIPS_advance_loc8",
		 BYTES(DW_CFA_MIPS_advance_loc8, 9, 0, 0, 0, 0, 0, 0, 0, DW_CFA_def_cfa_offset, 16),
		 "0 r7+8 ra=c-8\n9 r7+16 ra=c-8\n"},
		{"set_loc",
		 BYTES(DW_CFA_set_loc, 5, 0x10, 0, 0, 0, 0, 0, 0, DW_CFA_def_cfa_offset, 16),
		 "0 r7+8 ra=c-8\n5 r7+16 ra=c-8\n"},
		{"advancing by nothing leaves no row",
		 BYTES(DW_CFA_advance_loc, DW_CFA_def_cfa_offset, 16), "0 r7+16 ra=c-8\n"},
		{"what is said of addresses behind the end does not count",
		 BYTES(DW_CFA_advance_loc2, 0, 1, DW_CFA_def_cfa_offset, 16, 0xff),
		 "0 r7+8 ra=c-8\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

static void test_cfa_rules(void **state)
{
	const struct program programs[] = {
		{"def_cfa", BYTES(DW_CFA_def_cfa, 6, 16), "0 r6+16 ra=c-8\n"},
		{"def_cfa_sf: times the data alignment", BYTES(DW_CFA_def_cfa_sf, 6, 0x7e),
		 "0 r6+16 ra=c-8\n"},
		{"def_cfa_register", BYTES(DW_CFA_def_cfa_register, 10), "0 r10+8 ra=c-8\n"},
		{"def_cfa_offset of two bytes", BYTES(DW_CFA_def_cfa_offset, 0x90, 0x10),
		 "0 r7+2064 ra=c-8\n"},
		{"def_cfa_offset_sf", BYTES(DW_CFA_def_cfa_offset_sf, 0x7d), "0 r7+24 ra=c-8\n"},
		{"def_cfa_expression: breg", BYTES(DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 24),
		 "0 r7+24 ra=c-8\n"},
		{"def_cfa_expression: breg, deref",
		 BYTES(DW_CFA_def_cfa_expression, 3, DW_OP_breg6, 0x78, DW_OP_deref),
		 "0 [r6-8]+0 ra=c-8\n"},
		{"def_cfa_expression: breg, deref, plus_uconst",
		 BYTES(DW_CFA_def_cfa_expression, 5, DW_OP_breg7, 40, DW_OP_deref,
		       DW_OP_plus_uconst, 8),
		 "0 [r7+40]+8 ra=c-8\n"},
		{"def_cfa_expression: a stub of a linkage table",
		 BYTES(DW_CFA_def_cfa_expression, 11, DW_OP_breg7, 8, DW_OP_breg16, 0, DW_OP_lit15,
		       DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus),
		 "0 plt r7+8/11 ra=c-8\n"},
		{"the same about another register than the stack pointer",
		 BYTES(DW_CFA_def_cfa_expression, 11, DW_OP_breg6, 8, DW_OP_breg16, 0, DW_OP_lit15,
		       DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus),
		 "0 unsupported\n"},
		{"and about another than the program counter",
		 BYTES(DW_CFA_def_cfa_expression, 11, DW_OP_breg7, 8, DW_OP_breg1, 0, DW_OP_lit15,
		       DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus),
		 "0 unsupported\n"},
		{"an expression of no known form",
		 BYTES(DW_CFA_def_cfa_expression, 3, DW_OP_breg7, 8, DW_OP_neg), "0 unsupported\n"},
		{"a register that does not exist", BYTES(DW_CFA_def_cfa, 17, 0), "0 unsupported\n"},
		{"an offset of more than 32 bits",
		 BYTES(DW_CFA_def_cfa_offset, 0x80, 0x80, 0x80, 0x80, 8), "0 unsupported\n"},
		{"half a rule in place of an expression: the entry is damaged there",
		 BYTES(DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 24, DW_CFA_advance_loc | 4,
		       DW_CFA_def_cfa_offset, 8, DW_CFA_advance_loc | 4),
		 "0 r7+24 ra=c-8\n4 unsupported\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

static void test_register_rules(void **state)
{
	const struct program programs[] = {
		{"offset", BYTES(DW_CFA_offset | 6, 2), "0 r7+8 fp=c-16 ra=c-8\n"},
		{"offset of the fourth register", BYTES(DW_CFA_offset | 3, 3),
		 "0 r7+8 kept=c-24 ra=c-8\n"},
		{"offset of one that is not followed", BYTES(DW_CFA_offset | 12, 3),
		 "0 r7+8 ra=c-8\n"},
		{"offset_extended", BYTES(DW_CFA_offset_extended, 6, 2), "0 r7+8 fp=c-16 ra=c-8\n"},
		{"offset_extended_sf", BYTES(DW_CFA_offset_extended_sf, 6, 0x7e),
		 "0 r7+8 fp=c+16 ra=c-8\n"},
		{"GNU_negative_offset_extended", BYTES(DW_CFA_GNU_negative_offset_extended, 6, 2),
		 "0 r7+8 fp=c+16 ra=c-8\n"},
		{"val_offset: a value, not a place", BYTES(DW_CFA_val_offset, 6, 2),
		 "0 r7+8 fp=lost(0) ra=c-8\n"},
		{"val_offset_sf", BYTES(DW_CFA_val_offset_sf, 3, 2),
		 "0 r7+8 kept=lost(0) ra=c-8\n"},
		{"undefined", BYTES(DW_CFA_undefined, 6), "0 r7+8 fp=lost(0) ra=c-8\n"},
		{"same_value", BYTES(DW_CFA_offset | 6, 2, DW_CFA_same_value, 6),
		 "0 r7+8 ra=c-8\n"},
		{"register", BYTES(DW_CFA_register, 6, 10), "0 r7+8 fp=r10 ra=c-8\n"},
		{"in itself: unchanged", BYTES(DW_CFA_register, 6, 6), "0 r7+8 ra=c-8\n"},
		{"in a vector register", BYTES(DW_CFA_register, 6, 17),
		 "0 r7+8 fp=lost(0) ra=c-8\n"},
		{"restore", BYTES(DW_CFA_offset | 6, 2, DW_CFA_advance_loc | 1, DW_CFA_restore | 6),
		 "0 r7+8 fp=c-16 ra=c-8\n1 r7+8 ra=c-8\n"},
		{"restore to what the CIE says",
		 BYTES(DW_CFA_offset | 16, 5, DW_CFA_advance_loc | 1, DW_CFA_restore_extended, 16),
		 "0 r7+8 ra=c-40\n1 r7+8 ra=c-8\n"},
		{"expression: at the frame pointer (realigned stacks)",
		 BYTES(DW_CFA_expression, 6, 2, DW_OP_breg6, 0), "0 r7+8 fp=fp+0 ra=c-8\n"},
		{"expression: at the stack pointer",
		 BYTES(DW_CFA_expression, 3, 3, DW_OP_breg7, 0x80, 1),
		 "0 r7+8 kept=sp+128 ra=c-8\n"},
		{"expression: from the CFA, which is on the stack already",
		 BYTES(DW_CFA_expression, 3, 3, DW_OP_lit24, DW_OP_minus, DW_OP_nop),
		 "0 r7+8 kept=c-24 ra=c-8\n"},
		{"expression: at another register", BYTES(DW_CFA_expression, 6, 2, DW_OP_breg10, 0),
		 "0 r7+8 fp=lost(0) ra=c-8\n"},
		{"val_expression", BYTES(DW_CFA_val_expression, 6, 2, DW_OP_breg7, 8),
		 "0 r7+8 fp=lost(0) ra=c-8\n"},
		{"GNU_args_size says nothing of registers",
		 BYTES(DW_CFA_GNU_args_size, 16, DW_CFA_offset | 6, 2), "0 r7+8 fp=c-16 ra=c-8\n"},
		{"an offset of more than 32 bits",
		 BYTES(DW_CFA_offset | 6, 0x80, 0x80, 0x80, 0x80, 8), "0 r7+8 fp=lost(0) ra=c-8\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

static void test_return_address(void **state)
{
	const struct program programs[] = {
		{"undefined: the outermost frame", BYTES(DW_CFA_undefined, 16), "0 end\n"},
		{"in a register: vfork", BYTES(DW_CFA_register, 16, 5), "0 r7+8 ra=r5\n"},
		{"still in its register, which x86-64 does not have", BYTES(DW_CFA_same_value, 16),
		 "0 unsupported\n"},
		{"not in memory", BYTES(DW_CFA_val_offset, 16, 1), "0 unsupported\n"},
		{"where an expression says", BYTES(DW_CFA_expression, 16, 2, DW_OP_breg7, 16),
		 "0 r7+8 ra=sp+16\n"},
		{"where only the innermost frame could say",
		 BYTES(DW_CFA_expression, 16, 2, DW_OP_breg2, 16), "0 unsupported\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

static void test_stack_pointer(void **state)
{
	const struct program programs[] = {
		{"the CFA, said aloud", BYTES(DW_CFA_val_offset, 7, 0), "0 r7+8 ra=c-8\n"},
		{"not the CFA", BYTES(DW_CFA_val_offset, 7, 1), "0 unsupported\n"},
		{"by expression, the same as the CFA",
		 BYTES(DW_CFA_val_expression, 7, 2, DW_OP_breg7, 8), "0 r7+8 ra=c-8\n"},
		{"by expression from the CFA, and that itself",
		 BYTES(DW_CFA_val_expression, 7, 1, DW_OP_nop), "0 r7+8 ra=c-8\n"},
		{"by expression, another", BYTES(DW_CFA_val_expression, 7, 2, DW_OP_breg7, 16),
		 "0 unsupported\n"},
		{"stored", BYTES(DW_CFA_offset | 7, 2), "0 unsupported\n"},
		{"in a register: longjmp", BYTES(DW_CFA_register, 7, 8), "0 unsupported\n"},
		{"unchanged", BYTES(DW_CFA_same_value, 7), "0 unsupported\n"},
		{"stored where the CFA is",
		 BYTES(DW_CFA_def_cfa_expression, 4, DW_OP_breg7, 0xa0, 1, DW_OP_deref,
		       DW_CFA_expression, 7, 3, DW_OP_breg7, 0xa0, 1),
		 "0 [r7+160]+0 ra=c-8\n"},
		{"stored elsewhere",
		 BYTES(DW_CFA_def_cfa_expression, 4, DW_OP_breg7, 0xa0, 1, DW_OP_deref,
		       DW_CFA_expression, 7, 3, DW_OP_breg7, 0xa8, 1),
		 "0 unsupported\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

static void test_states(void **state)
{
	const struct program programs[] = {
		{"a state comes back, the CFA with it",
		 BYTES(DW_CFA_remember_state, DW_CFA_def_cfa, 6, 16, DW_CFA_offset | 6, 2,
		       DW_CFA_advance_loc | 1, DW_CFA_restore_state),
		 "0 r6+16 fp=c-16 ra=c-8\n1 r7+8 ra=c-8\n"},
		{"states nest",
		 BYTES(DW_CFA_remember_state, DW_CFA_def_cfa_offset, 16, DW_CFA_remember_state,
		       DW_CFA_def_cfa_offset, 24, DW_CFA_advance_loc | 1, DW_CFA_restore_state,
		       DW_CFA_advance_loc | 1, DW_CFA_restore_state),
		 "0 r7+24 ra=c-8\n1 r7+16 ra=c-8\n2 r7+8 ra=c-8\n"},
		{"there is none to restore",
		 BYTES(DW_CFA_advance_loc | 4, DW_CFA_restore_state, DW_CFA_advance_loc | 4),
		 "0 r7+8 ra=c-8\n4 unsupported\n"},
	};

	(void)state;
	check_x86(programs, COUNT(programs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locations),      cmocka_unit_test(test_cfa_rules),
		cmocka_unit_test(test_register_rules), cmocka_unit_test(test_return_address),
		cmocka_unit_test(test_stack_pointer),  cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
