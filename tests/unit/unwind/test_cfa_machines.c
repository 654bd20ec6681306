/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call-frame programs of AArch64, and those of signal handlers on either machine. */
#include "cfa_text.h"

static void test_arm(void **state)
{
	const struct program programs[] = {
		{"a leaf: the return address is in x30", BYTES(DW_CFA_nop), "0 r31+0 ra=r30\n"},
		{"a frame record; advancing by instructions of 4 bytes",
		 BYTES(DW_CFA_advance_loc | 1, DW_CFA_def_cfa_offset, 32, DW_CFA_offset | 29, 4,
		       DW_CFA_offset | 30, 3),
		 "0 r31+0 ra=r30\n4 r31+32 fp=c-32 kept=c-24 ra=c-24\n"},
		{"restored", BYTES(DW_CFA_offset | 30, 3, DW_CFA_restore | 30), "0 r31+0 ra=r30\n"},
		{"signed, and again not",
		 BYTES(DW_CFA_advance_loc | 1, DW_CFA_AARCH64_negate_ra_state,
		       DW_CFA_advance_loc | 1, DW_CFA_AARCH64_negate_ra_state),
		 "0 r31+0 ra=r30\n4 r31+0 ra=r30 signed\n8 r31+0 ra=r30\n"},
		{"signed with the program counter", BYTES(0x2c), "0 r31+0 ra=r30 signed\n"},
		{"a state says whether it is signed",
		 BYTES(DW_CFA_remember_state, DW_CFA_AARCH64_negate_ra_state,
		       DW_CFA_advance_loc | 1, DW_CFA_restore_state),
		 "0 r31+0 ra=r30 signed\n4 r31+0 ra=r30\n"},
		{"undefined: the outermost frame", BYTES(DW_CFA_undefined, 30), "0 end\n"},
		{"x16 is not the program counter",
		 BYTES(DW_CFA_def_cfa_expression, 11, DW_OP_breg31, 8, DW_OP_breg16, 0, DW_OP_lit15,
		       DW_OP_and, DW_OP_lit11, DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus),
		 "0 unsupported\n"},
	};

	(void)state;
	check_arm(programs, COUNT(programs), false);
}

/* The kernel's vDSO describes the frame record only; where the registers are is fixed. */
static void test_arm_signal(void **state)
{
	const struct program program = {"the frame of a signal handler",
					BYTES(DW_CFA_def_cfa, 29, 0, DW_CFA_offset | 29, 0,
					      DW_CFA_offset | 30, 1),
					"0 [r31+560]+0 fp=sp+544 kept=sp+552 ra=sp+568 signal\n"};

	(void)state;
	check_arm(&program, 1, true);
}

/* As glibc writes it for __restore_rt. */
static void test_x86_signal(void **state)
{
	static const uint8_t own[] = {
		DW_CFA_def_cfa_expression,
		4,
		DW_OP_breg7,
		0xa0,
		1,
		DW_OP_deref, /* CFA: [rsp + 160] */
		DW_CFA_expression,
		6,
		3,
		DW_OP_breg7,
		0xf8,
		0, /* rbp: rsp + 120 */
		DW_CFA_expression,
		3,
		3,
		DW_OP_breg7,
		0x80,
		1, /* rbx: rsp + 128 */
		DW_CFA_expression,
		7,
		3,
		DW_OP_breg7,
		0xa0,
		1, /* rsp: rsp + 160 */
		DW_CFA_expression,
		16,
		3,
		DW_OP_breg7,
		0xa8,
		1, /* rip: rsp + 168 */
	};
	const struct rg_cfi_cie cie = {
		.code_align = 1, .data_align = -8, .ra_column = RGW_X86_RA, .is_signal = true};
	const struct program program = {"__restore_rt", own, sizeof(own),
					"0 [r7+160]+0 fp=sp+120 kept=sp+128 ra=sp+168 signal\n"};

	(void)state;
	check(&cie, EM_X86_64, &program);
}

static void test_machines(void **state)
{
	(void)state;
	assert_null(rg_cfa_machine(EM_386));
	assert_null(rg_cfa_machine(EM_RISCV));
	assert_int_equal(rg_cfa_machine(EM_AARCH64)->ra, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arm),
		cmocka_unit_test(test_arm_signal),
		cmocka_unit_test(test_x86_signal),
		cmocka_unit_test(test_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
