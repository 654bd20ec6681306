/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FAIL_EACH_H
#define TEST_FAIL_EACH_H

/*
 * An allocation that fails, chosen by its number; of those of the libraries below too unless TORTURE_OWN says 1. Not
 * under ASan, which has an allocator of its own.
 */
#include <stdbool.h>
#include <stddef.h>

#ifdef __SANITIZE_ADDRESS__
#define OWN_ALLOCATOR 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_ALLOCATOR 0
#endif
#endif
#ifndef OWN_ALLOCATOR
#define OWN_ALLOCATOR 1
#endif

/* The allocation that fails, counted from now; 0: none does. */
static long failing;

#ifndef TORTURE_OWN
#define TORTURE_OWN 0
#endif

#if OWN_ALLOCATOR
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

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
