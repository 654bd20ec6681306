/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_FUNCTIONS_H
#define CAPTURE_ELF_FUNCTIONS_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_budget;

/* The functions with code of their own in one compilation unit, by address. */
struct rg_function {
	uint64_t start, end;
	Dwarf_Off die;
};

struct rg_functions {
	struct rg_function *items;
	size_t count, cap;
};

/* What is damaged, or beyond the budget, is left out. Returns 0 or RG_ENOMEM. */
int rg_functions_load(struct rg_functions *functions, Dwarf_Die *unit, struct rg_budget *budget);
const struct rg_function *rg_functions_find(const struct rg_functions *functions, uint64_t address);
void rg_functions_done(struct rg_functions *functions);

/*
 * The outermost call inlined into the function that covers the address. False when there is none.
 */
bool rg_functions_inlined(Dwarf_Die *function, uint64_t address, struct rg_budget *budget,
			  Dwarf_Die *call);
/* Whether one of the calls inlined into the function that cover the address is at that line. */
bool rg_functions_inlined_at(Dwarf_Die *function, uint64_t address, uint32_t line,
			     struct rg_budget *budget);

#endif
