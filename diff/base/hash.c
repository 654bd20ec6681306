/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "rg/hash.h"
#include "hash_mix.h"

/* Odd constants without structure: the fractional parts of sqrt(2), sqrt(3), sqrt(5), made odd. */
static const uint64_t step_factor = UINT64_C(0x6a09e667f3bcc909);
static const uint64_t start = UINT64_C(0xbb67ae8584caa73b);
static const uint64_t end_factor = UINT64_C(0x3c6ef372fe94f82b);

/* Little-endian on every machine; `len` is 0 to 8, and bytes that are missing count as 0. */
static uint64_t load_word(const unsigned char *bytes, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, bytes, len);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/*
 * Spreads each bit over the whole result: one multiplication alone leaves the lowest and the highest
 * bits dependent on few bits of the state. Bijective, so that nothing collides that had not before.
 */
static uint64_t finish(uint64_t state)
{
	state = (state ^ state >> 32) * end_factor;
	state = (state ^ state >> 29) * step_factor;
	return state ^ state >> 32;
}

/*
 * A widening multiplication whose halves are folded together: every bit of the word reaches every bit
 * of the state. The old state is added, so that a word which makes the product 0 does not wipe out
 * what came before it.
 */
static uint64_t step(uint64_t state, uint64_t word)
{
	return rg_hash_fold(state ^ word, step_factor) + (state << 1 | state >> 63);
}

/* The length enters at the end: texts that differ by trailing NULs only have different hashes. */
uint64_t rg_hash_bytes(const void *bytes, size_t len, uint64_t seed)
{
	const unsigned char *in = bytes;
	uint64_t state = seed ^ start;
	size_t left = len;

	for (; left >= 8; in += 8, left -= 8)
		state = step(state, load_word(in, 8));
	if (left)
		state = step(state, load_word(in, left));
	return finish(state ^ len * end_factor);
}
