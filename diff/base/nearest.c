/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/text.h"

/* Options, keys and names of versions are shorter; the bound keeps the work on hostile words small. */
enum { WORD_MAX_BYTES = 64 };

struct word {
	const char *bytes;
	size_t len;
};

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Whether the two bytes before a[i] and b[j] are each other's swapped. */
static int is_swap(struct word a, size_t i, struct word b, size_t j)
{
	return i > 1 && j > 1 && a.bytes[i - 1] == b.bytes[j - 2] &&
	       a.bytes[i - 2] == b.bytes[j - 1];
}

/*
 * The restricted Damerau-Levenshtein distance (optimal string alignment): insertions, deletions,
 * substitutions and swaps of neighbours, no byte edited twice. Row i holds the distances of a's first
 * i bytes from every beginning of b; only the last three rows are kept.
 */
static size_t edit_distance(struct word a, struct word b)
{
	size_t rows[3][WORD_MAX_BYTES + 1];

	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i - 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t kept = a.bytes[i - 1] == b.bytes[j - 1] ? 0 : 1;

			row[j] = min(min(above[j], row[j - 1]) + 1, above[j - 1] + kept);
			if (is_swap(a, i, b, j))
				row[j] = min(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

const char *rg_text_nearest(const char *word, const char *const *candidates, size_t count)
{
	const struct word wanted = {word, strnlen(word, WORD_MAX_BYTES + 1)};
	size_t best = wanted.len / 3 + 1; /* the smallest distance that is too far */
	const char *nearest = NULL;

	if (wanted.len == 0 || wanted.len > WORD_MAX_BYTES)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const struct word other = {candidates[i],
					   strnlen(candidates[i], WORD_MAX_BYTES + 1)};
		size_t distance;

		if (other.len > WORD_MAX_BYTES)
			continue;
		distance = edit_distance(wanted, other);
		if (distance < best) {
			best = distance;
			nearest = candidates[i];
		}
	}
	return nearest;
}
