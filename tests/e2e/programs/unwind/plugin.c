/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plugin.so: what the truth program `libraries` is linked to. */
#include "plugin.h"

#include "chain.h"

STEP uint64_t plugin_nothing(uint64_t x)
{
	return x + 1;
}

STEP uint64_t plugin_call(uint64_t (*function)(uint64_t), uint64_t x)
{
	return function(x) + 1;
}
