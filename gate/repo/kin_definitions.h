/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KIN_DEFINITIONS_H
#define REPO_KIN_DEFINITIONS_H

#include "changed_source.h"

#include <stddef.h>

/* What may still be looked at; sources may be made to take long. */
struct kin_budget {
	size_t places; /* where a name stands */
	size_t bytes; /* from definitions to their ends; those of one within another count for both */
};

/* Names to look for, sorted by strcmp(), each once. */
struct kin_names {
	const char *const *list;
	size_t count;
	struct kin_budget *budget;
};

/* A definition of names->list[name], from the line where it begins to its last; indices. Not 0 ends the search. */
typedef int (*kin_definition_fn)(void *ctx, size_t name, size_t first, size_t last);

/*
 * Calls `found` for each definition in the source, in the order of lines: a name with parameters, and behind them a
 * body. What `found` returned last, or 0; RG_ELIMIT when no more may be looked at.
 */
int kin_find_definitions(const struct source *source, const struct kin_names *names,
			 kin_definition_fn found, void *ctx);

#endif
