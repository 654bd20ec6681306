/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Started without standard streams, as by some daemons: what is opened then must not take their place,
 * where it would be written to as if it were one.
 */
#include "e2e.h"
#include "samples.h"

#include <stdio.h>

static const struct e2e_self steady[] = {{"parse", 3000}, {"check", 3000}, {"", 0}};

static const struct closing {
	const char *how; /* in the shell's words */
	int status;      /* of a pass: one that could not be shown is none */
} closings[] = {
	{"<&-", 0}, {"<&- 2>&-", 0}, {"2>&-", 0}, {"<&- >&-", 4}, {">&-", 4}, {"<&- >&- 2>&-", 4},
};

enum { CLOSINGS = sizeof(closings) / sizeof(closings[0]) };

static void test_a_capture_goes_on_without_streams(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	for (size_t i = 1; i < CLOSINGS; i += 2) {
		char name[32];
		int64_t samples;

		snprintf(name, sizeof(name), "p%zu.pb.gz", i);
		e2e_sh(e,
		       "timeout -k 1 10 \"$RG\" capture -o %s --frequency 499 --window 1s -- '%s' "
		       "%s",
		       name, e2e_program(e, "steady"), closings[i].how);
		samples = e2e_self(e2e_profile(e, name), "hash_order", RG_VALUE_SAMPLES);
		assert_true(samples > 0);
	}
}

static void test_a_verdict_without_stdout(void **state)
{
	struct e2e *e = *state;

	e2e_make_profile(e, "p.pb.gz", steady);
	e2e_sh(e, "\"$RG\" baseline put --store dir:store v1 p.pb.gz");
	for (size_t i = 0; i < CLOSINGS; i++)
		e2e_sh(e,
		       "\"$RG\" check --store dir:store --baseline v1 --canary p.pb.gz %s || "
		       "got=$?\n"
		       "test ${got:-0} = %d",
		       closings[i].how, closings[i].status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_capture_goes_on_without_streams),
		E2E_TEST(test_a_verdict_without_stdout),
	};

	return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
