/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FAIL_EACH_H
#define TEST_FAIL_EACH_H

/*
 * An allocation that fails, chosen by its number; of those of the libraries below too unless TORTURE_OWN says 1. Not
 * under ASan, which has an allocator of its own.
 */
#include "base/own_allocator.h"

#include <stdbool.h>
#include <stddef.h>

/* The allocation that fails, counted from now; 0: none does. */
static long failing;

#ifndef TORTURE_OWN
#define TORTURE_OWN 0
#endif

#if OWN_ALLOCATOR
extern char __executable_start, etext;

static bool fails(const void *caller)
{
	bool ours = (const char *)caller >= &__executable_start && (const char *)caller < &etext;

	return failing > 0 && (ours || !TORTURE_OWN) && --failing == 0;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
#endif

#endif
