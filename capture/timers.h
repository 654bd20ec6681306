/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_TIMERS_H
#define CAPTURE_TIMERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * When a CPU is interrupted for a sample. One timer of a fixed period would lead the program it looks at: a sleep may end
 * up to 50 us late, with the next interrupt whatever it is for (timer slack, prctl(2)), and what is woken by our own
 * interrupt is then sampled at the same distances from its start each time. So several timers of unlike, long
 * periods share the frequency of a CPU.
 */

enum { RG_TIMERS_PER_CPU_MAX = 32 };

/* How many timers each of so many CPUs has: fewer where the CPUs are many, for each timer takes a descriptor. */
size_t rg_timers_per_cpu(uint32_t frequency_hz, size_t cpus);

/* The period of the i-th of `count` timers, which together sample at the frequency. */
uint64_t rg_timers_period_ns(uint32_t frequency_hz, size_t count, size_t i);

#endif
