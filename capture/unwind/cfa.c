/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfa.h"

#include <dwarf.h>
#include <stddef.h>

#include "../../bpf/unwind.h"

enum {
	REMEMBERED_MAX = 32, /* compilers nest states twice or thrice */
	/* DWARF for the Arm 64-bit architecture, 4.4; not in elfutils' dwarf.h. */
	CFA_AARCH64_NEGATE_RA_STATE_WITH_PC = 0x2c,
};

static const struct rg_cfa_machine machines[] = {
	{EM_X86_64, RGW_X86_RBP, RGW_X86_RBX, RGW_X86_RSP, RGW_X86_RA, 16},
	{EM_AARCH64, RGW_ARM_X29, RGW_ARM_X30, RGW_ARM_SP, RGW_ARM_X30, 32},
};

const struct rg_cfa_machine *rg_cfa_machine(uint16_t e_machine)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i].e_machine == e_machine)
			return &machines[i];
	return NULL;
}

struct run {
	const struct rg_cfi_entry *entry;
	const struct rg_cfa_machine *machine;
	rg_cfa_row_fn row;
	void *ctx;
	uint64_t at;     /* the address that the next instructions are about */
	bool is_initial; /* the CIE's are carried out, which are about no address */
	struct rg_cfa_state state, initial;
	struct rg_cfa_state *remembered; /* REMEMBERED_MAX */
	size_t depth;
};

/* An instruction that cannot be: what the entry says from there on means nothing. */
enum { DAMAGED = 1, FINISHED = 2 };

/* --- Addresses --- */

static int advance_to(struct run *run, uint64_t to)
{
	uint64_t end = to < run->entry->end ? to : run->entry->end;
	int rc;

	if (to < run->at || run->is_initial)
		return DAMAGED;
	if (end > run->at) {
		rc = run->row(run->ctx, run->at, end, &run->state);
		if (rc != 0)
			return rc;
		run->at = end;
	}
	return to >= run->entry->end ? FINISHED : 0;
}

/* The delta is in units of the code alignment; past the end of addresses is past the entry. */
static int advance(struct run *run, uint64_t delta)
{
	uint64_t bytes, to;

	if (__builtin_mul_overflow(delta, run->entry->cie->code_align, &bytes) ||
	    __builtin_add_overflow(run->at, bytes, &to))
		to = UINT64_MAX;
	return advance_to(run, to);
}

static int set_location(struct run *run, struct rg_cfi_bytes *bytes)
{
	uint64_t to = rg_cfi_pointer(&run->entry->cie->pointers, bytes);

	return bytes->bad ? DAMAGED : advance_to(run, to);
}

/* --- Registers --- */

/* Whether a slot stands for the register; two may stand for the same. */
static bool is_slot_of(const struct run *run, enum rg_cfa_slot slot, uint64_t reg)
{
	switch (slot) {
	case RG_CFA_SLOT_FP:
		return reg == run->machine->fp;
	case RG_CFA_SLOT_KEPT:
		return reg == run->machine->kept;
	case RG_CFA_SLOT_SP:
		return reg == run->machine->sp;
	case RG_CFA_SLOT_RA:
		return reg == run->entry->cie->ra_column;
	case RG_CFA_SLOTS:
	default:
		return false;
	}
}

static int set_place(struct run *run, uint64_t reg, struct rg_cfa_place place)
{
	for (enum rg_cfa_slot slot = 0; slot < RG_CFA_SLOTS; slot++)
		if (is_slot_of(run, slot, reg))
			run->state.slots[slot] = place;
	return 0;
}

static int restore(struct run *run, uint64_t reg)
{
	for (enum rg_cfa_slot slot = 0; slot < RG_CFA_SLOTS; slot++)
		if (is_slot_of(run, slot, reg))
			run->state.slots[slot] = run->initial.slots[slot];
	return 0;
}

static int set_kind(struct run *run, uint64_t reg, enum rg_cfa_place_kind kind)
{
	return set_place(run, reg, (struct rg_cfa_place){.kind = kind});
}

/* False when the offset, in units of the data alignment, is too large for any address. */
static bool scale(const struct run *run, int64_t factored, int64_t *offset)
{
	return !__builtin_mul_overflow(factored, run->entry->cie->data_align, offset);
}

