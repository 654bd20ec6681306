/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_KIN_LINES_H
#define REPO_KIN_LINES_H

#include "changed_source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lines that say something, as sets that may hold the same line several times. */

struct kin_line {
	uint64_t hash;
	uint32_t number; /* in its file, from 1 */
	uint16_t letters;
	bool common; /* it stands elsewhere, too, and shows nothing */
	bool paired; /* it went to, or came from, another function */
};

/* In the order of hashes, then numbers. Zero-initialise; free `items`. */
struct kin_lines {
	struct kin_line *items;
	size_t count, cap;
};

/* Whether a line says something: three words and more, and no comment. */
bool kin_line_read(const struct source_line *line, struct kin_line *out);

/* Adds those of [first, last], indices. RG_ENOMEM; RG_ELIMIT beyond RG_KIN_LINES_MAX. */
int kin_lines_read(struct kin_lines *out, const struct source *source, size_t first, size_t last);

/* Those of `all` that `without` has not, or not as often. RG_ENOMEM. */
int kin_lines_subtract(struct kin_lines *out, const struct kin_lines *all,
		       const struct kin_lines *without);

struct kin_match {
	size_t lines, letters;
	/* Number of a line in the middle of those of `to`; of pairs that are marked alone. */
	uint32_t middle;
};

/* Whether they are enough to show that it is the same code. */
bool kin_match_shows(const struct kin_match *match);

/* What two sets have in common; `common` lines of `from` are left out unless asked for. With `pair` they are marked. */
struct kin_match kin_lines_match(struct kin_lines *from, struct kin_lines *to, bool with_common,
				 bool pair);

/* Lines that are paired. */
size_t kin_lines_paired(const struct kin_lines *lines);

/* How often the set has a line. */
size_t kin_lines_count(const struct kin_lines *lines, uint64_t hash);

#endif
