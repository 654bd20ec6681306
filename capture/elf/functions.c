/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "functions.h"

#include <dwarf.h>
#include <stdlib.h>

#include "rg/err.h"
#include "rg/grow.h"
#include "budget.h"

/*
 * libdw's own dwarf_getscopes() walks a whole unit for each address; here a unit is walked once.
 */

/* Of namespaces and classes, or of blocks, inside each other. */
enum { DEPTH_MAX = 64 };

static int add_function(struct rg_functions *functions, uint64_t start, uint64_t end, Dwarf_Off die)
{
	if (RG_GROW(functions->items, functions->cap, functions->count))
		return RG_ENOMEM;
	functions->items[functions->count++] =
		(struct rg_function){.start = start, .end = end, .die = die};
	return 0;
}

static int add_ranges(struct rg_functions *functions, Dwarf_Die *die, struct rg_budget *budget)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	if (!dwarf_hasattr(die, DW_AT_low_pc) && !dwarf_hasattr(die, DW_AT_ranges))
		return 0;
	while (rg_budget_step(budget) && (at = dwarf_ranges(die, at, &base, &start, &end)) > 0)
		if (start < end && add_function(functions, start, end, dwarf_dieoffset(die)) < 0)
			return RG_ENOMEM;
	return 0;
}

/*
 * What may hold functions; of those inside a function only the direct children are (nested
 * functions).
 */
static bool holds_functions(int tag)
{
	switch (tag) {
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
	case DW_TAG_subprogram:
		return true;
	default:
		return false;
	}
}

static int walk(struct rg_functions *functions, Dwarf_Die *parent, unsigned int depth,
		struct rg_budget *budget)
{
	Dwarf_Die die;

	if (depth == DEPTH_MAX || dwarf_child(parent, &die) != 0)
		return 0;
	do {
		int tag = dwarf_tag(&die);

		if (!rg_budget_step(budget))
			return 0;
		if (tag == DW_TAG_subprogram && add_ranges(functions, &die, budget) < 0)
			return RG_ENOMEM;
		if (holds_functions(tag) && walk(functions, &die, depth + 1, budget) < 0)
			return RG_ENOMEM;
	} while (dwarf_siblingof(&die, &die) == 0);
	return 0;
}

static int compare_functions(const void *left, const void *right)
{
	const struct rg_function *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->die > b->die) - (a->die < b->die);
}

int rg_functions_load(struct rg_functions *functions, Dwarf_Die *unit, struct rg_budget *budget)
{
	if (walk(functions, unit, 0, budget) < 0)
		return RG_ENOMEM;
	if (functions->count > 0)
		qsort(functions->items, functions->count, sizeof(*functions->items),
		      compare_functions);
	return 0;
}

const struct rg_function *rg_functions_find(const struct rg_functions *functions, uint64_t address)
{
	size_t low = 0, high = functions->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (functions->items[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || functions->items[low - 1].end <= address)
		return NULL;
	return &functions->items[low - 1];
}

void rg_functions_done(struct rg_functions *functions)
{
	free(functions->items);
	*functions = (struct rg_functions){0};
}

/* Among the children of scope: an inlined call or a block that covers the address. */
static bool find_covering(Dwarf_Die *scope, uint64_t address, struct rg_budget *budget,
			  Dwarf_Die *found)
{
	if (dwarf_child(scope, found) != 0)
		return false;
	do {
		int tag = dwarf_tag(found);

		if (!rg_budget_step(budget))
			return false;
		if ((tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) &&
		    dwarf_haspc(found, address) == 1)
			return true;
	} while (dwarf_siblingof(found, found) == 0);
	return false;
}

bool rg_functions_inlined(Dwarf_Die *function, uint64_t address, struct rg_budget *budget,
			  Dwarf_Die *call)
{
	Dwarf_Die scope = *function;

	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++) {
		if (!find_covering(&scope, address, budget, call))
			return false;
		if (dwarf_tag(call) == DW_TAG_inlined_subroutine)
			return true;
		scope = *call;
	}
	return false;
}

static bool is_called_at(Dwarf_Die *call, uint32_t line)
{
	Dwarf_Attribute attr;
	Dwarf_Word value;

	return dwarf_tag(call) == DW_TAG_inlined_subroutine &&
	       dwarf_formudata(dwarf_attr(call, DW_AT_call_line, &attr), &value) == 0 &&
	       value == line;
}

bool rg_functions_inlined_at(Dwarf_Die *function, uint64_t address, uint32_t line,
			     struct rg_budget *budget)
{
	Dwarf_Die scope = *function, inner;

	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++) {
		if (!find_covering(&scope, address, budget, &inner))
			return false;
		if (is_called_at(&inner, line))
			return true;
		scope = inner;
	}
	return false;
}
