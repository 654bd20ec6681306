/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stacks of commands that are over in some milliseconds: much of what is sampled is fork, execve, the dynamic loader and exit.
 * None of that is a stack that was lost, and what was lost is told.
 */
#include "e2e.h"
#include "samples.h"

#include <stdio.h>

/* Samples whose stack does not reach its root. */
static int64_t incomplete(const struct rg_profile *p)
{
	static const char *const keys[] = {
		RG_KEY_CUT_NO_MAPPING, RG_KEY_CUT_NO_ROW,      RG_KEY_CUT_UNREADABLE,
		RG_KEY_CUT_TOO_DEEP,   RG_KEY_CUT_UNSUPPORTED, RG_KEY_CUT_BROKEN,
		RG_KEY_CUT_KERNEL,
	};
	int64_t sum = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		sum += (int64_t)rg_profile_fact_u64(p, keys[i], 0);
	return sum;
}

/* Runs a command `times` in turn, to its end, and has it sampled. */
static const struct rg_profile *capture(struct e2e *e, const char *frequency, const char *times,
					const char *command, const char *argument)
{
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--frequency", frequency, "--window", "50s", "--",
	       "/bin/sh", "-c", "i=0; while [ $i -lt $0 ]; do \"$@\"; i=$((i + 1)); done", times,
	       command, argument);
	e2e_assert_status(e, 0);
	return e2e_profile(e, "p.pb.gz");
}

static void assert_complete(const struct rg_profile *p, int64_t least)
{
	int64_t all = e2e_total(p, RG_VALUE_SAMPLES);

	if (all < least || incomplete(p) * 100 > all)
		fail_msg("%lld of %lld stacks are incomplete", (long long)incomplete(p),
			 (long long)all);
}

static void test_stacks_of_short_commands_are_complete(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	p = capture(e, "999", "500", "/bin/true", "");
	assert_complete(p, 300);
	/* Of that, what the kernel does in execve(2) has no user stack, and the loader has one. */
	assert_true(rg_profile_fact_u64(p, RG_KEY_NO_USER_STACK, 0) > 0);
	assert_true(e2e_in_module(p, "ld-linux-x86-64.so.2", RG_VALUE_SAMPLES) > 0);
}

/* Each is over before its code is known, so that its stacks are copied and walked afterwards: any number of them. */
static void test_any_number_of_stacks_is_kept_until_their_code_is_known(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	assert_complete(capture(e, "1999", "400", e2e_program(e, "burst"), "15"), 8000);
}

static void test_a_stack_that_is_lost_is_counted(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	int64_t lost;

	e2e_need_root();
	p = capture(e, "999", "100", e2e_program(e, "lost"), "");
	lost = e2e_self(p, "burn_lost", RG_VALUE_SAMPLES);
	assert_true(lost > 100);
	assert_true((int64_t)rg_profile_fact_u64(p, RG_KEY_CUT_NO_ROW, 0) >= lost);
	assert_true(e2e_under(p, RG_FRAME_TRUNCATED, RG_VALUE_SAMPLES) >= lost);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_stacks_of_short_commands_are_complete),
		E2E_TEST(test_any_number_of_stacks_is_kept_until_their_code_is_known),
		E2E_TEST(test_a_stack_that_is_lost_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
