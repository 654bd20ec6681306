/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_UNIT_UNWIND_LIBDW_ROWS_H
#define TESTS_UNIT_UNWIND_LIBDW_ROWS_H

/*
 * Every row of a file against libdw's own evaluation of the same call-frame information: both are carried out over
 * made-up registers and memory, and must come to the same values.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../elf/gopclntab.h"
#include "../elf/image.h"
#include "cfa.h"
#include "rows.h"

enum {
	REGISTERS = 64,
	/* Of a larger file evenly spread ones, so that the whole takes seconds. */
	ROWS_CHECKED_MAX = 1000000,
};

/* What is found out about a register: nothing, or a value. */
struct answer {
	bool known;
	uint64_t value;
};

struct frame {
	const struct rg_cfa_machine *machine;
	uint64_t pc;
	uint64_t cfa;
};

struct tally {
	size_t rows, unsupported, lost, none, signals, linkage, ends;
	size_t restorers; /* where Go's handlers return to: sigreturn.h */
	size_t cut;       /* where Go changes to a stack of which nothing is known */
};

/* --- A made-up machine --- */

static inline uint64_t mix(uint64_t value)
{
	value = (value ^ (value >> 31)) * 0x9e3779b97f4a7c15;
	return value ^ (value >> 29);
}

static inline uint64_t memory_at(uint64_t address)
{
	return mix(address + 77);
}

static inline uint64_t register_at(const struct frame *frame, uint64_t reg)
{
	if (frame->machine->e_machine == EM_X86_64 && reg == RGW_X86_RA)
		return frame->pc;
	return mix(reg + 1000);
}

/* --- libdw's answer --- */

struct machine_stack {
	uint64_t items[64];
	size_t depth;
};

static inline uint64_t pop(struct machine_stack *stack)
{
	assert_true(stack->depth > 0);
	return stack->items[--stack->depth];
}

static inline void push(struct machine_stack *stack, uint64_t value)
{
	assert_true(stack->depth < 64);
	stack->items[stack->depth++] = value;
}

/* `second` is the value on top, and the result what replaces both. */
static inline uint64_t compute(uint8_t atom, uint64_t first, uint64_t second)
{
	switch (atom) {
	case DW_OP_plus:
		return first + second;
	case DW_OP_minus:
		return first - second;
	case DW_OP_and:
		return first & second;
	case DW_OP_ge:
		return (int64_t)first >= (int64_t)second;
	case DW_OP_shl:
		return first << second;
	default:
		fail_msg("an operation that this test does not know: 0x%x", atom);
		return 0;
	}
}

static inline void carry_out(struct machine_stack *stack, const struct frame *frame,
			     const Dwarf_Op *op)
{
	uint64_t second;

	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
		push(stack, op->atom - DW_OP_lit0);
	} else if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		push(stack, register_at(frame, op->atom - DW_OP_breg0) + op->number);
	} else if (op->atom == DW_OP_bregx) {
		push(stack, register_at(frame, op->number) + op->number2);
	} else if (op->atom >= DW_OP_const1u && op->atom <= DW_OP_consts) {
		push(stack, op->number);
	} else if (op->atom == DW_OP_call_frame_cfa) {
		push(stack, frame->cfa);
	} else if (op->atom == DW_OP_plus_uconst) {
		push(stack, pop(stack) + op->number);
	} else if (op->atom == DW_OP_deref) {
		push(stack, memory_at(pop(stack)));
	} else {
		second = pop(stack);
		push(stack, compute(op->atom, pop(stack), second));
	}
}

static inline uint64_t evaluate(const struct frame *frame, const Dwarf_Op *ops, size_t count)
{
	struct machine_stack stack = {0};

	for (size_t i = 0; i < count; i++)
		carry_out(&stack, frame, &ops[i]);
	return pop(&stack);
}

static inline struct answer libdw_register(Dwarf_Frame *state, const struct frame *frame, int reg)
{
	Dwarf_Op memory[3], *ops;
	size_t count;

	assert_int_equal(dwarf_frame_register(state, reg, memory, &ops, &count), 0);
	if (count == 0 && ops == memory)
		return (struct answer){.known = false};
	if (count == 0)
		return (struct answer){true, register_at(frame, (uint64_t)reg)};
	if (ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31)
		return (struct answer){true, register_at(frame, ops[0].atom - DW_OP_reg0)};
	if (ops[0].atom == DW_OP_regx)
		return (struct answer){true, register_at(frame, ops[0].number)};
	if (ops[count - 1].atom == DW_OP_stack_value)
		return (struct answer){true, evaluate(frame, ops, count - 1)};
	return (struct answer){true, memory_at(evaluate(frame, ops, count))};
}

/* --- Ours --- */

