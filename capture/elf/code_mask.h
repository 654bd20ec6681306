/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_CODE_MASK_H
#define CAPTURE_ELF_CODE_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code.h"

/* One function while what the linker decided is taken out of it. */
struct rg_machine_code {
	uint8_t *bytes; /* changed in place */
	size_t size;
	uint64_t address; /* of the first */
	bool fixed;       /* the file's addresses are final: ET_EXEC */
	const struct rg_code_source *source;
	uint64_t refers; /* hash of what it refers to, in the order of its instructions */
};

static inline bool rg_code_holds(const struct rg_machine_code *code, uint64_t address)
{
	return address >= code->address && address - code->address < code->size;
}

/* It leads to other code, or reads a constant there: what that is becomes part of the hash. */
void rg_code_refer(struct rg_machine_code *code, uint64_t target);
void rg_code_refer_constant(struct rg_machine_code *code, uint64_t target, size_t size);

/*
 * Take out what the linker decided. From an instruction that cannot be decoded on, all bytes count as they are. Return 0,
 * RG_ENOMEM, or RG_EFORMAT where the decoder is not to be had.
 */
int rg_code_mask_x86(struct rg_machine_code *code);
void rg_code_mask_arm64(struct rg_machine_code *code);

#endif
