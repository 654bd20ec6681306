/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One step's every way on x86-64, and every way a walk ends. */
#include "walk_made.h"

/* rsp + 16, the return address below it. */
#define SP_RULE                                                                                 \
	.cfa = RGW_CFA_REGISTER, .cfa_reg = RGW_X86_RSP, .cfa_offset = 16, .ra = RGW_SAVED_CFA, \
	.ra_offset = -8
#define RBP_RULE                                                                                \
	.cfa = RGW_CFA_REGISTER, .cfa_reg = RGW_X86_RBP, .cfa_offset = 16, .ra = RGW_SAVED_CFA, \
	.ra_offset = -8

/* 8 bytes above the stack pointer, and 16 from the stub's 11th byte on. */
#define PLT_RULE \
	.cfa = RGW_CFA_PLT, .cfa_offset = 8, .cfa_offset2 = 11, .ra = RGW_SAVED_CFA, .ra_offset = -8

/* Where a walk ends. */
static void test_x86_ends(void **state)
{
	static const struct walk_case cases[] = {
		{"a null return address is the root",
		 {SP_RULE},
		 {.pc = CODE + 8, .sp = STACK},
		 {0, CODE + 64, 0, 0},
		 {CODE + 8, CODE + 63},
		 RGW_END_ROOT},
		{"behind a system call the address before is looked up",
		 {SP_RULE},
		 {.pc = CODE + 8, .sp = STACK, .returned = true},
		 {0},
		 {CODE + 7},
		 RGW_END_ROOT},
		{"an undefined return address is the root",
		 {.cfa = RGW_CFA_END},
		 {.pc = CODE, .sp = STACK},
		 {0},
		 {CODE},
		 RGW_END_ROOT},
		{"the innermost address is kept though nothing is mapped there",
		 {SP_RULE},
		 {.pc = 0x1234, .sp = STACK},
		 {0},
		 {0x1234},
		 RGW_END_NO_MAPPING},
		{"a return address that leads nowhere is not a frame",
		 {SP_RULE},
		 {.pc = CODE, .sp = STACK},
		 {0, 0x1234},
		 {CODE},
		 RGW_END_NO_MAPPING},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), false), 0);
}

/* Where it cannot go on. */
static void test_x86_stops(void **state)
{
	static const struct walk_case cases[] = {
		{"code behind the last row has no rule, and its frame pointer leads nowhere",
		 {SP_RULE},
		 {.pc = CODE + CODE_SPAN - 1, .sp = STACK},
		 {0},
		 {CODE + CODE_SPAN - 1},
		 RGW_END_NO_ROW},
		{"a return address that cannot be read",
		 {SP_RULE},
		 {.pc = CODE, .sp = 0x10000},
		 {0},
		 {CODE},
		 RGW_END_UNREADABLE},
		{"a CFA that cannot be read",
		 {.cfa = RGW_CFA_MEMORY, .cfa_reg = RGW_X86_RSP, .ra = RGW_SAVED_CFA},
		 {.pc = CODE, .sp = 0x10000},
		 {0},
		 {CODE},
		 RGW_END_UNREADABLE},
		{"a rule without a form",
		 {.cfa = RGW_CFA_UNSUPPORTED},
		 {.pc = CODE, .sp = STACK},
		 {0},
		 {CODE},
		 RGW_END_UNSUPPORTED},
		{"a return address nowhere to be found",
		 {.cfa = RGW_CFA_REGISTER,
		  .cfa_reg = RGW_X86_RSP,
		  .cfa_offset = 8,
		  .ra = RGW_SAVED_LOST},
		 {.pc = CODE, .sp = STACK},
		 {0},
		 {CODE},
		 RGW_END_UNSUPPORTED},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), false), 0);
}

/* Registers are those of the innermost frame, and further out what was saved of them. */
static void test_x86_registers(void **state)
{
	static const struct walk_case cases[] = {
		{"a CFA below the stack pointer",
		 {RBP_RULE},
		 {.pc = CODE, .sp = STACK + 40, .fp = STACK},
		 {0, CODE + 64},
		 {CODE},
		 RGW_END_BROKEN},
		{"a CFA by any register in the innermost frame, by none further out",
		 {.cfa = RGW_CFA_REGISTER,
		  .cfa_reg = 10,
		  .cfa_offset = 16,
		  .ra = RGW_SAVED_CFA,
		  .ra_offset = -8},
		 {.pc = CODE, .sp = STACK, .general[10] = STACK},
		 {0, CODE + 64},
		 {CODE, CODE + 63},
		 RGW_END_UNSUPPORTED},
		{"a return address in a register of the innermost frame, not further out",
		 {.cfa = RGW_CFA_REGISTER,
		  .cfa_reg = RGW_X86_RSP,
		  .ra = RGW_SAVED_REGISTER,
		  .ra_offset = RGW_X86_RDI},
		 {.pc = CODE, .sp = STACK, .general[RGW_X86_RDI] = CODE + 64},
		 {0},
		 {CODE, CODE + 63},
		 RGW_END_UNSUPPORTED},
		{"a frame pointer that was lost is an error when it is needed",
		 {RBP_RULE, .fp = RGW_SAVED_LOST},
		 {.pc = CODE, .sp = STACK, .fp = STACK},
		 {0, CODE + 64},
		 {CODE, CODE + 63},
		 RGW_END_UNSUPPORTED},
		{"a frame pointer is read where it was saved",
		 {RBP_RULE, .fp = RGW_SAVED_CFA, .fp_offset = -16},
		 {.pc = CODE, .sp = STACK, .fp = STACK},
		 {STACK + 16, CODE + 64, 0, 0},
		 {CODE, CODE + 63},
		 RGW_END_ROOT},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), false), 0);
}

