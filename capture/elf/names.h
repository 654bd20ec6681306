/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_NAMES_H
#define CAPTURE_ELF_NAMES_H

#include <stdint.h>

#include "image.h"
#include "ranges.h"
#include "symtab.h"

struct rg_arena;
struct rg_intern;
struct rg_symbol;

/*
 * What the code of one image is called: by its symbols; where it has none "[name]+0x1234", the
 * address being the start of the unwind range, so that all samples of a function meet in one name;
 * outside of those the start of the stretch between what is known. A stub for linkage that cannot
 * be told from its neighbours is "[name]@plt".
 */
struct rg_names {
	struct rg_arena *arena;
	struct rg_intern *texts; /* names made up for code without one */
	const char *name;        /* of the image */
	struct rg_image mini;    /* embedded symbol table; .elf is NULL when there is none */
	struct rg_symtab symbols;
	struct rg_ranges ranges;
};

/* The name is copied. Returns 0 or RG_ENOMEM. */
int rg_names_init(struct rg_names *names, const char *name);
void rg_names_done(struct rg_names *names);

/* Both images must outlive the names; debug may be empty, its .elf NULL. Returns 0 or RG_ENOMEM. */
int rg_names_load(struct rg_names *names, const struct rg_image *image,
		  const struct rg_image *debug);

/* The symbol that names the code at an address, or NULL. */
const struct rg_sym *rg_names_symbol(const struct rg_names *names, uint64_t address);

/*
 * Set function and unnamed of *out. The first takes an address in the code of the image, the second
 * a place in a file of which nothing is known. Return 0 or RG_ENOMEM.
 */
int rg_names_find(struct rg_names *names, const struct rg_image *image, uint64_t address,
		  struct rg_symbol *out);
int rg_names_unknown(struct rg_names *names, uint64_t place, struct rg_symbol *out);

#endif