static int set_offset(struct run *run, uint64_t reg, enum rg_cfa_place_kind kind, int64_t factored)
{
	struct rg_cfa_place place = {.kind = kind};

	if (!scale(run, factored, &place.offset))
		return DAMAGED;
	return set_place(run, reg, place);
}

/* An unsigned operand that is to be multiplied: one beyond the signed numbers is too large. */
static int set_unsigned_offset(struct run *run, uint64_t reg, enum rg_cfa_place_kind kind,
			       uint64_t factored)
{
	return factored > INT64_MAX ? DAMAGED : set_offset(run, reg, kind, (int64_t)factored);
}

static int set_expression(struct run *run, uint64_t reg, enum rg_cfa_place_kind kind,
			  struct rg_cfi_bytes expression)
{
	return set_place(run, reg, (struct rg_cfa_place){.kind = kind, .expression = expression});
}

static int remember(struct run *run)
{
	if (run->depth == REMEMBERED_MAX)
		return DAMAGED;
	run->remembered[run->depth++] = run->state;
	return 0;
}

static int recall(struct run *run)
{
	if (run->depth == 0)
		return DAMAGED;
	run->state = run->remembered[--run->depth];
	return 0;
}

/* --- The CFA --- */

static int define_cfa(struct run *run, uint64_t reg, int64_t offset)
{
	run->state.cfa =
		(struct rg_cfa_place){.kind = RG_CFA_REGISTER, .reg = reg, .offset = offset};
	return 0;
}

static int define_cfa_scaled(struct run *run, uint64_t reg, int64_t factored)
{
	int64_t offset;

	return scale(run, factored, &offset) ? define_cfa(run, reg, offset) : DAMAGED;
}

/* The instructions that change one half of the rule want a rule with two halves. */
static int define_part_of_cfa(struct run *run, uint8_t opcode, struct rg_cfi_bytes *bytes)
{
	const struct rg_cfa_place cfa = run->state.cfa;

	if (cfa.kind != RG_CFA_REGISTER)
		return DAMAGED;
	if (opcode == DW_CFA_def_cfa_register)
		return define_cfa(run, rg_cfi_uleb(bytes), cfa.offset);
	if (opcode == DW_CFA_def_cfa_offset)
		return define_cfa(run, cfa.reg, (int64_t)rg_cfi_uleb(bytes));
	return define_cfa_scaled(run, cfa.reg, rg_cfi_sleb(bytes));
}

static int define_cfa_expression(struct run *run, struct rg_cfi_bytes expression)
{
	run->state.cfa = (struct rg_cfa_place){.kind = RG_CFA_EXPRESSION, .expression = expression};
	return 0;
}

/* --- Instructions --- */

static struct rg_cfi_bytes read_block(struct rg_cfi_bytes *bytes)
{
	return rg_cfi_take(bytes, rg_cfi_uleb(bytes));
}

/* Those whose operands begin with a register. */
static int run_register(struct run *run, uint8_t opcode, struct rg_cfi_bytes *bytes)
{
	uint64_t reg = rg_cfi_uleb(bytes);

	switch (opcode) {
	case DW_CFA_offset_extended:
		return set_unsigned_offset(run, reg, RG_CFA_OFFSET, rg_cfi_uleb(bytes));
	case DW_CFA_offset_extended_sf:
		return set_offset(run, reg, RG_CFA_OFFSET, rg_cfi_sleb(bytes));
	case DW_CFA_GNU_negative_offset_extended:
		return set_offset(run, reg, RG_CFA_OFFSET, (int64_t)(0 - rg_cfi_uleb(bytes)));
	case DW_CFA_val_offset:
		return set_unsigned_offset(run, reg, RG_CFA_VALUE_OFFSET, rg_cfi_uleb(bytes));
	case DW_CFA_val_offset_sf:
		return set_offset(run, reg, RG_CFA_VALUE_OFFSET, rg_cfi_sleb(bytes));
	case DW_CFA_restore_extended:
		return restore(run, reg);
	case DW_CFA_undefined:
		return set_kind(run, reg, RG_CFA_UNDEFINED);
	case DW_CFA_same_value:
		return set_kind(run, reg, RG_CFA_SAME);
	case DW_CFA_register:
		return set_place(run, reg,
				 (struct rg_cfa_place){.kind = RG_CFA_REGISTER,
						       .reg = rg_cfi_uleb(bytes)});
	case DW_CFA_expression:
		return set_expression(run, reg, RG_CFA_EXPRESSION, read_block(bytes));
	case DW_CFA_val_expression:
		return set_expression(run, reg, RG_CFA_VALUE, read_block(bytes));
	case DW_CFA_def_cfa:
		return define_cfa(run, reg, (int64_t)rg_cfi_uleb(bytes));
	case DW_CFA_def_cfa_sf:
		return define_cfa_scaled(run, reg, rg_cfi_sleb(bytes));
	default:
		return DAMAGED;
	}
}

