/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What running both versions in turns leaves: of the builds on the disk, and of the runs in the store. */
#include "shop.h"

#include <string.h>

/* Prints how many extents of a file have no place on the disk yet. */
#define UNWRITTEN "(/usr/sbin/filefrag -v %s | grep -c delalloc || true)"

/* A command that only looks whether what was built is written, and sleeps. */
static void commit_idle(struct e2e *e)
{
	e2e_sh(e,
	       "cd r; { echo '#!/bin/sh'; echo '" UNWRITTEN " >> %s'; echo 'exec sleep 30'; } > "
	       "idle; chmod +x idle; git add idle; git commit -q -m idle idle; git tag idle",
	       "made", e2e_path(e, "seen"));
}

static void assert_not_stored(struct e2e *e)
{
	e2e_assert_out(e, "holds no CPU samples");
	e2e_assert_err(e, "the baseline's runs are not stored, as run 1 of 2 holds no CPU samples");
	e2e_assert_no_err(e, "stored 2 runs");
	E2E_RG(e, "baseline", "list", "--store", "dir:../store");
	e2e_assert_out(e, "0 runs");
}

/*
 * A run that nothing was seen in would keep every later check from deciding anything; and what the builds wrote is not to go to
 * the disk beside the rounds.
 */
static void test_idle_rounds_are_not_stored_and_builds_are_on_the_disk(void **state)
{
	struct e2e *e = *state;
	bool later;

	e2e_need_root();
	later = strcmp(e2e_ask(e, "head -c 1M /dev/zero > fresh; " UNWRITTEN, "fresh"), "0") != 0;
	e2e_shop(e);
	commit_idle(e);
	E2E_RG(e, "check", "--baseline", "idle", "--build", "head -c 1M /dev/zero > made",
	       "--rounds", "2", "--window", "1s", "--warmup", "300ms", "--store-baseline",
	       "--store", "dir:../store", "--on-undecided", "pass", "--", "./idle");
	e2e_assert_status(e, 3);
	assert_not_stored(e);
	if (!later)
		print_message("not looked at: files are written at once here\n");
	else
		assert_string_equal(e2e_ask(e, "sort -u seen"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_idle_rounds_are_not_stored_and_builds_are_on_the_disk),
	};

	return cmocka_run_group_tests_name("alternate_kept", tests, NULL, NULL);
}
