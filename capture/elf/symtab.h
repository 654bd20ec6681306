/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_SYMTAB_H
#define CAPTURE_ELF_SYMTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much a symbol is preferred over another of the same address; the lower the better. */
enum rg_sym_rank {
	RG_SYM_GLOBAL = 0,
	RG_SYM_WEAK = 1,
	RG_SYM_LOCAL = 2,
	RG_SYM_LABEL = 3, /* untyped: assembly */
	RG_SYM_STUB = 4,  /* a linkage stub, named after the function it jumps to */
};

struct rg_sym {
	uint64_t start;
	/*
	 * Past the last byte. Where `sized` is false: the farthest it may reach (end of the
	 * section).
	 */
	uint64_t end;
	const char *name;  /* borrowed, as in the file */
	const char *shown; /* for the user of the table: NULL until he sets it */
	void *owner;       /* for the user of the table */
	uint8_t rank;      /* enum rg_sym_rank */
	bool sized;
};

/*
 * Symbols by address. Add all, finish once, then find. Finishing makes the ranges disjoint:
 *  - of symbols that start at one address one is kept: by rank, then not glibc's "__GI_" alias,
 *    then fewer leading underscores, then the shorter name, then the alphabetically first;
 *  - a function inside the range of another has its own bytes, the outer one what is around it;
 *  - a symbol without a size reaches to the next symbol, and is dropped inside another's range, as
 *    labels are.
 */
struct rg_symtab {
	struct rg_sym *syms;
	size_t count, cap;
};

/*
 * Copies sym, `shown` excepted. Beyond 2^22 symbols it is left out. Returns 0 or RG_ENOMEM, as
 * finishing does.
 */
int rg_symtab_add(struct rg_symtab *tab, const struct rg_sym *sym);
int rg_symtab_finish(struct rg_symtab *tab);
/* The symbol whose range covers the address, or NULL. */
struct rg_sym *rg_symtab_find(const struct rg_symtab *tab, uint64_t address);
/* The last range that starts at or before the address, or NULL; it may end before it. */
const struct rg_sym *rg_symtab_before(const struct rg_symtab *tab, uint64_t address);
void rg_symtab_done(struct rg_symtab *tab);

#endif
