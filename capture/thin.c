/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thin.h"
#include "sampler.h"
#include "sampler_waits.h"
#include "session.h"

#include "rg/capture.h"
#include "rg/units.h"

#include <stdbool.h>

enum {
	CYCLE_MS = 250,      /* between two looks at the cost */
	MAX_WALKS = 20000,   /* of waiting stacks, a second: some 5 % of a CPU */
	FEW_WALKS = 1000,    /* a second: never too many */
	MAX_PERIOD_MS = 256, /* waits from here on are always walked */
};

/* Whether walking stacks that wait takes more than it may. */
static bool costs_too_much(const struct rg_session *s, double walks, uint64_t now)
{
	const struct rg_capture_options *o = s->options;
	double elapsed = (double)(now - s->start_ns);
	double busy = (double)rg_sampler_count(s->sampler, RGW_COUNT_SAMPLES) *
		      (double)(RG_NS_PER_S / o->frequency_hz) / elapsed;

	if (walks > MAX_WALKS)
		return true;
	return o->max_overhead > 0 && walks > FEW_WALKS &&
	       s->cost.bpf_share > o->max_overhead * busy;
}

static void thin(struct rg_sampler *sampler, bool mostly_polls)
{
	const uint64_t most = MAX_PERIOD_MS * RG_NS_PER_MS;
	uint64_t polls = rg_sampler_poll_period(sampler), others = rg_sampler_wait_period(sampler);

	if (mostly_polls && polls < most)
		rg_sampler_set_poll_period(sampler, 2 * polls);
	else if (others < most)
		rg_sampler_set_wait_period(sampler, 2 * others);
}

void rg_thin_waits(struct rg_session *s, uint64_t now)
{
	uint64_t walks = rg_sampler_count(s->sampler, RGW_COUNT_WAITS);
	uint64_t polls = rg_sampler_count(s->sampler, RGW_COUNT_POLLS);
	uint64_t since = now - s->walks_at_ns;

	if (now <= s->start_ns || since < CYCLE_MS * RG_NS_PER_MS)
		return;
	if (s->walks_at_ns &&
	    costs_too_much(s, (double)(walks - s->walks) * (double)RG_NS_PER_S / (double)since,
			   now))
		thin(s->sampler, 2 * (polls - s->polls) > walks - s->walks);
	s->walks = walks;
	s->polls = polls;
	s->walks_at_ns = now;
}