static inline uint64_t our_cfa(const struct frame *frame, const struct rgw_unwind_rule *rule)
{
	uint64_t base = register_at(frame, rule->cfa_reg) + (uint64_t)(int64_t)rule->cfa_offset;

	if (rule->cfa == RGW_CFA_MEMORY)
		return memory_at(base) + (uint64_t)(int64_t)rule->cfa_offset2;
	if (rule->cfa == RGW_CFA_PLT)
		return base + ((frame->pc & 15) >= (uint64_t)rule->cfa_offset2 ? 8 : 0);
	assert_int_equal(rule->cfa, RGW_CFA_REGISTER);
	return base;
}

static inline struct answer our_register(const struct frame *frame, uint8_t how, int32_t offset,
					 uint64_t same)
{
	uint64_t by = (uint64_t)(int64_t)offset;

	switch (how) {
	case RGW_SAVED_SAME:
		return (struct answer){true, register_at(frame, same)};
	case RGW_SAVED_CFA:
		return (struct answer){true, memory_at(frame->cfa + by)};
	case RGW_SAVED_SP:
		return (struct answer){true,
				       memory_at(register_at(frame, frame->machine->sp) + by)};
	case RGW_SAVED_FP:
		return (struct answer){true,
				       memory_at(register_at(frame, frame->machine->fp) + by)};
	case RGW_SAVED_REGISTER:
		return (struct answer){true, register_at(frame, by)};
	default:
		return (struct answer){.known = false};
	}
}

/* --- Comparing --- */

static inline void compare_answers(const struct frame *frame, const char *what, struct answer ours,
				   struct answer theirs, struct tally *tally)
{
	if (!ours.known && theirs.known) {
		tally->lost++;
		return;
	}
	if (ours.known != theirs.known || ours.value != theirs.value)
		fail_msg("%" PRIx64 ": %s differs from libdw's", frame->pc, what);
}

/*
 * Registers of which nothing is said are unchanged when calls preserve them: rbx (System V ABI, AMD64
 * supplement, figure 3.4); and a return address that is in a register is there until it is moved.
 * libdw calls both undefined.
 */
static inline bool is_untold_kept(const struct rgw_unwind_rule *rule, struct answer theirs)
{
	return !theirs.known && rule->kept == RGW_SAVED_SAME;
}

static inline bool is_untold_ra(const struct rgw_unwind_rule *rule, struct answer theirs, int ra)
{
	return !theirs.known && rule->ra == RGW_SAVED_REGISTER && rule->ra_offset == ra;
}

static inline void compare_registers(Dwarf_Frame *state, const struct frame *frame, int ra,
				     const struct rgw_unwind_rule *rule, struct tally *tally)
{
	const struct rg_cfa_machine *machine = frame->machine;
	struct answer theirs = libdw_register(state, frame, ra);

	if (!is_untold_ra(rule, theirs, ra))
		compare_answers(frame, "the return address",
				our_register(frame, rule->ra, rule->ra_offset, UINT64_MAX), theirs,
				tally);
	compare_answers(frame, "the frame pointer",
			our_register(frame, rule->fp, rule->fp_offset, machine->fp),
			libdw_register(state, frame, machine->fp), tally);
	theirs = libdw_register(state, frame, machine->kept);
	if (!is_untold_kept(rule, theirs))
		compare_answers(frame, "the fourth register",
				our_register(frame, rule->kept, rule->kept_offset, machine->kept),
				theirs, tally);
}

static inline void compare_rule(Dwarf_Frame *state, struct frame *frame,
				const struct rgw_unwind_rule *rule, struct tally *tally)
{
	struct answer theirs;
	Dwarf_Op *ops;
	size_t count;
	bool is_signal;
	int ra = dwarf_frame_info(state, NULL, NULL, &is_signal);

	theirs = libdw_register(state, frame, ra);
	if (rule->cfa == RGW_CFA_END || (!theirs.known && !is_untold_ra(rule, theirs, ra))) {
		assert_int_equal(rule->cfa, RGW_CFA_END);
		tally->ends += !theirs.known;
		tally->cut += theirs.known;
		return;
	}
	assert_int_equal(dwarf_frame_cfa(state, &ops, &count), 0);
	frame->cfa = evaluate(frame, ops, count);
	if (our_cfa(frame, rule) != frame->cfa)
		fail_msg("%" PRIx64 ": the CFA differs from libdw's", frame->pc);
	assert_int_equal(is_signal, (rule->flags & RGW_RULE_SIGNAL) != 0);
	compare_registers(state, frame, ra, rule, tally);
	tally->signals += is_signal;
	tally->linkage += rule->cfa == RGW_CFA_PLT;
}

