/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "code_mask.h"

#include <string.h>

/*
 * Instructions of A64 that hold a part of an address; all are 32 bits wide and little-endian (Arm Architecture Reference
 * Manual for A-profile, C4.1, "A64 instruction set encoding").
 */

enum { WIDTH = 4 };

/* An offset from the instruction, in `scale` bytes, at bits [low, low + bits). */
struct relative {
	uint32_t mask, value;
	unsigned int low, bits, scale;
	bool branch;
};

static const struct relative relatives[] = {
	{0x7c000000, 0x14000000, 0, 26, 4, true},  /* b, bl */
	{0xff000000, 0x54000000, 5, 19, 4, true},  /* b.cond, bc.cond */
	{0x7e000000, 0x34000000, 5, 19, 4, true},  /* cbz, cbnz */
	{0x7e000000, 0x36000000, 5, 14, 4, true},  /* tbz, tbnz */
	{0x3b000000, 0x18000000, 5, 19, 4, false}, /* ldr (literal) */
};

#define ADR_MASK  0x9f000000u
#define ADR       0x10000000u
#define ADRP      0x90000000u
#define ADR_PLACE 0x60ffffe0u /* immlo and immhi */

#define ADD_MASK   0x7fc00000u /* add (immediate), not shifted */
#define ADD        0x11000000u
#define LOAD_MASK  0x3b000000u /* loads and stores with an unsigned offset */
#define LOAD       0x39000000u
#define LOW_OFFSET 0x003ffc00u /* imm12 of both */

#define CALL_MASK        0xfc000000u /* bl */
#define CALL             0x94000000u
#define JUMP_MASK        0xfc000000u /* b */
#define JUMP             0x14000000u
#define TO_REGISTER_MASK 0xfe000000u /* br, blr, ret and their likes */
#define TO_REGISTER      0xd6000000u
/* x0 to x18, and x30: what a call may change (Procedure Call Standard for the Arm 64-bit Architecture, 6.1.1). */
#define CALL_CLOBBERS    0x4007ffffu

static uint32_t field_of(const struct relative *kind)
{
	return ((UINT32_C(1) << kind->bits) - 1) << kind->low;
}

static int64_t sign_extend(uint64_t value, unsigned int bits)
{
	uint64_t sign = UINT64_C(1) << (bits - 1);

	return (int64_t)((value ^ sign) - sign);
}

static uint64_t target_of(const struct relative *kind, uint32_t word, uint64_t at)
{
	uint64_t field = (word & field_of(kind)) >> kind->low;

	return at + (uint64_t)(sign_extend(field, kind->bits) * (int64_t)kind->scale);
}

static uint32_t mask_relative(struct rg_machine_code *code, uint32_t word, uint64_t at)
{
	for (size_t i = 0; i < sizeof(relatives) / sizeof(relatives[0]); i++) {
		const struct relative *kind = &relatives[i];
		uint64_t target;

		if ((word & kind->mask) != kind->value)
			continue;
		target = target_of(kind, word, at);
		if (rg_code_holds(code, target))
			return word;
		if (kind->branch)
			rg_code_refer(code, target);
		return word & ~field_of(kind);
	}
	return word;
}

static uint64_t target_of_adr(uint32_t word, uint64_t at)
{
	uint64_t field = (uint64_t)(word >> 5 & 0x7ffff) << 2 | (word >> 29 & 3);

	return at + (uint64_t)sign_extend(field, 21);
}

/* Any of the four fields that an instruction may name a register in: forgetting a page too many masks less. */
static uint32_t registers_of(uint32_t word)
{
	uint32_t all = 0;

	for (unsigned int low = 0; low < 20; low += 5)
		all |= UINT32_C(1) << (word >> (low < 15 ? low : 16) & 31);
	return all;
}

/* Registers that still hold the page of an address after an instruction, of those that did before. */
static uint32_t still_paged(uint32_t paged, uint32_t word)
{
	if ((word & CALL_MASK) == CALL)
		return paged & ~CALL_CLOBBERS;
	if ((word & JUMP_MASK) == JUMP || (word & TO_REGISTER_MASK) == TO_REGISTER)
		return 0;
	if ((word & ADD_MASK) == ADD || (word & LOAD_MASK) == LOAD)
		return paged & ~(UINT32_C(1) << (word & 31));
	return paged & ~registers_of(word);
}

static uint32_t mask_word(struct rg_machine_code *code, uint32_t word, uint64_t at, uint32_t paged)
{
	const bool of_page = paged >> (word >> 5 & 31) & 1;

	if ((word & ADR_MASK) == ADRP)
		return word & ~ADR_PLACE;
	if ((word & ADR_MASK) == ADR)
		return rg_code_holds(code, target_of_adr(word, at)) ? word : word & ~ADR_PLACE;
	if (of_page && ((word & ADD_MASK) == ADD || (word & LOAD_MASK) == LOAD))
		return word & ~LOW_OFFSET;
	return mask_relative(code, word, at);
}

void rg_code_mask_arm64(struct rg_machine_code *code)
{
	/* Registers that hold the page of an address, of which the next that use them add the rest. */
	uint32_t paged = 0;

	for (size_t i = 0; i + WIDTH <= code->size; i += WIDTH) {
		uint8_t *bytes = code->bytes + i;
		uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
				(uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;

		const uint32_t masked = mask_word(code, word, code->address + i, paged);

		paged = (word & ADR_MASK) == ADRP ? paged | UINT32_C(1) << (word & 31)
						  : still_paged(paged, word);
		for (size_t k = 0; k < WIDTH; k++)
			bytes[k] = (uint8_t)(masked >> 8 * k);
	}
}
