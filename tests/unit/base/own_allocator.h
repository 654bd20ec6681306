/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_OWN_ALLOCATOR_H
#define TEST_OWN_ALLOCATOR_H

/* Whether a test may have an allocator of its own: not under ASan, which has one. The C library's is below it. */

#include "base/sanitized.h"

#include <stddef.h>

#define OWN_ALLOCATOR (!SANITIZED)

#if OWN_ALLOCATOR
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
#endif

#endif
