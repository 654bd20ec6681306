/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_CFI_H
#define CAPTURE_ELF_CFI_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

#include "cfi_bytes.h"

struct rg_image;

/*
 * The entries of an image's call-frame information, undecoded: .eh_frame (Linux Standard Base Core
 * 5.0, 10.6), which stripping keeps, and .debug_frame (DWARF 5, 6.4.1), also compressed, which is
 * all that Go's linker writes. Damaged entries are left out.
 */
enum rg_cfi_section {
	RG_CFI_EH_FRAME,
	RG_CFI_DEBUG_FRAME,
};

/* How addresses are written (LSB Core 5.0, 10.5: DW_EH_PE_*). */
struct rg_cfi_pointers {
	uint8_t encoding;
	uint8_t width;       /* bytes */
	uint64_t section;    /* the address of the section, */
	const uint8_t *base; /* whose bytes begin here */
};

/* What a common information entry (CIE) says for all its frame description entries (FDE). */
struct rg_cfi_cie {
	uint64_t offset; /* in the section */
	uint64_t code_align;
	int64_t data_align;
	uint64_t ra_column; /* the register number that stands for the return address */
	bool is_signal;     /* the caller of this code was interrupted by a signal */
	bool is_key_b;      /* AArch64: return addresses are signed with key B */
	bool is_sized;      /* FDEs have augmentation data, behind its size */
	struct rg_cfi_pointers pointers;
	struct rg_cfi_bytes initial; /* instructions, before those of any FDE */
};

/* A function, or a part of one. Its bytes are the image's. */
struct rg_cfi_entry {
	uint64_t offset; /* in the section */
	uint64_t start, end;
	const struct rg_cfi_cie *cie; /* of the struct rg_cfi, until the next call with it */
	struct rg_cfi_bytes own;      /* instructions */
};

/* Borrows from the image; there is nothing to free. */
struct rg_cfi {
	const struct rg_image *image;
	const unsigned char *ident;
	Elf_Data *data;
	enum rg_cfi_section which;
	uint64_t address; /* of the section */
	uint64_t next;    /* the offset of the entry to be read, UINT64_MAX behind the last */
	bool has_cie;
	struct rg_cfi_cie cie; /* the one read last */
};

/*
 * False when the image has no such section, or one that is too large. A compressed one is inflated,
 * and belongs to the image from then on.
 */
bool rg_cfi_open(struct rg_cfi *cfi, const struct rg_image *image, enum rg_cfi_section which);
/* The next FDE whose first instruction is in a segment of code; false behind the last. */
bool rg_cfi_next(struct rg_cfi *cfi, struct rg_cfi_entry *entry);
/* The FDE at an offset that rg_cfi_next() has given. */
bool rg_cfi_at(struct rg_cfi *cfi, uint64_t offset, struct rg_cfi_entry *entry);

/* An address as FDEs write it; `bytes` is bad when it is cut off. */
uint64_t rg_cfi_pointer(const struct rg_cfi_pointers *pointers, struct rg_cfi_bytes *bytes);

#endif
