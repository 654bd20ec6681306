/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BENCH_RANDOM_H
#define RG_BENCH_RANDOM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Seeded random numbers: the same on every machine with IEEE arithmetic. */

struct rg_sim_random {
	uint64_t state;
};

/* SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t rg_sim_next(struct rg_sim_random *random)
{
	uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Above 0, below 1. */
static inline double rg_sim_uniform(struct rg_sim_random *random)
{
	return ((double)(rg_sim_next(random) >> 12) + 0.5) * 0x1p-52;
}

static inline double rg_sim_normal(struct rg_sim_random *random)
{
	double radius = sqrt(-2 * log(rg_sim_uniform(random)));

	return radius * cos(2 * M_PI * rg_sim_uniform(random));
}

/* By multiplication of uniforms below 30 (Knuth); above, the rounded normal of the square roots
 * (Anscombe), whose error is far below the noise it stands for. */
static inline int64_t rg_sim_poisson(struct rg_sim_random *random, double mean)
{
	if (mean <= 0)
		return 0;
	if (mean < 30) {
		double bar = exp(-mean), product = rg_sim_uniform(random);
		int64_t count = 0;

		for (; product > bar; count++)
			product *= rg_sim_uniform(random);
		return count;
	}
	double count = mean + sqrt(mean) * rg_sim_normal(random);

	return count > 0 ? (int64_t)(count + 0.5) : 0;
}

/* A factor with mean 1. */
static inline double rg_sim_factor(struct rg_sim_random *random, double cv, bool heavy)
{
	double spread = sqrt(log1p(cv * cv)), z;

	if (cv <= 0)
		return 1;
	z = rg_sim_normal(random);
	if (heavy) {
		double squares = 0;

		for (int i = 0; i < 3; i++) {
			double part = rg_sim_normal(random);

			squares += part * part;
		}
		/* t's variance with 3 degrees of freedom is 3. */
		z /= sqrt(squares / 3) * sqrt(3.0);
	}
	return exp(spread * z - spread * spread / 2);
}

#endif
