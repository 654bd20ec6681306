/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "rg/extend.h"
#include "rg/verdict.h"

#include <math.h>

struct planned {
	const char *sentence;
	struct rg_extend_plan plan;
	uint32_t looks;
	uint64_t reach[8];
};

static const struct planned planned[] = {
	{"nothing is to be gone on to", {.first = 4, .most = 0}, 1, {4}},
	{"nor to what is there already", {.first = 4, .most = 4}, 1, {4}},
	{"rounds double", {.first = 4, .most = 16}, 3, {4, 8, 16}},
	{"one more round is a look", {.first = 4, .most = 5}, 2, {4, 5}},
	{"what is no whole doubling is shared out", {.first = 4, .most = 12}, 3, {4, 7, 12}},
	{"a window lies on whole slices",
	 {.first = 300, .most = 900, .step = 10},
	 3,
	 {300, 520, 900}},
	{"a slice is not cut in two looks", {.first = 10, .most = 100, .step = 90}, 2, {10, 100}},
	{"the last need not be a whole one",
	 {.first = 10, .most = 95, .step = 40},
	 4,
	 {10, 50, 90, 95}},
	{"many", {.first = 2, .most = 100}, 7, {2, 4, 7, 14, 27, 52, 100}},
};

static void looks_are_planned_beforehand(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(planned); i++) {
		const struct planned *p = &planned[i];

		if (rg_extend_looks(&p->plan) != p->looks)
			fail_msg("%s: %u looks", p->sentence, rg_extend_looks(&p->plan));
		for (uint32_t look = 1; look <= p->looks; look++) {
			uint64_t reach = rg_extend_reach(&p->plan, look);

			if (reach != p->reach[look - 1])
				fail_msg("%s: look %u at %llu", p->sentence, look,
					 (unsigned long long)reach);
		}
	}
}

/* Whatever the plan, each look adds something, and the policy takes it. */
static void every_look_adds_something(void **state)
{
	struct rg_policy policy;

	(void)state;
	rg_policy_init(&policy);
	for (uint64_t first = 1; first < 40; first++)
		for (uint64_t most = 0; most < 200; most += 3)
			for (uint64_t step = 0; step < 12; step += 5) {
				const struct rg_extend_plan plan = {
					.first = first, .most = most, .step = step};
				double spent = 0;

				for (uint32_t look = 1; look <= rg_extend_looks(&plan); look++) {
					policy.look = rg_extend_look(&plan, look);
					assert_int_equal(rg_policy_check(&policy, NULL), 0);
					spent += rg_policy_look_q(&policy);
				}
				assert_float_equal(spent, policy.q, 1e-12);
				assert_float_equal(policy.look.now, 1, 1e-12);
			}
}

static void what_cannot_go_on_has_all_that_is_left(void **state)
{
	const struct rg_extend_plan plan = {.first = 4, .most = 16};
	struct rg_policy_look last = rg_extend_last(&plan, 2);

	(void)state;
	assert_int_equal(last.number, 2);
	assert_int_equal(last.of, 2);
	assert_float_equal(last.before, 0.25, 1e-15);
	assert_float_equal(last.now, 1, 1e-15);
}

struct ending {
	const char *sentence;
	enum rg_outcome outcome;
	int64_t base_samples;
	uint32_t look;
	bool canary_alone, on;
};

static const struct ending endings[] = {
	{"undecided goes on", RG_OUTCOME_UNDECIDED, 1000, 1, false, true},
	{"also where the canary alone does", RG_OUTCOME_UNDECIDED, 1000, 2, true, true},
	{"but not beyond the last look", RG_OUTCOME_UNDECIDED, 1000, 3, false, false},
	{"nor where the baseline has too little to ever decide", RG_OUTCOME_UNDECIDED, 199, 1, true,
	 false},
	{"unless it grows as well", RG_OUTCOME_UNDECIDED, 199, 1, false, true},
	{"a pass ends it", RG_OUTCOME_PASS, 1000, 1, false, false},
	{"a failure too", RG_OUTCOME_FAIL, 1000, 1, false, false},
	{"what cannot be compared does not become so", RG_OUTCOME_NOT_COMPARABLE, 1000, 1, false,
	 false},
	{"nor does a baseline come up", RG_OUTCOME_NO_BASELINE, 1000, 1, false, false},
};

static void it_goes_on_while_that_can_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(endings); i++) {
		const struct ending *ending = &endings[i];
		const struct rg_extend_plan plan = {
			.first = 4, .most = 16, .canary_alone = ending->canary_alone};
		struct rg_verdict verdict = {.outcome = ending->outcome,
					     .base.samples = ending->base_samples};

		rg_policy_init(&verdict.policy);
		if (rg_extend_goes_on(&plan, ending->look, &verdict) != ending->on)
			fail_msg("%s", ending->sentence);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_are_planned_beforehand),
		cmocka_unit_test(every_look_adds_something),
		cmocka_unit_test(what_cannot_go_on_has_all_that_is_left),
		cmocka_unit_test(it_goes_on_while_that_can_decide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
