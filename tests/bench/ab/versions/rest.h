/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_REST_H
#define RG_BENCH_REST_H

#include "../serve.h"

/*
 * The rest of a program, which is the same in all its versions: what most functions have in common shows only where
 * there are others than those that changed.
 */
enum { REST_NUMBERS = 160, REST_TEXT = 4096 };

struct rest {
	int number[REST_NUMBERS];
	char text[REST_TEXT], folded[REST_TEXT], turned[REST_TEXT];
	uint64_t digest, letters[256];
	double sum;
};

static inline void rest_draw_numbers(struct rest *rest)
{
	uint64_t random = rest->digest | 1;

	for (int i = 0; i < REST_NUMBERS; i++) {
		for (int k = 0; k < 60; k++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
			__asm__ volatile("" : "+r"(random));
		}
		rest->number[i] = (int)(random >> 40);
	}
}

static inline void rest_sort_numbers(struct rest *rest)
{
	for (int i = 1; i < REST_NUMBERS; i++) {
		int number = rest->number[i], at = i;

		for (; at > 0 && rest->number[at - 1] > number; at--)
			rest->number[at] = rest->number[at - 1];
		rest->number[at] = number;
	}
}

static inline void rest_print_numbers(struct rest *rest)
{
	char *at = rest->text;

	for (int i = 0; i < REST_NUMBERS; i++) {
		int number = rest->number[i];

		for (int digit = 0; digit < 12; digit++, number /= 10)
			*at++ = number > 0 ? (char)('a' + number % 10) : ' ';
	}
}

static inline void rest_count_letters(struct rest *rest)
{
	for (int i = 0; i < REST_TEXT; i++) {
		rest->letters[(unsigned char)rest->text[i]]++;
		__asm__ volatile("" ::: "memory");
	}
}

/* By halves. */
static inline void rest_find_numbers(struct rest *rest)
{
	for (int wanted = 0; wanted < REST_NUMBERS; wanted++) {
		int low = 0, high = REST_NUMBERS;

		while (low < high) {
			int middle = (low + high) / 2;

			if (rest->number[middle] < rest->number[wanted])
				low = middle + 1;
			else
				high = middle;
		}
		rest->digest += (uint64_t)low;
	}
}

static inline void rest_mix_numbers(struct rest *rest)
{
	uint32_t mixed = 1;

	for (int pass = 0; pass < 24; pass++) {
		for (int i = 0; i < REST_NUMBERS; i++) {
			mixed = (mixed << 5 | mixed >> 27) ^ (uint32_t)rest->number[i];
			__asm__ volatile("" : "+r"(mixed));
		}
	}
	rest->digest += mixed;
}

static inline void rest_reverse_text(struct rest *rest)
{
	for (int i = 0; i < REST_TEXT; i++) {
		rest->turned[i] = rest->text[REST_TEXT - 1 - i];
		__asm__ volatile("" ::: "memory");
	}
}

static inline void rest_match_text(struct rest *rest)
{
	for (int i = 0; i + 4 < REST_TEXT; i++) {
		if (rest->text[i] == rest->text[i + 4])
			rest->digest++;
		__asm__ volatile("" ::: "memory");
	}
}

static inline void rest_smooth_numbers(struct rest *rest)
{
	float smooth = 0;

	for (int pass = 0; pass < 16; pass++) {
		for (int i = 0; i < REST_NUMBERS; i++) {
			smooth = smooth * 0.75F + (float)rest->number[i] * 0.25F;
			__asm__ volatile("" : "+x"(smooth));
		}
	}
	rest->sum += (double)smooth;
}

static inline void rest_divide_numbers(struct rest *rest)
{
	uint32_t sum = 0;

	for (uint32_t by = 3; by < 19; by++) {
		for (int i = 0; i < REST_NUMBERS; i++) {
			sum += (uint32_t)rest->number[i] % by;
			__asm__ volatile("" : "+r"(sum));
		}
	}
	rest->digest += sum;
}

static inline void rest_fold_text(struct rest *rest)
{
	for (int i = 0; i < REST_TEXT; i++) {
		char c = rest->text[i];

		rest->folded[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
		__asm__ volatile("" ::: "memory");
	}
}

static inline void rest_digest_text(struct rest *rest)
{
	for (int i = 0; i < REST_TEXT; i++) {
		uint64_t digest = rest->digest ^ (unsigned char)rest->folded[i];

		rest->digest = digest * UINT64_C(1099511628211);
		__asm__ volatile("" ::: "memory");
	}
}

static inline void rest_sum_numbers(struct rest *rest)
{
	for (int pass = 1; pass < 40; pass++) {
		for (int i = 0; i < REST_NUMBERS; i++) {
			rest->sum += (double)rest->number[i] / pass;
			__asm__ volatile("" : "+m"(rest->sum));
		}
	}
}

static inline void rest_do(struct rest *rest)
{
	static void (*const steps[])(struct rest *) = {
		rest_draw_numbers,   rest_reverse_text, rest_match_text,    rest_smooth_numbers,
		rest_divide_numbers, rest_sort_numbers, rest_print_numbers, rest_count_letters,
		rest_find_numbers,   rest_mix_numbers,  rest_fold_text,     rest_digest_text,
		rest_sum_numbers};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		steps[i](rest);
}

#endif