/* What Go's linker writes of where its handlers return to is what it writes of any function, and libdw reads that. */
static inline bool is_restorer(const struct rgw_unwind_rule *rule, Dwarf_Frame *state)
{
	bool is_signal = false;

	if (state)
		dwarf_frame_info(state, NULL, NULL, &is_signal);
	return (rule->flags & RGW_RULE_SIGNAL) && !is_signal;
}

static inline void compare_at(Dwarf_CFI *cfi, const struct rg_cfa_machine *machine,
			      uint64_t address, const struct rgw_unwind_rule *rule,
			      struct tally *tally)
{
	struct frame frame = {.machine = machine, .pc = address};
	Dwarf_Frame *state = NULL;
	int rc = dwarf_cfi_addrframe(cfi, address, &state);

	if (is_restorer(rule, rc == 0 ? state : NULL)) {
		tally->restorers++;
		free(state);
		return;
	}
	if (rule->cfa == RGW_CFA_NONE) {
		if (rc == 0)
			fail_msg("%" PRIx64 ": libdw has a rule, we have none", address);
		tally->none++;
		return;
	}
	if (rule->cfa == RGW_CFA_UNSUPPORTED) {
		tally->unsupported++;
		free(state);
		return;
	}
	if (rc != 0)
		fail_msg("%" PRIx64 ": libdw has no rule: %s", address, dwarf_errmsg(-1));
	compare_rule(state, &frame, rule, tally);
	free(state);
}

/* Sorted strictly, distinct neighbours, NONE at the end. */
static inline void check_invariants(const struct rg_unwind_rows *rows)
{
	for (size_t i = 1; i < rows->count; i++) {
		assert_true(rows->rows[i - 1].address < rows->rows[i].address);
		assert_int_not_equal(rows->rows[i - 1].rule, rows->rows[i].rule);
		assert_true(rows->rows[i].rule < rows->rule_count);
	}
	assert_int_equal(rows->rows[rows->count - 1].rule, RG_RULE_NONE);
}

static inline struct tally compare_all(Dwarf_CFI *cfi, const struct rg_cfa_machine *machine,
				       const struct rg_unwind_rows *rows)
{
	size_t stride = rows->count / ROWS_CHECKED_MAX + 1;
	struct tally tally = {0};

	for (size_t i = 0; i + 1 < rows->count; i += stride) {
		const struct rgw_unwind_rule *rule = &rows->rules[rows->rows[i].rule];

		compare_at(cfi, machine, rows->rows[i].address, rule, &tally);
		compare_at(cfi, machine, rows->rows[i + 1].address - 1, rule, &tally);
		/* Within a stub the rule changes. */
		for (uint64_t at = 1; rule->cfa == RGW_CFA_PLT && at < 16; at++)
			compare_at(cfi, machine, rows->rows[i].address + at, rule, &tally);
		tally.rows++;
	}
	return tally;
}

/* .debug_frame is looked at where there is no .eh_frame. */
static inline struct tally compare_file(const char *path)
{
	struct rg_unwind_rows rows;
	struct rg_image image;
	struct tally tally;
	Dwarf *dwarf = NULL;
	Dwarf_CFI *own, *cfi;
	GElf_Ehdr header;

	assert_int_equal(rg_image_open_fd(&image, open(path, O_RDONLY | O_CLOEXEC)), 0);
	assert_non_null(gelf_getehdr(image.elf, &header));
	assert_int_equal(rg_unwind_rows_load(&rows, &image), 0);
	own = cfi = dwarf_getcfi_elf(image.elf);
	if (!cfi) {
		dwarf = dwarf_begin_elf(image.elf, DWARF_C_READ, NULL);
		cfi = dwarf_getcfi(dwarf);
	}
	assert_non_null(cfi);
	assert_true(rows.count > 1);
	check_invariants(&rows);
	tally = compare_all(cfi, rg_cfa_machine(header.e_machine), &rows);
	print_message("%s: %zu of %zu rows, %zu rules; %" PRIu64
		      " unsupported; places: %zu without rule, "
		      "%zu lost, %zu signal, %zu linkage, %zu outermost; left out: %" PRIu64 "\n",
		      path, tally.rows, rows.count, rows.rule_count, rows.unsupported_rows,
		      tally.none, tally.lost, tally.signals, tally.linkage, tally.ends,
		      rows.left_out);
	/* One row in a thousand may have no form here. */
	assert_true(rows.unsupported_rows * 1000 <= rows.count);
	assert_int_equal(tally.lost, 0);
	/* One row, of which both ends are looked at. */
	assert_true(tally.restorers <= (rg_gopclntab_has(&image) ? 2 : 0));
	/* Two. */
	assert_true(tally.cut <= (rg_gopclntab_has(&image) ? 4 : 0));
	if (own)
		dwarf_cfi_end(own);
	dwarf_end(dwarf);
	rg_unwind_rows_done(&rows);
	rg_image_done(&image);
	return tally;
}

#endif
