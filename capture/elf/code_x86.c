/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "code_mask.h"

#include "image.h"
#include "lines.h"

#include "rg/err.h"

#include <capstone/capstone.h>
#include <string.h>

/* A field of an instruction, from its first byte. */
struct field {
	size_t at, size;
};

/* Only inside the instruction, whatever the decoder says. */
static void mask_field(struct rg_machine_code *code, const cs_insn *insn, struct field field)
{
	size_t start = (size_t)(insn->address - code->address);

	if (field.size > 0 && field.at < insn->size && field.size <= insn->size - field.at)
		memset(code->bytes + start + field.at, 0, field.size);
}

/*
 * Of an address, which in 64-bit mode has 32 bits. Capstone 4 says 16 where an operand-size prefix is a part of the
 * opcode (movdqa).
 */
static struct field address_of(const cs_x86 *x86)
{
	return (struct field){x86->encoding.disp_offset, x86->encoding.disp_offset ? 4 : 0};
}

/* An immediate ends its instruction. */
static struct field immediate_of(const cs_insn *insn)
{
	const uint8_t at = insn->detail->x86.encoding.imm_offset;

	return (struct field){at, at && at < insn->size ? insn->size - (size_t)at : 0};
}

/* Comparisons of the lowest number alone have the size of the whole register in capstone 4. */
static size_t constant_size(const cs_insn *insn, const cs_x86_op *op)
{
	switch (insn->id) {
	case X86_INS_COMISD:
	case X86_INS_UCOMISD:
	case X86_INS_VCOMISD:
	case X86_INS_VUCOMISD:
		return sizeof(double);
	case X86_INS_COMISS:
	case X86_INS_UCOMISS:
	case X86_INS_VCOMISS:
	case X86_INS_VUCOMISS:
		return sizeof(float);
	default:
		return op->size;
	}
}

static void mask_branch(struct rg_machine_code *code, csh decoder, const cs_insn *insn)
{
	const cs_x86 *x86 = &insn->detail->x86;
	uint64_t target;

	if (!cs_insn_group(decoder, insn, CS_GRP_BRANCH_RELATIVE) || x86->op_count == 0 ||
	    x86->operands[0].type != X86_OP_IMM)
		return;
	target = (uint64_t)x86->operands[0].imm;
	if (rg_code_holds(code, target))
		return;
	mask_field(code, insn, immediate_of(insn));
	rg_code_refer(code, target);
}

static bool is_loaded(const struct rg_image *image, uint64_t address)
{
	uint8_t byte;

	return rg_image_read(image, address, &byte, sizeof(byte));
}

/* Where an operand in memory is, if that is for the linker to say. */
static bool find_address(const struct rg_machine_code *code, const cs_insn *insn,
			 const cs_x86_op *op, uint64_t *address)
{
	if (op->mem.base == X86_REG_RIP) {
		*address = insn->address + insn->size + (uint64_t)op->mem.disp;
		return true;
	}
	*address = (uint64_t)op->mem.disp;
	return code->fixed && op->mem.base == X86_REG_INVALID &&
	       op->mem.segment == X86_REG_INVALID && is_loaded(code->source->image, *address);
}

static void mask_memory(struct rg_machine_code *code, const cs_insn *insn, const cs_x86_op *op)
{
	uint64_t address;

	if (!find_address(code, insn, op, &address))
		return;
	mask_field(code, insn, address_of(&insn->detail->x86));
	/* An entry of a table that is read by its index says nothing of the table. */
	if (op->mem.index != X86_REG_INVALID)
		return;
	if (rg_image_code_section(code->source->image, address))
		rg_code_refer(code, address);
	else if (insn->id != X86_INS_LEA)
		rg_code_refer_constant(code, address, constant_size(insn, op));
}

/* As an argument is passed: a number of 32 bits, into a register. */
static int mask_line(struct rg_machine_code *code, const cs_insn *insn)
{
	const cs_x86 *x86 = &insn->detail->x86;
	const cs_x86_op *op = x86->operands;
	bool is;
	int rc;

	if (insn->id != X86_INS_MOV || x86->op_count != 2 || op[0].type != X86_OP_REG ||
	    op[1].type != X86_OP_IMM || op[1].imm <= 0 || op[1].imm > INT32_MAX)
		return 0;
	rc = rg_lines_is_line(code->source->lines, insn->address, (uint32_t)op[1].imm, &is);
	if (rc == 0 && is)
		mask_field(code, insn, immediate_of(insn));
	return rc;
}

static int mask_instruction(struct rg_machine_code *code, csh decoder, const cs_insn *insn)
{
	const cs_x86 *x86 = &insn->detail->x86;

	mask_branch(code, decoder, insn);
	for (uint8_t i = 0; i < x86->op_count; i++) {
		if (x86->operands[i].type == X86_OP_MEM)
			mask_memory(code, insn, &x86->operands[i]);
	}
	return mask_line(code, insn);
}

/* The decoder is ahead of what is masked by one instruction: it never reads what was changed. */
static int mask_all(struct rg_machine_code *code, csh decoder, cs_insn *insn)
{
	const uint8_t *next = code->bytes;
	size_t left = code->size;
	uint64_t address = code->address;

	int rc = 0;

	while (rc == 0 && left > 0 && cs_disasm_iter(decoder, &next, &left, &address, insn))
		rc = mask_instruction(code, decoder, insn);
	return rc;
}

static int error_of(cs_err error)
{
	return error == CS_ERR_MEM ? RG_ENOMEM : RG_EFORMAT;
}

static int mask_with(struct rg_machine_code *code, csh decoder)
{
	cs_err error = cs_option(decoder, CS_OPT_DETAIL, CS_OPT_ON);
	cs_insn *insn;
	int rc;

	if (error != CS_ERR_OK)
		return error_of(error);
	insn = cs_malloc(decoder);
	if (!insn)
		return RG_ENOMEM;
	rc = mask_all(code, decoder, insn);
	cs_free(insn, 1);
	return rc;
}

int rg_code_mask_x86(struct rg_machine_code *code)
{
	csh decoder;
	cs_err error = cs_open(CS_ARCH_X86, CS_MODE_64, &decoder);
	int rc;

	if (error != CS_ERR_OK)
		return error_of(error);
	rc = mask_with(code, decoder);
	cs_close(&decoder);
	return rc;
}
