/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expression.h"

#include <dwarf.h>
#include <stdbool.h>
#include <stddef.h>

/* The deepest that a known form goes is 3. */
enum { DEPTH_MAX = 8 };

struct stack {
	struct rg_expression items[DEPTH_MAX];
	size_t depth;
};

static bool push(struct stack *stack, struct rg_expression value)
{
	if (stack->depth == DEPTH_MAX)
		return false;
	stack->items[stack->depth++] = value;
	return true;
}

static bool push_constant(struct stack *stack, int64_t value)
{
	return push(stack, (struct rg_expression){.kind = RG_EXPRESSION_CONSTANT, .offset = value});
}

static bool push_register(struct stack *stack, uint64_t reg, int64_t offset)
{
	return push(stack, (struct rg_expression){
				   .kind = RG_EXPRESSION_REGISTER, .reg = reg, .offset = offset});
}

/* Adds as machines do, around the end. */
static int64_t sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static struct rg_expression add_constant(struct rg_expression value, int64_t constant)
{
	switch (value.kind) {
	case RG_EXPRESSION_CONSTANT:
	case RG_EXPRESSION_CFA:
	case RG_EXPRESSION_REGISTER:
	case RG_EXPRESSION_PLT:
		value.offset = sum(value.offset, constant);
		return value;
	case RG_EXPRESSION_MEMORY:
		value.added = sum(value.added, constant);
		return value;
	case RG_EXPRESSION_OTHER:
	case RG_EXPRESSION_LOW:
	case RG_EXPRESSION_LOW_REACHED:
	case RG_EXPRESSION_LOW_EIGHT:
	default:
		return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
	}
}

static struct rg_expression add(struct rg_expression a, struct rg_expression b)
{
	if (b.kind == RG_EXPRESSION_CONSTANT)
		return add_constant(a, b.offset);
	if (a.kind == RG_EXPRESSION_CONSTANT)
		return add_constant(b, a.offset);
	if (a.kind == RG_EXPRESSION_LOW_EIGHT) {
		const struct rg_expression swapped = a;

		a = b;
		b = swapped;
	}
	if (a.kind != RG_EXPRESSION_REGISTER || b.kind != RG_EXPRESSION_LOW_EIGHT)
		return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
	a.kind = RG_EXPRESSION_PLT;
	a.low_reg = b.low_reg;
	a.added = b.added;
	return a;
}

/* The steps of the form for linkage tables; b is the constant. */
static struct rg_expression step(uint8_t opcode, struct rg_expression a, struct rg_expression b)
{
	if (b.kind != RG_EXPRESSION_CONSTANT)
		return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
	if (opcode == DW_OP_and && a.kind == RG_EXPRESSION_REGISTER && a.offset == 0 &&
	    b.offset == 15)
		return (struct rg_expression){RG_EXPRESSION_LOW, .low_reg = a.reg};
	if (opcode == DW_OP_ge && a.kind == RG_EXPRESSION_LOW) {
		a.kind = RG_EXPRESSION_LOW_REACHED;
		a.added = b.offset;
		return a;
	}
	if (opcode == DW_OP_shl && a.kind == RG_EXPRESSION_LOW_REACHED && b.offset == 3) {
		a.kind = RG_EXPRESSION_LOW_EIGHT;
		return a;
	}
	return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
}

/* Replaces the two values on top by one. */
static bool combine(struct stack *stack, uint8_t opcode)
{
	struct rg_expression a, b;

	if (stack->depth < 2)
		return false;
	b = stack->items[--stack->depth];
	a = stack->items[stack->depth - 1];
	if (opcode == DW_OP_minus) {
		b.offset = (int64_t)(0 - (uint64_t)b.offset);
		a = b.kind == RG_EXPRESSION_CONSTANT ? add(a, b) : (struct rg_expression){0};
	} else {
		a = opcode == DW_OP_plus ? add(a, b) : step(opcode, a, b);
	}
	stack->items[stack->depth - 1] = a;
	return a.kind != RG_EXPRESSION_OTHER;
}

static bool change_top(struct stack *stack, uint8_t opcode, int64_t operand)
{
	struct rg_expression *top;

	if (stack->depth == 0)
		return false;
	top = &stack->items[stack->depth - 1];
	if (opcode == DW_OP_plus_uconst) {
		*top = add_constant(*top, operand);
		return top->kind != RG_EXPRESSION_OTHER;
	}
	if (top->kind != RG_EXPRESSION_REGISTER)
		return false;
	top->kind = RG_EXPRESSION_MEMORY;
	top->added = 0;
	return true;
}

static bool read_constant(struct stack *stack, uint8_t opcode, struct rg_cfi_bytes *bytes)
{
	switch (opcode) {
	case DW_OP_const1u:
	case DW_OP_const2u:
	case DW_OP_const4u:
	case DW_OP_const8u:
		return push_constant(stack, (int64_t)rg_cfi_unsigned(
						    bytes, 1u << ((opcode - DW_OP_const1u) / 2)));
	case DW_OP_const1s:
	case DW_OP_const2s:
	case DW_OP_const4s:
	case DW_OP_const8s:
		return push_constant(stack,
				     rg_cfi_signed(bytes, 1u << ((opcode - DW_OP_const1s) / 2)));
	case DW_OP_constu:
		return push_constant(stack, (int64_t)rg_cfi_uleb(bytes));
	case DW_OP_consts:
		return push_constant(stack, rg_cfi_sleb(bytes));
	default:
		return false;
	}
}

/* False for an operation that none of the known forms has. */
static bool read_operation(struct stack *stack, uint8_t opcode, struct rg_cfi_bytes *bytes)
{
	uint64_t reg;

	if (opcode >= DW_OP_lit0 && opcode <= DW_OP_lit31)
		return push_constant(stack, opcode - DW_OP_lit0);
	if (opcode >= DW_OP_breg0 && opcode <= DW_OP_breg31)
		return push_register(stack, opcode - DW_OP_breg0, rg_cfi_sleb(bytes));
	switch (opcode) {
	case DW_OP_nop:
		return true;
	case DW_OP_bregx:
		reg = rg_cfi_uleb(bytes);
		return push_register(stack, reg, rg_cfi_sleb(bytes));
	case DW_OP_plus:
	case DW_OP_minus:
	case DW_OP_and:
	case DW_OP_ge:
	case DW_OP_shl:
		return combine(stack, opcode);
	case DW_OP_plus_uconst:
		return change_top(stack, opcode, (int64_t)rg_cfi_uleb(bytes));
	case DW_OP_deref:
		return change_top(stack, opcode, 0);
	case DW_OP_deref_size:
		return rg_cfi_unsigned(bytes, 1) == 8 && change_top(stack, opcode, 0);
	default:
		return read_constant(stack, opcode, bytes);
	}
}

struct rg_expression rg_expression_read(struct rg_cfi_bytes bytes,
					const struct rg_expression *start)
{
	struct stack stack = {0};

	if (start)
		push(&stack, *start);
	while (bytes.at < bytes.end)
		if (!read_operation(&stack, *bytes.at++, &bytes))
			return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
	if (bytes.bad || stack.depth == 0)
		return (struct rg_expression){.kind = RG_EXPRESSION_OTHER};
	return stack.items[stack.depth - 1];
}
