/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_CHANGED_RANGE_H
#define REPO_CHANGED_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHANGED_NAME_MAX = 256 };

/*
 * A function's own name within what a profile calls it, over languages: "handle" of "main.(*Server).handle",
 * "f" of "void ns::C<int>::f(long) const", "run" of "shop::run::{{closure}}". False when there is none.
 */
bool changed_own_name(const char *function, char out[CHANGED_NAME_MAX]);

struct changed_range {
	uint32_t first, last; /* lines, from 1 */
	bool by_name; /* it begins at the name; else at the nearest line that looks like a beginning */
};

/*
 * The lines of the function that line is in: from where its name is defined to where the indentation comes
 * back. False when neither the name nor anything like a beginning is above the line, or the text is shorter.
 */
bool changed_find_range(const char *text, size_t len, uint32_t line, const char *name,
			struct changed_range *out);

#endif
