/* SPDX-License-Identifier: GPL-2.0-or-later */
/* late.so: what the truth program `libraries` loads while it is profiled. */
#include "plugin.h"

#include "chain.h"

static STEP uint64_t late_step(uint64_t x)
{
	return burn_leaf(x) + 1;
}

STEP uint64_t late_entry(uint64_t x)
{
	return late_step(x) + 1;
}
