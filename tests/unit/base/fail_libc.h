/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FAIL_LIBC_H
#define TEST_FAIL_LIBC_H

/*
 * Included before the .c file under test, which is then compiled into the test itself: its
 * allocations fail from the chosen one on, its formatting when asked to.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* How many allocations still succeed; negative: all. */
static int allocations_left = -1;

static inline int allocation_fails(void)
{
	if (allocations_left < 0)
		return 0;
	return allocations_left == 0 || allocations_left-- == 0;
}

static inline void *failing_calloc(size_t count, size_t size)
{
	return allocation_fails() ? NULL : calloc(count, size);
}

static inline void *failing_realloc(void *old, size_t size)
{
	return allocation_fails() ? NULL : realloc(old, size);
}

static inline void *failing_reallocarray(void *old, size_t count, size_t size)
{
	return allocation_fails() ? NULL : reallocarray(old, count, size);
}

/* As vsnprintf() does for a text longer than INT_MAX, which would take seconds to count. */
static int formatting_fails;

__attribute__((format(printf, 3, 0))) static inline int
failing_vsnprintf(char *out, size_t size, const char *fmt, va_list args)
{
	return formatting_fails ? -1 : vsnprintf(out, size, fmt, args);
}

#define calloc       failing_calloc
#define realloc      failing_realloc
#define reallocarray failing_reallocarray
#define vsnprintf    failing_vsnprintf

#endif
