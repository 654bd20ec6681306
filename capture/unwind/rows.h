/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_ROWS_H
#define CAPTURE_UNWIND_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "../../bpf/unwind.h"

struct rg_image;

/* From its address to the next row's, code is unwound by one rule. */
struct rg_unwind_row {
	uint64_t address;
	uint32_t rule; /* in `rules` */
};

/* All that the call-frame information of an image says about walking stacks. */
struct rg_unwind_rows {
	struct rg_unwind_row *rows; /* by address, no two alike side by side; the last is NONE */
	size_t count;
	struct rgw_unwind_rule *rules; /* distinct */
	size_t rule_count;
	uint64_t
		unsupported_rows; /* with a rule that cannot be expressed, or from damaged entries */
	uint64_t left_out;        /* entries: described already, or beyond a limit */
};

/* These rules are in every file's. */
enum {
	RG_RULE_NONE = 0,        /* RGW_CFA_NONE: behind what is covered */
	RG_RULE_UNSUPPORTED = 1, /* RGW_CFA_UNSUPPORTED */
};

/*
 * Reads .eh_frame, and .debug_frame for what .eh_frame is silent about; of a Go program on x86-64
 * that has no .debug_frame any more, Go's own table. Where Go's signal handlers return to, the
 * interrupted code is next, whatever is said of it (sigreturn.h). Of entries that overlap,
 * one ends where the next begins; of those that begin together, the first in the file counts.
 * Damaged entries are left out; one that is damaged inside is unsupported from there on. An image
 * of another architecture than x86-64 and AArch64, or of 32 bits, has no rows. Returns 0 or
 * RG_ENOMEM.
 */
int rg_unwind_rows_load(struct rg_unwind_rows *out, const struct rg_image *image);
void rg_unwind_rows_done(struct rg_unwind_rows *rows);

#endif