/* Code of its own kind: a stub of the procedure linkage table, and what a signal interrupted. */
static void test_x86_stubs_and_signals(void **state)
{
	static const struct walk_case cases[] = {
		{"a stub's second half has pushed a word more",
		 {PLT_RULE},
		 {.pc = CODE + 11, .sp = STACK},
		 {1, 0},
		 {CODE + 11},
		 RGW_END_ROOT},
		{"a stub's first half has not",
		 {PLT_RULE},
		 {.pc = CODE + 10, .sp = STACK},
		 {0, 1},
		 {CODE + 10},
		 RGW_END_ROOT},
		{"an interrupted function's address is exact, and its stack may lie below",
		 {.cfa = RGW_CFA_MEMORY,
		  .cfa_reg = RGW_X86_RSP,
		  .ra = RGW_SAVED_SP,
		  .ra_offset = 8,
		  .flags = RGW_RULE_SIGNAL},
		 {.pc = CODE, .sp = STACK + 16},
		 {STACK, 0, STACK, CODE + 64},
		 {CODE, CODE + 64},
		 RGW_END_ROOT},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), false), 0);
}

/* Code without a table is left by its frame pointer, where that can be believed. */
static void test_x86_frame_pointers(void **state)
{
	static const struct walk_case cases[] = {
		{"by frame pointer, where a call is before the return address",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .fp = STACK + 8},
		 {0, 0, AFTER_CALL},
		 {DARK, AFTER_CALL - 1},
		 RGW_END_ROOT},
		{"no frame, where none is",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .fp = STACK + 8},
		 {0, 0, AFTER_OTHER},
		 {DARK},
		 RGW_END_NO_ROW},
		{"a frame pointer below the stack",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK + 16, .fp = STACK + 8},
		 {0, 0, AFTER_CALL},
		 {DARK},
		 RGW_END_NO_ROW},
		{"a frame pointer that is not aligned",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .fp = STACK + 4},
		 {0},
		 {DARK},
		 RGW_END_NO_ROW},
		{"a frame pointer of zero ends a chain only once it is one",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK},
		 {0},
		 {DARK},
		 RGW_END_NO_ROW},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), false), 0);
}

/* Where code without a rule stands on the program's arguments, nobody called it; a word below them somebody may have. */
static void test_top(void **state)
{
	static const struct walk_case cases[] = {
		{"the first frame of a program",
		 {SP_RULE},
		 {.pc = CODE, .sp = STACK, .fp = STACK + 24, .top = STACK + 16},
		 {0, AFTER_CALL, 1, 0, AFTER_CALL},
		 {CODE, AFTER_CALL - 1},
		 RGW_END_ROOT},
		{"has aligned its stack",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .top = STACK + 8},
		 {0},
		 {DARK},
		 RGW_END_ROOT},
		{"has pushed what it needs",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .top = STACK + 16},
		 {0},
		 {DARK},
		 RGW_END_NO_ROW},
		{"is another stack's",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = STACK, .top = STACK - 8},
		 {0},
		 {DARK},
		 RGW_END_NO_ROW},
		{"is not to be known",
		 {.cfa = RGW_CFA_END},
		 {.pc = DARK, .sp = 0, .top = 0},
		 {0},
		 {DARK},
		 RGW_END_NO_ROW},
		{"a rule goes before",
		 {SP_RULE},
		 {.pc = CODE, .sp = STACK, .top = STACK},
		 {0, CODE + 64, 0, 0},
		 {CODE, CODE + 63},
		 RGW_END_ROOT},
	};

	(void)state;
	assert_int_equal(run_cases(cases, sizeof(cases) / sizeof(cases[0]), false), 0);
}

/* Frames of two words, `count` of them, then the root. */
static struct rgw_frames walk_deep(unsigned count)
{
	const struct rgw_unwind_rule rule = {SP_RULE};
	const struct rg_walk_registers registers = {.pc = CODE, .sp = STACK};
	struct place place = {0};
	struct rgw_frames frames;

	assert_true(count <= STACK_WORDS / 2);
	for (unsigned i = 0; i + 1 < count; i++)
		place.words[2 * i + 1] = CODE + 64;
	walk_place(&place, &rule, &registers, &frames);
	return frames;
}

static void test_depth(void **state)
{
	struct rgw_frames frames = walk_deep(RGW_USER_DEPTH);

	(void)state;
	assert_int_equal(frames.end, RGW_END_ROOT);
	assert_int_equal(frames.depth, RGW_USER_DEPTH);
	frames = walk_deep(RGW_USER_DEPTH + 1);
	assert_int_equal(frames.end, RGW_END_TOO_DEEP);
	assert_int_equal(frames.depth, RGW_USER_DEPTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_x86_ends),
		cmocka_unit_test(test_x86_stops),
		cmocka_unit_test(test_x86_registers),
		cmocka_unit_test(test_x86_stubs_and_signals),
		cmocka_unit_test(test_x86_frame_pointers),
		cmocka_unit_test(test_top),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
