/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

/*
 * The largest p that is no more than q x its rank / count sets the bar. Families hold a few hundred
 * tests at most, so ranks are counted rather than sorted.
 */
void rg_bh_reject(const double *p, size_t count, double q, bool *reject)
{
	double bar = -1;

	for (size_t i = 0; i < count; i++) {
		size_t rank = 0;

		for (size_t j = 0; j < count; j++)
			rank += p[j] <= p[i];
		if (p[i] > bar && p[i] <= q * (double)rank / (double)count)
			bar = p[i];
	}
	for (size_t i = 0; i < count; i++)
		reject[i] = p[i] <= bar;
}
