/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_PIECES_H
#define CAPTURE_UNWIND_PIECES_H

#include <stddef.h>
#include <stdint.h>

#include "../elf/cfi.h"
#include "../elf/gopclntab.h"

/* Who says how some code is unwound; the earlier is heard first. */
enum rg_piece_source {
	RG_PIECE_EH_FRAME = RG_CFI_EH_FRAME,
	RG_PIECE_DEBUG_FRAME = RG_CFI_DEBUG_FRAME,
	RG_PIECE_GO, /* of Go's own table, where the linker's .debug_frame was stripped */
};

/* Where an entry of unwind information is, and the code it is about. */
struct rg_piece {
	uint64_t start, end;
	uint64_t offset; /* in its section; the number of Go's function */
	enum rg_piece_source which;
};

/* Disjoint, by address. */
struct rg_pieces {
	struct rg_piece *items;
	size_t count, cap;
	uint64_t left_out; /* entries of which nothing is used */
};

/* The sections that pieces are in. */
struct rg_pieces_sources {
	struct rg_cfi cfi[2]; /* by enum rg_cfi_section */
	struct rg_gopclntab go;
};

/*
 * Takes pieces that are empty; what is in them afterwards is to be freed also on failure. The rules
 * of overlap are those of rg_unwind_rows_load(). Returns 0 or RG_ENOMEM.
 */
int rg_pieces_load(struct rg_pieces *pieces, struct rg_pieces_sources *sources,
		   const struct rg_image *image);
void rg_pieces_done(struct rg_pieces *pieces);

#endif
