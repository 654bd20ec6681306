/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs and unpacks a text with zlib again and again, and ends: a unit of work. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { TEXT_BYTES = 400000, TIMES = 4, WORDS = 400, WORD_MAX = 12 };

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* Few words come often, as in a language. */
static void write_text(unsigned char *text)
{
	char word[WORDS][WORD_MAX + 1];
	uint32_t seed = 7;
	size_t at = 0;

	for (int i = 0; i < WORDS; i++) {
		size_t len = 2 + draw(&seed, WORD_MAX - 2);

		for (size_t k = 0; k < len; k++)
			word[i][k] = (char)('a' + draw(&seed, 6));
		word[i][len] = '\0';
	}
	while (at < TEXT_BYTES) {
		const char *next = word[draw(&seed, 1 + draw(&seed, WORDS))];
		size_t len = strlen(next);

		if (len > TEXT_BYTES - at - 1)
			len = TEXT_BYTES - at - 1;
		memcpy(text + at, next, len);
		text[at + len] = ' ';
		at += len + 1;
	}
}

int main(void)
{
	unsigned char *text = malloc(TEXT_BYTES), *again = malloc(TEXT_BYTES);
	uLong bound = compressBound(TEXT_BYTES);
	unsigned char *packed = malloc(bound);

	if (!text || !again || !packed)
		return 1;
	write_text(text);
	for (int i = 0; i < TIMES; i++) {
		uLongf packed_bytes = bound, bytes = TEXT_BYTES;

		if (compress2(packed, &packed_bytes, text, TEXT_BYTES, 6) ||
		    uncompress(again, &bytes, packed, packed_bytes) || bytes != TEXT_BYTES ||
		    memcmp(text, again, TEXT_BYTES) != 0)
			return 1;
	}
	free(packed);
	free(again);
	free(text);
	return 0;
}
