/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks by rules and over stacks made here: one step's every way, and every way a walk ends. */
#include "made.h"
#include "spaces.h"

enum {
	CODE = 0x400000, /* code with a table */
	DARK = 0x500000, /* code without */
	CODE_SPAN = 0x1000,
	STACK = 0x7fff0000,
	STACK_WORDS = 1024,
	WORD = 8,
};

/* Places in DARK behind which a return address may point, or may not. */
enum {
	AFTER_CALL = DARK + 0x100,
	AFTER_OTHER = DARK + 0x200,
};

struct place {
	uint64_t words[STACK_WORDS];
	bool arm64;
};

static int read_place(void *ctx, void *to, size_t size, uint64_t address)
{
	static const uint8_t x86_call[8] = {0x90, 0x90, 0x90, 0xe8, 0, 0, 0, 0};
	static const uint8_t arm_call[4] = {0, 0, 0, 0x94};
	const struct place *p = ctx;
	const uint64_t end = address + size;

	if (address >= STACK && end <= STACK + sizeof(p->words)) {
		memcpy(to, (const uint8_t *)p->words + (address - STACK), size);
		return 0;
	}
	if (address < DARK || end > DARK + CODE_SPAN)
		return -1;
	memset(to, 0, size);
	if (end == AFTER_CALL && p->arm64)
		memcpy(to, arm_call, sizeof(arm_call));
	else if (end == AFTER_CALL)
		memcpy(to, x86_call, sizeof(x86_call));
	return 0;
}

/* One rule for all of CODE; the stack is `words` from STACK on. */
struct walk_case {
	const char *what;
	struct rgw_unwind_rule rule;
	struct rg_walk_registers registers;
	uint64_t words[8];
	uint64_t at[4]; /* expected, the rest 0 */
	uint8_t end;
};

static void walk_place(struct place *p, const struct rgw_unwind_rule *rule,
		       const struct rg_walk_registers *registers, struct rgw_frames *frames)
{
	struct made *made = made_new();
	struct rg_tables *tables = rg_tables_new(&made->arrays);
	struct rg_spaces *spaces = rg_spaces_new(&made->arrays);
	const struct rg_walker walker = {&made->arrays, tables, read_place, p};
	struct rgw_unwind_rule rules[] = {{0}, {.cfa = RGW_CFA_UNSUPPORTED}, *rule};
	struct rg_unwind_row row[] = {{CODE, 2}, {CODE + CODE_SPAN - 16, RG_RULE_NONE}};
	const struct rg_unwind_rows rows = {
		.rows = row, .count = 2, .rules = rules, .rule_count = 3};
	struct rgw_range ranges[] = {{.start = CODE, .end = CODE + CODE_SPAN},
				     {.start = DARK, .end = DARK + CODE_SPAN}};
	struct rg_space_list *list;

	assert_int_equal(rg_tables_add(tables, &rows, &ranges[0].table), 0);
	assert_int_not_equal(ranges[0].table, RGW_TABLE_NONE);
	assert_int_equal(rg_spaces_list(spaces, ranges, 2, &list), 0);
	(p->arm64 ? rg_walk_arm64 : rg_walk)(&walker, rg_space_list_space(list), registers, frames);
	rg_space_list_drop(spaces, list);
	rg_spaces_free(spaces);
	rg_tables_free(tables);
	made_free(made);
}

static size_t run_cases(const struct walk_case *cases, size_t count, bool arm64)
{
	size_t wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const struct walk_case *c = &cases[i];
		struct place place = {.arm64 = arm64};
		struct rgw_frames frames;
		uint16_t depth = 0;
		bool same;

		memcpy(place.words, c->words, sizeof(c->words));
		walk_place(&place, &c->rule, &c->registers, &frames);
		while (depth < 4 && c->at[depth])
			depth++;
		same = frames.end == c->end && frames.depth == depth &&
		       memcmp(frames.at, c->at, depth * sizeof(frames.at[0])) == 0;
		if (same)
			continue;
		wrong++;
		print_error("%s: end %d depth %d at %llx %llx\n", c->what, frames.end, frames.depth,
			    frames.at[0], frames.at[1]);
	}
	return wrong;
}

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
		cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
