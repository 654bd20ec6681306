/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calls MODE [NUMBER]: chains of plain calls, and the C library calling back. */
#include "chain.h"

static STEP uint64_t step_three(uint64_t x)
{
	return burn_leaf(x) + 3;
}

static STEP uint64_t step_two(uint64_t x)
{
	return step_three(x) + 2;
}

static STEP void run_plain(void)
{
	sink += step_two(sink) + 1;
}

/* Descends `number` frames; the way down and up is a small part of the time. */
static STEP uint64_t descend(uint64_t x, long left)
{
	return left > 1 ? descend(x, left - 1) + 1 : burn_long(x) + 1;
}

static STEP void run_recursion(void)
{
	sink += descend(sink, number);
}

/* --- By way of libc --- */

static STEP int compare_items(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	sink += burn_leaf(x);
	return x < y ? -1 : x > y;
}

enum { ITEMS = 256 };
static uint64_t items[ITEMS];

static void shuffle_items(void)
{
	for (uint64_t i = 0; i < ITEMS; i++)
		items[i] = (i * 167 + sink) % 257;
}

static STEP void run_qsort(void)
{
	shuffle_items();
	qsort(items, ITEMS, sizeof(*items), compare_items);
	sink += items[0];
}

/* By way of a pointer: the header would have it inlined. */
static void *(*volatile search)(const void *, const void *, size_t, size_t,
				int (*)(const void *, const void *)) = bsearch;

static STEP void run_bsearch(void)
{
	static const uint64_t key = 77;

	sink += search(&key, items, ITEMS, sizeof(*items), compare_items) != NULL;
}

/* --- Where the program counter says little --- */

static _Noreturn STEP void burn_forever(void)
{
	for (;;)
		sink += burn_leaf(sink);
}

/* The call is its last instruction: the return address belongs to the function behind it. */
static STEP void run_noreturn(void)
{
	burn_forever();
}

static const struct mode modes[] = {
	{"plain", run_plain},     {"recursion", run_recursion}, {"qsort", run_qsort},
	{"bsearch", run_bsearch}, {"noreturn", run_noreturn},
};

RUN_MODES(modes)
