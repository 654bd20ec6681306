/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A canary that goes on while it is undecided: one run of one target, captured in parts. */
#include "e2e.h"
#include "remains.h"
#include "repo.h"
#include "samples.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the first second one thread has fewer samples than decide anything; on shares the baseline may have more. */
#define WINDOW "--frequency", "199", "--slice", "100ms", "--window", "1s", "--no-off-cpu"
#define CANARY "--baseline", "v1.4", "--basis", "share", WINDOW

static void capture_baseline(struct e2e *e)
{
	e2e_repo(e);
	e2e_disregard_steal(e);
	e2e_git(e, "checkout -q v1.4");
	E2E_RG(e, "capture", "-o", e2e_path(e, "base.pb.gz"), "--frequency", "2999", "--slice",
	       "100ms", "--window", "1s", "--no-off-cpu", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "base.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_git(e, "checkout -q main");
}

static void assert_look(struct e2e *e, const char *expression)
{
	const char *is = e2e_ask(e, "jq '%s' v.json", expression);

	if (strcmp(is, "true") != 0)
		fail_msg("%s: %s", expression, e2e_ask(e, "jq -c .policy.look v.json"));
}

/* Launched once, and one run: its second part attaches to what runs. */
static void it_goes_on_until_it_is_decided(struct e2e *e)
{
	static char script[2 * E2E_PATH_MAX];

	snprintf(script, sizeof(script), "echo begun >> %s; exec %s hot", e2e_path(e, "begun"),
		 e2e_program(e, "steady"));
	E2E_RG(e, "check", CANARY, "--extend-to", "8s", "--json-out", e2e_path(e, "v.json"), "-o",
	       e2e_path(e, "c.pb.gz"), "--", "sh", "-c", script);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  hash_order() uses");
	e2e_assert_out(e, "looked ");
	e2e_assert_err(e, "undecided: too few samples: baseline ");
	e2e_assert_err(e, "; going on to a window of 2s");
	assert_look(e, ".policy.look.number > 1 and .policy.look.of == 4");
	assert_look(e, ".policy.look.before_share < .policy.look.now_share");
	assert_look(e, ".canary.runs == 1 and (.canary.wall_ns / 1e9 | round) >= 2");
	assert_string_equal(e2e_ask(e, "wc -l < begun"), "1");
	const struct rg_profile *p = e2e_profile(e, "c.pb.gz");
	size_t slices;

	rg_profile_slices(p, &slices);
	assert_true(slices >= 20);
	assert_true(rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0) >= 1999000000);
	assert_string_equal(e2e_ask(e, "jq -r '.canary.profiles | length' v.json"), "1");
}

/* Nothing more can be seen: the last look has all that is left. */
static void what_ends_by_itself_is_judged_by_what_there_is(struct e2e *e)
{
	static char script[E2E_PATH_MAX + 64];

	snprintf(script, sizeof(script), "%s & sleep 1.9; kill $!", e2e_program(e, "steady"));
	E2E_RG(e, "check", CANARY, "--extend-to", "20s", "--json-out", e2e_path(e, "v.json"), "--",
	       "sh", "-c", script);
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "the target ended by itself: the window ended after 1");
	assert_look(e, ".policy.look.number == 2 and .policy.look.of == 2");
	assert_look(e, ".policy.look.now_share == 1");
}

static void a_signal_ends_it_without_a_verdict(struct e2e *e)
{
	struct e2e_remains remains = {0};

	E2E_RG_START(e, "check", CANARY, "--extend-to", "40s", "--", e2e_program(e, "steady"));
	e2e_rg_wait_for(e, "going on to a window of");
	e2e_sleep_ms(600);
	e2e_remains_note(&remains, e2e_rg_pid(e));
	assert_true(remains.process_count >= 2);
	e2e_rg_end_by(e, SIGINT);
	assert_string_equal(e->out, "");
	e2e_assert_gone(&remains);
}

static void test_a_canary_goes_on_while_it_is_undecided(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	capture_baseline(e);
	it_goes_on_until_it_is_decided(e);
	what_ends_by_itself_is_judged_by_what_there_is(e);
	a_signal_ends_it_without_a_verdict(e);
}

struct refusal {
	const char *words[8];
	const char *says;
};

static const struct refusal refusals[] = {
	{{"--window", "2m", "--extend-to", "60s"},
	 "\"extend_to\" (1m) must be longer than the window (2m)"},
	{{"--extend-to", "soon"}, "must be a time such as '15m'"},
	{{"--extend-to", "25h"}, "\"extend_to\" must be"},
	{{"--extend-to", "15m", "--canary", "x.pb.gz"}, "with --canary nothing is captured"},
	{{"--extend-to", "15m", "--baseline-pid", "1"}, "say a longer --window"},
	{{"--max-rounds", "4"}, "\"max_rounds\" (4) must be more than the rounds (4)"},
	{{"--max-rounds", "101"}, "must be a number up to 100"},
};

static void test_limits_that_allow_nothing_are_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const char *const *more = refusals[i].words;

		E2E_RG(e, "check", "--baseline", "v1.4", more[0], more[1],
		       more[2] ? more[2] : "--quiet", more[3] ? more[3] : "--quiet",
		       more[2] ? "--quiet" : "-q");
		e2e_assert_status(e, 2);
		e2e_assert_err(e, refusals[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_canary_goes_on_while_it_is_undecided,
						e2e_setup, e2e_teardown),
		cmocka_unit_test_setup_teardown(test_limits_that_allow_nothing_are_refused,
						e2e_setup, e2e_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
