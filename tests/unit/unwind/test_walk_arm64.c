/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a walk does by itself on arm64: x30, signed return addresses, calls. */
#include "walk_made.h"

static void test_arm64(void **state)
{
	static const struct walk_case cases[] = {
		{"a leaf function without a frame has its return address in x30",
		 {.cfa = RGW_CFA_REGISTER,
		  .cfa_reg = RGW_ARM_SP,
		  .ra = RGW_SAVED_REGISTER,
		  .ra_offset = RGW_ARM_X30},
		 {.pc = CODE, .sp = STACK, .kept = AFTER_CALL},
		 {0},
		 {CODE, AFTER_CALL - 1},
		 RGW_END_NO_ROW},
		{"a signed return address is stripped",
		 {.cfa = RGW_CFA_REGISTER,
		  .cfa_reg = RGW_ARM_SP,
		  .cfa_offset = 16,
		  .ra = RGW_SAVED_CFA,
		  .ra_offset = -8,
		  .flags = RGW_RULE_SIGNED},
		 {.pc = CODE, .sp = STACK},
		 {0, 0x5a5a000000000000 + CODE + 64, 0, 0},
		 {CODE, CODE + 63},
		 RGW_END_ROOT},
		{"by frame pointer, where a call is before the return address",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .fp = STACK + 16},
		 {0, 0, 0, AFTER_CALL},
		 {DARK, AFTER_CALL - 1},
		 RGW_END_ROOT},
		{"no frame, where none is",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .fp = STACK + 16},
		 {0, 0, 0, AFTER_OTHER},
		 {DARK},
		 RGW_END_NO_ROW},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
