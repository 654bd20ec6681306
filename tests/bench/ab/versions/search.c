/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads a page, finds its words in an index, ranks the hits. Version 2 has a slower helper, which is inlined where
 * it is used. Version 3 is faster as a whole: words are split by a table; beside that improvement, and within one
 * caller with it, entities are decoded more slowly, and hits are ranked more slowly.
 */
#include "rest.h"

enum { PAGE = 16384, WORDS = 3000, SLOTS = 1 << 14, FEATURES = 16 };

struct word {
	const char *text;
	uint32_t length;
};

struct search {
	char page[PAGE + 1], decoded[PAGE + 1], text[PAGE + 1];
	struct word word[WORDS];
	size_t words;
	uint32_t slot[SLOTS];
	float feature[WORDS][FEATURES];
	struct rest rest;
	volatile uint64_t sink;
};

/* --- Reading ---------------------------------------------------------------------------------- */

static const char delimiters[] = " \t\r\n,;.:!?()[]{}<>\"'/|-+*=";

#if VERSION != 3
static inline int is_delimiter(char c)
{
	int found = 0;

	for (size_t i = 0; i < sizeof(delimiters); i++)
		found |= c == delimiters[i];
	return found;
}
#endif

LARGE static void split_words(struct search *search)
{
	const char *at = search->text;

#if VERSION == 3
	unsigned char ends[256] = {0};

	for (size_t i = 0; i < sizeof(delimiters); i++)
		ends[(unsigned char)delimiters[i]] = 1;
#define IS_END(c) (ends[(unsigned char)(c)])
#else
#define IS_END(c) is_delimiter(c)
#endif
	search->words = 0;
	while (*at && search->words < WORDS) {
		const char *begin = at;

		while (*at && !IS_END(*at))
			at++;
		search->word[search->words++] = (struct word){begin, (uint32_t)(at - begin)};
		at += *at != '\0';
	}
}

/* "&amp;" and the like, one letter for each. */
static inline void decode(char *to, const char *from)
{
	static const char *const entities[] = {"amp;", "lt;", "gt;", "quot;"};

	while (*from) {
		if (*from != '&') {
			*to++ = *from++;
			continue;
		}
		for (size_t i = 0; i < 4; i++) {
			size_t length = 0;

			while (entities[i][length] && from[1 + length] == entities[i][length])
				length++;
			if (!entities[i][length]) {
				from += length;
				break;
			}
		}
		*to++ = '&';
		from++;
	}
	*to = '\0';
}

LARGE static void decode_entities(struct search *search)
{
#if VERSION == 3
	/* Some pages have them within one another. */
	decode(search->decoded, search->page);
	decode(search->text, search->decoded);
#else
	decode(search->text, search->page);
#endif
}

static void read_page(struct search *search)
{
	for (int pass = 0; pass < 4; pass++)
		decode_entities(search);
	split_words(search);
}

/* --- Finding ---------------------------------------------------------------------------------- */

static inline uint32_t hash_key(const char *text, uint32_t length)
{
	uint32_t hash = 2166136261u;

#if VERSION == 2
	/* A prime spreads better. */
	for (uint32_t i = 0; i < length; i++)
		hash = (uint32_t)(((uint64_t)hash * 257 + (unsigned char)text[i]) % 4294967291u);
#else
	for (uint32_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
#endif
	return hash;
}

static void find_words(struct search *search)
{
	uint64_t found = 0;

	for (int pass = 0; pass < 5; pass++) {
		for (size_t i = 0; i < search->words; i++) {
			const struct word *word = &search->word[i];
			uint32_t hash = hash_key(word->text, word->length);

			found += search->slot[hash % SLOTS];
		}
	}
	search->sink += found;
}

/* --- Ranking ---------------------------------------------------------------------------------- */

static inline float dot(const float *a, const float *b)
{
	float sum = 0;

	for (int i = 0; i < FEATURES; i++)
		sum += a[i] * b[i];
	return sum;
}

static void rank_hits(struct search *search)
{
	float best = 0;

	for (int pass = 0; pass < 3; pass++) {
		for (size_t i = 0; i < WORDS; i++) {
			float score = dot(search->feature[i], search->feature[pass]);

#if VERSION == 3
			score /= dot(search->feature[i], search->feature[i]) + 1;
#endif
			best = score > best ? score : best;
		}
	}
	search->sink += (uint64_t)best;
}

static void do_rest(struct search *search)
{
	rest_do(&search->rest);
	rest_do(&search->rest);
}

static void mark_words(struct search *search)
{
	for (size_t pass = 0; pass < 4; pass++) {
		uint32_t sum = 0;

		for (size_t i = 0; i < PAGE; i++)
			sum = sum * 33 + (unsigned char)search->text[i];
		search->sink += sum;
	}
}

/* Counted as the unit of work. */
LARGE static void request(void *context)
{
	static void (*const steps[])(struct search *) = {read_page, find_words, rank_hits,
							 mark_words, do_rest};

	for (int page = 0; page < 3; page++) {
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			steps[i](context);
	}
}

int main(int argc, char **argv)
{
	static struct search search;
	uint32_t random = 1;

	serve_check_arguments(argc, argv, NULL, 0);
	for (int i = 0; i < PAGE; i++) {
		random = random * 1664525 + 1013904223;
		search.page[i] = "etaoin shrdlu cmfwyp vbgkjq xz"[(random >> 16) % 30];
	}
	for (int i = 0; i + 6 < PAGE; i += 500)
		memcpy(search.page + i, "&amp;", 5);
	for (int i = 0; i < SLOTS; i++)
		search.slot[i] = (uint32_t)i * 7;
	for (int i = 0; i < WORDS * FEATURES; i++)
		search.feature[i / FEATURES][i % FEATURES] = (float)(i % 89) / 89;
	serve(serve_argument(argc, argv, "rate", 400), request, &search);
}