static int negate_ra_state(struct run *run)
{
	if (run->machine->e_machine != EM_AARCH64)
		return DAMAGED;
	run->state.is_signed = !run->state.is_signed;
	return 0;
}

/* A number that is cut off is 0 here; the caller sees that it was. */
static int run_extended(struct run *run, uint8_t opcode, struct rg_cfi_bytes *bytes)
{
	switch (opcode) {
	case DW_CFA_nop:
		return 0;
	case DW_CFA_set_loc:
		return set_location(run, bytes);
	case DW_CFA_advance_loc1:
		return advance(run, rg_cfi_unsigned(bytes, 1));
	case DW_CFA_advance_loc2:
		return advance(run, rg_cfi_unsigned(bytes, 2));
	case DW_CFA_advance_loc4:
		return advance(run, rg_cfi_unsigned(bytes, 4));
	case DW_CFA_MIPS_advance_loc8:
		return advance(run, rg_cfi_unsigned(bytes, 8));
	case DW_CFA_remember_state:
		return remember(run);
	case DW_CFA_restore_state:
		return recall(run);
	case DW_CFA_def_cfa_register:
	case DW_CFA_def_cfa_offset:
	case DW_CFA_def_cfa_offset_sf:
		return define_part_of_cfa(run, opcode, bytes);
	case DW_CFA_def_cfa_expression:
		return define_cfa_expression(run, read_block(bytes));
	case DW_CFA_AARCH64_negate_ra_state:
	case CFA_AARCH64_NEGATE_RA_STATE_WITH_PC:
		return negate_ra_state(run);
	case DW_CFA_GNU_args_size:
		rg_cfi_uleb(bytes);
		return 0;
	default:
		return run_register(run, opcode, bytes);
	}
}

/* The high two bits are an instruction with an operand in the others, or 0. */
static int run_instruction(struct run *run, struct rg_cfi_bytes *bytes)
{
	uint8_t opcode = *bytes->at++, operand = opcode & 0x3f;

	switch (opcode & 0xc0) {
	case DW_CFA_advance_loc:
		return advance(run, operand);
	case DW_CFA_offset:
		return set_unsigned_offset(run, operand, RG_CFA_OFFSET, rg_cfi_uleb(bytes));
	case DW_CFA_restore:
		return restore(run, operand);
	default:
		return run_extended(run, opcode, bytes);
	}
}

static int run_program(struct run *run, struct rg_cfi_bytes bytes)
{
	int rc = 0;

	while (rc == 0 && bytes.at < bytes.end)
		rc = run_instruction(run, &bytes);
	return rc == 0 && bytes.bad ? DAMAGED : rc;
}

int rg_cfa_run(const struct rg_cfi_entry *entry, const struct rg_cfa_machine *machine,
	       rg_cfa_row_fn row, void *ctx)
{
	struct rg_cfa_state remembered[REMEMBERED_MAX];
	struct run run = {.entry = entry,
			  .machine = machine,
			  .row = row,
			  .ctx = ctx,
			  .at = entry->start,
			  .is_initial = true,
			  .remembered = remembered};
	int rc = run_program(&run, entry->cie->initial);

	run.is_initial = false;
	run.initial = run.state;
	if (rc == 0)
		rc = run_program(&run, entry->own);
	if (rc == 0)
		rc = advance_to(&run, entry->end);
	if (rc == DAMAGED)
		return row(ctx, run.at, entry->end, NULL);
	return rc < 0 ? rc : 0;
}
