/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kin_lines.h"

#include "rg/err.h"
#include "rg/grow.h"
#include "rg/hash.h"
#include "rg/kin.h"

#include <stdlib.h>
#include <string.h>

/* "return NULL;", "break;", "} else {", "i++;" and "int i;" are in every function. */
enum { WORDS_MIN = 3 };
/* Of a block of lines; the letters as git asks of one that moved (diff --color-moved=blocks). */
enum { LINES_MIN = 3, LETTERS_MIN = 20 };

static bool is_comment(const struct source_line *line)
{
	static const char *const signs[] = {"//", "/*", "*", "#", "--", ";;", "\"\"\""};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		if (line->len >= strlen(signs[i]) &&
		    memcmp(line->text, signs[i], strlen(signs[i])) == 0)
			return true;
	}
	return false;
}

bool kin_line_read(const struct source_line *line, struct kin_line *out)
{
	struct source_line whole = source_stripped(line);
	size_t words = 0, letters = 0;

	if (is_comment(&whole))
		return false;
	for (size_t i = 0; i < whole.len; i++) {
		bool in = source_in_word(whole.text[i]);

		letters += in;
		words += in && (i == 0 || !source_in_word(whole.text[i - 1]));
	}
	*out = (struct kin_line){
		.hash = rg_hash_bytes(whole.text, whole.len, 0),
		.letters = (uint16_t)(letters < UINT16_MAX ? letters : UINT16_MAX),
	};
	return words >= WORDS_MIN;
}

static int by_hash(const void *left, const void *right)
{
	const struct kin_line *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static int add(struct kin_lines *out, struct kin_line line)
{
	if (out->count == RG_KIN_LINES_MAX)
		return RG_ELIMIT;
	if (RG_GROW(out->items, out->cap, out->count))
		return RG_ENOMEM;
	out->items[out->count++] = line;
	return 0;
}

int kin_lines_read(struct kin_lines *out, const struct source *source, size_t first, size_t last)
{
	struct kin_line line;
	int rc = 0;

	for (size_t i = first; rc == 0 && i <= last && i < source->count; i++) {
		const struct source_line text = source_at(source, i);

		if (!kin_line_read(&text, &line))
			continue;
		line.number = (uint32_t)i + 1;
		rc = add(out, line);
	}
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_hash);
	return rc;
}

int kin_lines_subtract(struct kin_lines *out, const struct kin_lines *all,
		       const struct kin_lines *without)
{
	size_t k = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < all->count; i++) {
		while (k < without->count && without->items[k].hash < all->items[i].hash)
			k++;
		if (k < without->count && without->items[k].hash == all->items[i].hash)
			k++;
		else
			rc = add(out, all->items[i]);
	}
	return rc;
}

bool kin_match_shows(const struct kin_match *match)
{
	return match->lines >= LINES_MIN && match->letters >= LETTERS_MIN;
}

static int by_number(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

struct kin_match kin_lines_match(struct kin_lines *from, struct kin_lines *to, bool with_common,
				 bool pair)
{
	uint32_t number[RG_KIN_LINES_MAX];
	struct kin_match match = {0};
	size_t i = 0, k = 0;

	while (i < from->count && k < to->count) {
		struct kin_line *a = &from->items[i], *b = &to->items[k];

		if (a->hash != b->hash || (a->common && !with_common)) {
			i += a->hash <= b->hash;
			k += a->hash > b->hash;
			continue;
		}
		a->paired |= pair;
		b->paired |= pair;
		number[match.lines++] = b->number;
		match.letters += a->letters;
		i++;
		k++;
	}
	if (match.lines && pair) {
		qsort(number, match.lines, sizeof(*number), by_number);
		match.middle = number[match.lines / 2];
	}
	return match;
}

size_t kin_lines_paired(const struct kin_lines *lines)
{
	size_t paired = 0;

	for (size_t i = 0; i < lines->count; i++)
		paired += lines->items[i].paired;
	return paired;
}

size_t kin_lines_count(const struct kin_lines *lines, uint64_t hash)
{
	size_t low = 0, high = lines->count, count = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (lines->items[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	while (low + count < lines->count && lines->items[low + count].hash == hash)
		count++;
	return count;
}
