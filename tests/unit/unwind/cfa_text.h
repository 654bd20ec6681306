/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_UNWIND_CFA_TEXT_H
#define TESTS_UNIT_UNWIND_CFA_TEXT_H

/* Call-frame programs by hand, and the rules that they come to, as text. */

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

enum { START = 0x1000, END = 0x1100 };

/* Bytes and their number. */
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

static inline void add_saved(char *out, size_t size, const char *name, uint8_t how, int32_t offset)
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

static inline void describe(const struct rgw_unwind_rule *rule, char *out, size_t size)
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

static inline int add_row(void *ctx, uint64_t start, uint64_t end, const struct rg_cfa_state *state)
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

static inline void run(const struct rg_cfi_entry *entry, uint16_t e_machine, struct text *text)
{
	*text = (struct text){
		.entry = entry, .machine = rg_cfa_machine(e_machine), .next = entry->start};
	assert_non_null(text->machine);
	assert_int_equal(rg_cfa_run(entry, text->machine, add_row, text), 0);
	assert_int_equal(text->next, entry->end);
}

static inline struct rg_cfi_bytes as_bytes(const uint8_t *at, size_t size)
{
	return (struct rg_cfi_bytes){.at = at, .end = at + size};
}

/* A copy in memory of its own: reading past it is seen by the sanitizer. */
static inline void check(const struct rg_cfi_cie *cie, uint16_t e_machine,
			 const struct program *program)
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

static inline void check_x86(const struct program *programs, size_t count)
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

static inline void check_arm(const struct program *programs, size_t count, bool is_signal)
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

#endif
