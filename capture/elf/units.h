/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_UNITS_H
#define CAPTURE_ELF_UNITS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "budget.h"
#include "functions.h"
#include "image.h"

/* The compilation units of an image's debug information, by address. */
struct rg_unit {
	Dwarf_Die die;
	struct rg_functions functions; /* read on first use */
	bool loaded;
};

struct rg_unit_range {
	uint64_t start, end;
	size_t unit; /* index into items */
};

struct rg_units {
	Dwarf *dwarf, *alt_dwarf;
	struct rg_image alt; /* the common part of several debug files */
	struct rg_budget budget;
	struct rg_unit *items;
	size_t count, cap;
	struct rg_unit_range *ranges; /* by start */
	size_t range_count, range_cap;
};

/* Whether the image has debug information that may be read: not more than is sane once it is decompressed. */
bool rg_units_present(const struct rg_image *image);

/*
 * Takes the one of the two that has debug information (debug may be empty, its .elf NULL); both
 * must outlive the units. Returns 0, RG_ENOMEM, or RG_ENOTFOUND: neither has, or it is larger than
 * is read, or takes longer.
 */
int rg_units_open(struct rg_units *units, const struct rg_image *image,
		  const struct rg_image *debug, const char *debug_dir);
void rg_units_done(struct rg_units *units);

/* The unit an address is in, or NULL. */
struct rg_unit *rg_units_find(const struct rg_units *units, uint64_t address);
/*
 * The DIE of the function whose code the address is in; *found says whether there is one. Within
 * the budget. Returns 0 or RG_ENOMEM.
 */
int rg_units_function(struct rg_units *units, struct rg_unit *unit, uint64_t address,
		      Dwarf_Die *die, bool *found);

#endif
