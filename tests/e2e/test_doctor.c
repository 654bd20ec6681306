/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "e2e.h"

#include <stdio.h>
#include <string.h>

static void test_root_passes(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 0);
	for (const char *const *what =
		     (const char *const[]){"kernel", "BTF", "privileges", "perf_event_paranoid",
					   "lockdown", "kernel symbols", "profiling",
					   "git repository", "baseline store", NULL};
	     *what; what++)
		e2e_assert_out(e, *what);
	e2e_assert_out(e, "programs load");
	assert_null(strstr(e->out, "FAIL"));
	assert_string_equal(e->err, "");
}

static void test_a_repository_is_described(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_sh(e,
	       "git init -q -b main . && git -c user.name=a -c user.email=a@example.org commit -q "
	       "--allow-empty -m c && git tag v1.4");
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "at v1.4");
	e2e_assert_out(e, "0 runs stored");
}

/* Each failing line says what to do. */
static void test_nobody_fails_with_the_mend(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e->uid = 65534;
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 4);
	e2e_assert_out(e, "FAIL  privileges");
	e2e_assert_out(e, "missing: CAP_BPF");
	e2e_assert_out(e, "-> run it as root");
	e2e_assert_out(e, "FAIL  profiling");
}

static void test_output_that_cannot_be_written_is_no_pass(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e->stdout_path = "/dev/full";
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "write to standard output");
}

static void test_a_store_that_is_a_file_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_write_text(e, "store", "no directory");
	E2E_RG(e, "doctor", "--store", "dir:store");
	e2e_assert_status(e, 4);
	e2e_assert_out(e, "FAIL  baseline store");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_root_passes),
		E2E_TEST(test_a_repository_is_described),
		E2E_TEST(test_nobody_fails_with_the_mend),
		E2E_TEST(test_output_that_cannot_be_written_is_no_pass),
		E2E_TEST(test_a_store_that_is_a_file_fails),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
