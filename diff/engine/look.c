/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judgement.h"

/*
 * Looking several times. Who looks again and again at what grows sees something in the end: so the false
 * discovery rate of one look is shared out over the looks. What is spent up to a look is as the square of the
 * part that there is to see by then (the power family of Kim and DeMets, Biometrika 74 (1987), exponent 2): early looks
 * find what is large, and most is left for the last. The parts add up to the whole, so that all looks together make no
 * more false discoveries than one would, whatever is tested at each and however one hangs together with the next;
 * where they hang together closely, as windows of one run do, they make fewer.
 */
static double spent(double now)
{
	return now * now;
}

double rg_policy_look_q(const struct rg_policy *policy)
{
	return policy->q * (spent(policy->look.now) - spent(policy->look.before));
}

double rg_policy_spent_q(const struct rg_policy *policy)
{
	return policy->q * spent(policy->look.now);
}

/* How often a growth of just the limit may pass at one look. */
#define PASS_ERROR 0.05

/*
 * The last look passes what a single one would, so that having looked before costs no pass. Those before share out as
 * much again, evenly over what there is to see: in all, twice as much at most.
 */
double rg_look_pass_level(const struct rg_policy *policy)
{
	const struct rg_policy_look *look = &policy->look;

	return 1 - PASS_ERROR * (look->number == look->of ? 1 : look->now - look->before);
}
