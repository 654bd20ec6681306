/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rule.h"

#include <string.h>

#include "expression.h"

/*
 * The frame of a signal handler on AArch64 Linux, at the stack pointer when it returns: siginfo_t of
 * 128 bytes, then struct ucontext, whose mcontext is at 176 and has fault_address, regs[31], sp and
 * pc (arch/arm64/include/uapi/asm/sigcontext.h, ucontext.h; struct rt_sigframe in signal.c).
 */
enum {
	ARM_FRAME_REGISTERS = 128 + 176 + 8,
	ARM_FRAME_X29 = ARM_FRAME_REGISTERS + 8 * RGW_ARM_X29,
	ARM_FRAME_X30 = ARM_FRAME_REGISTERS + 8 * RGW_ARM_X30,
	ARM_FRAME_SP = ARM_FRAME_REGISTERS + 8 * 31,
	ARM_FRAME_PC = ARM_FRAME_REGISTERS + 8 * 32,
};

struct saved {
	uint8_t how; /* enum rgw_saved */
	int32_t offset;
};

static bool fits(int64_t offset)
{
	return offset >= INT32_MIN && offset <= INT32_MAX;
}

static struct rg_expression read_location(const struct rg_cfa_place *place)
{
	const struct rg_expression cfa = {.kind = RG_EXPRESSION_CFA};

	if (place->kind == RG_CFA_OFFSET)
		return (struct rg_expression){.kind = RG_EXPRESSION_CFA, .offset = place->offset};
	return rg_expression_read(place->expression, &cfa);
}

/* Where a value in memory is. */
static struct saved stored_at(const struct rg_expression *at, const struct rg_cfa_machine *machine)
{
	const struct saved lost = {.how = RGW_SAVED_LOST};

	if (!fits(at->offset))
		return lost;
	if (at->kind == RG_EXPRESSION_CFA)
		return (struct saved){RGW_SAVED_CFA, (int32_t)at->offset};
	if (at->kind != RG_EXPRESSION_REGISTER)
		return lost;
	if (at->reg == machine->sp)
		return (struct saved){RGW_SAVED_SP, (int32_t)at->offset};
	if (at->reg == machine->fp)
		return (struct saved){RGW_SAVED_FP, (int32_t)at->offset};
	return lost;
}

static struct saved find_saved(const struct rg_cfa_place *place, uint64_t column,
			       const struct rg_cfa_machine *machine)
{
	struct rg_expression at;

	switch (place->kind) {
	case RG_CFA_UNSPECIFIED:
	case RG_CFA_SAME:
		return (struct saved){.how = RGW_SAVED_SAME};
	case RG_CFA_REGISTER:
		if (place->reg == column)
			return (struct saved){.how = RGW_SAVED_SAME};
		if (place->reg >= machine->register_count)
			break;
		return (struct saved){RGW_SAVED_REGISTER, (int32_t)place->reg};
	case RG_CFA_OFFSET:
	case RG_CFA_EXPRESSION:
		at = read_location(place);
		return stored_at(&at, machine);
	case RG_CFA_UNDEFINED:
	case RG_CFA_VALUE_OFFSET:
	case RG_CFA_VALUE:
	default:
		break;
	}
	return (struct saved){.how = RGW_SAVED_LOST};
}

/* --- The CFA, and with it the stack pointer --- */

static bool set_cfa(struct rgw_unwind_rule *rule, const struct rg_expression *cfa,
		    const struct rg_cfa_machine *machine)
{
	if (cfa->reg >= machine->register_count || !fits(cfa->offset) || !fits(cfa->added))
		return false;
	rule->cfa_reg = (uint8_t)cfa->reg;
	rule->cfa_offset = (int32_t)cfa->offset;
	rule->cfa_offset2 = (int32_t)cfa->added;
	switch (cfa->kind) {
	case RG_EXPRESSION_REGISTER:
		rule->cfa = RGW_CFA_REGISTER;
		return true;
	case RG_EXPRESSION_MEMORY:
		rule->cfa = RGW_CFA_MEMORY;
		return true;
	case RG_EXPRESSION_PLT:
		rule->cfa = RGW_CFA_PLT;
		return machine->e_machine == EM_X86_64 && cfa->reg == machine->sp &&
		       cfa->low_reg == machine->ra;
	case RG_EXPRESSION_OTHER:
	case RG_EXPRESSION_CONSTANT:
	case RG_EXPRESSION_CFA:
	case RG_EXPRESSION_LOW:
	case RG_EXPRESSION_LOW_REACHED:
	case RG_EXPRESSION_LOW_EIGHT:
	default:
		return false;
	}
}

