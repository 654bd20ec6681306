/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main job with a capture: a steady program passes, and one that became dearer fails. */
#include "e2e.h"
#include "repo.h"

/* Enough samples for a pass, and slices to see how steady it is. */
#define WINDOW "--frequency", "2999", "--window", "3s", "--slice", "200ms"

static void capture_baseline(struct e2e *e)
{
	e2e_git(e, "checkout -q v1.4");
	E2E_RG(e, "capture", "-o", e2e_path(e, "base.pb.gz"), WINDOW, "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "base.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_git(e, "checkout -q main");
}

/* A/A first, then three times the work in one function, against the same baseline. */
static void test_a_steady_program_passes_and_a_hot_one_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_repo(e);
	e2e_disregard_steal(e);
	capture_baseline(e);
	E2E_RG(e, "check", "--baseline", "v1.4", WINDOW, "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	e2e_assert_first_line(e, "PASS", "no growth beyond 15 %");
	e2e_assert_out(e, "v1.5");
	E2E_RG(e, "check", "--baseline", "v1.4", WINDOW, "--", e2e_program(e, "steady"), "hot");
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "hash_order() uses");
	e2e_assert_out(e, "tests/e2e/programs/steady.c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_steady_program_passes_and_a_hot_one_fails),
	};

	return cmocka_run_group_tests_name("check_captured", tests, NULL, NULL);
}
