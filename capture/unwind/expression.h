/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_EXPRESSION_H
#define CAPTURE_UNWIND_EXPRESSION_H

#include <stdint.h>

#include "../elf/cfi_bytes.h"

/* What a DWARF expression (DWARF 5, 2.5.1) of call-frame information computes, without its doing. */
enum rg_expression_kind {
	RG_EXPRESSION_OTHER = 0, /* none of these, or damaged */
	RG_EXPRESSION_CONSTANT,  /* offset */
	RG_EXPRESSION_CFA,       /* CFA + offset */
	RG_EXPRESSION_REGISTER,  /* reg + offset */
	RG_EXPRESSION_MEMORY,    /* what is stored at reg + offset, plus added */
	/*
	 * What linkers write for the stubs of a procedure linkage table, and the steps to it:
	 * reg + offset, and 8 more once `low` has reached `added`, low being the last 4 bits of
	 * the register low_reg (the program counter, if the rule is to make sense).
	 */
	RG_EXPRESSION_LOW,         /* low */
	RG_EXPRESSION_LOW_REACHED, /* 1 once low >= added, else 0 */
	RG_EXPRESSION_LOW_EIGHT,   /* 8 times that */
	RG_EXPRESSION_PLT,
};

struct rg_expression {
	enum rg_expression_kind kind;
	uint64_t reg, low_reg; /* DWARF numbers */
	int64_t offset, added;
};

/* `start` is what is on the stack already: the CFA for all but the CFA's own expression, or NULL. */
struct rg_expression rg_expression_read(struct rg_cfi_bytes bytes,
					const struct rg_expression *start);

#endif
