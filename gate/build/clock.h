/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_CLOCK_H
#define BUILD_CLOCK_H

#include "rg/units.h"

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * RG_NS_PER_S + (uint64_t)now.tv_nsec;
}

#endif
