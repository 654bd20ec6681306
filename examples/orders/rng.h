#ifndef RNG_H
#define RNG_H

#include <stdint.h>

/* xorshift64*: the tables must come out the same on every machine and libc. */
static inline uint32_t rng_below(uint64_t *state, uint32_t limit)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return (uint32_t)((x * 0x2545f4914f6cdd1dULL) >> 33) % limit;
}

#endif