static struct rg_expression read_cfa(const struct rg_cfa_place *place)
{
	if (place->kind == RG_CFA_REGISTER)
		return (struct rg_expression){
			.kind = RG_EXPRESSION_REGISTER, .reg = place->reg, .offset = place->offset};
	if (place->kind == RG_CFA_EXPRESSION)
		return rg_expression_read(place->expression, NULL);
	return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
}

static bool is_equal(const struct rg_expression *a, const struct rg_expression *b)
{
	return a->kind == b->kind && a->reg == b->reg && a->low_reg == b->low_reg &&
	       a->offset == b->offset && a->added == b->added;
}

/* Whether the caller's stack pointer is the CFA, as walks take it to be. */
static bool is_sp_cfa(const struct rg_cfa_place *sp, const struct rg_expression *cfa)
{
	struct rg_expression value;

	switch (sp->kind) {
	case RG_CFA_UNSPECIFIED:
		return true;
	case RG_CFA_VALUE_OFFSET:
		return sp->offset == 0;
	case RG_CFA_VALUE:
		value = read_location(sp);
		return is_equal(&value, cfa) ||
		       (value.kind == RG_EXPRESSION_CFA && value.offset == 0);
	case RG_CFA_EXPRESSION: /* signal frames: both are stored in the same place */
		value = read_location(sp);
		if (value.kind != RG_EXPRESSION_REGISTER)
			return false;
		value.kind = RG_EXPRESSION_MEMORY;
		return is_equal(&value, cfa);
	case RG_CFA_SAME:
	case RG_CFA_UNDEFINED:
	case RG_CFA_OFFSET:
	case RG_CFA_REGISTER:
	default:
		return false;
	}
}

/* --- The return address --- */

static bool set_ra(struct rgw_unwind_rule *rule, const struct rg_cfa_place *place,
		   const struct rg_cfa_machine *machine, uint64_t column)
{
	struct saved ra = find_saved(place, column, machine);

	/* One that is still in its register is in x30 on AArch64; on x86-64 there is no such. */
	if (ra.how == RGW_SAVED_SAME && column < machine->register_count)
		ra = (struct saved){RGW_SAVED_REGISTER, (int32_t)column};
	rule->ra = ra.how;
	rule->ra_offset = ra.offset;
	return ra.how != RGW_SAVED_LOST && ra.how != RGW_SAVED_SAME;
}

/*
 * The kernel's vDSO describes only the frame record that it puts on the stack, in which the
 * interrupted x30 is no return address; where all registers are is known.
 */
static struct rgw_unwind_rule make_arm_signal(void)
{
	return (struct rgw_unwind_rule){
		.cfa = RGW_CFA_MEMORY,
		.cfa_reg = RGW_ARM_SP,
		.cfa_offset = ARM_FRAME_SP,
		.fp = RGW_SAVED_SP,
		.fp_offset = ARM_FRAME_X29,
		.kept = RGW_SAVED_SP,
		.kept_offset = ARM_FRAME_X30,
		.ra = RGW_SAVED_SP,
		.ra_offset = ARM_FRAME_PC,
		.flags = RGW_RULE_SIGNAL,
	};
}

struct rgw_unwind_rule rg_rule_make(const struct rg_cfa_state *state,
				    const struct rg_cfa_machine *machine,
				    const struct rg_cfi_cie *cie)
{
	const struct rgw_unwind_rule unsupported = {.cfa = RGW_CFA_UNSUPPORTED};
	struct rgw_unwind_rule rule = {0};
	struct rg_expression cfa;
	struct saved saved;

	if (cie->is_signal && machine->e_machine == EM_AARCH64)
		return make_arm_signal();
	if (!state)
		return unsupported;
	if (state->slots[RG_CFA_SLOT_RA].kind == RG_CFA_UNDEFINED)
		return (struct rgw_unwind_rule){.cfa = RGW_CFA_END};
	cfa = read_cfa(&state->cfa);
	if (!set_cfa(&rule, &cfa, machine) || !is_sp_cfa(&state->slots[RG_CFA_SLOT_SP], &cfa) ||
	    !set_ra(&rule, &state->slots[RG_CFA_SLOT_RA], machine, cie->ra_column))
		return unsupported;
	saved = find_saved(&state->slots[RG_CFA_SLOT_FP], machine->fp, machine);
	rule.fp = saved.how;
	rule.fp_offset = saved.offset;
	saved = find_saved(&state->slots[RG_CFA_SLOT_KEPT], machine->kept, machine);
	rule.kept = saved.how;
	rule.kept_offset = saved.offset;
	rule.flags = (uint8_t)((cie->is_signal ? RGW_RULE_SIGNAL : 0) |
			       (state->is_signed ? RGW_RULE_SIGNED : 0));
	return rule;
}
