/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BASE_HASH_MIX_H
#define RG_BASE_HASH_MIX_H

#include <stdint.h>

/* Both halves of the 128-bit product, folded into one. */
static inline uint64_t rg_hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

#endif
