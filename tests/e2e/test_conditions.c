/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same program under other conditions: told as what it is, and never as a regression of its code. */
#include "cgroup.h"
#include "samples.h"

#include <stdio.h>
#include <string.h>

/* Few seconds of few CPUs have to do. */
#define FINE "--frequency", "4999", "--window", "1s"

/* No one is in the way of a real-time process. */
static void capture_baseline(struct e2e *e)
{
	e2e_sh(e,
	       "chrt -f 1 \"$RG\" capture -q -o base --frequency 4999 --window 1s -- '%s' 100000",
	       e2e_program(e, "burst"));
}

static void capture_canary(struct e2e *e, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)pid);
	E2E_RG(e, "capture", "-q", "-o", "canary", FINE, "--pid", text);
	e2e_assert_status(e, 0);
}

static void test_a_limited_or_starved_canary_is_not_comparable(void **state)
{
	struct e2e *e = *state;
	const char *group;
	pid_t canary;

	e2e_need_root();
	capture_baseline(e);
	canary = E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	for (int i = 0; i < 4; i++)
		E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	capture_canary(e, canary);
	E2E_RG(e, "diff", "--json", "base", "canary");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "\"outcome\": \"not_comparable\"");
	e2e_assert_out(e, "\"reason\": \"time waiting for a CPU: baseline ");
	e2e_assert_out(e, "at most 25.0 points apart");
	e2e_assert_out(e, "\"what\": \"CPUs busy with others\"");
	e2e_end_helpers(e);

	group = e2e_cgroup_limited(e, "limited", 0.1);
	if (!group) {
		print_message("skipped: no cgroup may be limited here\n");
		return;
	}
	canary = E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	e2e_cgroup_enter(group, canary);
	capture_canary(e, canary);
	assert_string_equal(rg_profile_fact(e2e_profile(e, "canary"), RG_KEY_CGROUP_LIMIT),
			    "0.100");
	E2E_RG(e, "diff", "base", "canary");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NOT COMPARABLE  CPU time denied by the cgroup's limit: baseline 0.0 %");
	e2e_assert_out(e, "(limit 0.100 CPUs)");
	e2e_assert_out(e, "give both sides the same CPU limit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_CGROUP_TEST(test_a_limited_or_starved_canary_is_not_comparable),
	};

	return cmocka_run_group_tests_name("conditions", tests, NULL, NULL);
}
