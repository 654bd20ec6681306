/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call-frame programs by hand, and the rules that they come to. */
#include <dwarf.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cfa.h"
#include "rule.h"

enum { START = 0x1000, END = 0x1100, STOP = -77 };

/* Bytes and their number. */
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

/* x86-64's usual beginning: CFA = rsp + 8, return address at CFA - 8; data alignment -8. */
#define X86_INITIAL DW_CFA_def_cfa, 7, 8, DW_CFA_offset | 16, 1
#define ARM_INITIAL DW_CFA_def_cfa, 31, 0

struct program {
	const char *what;
	const uint8_t *own;
	size_t own_size;
	const char *expected; /* rows, one a line */
};

/* The rows as text. */
struct text {
	const struct rg_cfi_entry *entry;
	const struct rg_cfa_machine *machine;
	uint64_t next;
	char rows[2048];
	size_t len;
};

static void add_saved(char *out, size_t size, const char *name, uint8_t how, int32_t offset)
{
	static const char *const forms[] = {
		[RGW_SAVED_CFA] = " %s=c%+d",      [RGW_SAVED_SP] = " %s=sp%+d",
		[RGW_SAVED_FP] = " %s=fp%+d",      [RGW_SAVED_REGISTER] = " %s=r%d",
		[RGW_SAVED_LOST] = " %s=lost(%d)",
	};
	size_t len = strlen(out);

	if (how == RGW_SAVED_SAME)
		return;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(out + len, size - len, forms[how], name, offset);
#pragma GCC diagnostic pop
}

static void describe(const struct rgw_unwind_rule *rule, char *out, size_t size)
{
	size_t len;

	switch (rule->cfa) {
	case RGW_CFA_REGISTER:
		snprintf(out, size, "r%d%+d", rule->cfa_reg, rule->cfa_offset);
		break;
	case RGW_CFA_MEMORY:
		snprintf(out, size, "[r%d%+d]%+d", rule->cfa_reg, rule->cfa_offset,
			 rule->cfa_offset2);
		break;
	case RGW_CFA_PLT:
		snprintf(out, size, "plt r%d%+d/%d", rule->cfa_reg, rule->cfa_offset,
			 rule->cfa_offset2);
		break;
	case RGW_CFA_END:
		snprintf(out, size, "end");
		return;
	case RGW_CFA_UNSUPPORTED:
		snprintf(out, size, "unsupported");
		return;
	default:
		fail();
	}
	add_saved(out, size, "fp", rule->fp, rule->fp_offset);
	add_saved(out, size, "kept", rule->kept, rule->kept_offset);
	add_saved(out, size, "ra", rule->ra, rule->ra_offset);
	len = strlen(out);
	snprintf(out + len, size - len, "%s%s", rule->flags & RGW_RULE_SIGNAL ? " signal" : "",
		 rule->flags & RGW_RULE_SIGNED ? " signed" : "");
}

static int add_row(void *ctx, uint64_t start, uint64_t end, const struct rg_cfa_state *state)
{
	struct text *text = ctx;
	const struct rgw_unwind_rule rule = rg_rule_make(state, text->machine, text->entry->cie);
	char words[256] = "";

	assert_int_equal(start, text->next);
	assert_true(end > start);
	text->next = end;
	describe(&rule, words, sizeof(words));
	text->len += (size_t)snprintf(text->rows + text->len, sizeof(text->rows) - text->len,
				      "%" PRIx64 " %s\n", start - START, words);
	assert_true(text->len < sizeof(text->rows));
	return 0;
}

static void run(const struct rg_cfi_entry *entry, uint16_t e_machine, struct text *text)
{
	*text = (struct text){
		.entry = entry, .machine = rg_cfa_machine(e_machine), .next = entry->start};
	assert_non_null(text->machine);
	assert_int_equal(rg_cfa_run(entry, text->machine, add_row, text), 0);
	assert_int_equal(text->next, entry->end);
}

static struct rg_cfi_bytes as_bytes(const uint8_t *at, size_t size)
{
	return (struct rg_cfi_bytes){.at = at, .end = at + size};
}

/* A copy in memory of its own: reading past it is seen by the sanitizer. */
static void check(const struct rg_cfi_cie *cie, uint16_t e_machine, const struct program *program)
{
	uint8_t *copy = malloc(program->own_size ? program->own_size : 1);
	struct rg_cfi_entry entry = {.start = START, .end = END, .cie = cie};
	struct text text;

	assert_non_null(copy);
	memcpy(copy, program->own, program->own_size);
	entry.own = as_bytes(copy, program->own_size);
	print_message("%s\n", program->what);
	run(&entry, e_machine, &text);
	assert_string_equal(text.rows, program->expected);
	free(copy);
}

static void check_x86(const struct program *programs, size_t count)
{
	static const uint8_t initial[] = {X86_INITIAL};
	const struct rg_cfi_cie cie = {.code_align = 1,
				       .data_align = -8,
				       .ra_column = RGW_X86_RA,
				       .pointers = {.encoding = DW_EH_PE_absptr, .width = 8},
				       .initial = {.at = initial,
						   .end = initial + sizeof(initial)}};

	for (size_t i = 0; i < count; i++)
		check(&cie, EM_X86_64, &programs[i]);
}

static void check_arm(const struct program *programs, size_t count, bool is_signal)
{
	static const uint8_t initial[] = {ARM_INITIAL};
	const struct rg_cfi_cie cie = {.code_align = 4,
				       .data_align = -8,
				       .ra_column = RGW_ARM_X30,
				       .is_signal = is_signal,
				       .initial = {.at = initial,
						   .end = initial + sizeof(initial)}};

	for (size_t i = 0; i < count; i++)
		check(&cie, EM_AARCH64, &programs[i]);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

/* --- */

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
		cmocka_unit_test(test_locations),
		cmocka_unit_test(test_cfa_rules),
		cmocka_unit_test(test_register_rules),
		cmocka_unit_test(test_return_address),
		cmocka_unit_test(test_stack_pointer),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_deep_states),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_arm),
		cmocka_unit_test(test_arm_signal),
		cmocka_unit_test(test_x86_signal),
		cmocka_unit_test(test_bad_cie),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
