/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_OWN_ALLOCATOR_H
#define TEST_OWN_ALLOCATOR_H

/* Whether a test may have an allocator of its own: not under ASan, which has one. The C library's is below it. */

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

#if OWN_ALLOCATOR
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
#endif

#endif
