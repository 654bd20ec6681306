/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rounds while the machine's host takes the CPUs: they are taken again, and none of it hides what a version does. */
#include "remains.h"
#include "shop.h"
#include "stolen.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/*
 * Has the shop's command sleep for longer than a run may take where `when` is true of $n, how often it was started before:
 * twice it is tried, then come the rounds.
 */
static const char *late_when(struct e2e *e, const char *when)
{
	static char script[2 * E2E_PATH_MAX];

	e2e_sh(e, ": > starts; chmod 666 starts");
	snprintf(script, sizeof(script),
		 "n=$(wc -l < '%s'); echo >> '%s'; test $n %s && exec sleep 60; exec ./shop run",
		 e2e_path(e, "starts"), e2e_path(e, "starts"), when);
	return script;
}

static void start(struct e2e *e, const char *script)
{
	E2E_RG_START(e, "check", "--baseline", "v1.4", SHOP_MAKE, SHOP_ROUNDS, "--", "sh", "-c",
		     script);
}

static void begin(struct e2e *e)
{
	e2e_need_root();
	e2e_shop(e);
	e2e_own_stat(e);
}

static void test_out_of_time_while_time_is_stolen_is_taken_again(void **state)
{
	struct e2e *e = *state;

	begin(e);
	e2e_steal(e);
	start(e, late_when(e, "-eq 2"));
	e2e_rg_wait_for(e, "round 1 is taken again: the ");
	e2e_end_helpers(e);
	e2e_rg_finish(e);
	e2e_assert_err(e, " did not end in time while ");
	e2e_assert_err(e, " of the CPUs were stolen from the machine");
	e2e_assert_out(e, "2 paired rounds");
	e2e_assert_out(e, "1 thrown out: first the ");
	/* Whether enough was seen is for what was measured to say. */
	if (e->status != 3)
		e2e_assert_status(e, 1);
}

static void test_out_of_time_with_the_cpus_at_hand_is_not(void **state)
{
	struct e2e *e = *state;

	begin(e);
	start(e, late_when(e, "-eq 2"));
	e2e_rg_finish(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, ", round 1: target: had not run ");
	e2e_assert_err(e, "it took much longer than when it was tried");
	e2e_assert_no_err(e, "is taken again:");
	assert_string_equal(e->out, "");
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

static void test_a_host_that_never_lets_go_ends_it(void **state)
{
	struct e2e *e = *state;

	begin(e);
	e2e_steal(e);
	start(e, late_when(e, "-ge 2"));
	e2e_rg_finish(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "round 1 is taken again: the ");
	e2e_assert_err(e, "and no round is taken again any more");
	assert_string_equal(e->out, "");
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

/* Between two takings of a round nothing of the target runs, and nobody looks at a window. */
static void test_interrupted_before_a_round_is_taken_again(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM};
	struct e2e *e = *state;
	char *before;

	begin(e);
	before = e2e_shop_state(e);
	e2e_steal(e);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct e2e_remains remains = {0};

		E2E_RG_START(e, "check", "--baseline", "v1.4", SHOP_MAKE, SHOP_ROUNDS, "--json-out",
			     "../v.json", "--", "./shop", "run");
		e2e_rg_wait_for(e, "round 1 of 2, ");
		e2e_remains_note(&remains, e2e_rg_pid(e));
		e2e_rg_wait_for(e, "round 1 is taken again: the ");
		e2e_remains_note(&remains, e2e_rg_pid(e));
		e2e_rg_end_by(e, signals[i]);
		e2e_assert_err(e, "interrupted: no verdict is made of a part of the rounds");
		/* It came while it waited. */
		assert_null(strstr(strstr(e->err, "is taken again:"), "round 1 of 2, "));
		assert_string_equal(e->out, "");
		assert_false(e2e_exists(e, "v.json"));
		e2e_assert_gone(&remains);
	}
	e2e_end_helpers(e);
	e2e_assert_untouched(e, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_out_of_time_while_time_is_stolen_is_taken_again),
		E2E_TEST(test_out_of_time_with_the_cpus_at_hand_is_not),
		E2E_TEST(test_a_host_that_never_lets_go_ends_it),
		E2E_TEST(test_interrupted_before_a_round_is_taken_again),
	};

	return cmocka_run_group_tests_name("alternate_spoilt", tests, NULL, NULL);
}
