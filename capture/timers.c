/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timers.h"

#include "rg/units.h"

/* So slow that what began with one sample has mostly ended when the same timer's next one is due. */
enum { TIMER_HZ = 50, TIMERS_MAX = 2048 };

/* The slowest and the fastest timer are this part of their mean away from it. */
#define SPREAD 0.2

size_t rg_timers_per_cpu(uint32_t frequency_hz, size_t cpus)
{
	size_t wanted = frequency_hz / TIMER_HZ, affordable = TIMERS_MAX / (cpus ? cpus : 1);

	if (wanted > RG_TIMERS_PER_CPU_MAX)
		wanted = RG_TIMERS_PER_CPU_MAX;
	if (wanted > affordable)
		wanted = affordable;
	return wanted ? wanted : 1;
}

uint64_t rg_timers_period_ns(uint32_t frequency_hz, size_t count, size_t i)
{
	double place = count > 1 ? 2 * (double)i / (double)(count - 1) - 1 : 0; /* from -1 to 1 */
	double hz = (double)frequency_hz / (double)count * (1 + SPREAD * place);

	return (uint64_t)((double)RG_NS_PER_S / hz);
}
