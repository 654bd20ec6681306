/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "budget.h"

#include <time.h>

#include "rg/units.h"

enum { STEPS_PER_LOOK = 64 }; /* reading the clock costs as much as some steps */

static uint64_t cpu_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
		return 0;
	return (uint64_t)now.tv_sec * RG_NS_PER_S + (uint64_t)now.tv_nsec;
}

bool rg_budget_look(struct rg_budget *budget)
{
	uint64_t now = cpu_ns(), passed = now - budget->entered_ns;

	budget->left_ns -= passed < budget->left_ns ? passed : budget->left_ns;
	budget->entered_ns = now;
	return budget->left_ns > 0;
}

void rg_budget_enter(struct rg_budget *budget)
{
	budget->entered_ns = cpu_ns();
}

void rg_budget_leave(struct rg_budget *budget)
{
	rg_budget_look(budget);
}

bool rg_budget_step(struct rg_budget *budget)
{
	return ++budget->steps % STEPS_PER_LOOK ? budget->left_ns > 0 : rg_budget_look(budget);
}
