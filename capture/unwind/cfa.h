/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_CFA_H
#define CAPTURE_UNWIND_CFA_H

#include <stdbool.h>
#include <stdint.h>

#include "../elf/cfi.h"

/* Call-frame instructions (DWARF 5, 6.4.2), carried out for the registers that a walk follows. */

/* The architecture of the image, not of this machine. */
struct rg_cfa_machine {
	uint16_t e_machine;
	uint8_t fp, kept, sp, ra; /* DWARF numbers; ra as the architecture's ABI has it */
	uint8_t register_count;   /* general ones, from 0 */
};

/* NULL for one that is not supported. */
const struct rg_cfa_machine *rg_cfa_machine(uint16_t e_machine);

/* DWARF 5, 6.4.1: the rules for registers. */
enum rg_cfa_place_kind {
	RG_CFA_UNSPECIFIED = 0,
	RG_CFA_SAME,
	RG_CFA_UNDEFINED,
	RG_CFA_OFFSET,       /* stored at CFA + offset */
	RG_CFA_VALUE_OFFSET, /* CFA + offset itself */
	RG_CFA_REGISTER,     /* in register `reg`; of the CFA: reg + offset */
	RG_CFA_EXPRESSION,   /* stored where the expression says; of the CFA: its value */
	RG_CFA_VALUE,        /* the value of the expression */
};

struct rg_cfa_place {
	enum rg_cfa_place_kind kind;
	uint64_t reg;
	int64_t offset;
	struct rg_cfi_bytes expression;
};

enum rg_cfa_slot {
	RG_CFA_SLOT_FP,
	RG_CFA_SLOT_KEPT,
	RG_CFA_SLOT_SP,
	RG_CFA_SLOT_RA, /* the column that the CIE names */
	RG_CFA_SLOTS,
};

struct rg_cfa_state {
	struct rg_cfa_place cfa; /* UNSPECIFIED, REGISTER or EXPRESSION */
	struct rg_cfa_place slots[RG_CFA_SLOTS];
	bool is_signed; /* AArch64: RA_SIGN_STATE */
};

/*
 * Takes the state of the instructions [start, end); NULL from where the entry is damaged on. What
 * is negative ends the run.
 */
typedef int (*rg_cfa_row_fn)(void *ctx, uint64_t start, uint64_t end,
			     const struct rg_cfa_state *state);

/* Gives the states of [entry->start, entry->end) in order and without gaps. Returns 0 or row's. */
int rg_cfa_run(const struct rg_cfi_entry *entry, const struct rg_cfa_machine *machine,
	       rg_cfa_row_fn row, void *ctx);

#endif
