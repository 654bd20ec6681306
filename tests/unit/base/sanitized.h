/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_SANITIZED_H
#define TEST_SANITIZED_H

/*
 * What a test does otherwise under the sanitizers. `make check` runs those that include this in the plain build as well;
 * the other tests run once, under the sanitizers.
 */

#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/*
 * How often something is tried. The sanitizers look at what each time does, and take several times as long: fewer will do
 * there, but with RG_LONG=1.
 */
static inline int tries(int all, int sanitized)
{
	const char *wish = getenv("RG_LONG");

	return !SANITIZED || (wish && strcmp(wish, "1") == 0) ? all : sanitized;
}

#endif
