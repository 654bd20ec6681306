/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_GOPCLNTAB_H
#define CAPTURE_ELF_GOPCLNTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_image;
struct rg_symtab;

/*
 * The functions of a Go program by the table that its runtime needs itself, which no stripping takes
 * away (.gopclntab; Go 1.2 to now: golang.org/s/go12symtab, debug/gosym and runtime/symtab.go of
 * each release): names, and how far the stack pointer is from the return address. Bytes are the
 * image's, which must outlive the table; a damaged table says less.
 */
struct rg_gopclntab {
	const struct rg_image *image;
	const uint8_t *base;
	size_t size;
	uint32_t magic;
	size_t word;  /* bytes of a pointer */
	size_t entry; /* bytes of a number in the list of functions */
	uint64_t count;
	uint64_t text;   /* what addresses are relative to, or 0 */
	uint64_t names;  /* offset of the names, */
	uint64_t deltas; /* of the tables by address, */
	uint64_t list; /* and of the list of functions, which its entries are relative to as well */
};

struct rg_go_function {
	uint64_t start, end;
	const char *name; /* or NULL */
	uint64_t entry;   /* where the table describes it */
};

/* Whether the image has such a table, of whatever form: it is a Go program. */
bool rg_gopclntab_has(const struct rg_image *image);
/* False when the image has no such table, or one of a form that is not known. */
bool rg_gopclntab_open(struct rg_gopclntab *table, const struct rg_image *image);
/* Function number `index`; false for one that is in no code. */
bool rg_gopclntab_function(const struct rg_gopclntab *table, uint64_t index,
			   struct rg_go_function *function);
/* The first function of this name; false when there is none. */
bool rg_gopclntab_find(const struct rg_gopclntab *table, const char *name,
		       struct rg_go_function *function);

/*
 * Calls `step` for each stretch of the function's code in which the stack pointer is `depth` bytes below the
 * return address; of a function without a caller (the first of its stack) once, with is_root. Of code it
 * says nothing of, and of tables before Go 1.18, there is no call. A non-zero return ends it and is returned.
 */
typedef int (*rg_go_depth_fn)(void *ctx, uint64_t start, uint64_t end, int32_t depth, bool is_root);
int rg_gopclntab_depths(const struct rg_gopclntab *table, const struct rg_go_function *function,
			rg_go_depth_fn step, void *ctx);

/* Adds the names of its functions to a table of symbols. Returns 0 or RG_ENOMEM. */
int rg_gopclntab_add(struct rg_symtab *tab, const struct rg_image *image);

#endif
