/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What both versions run under: their own tree tells them apart, and nothing else that has a length. */
#include "shop.h"

#include <sys/resource.h>

/*
 * Appends what a run finds to a file of its side. Before the first round each side is tried once; when both have been
 * captured, it fails, and with it the check.
 */
static const char job[] =
	"#!/bin/sh\n"
	"side=$(basename \"$PWD\")\n"
	"{ env | grep -v ^PWD= | sort; printf %s \"$PWD\" | wc -c; ulimit -Sn; } > found.tmp\n"
	"cat found.tmp >> \"$1/$side.found\"; echo >> \"$1/$side.runs\"\n"
	"sha256sum < found.tmp >> \"$1/all\"\n"
	"for s in a b; do test $(wc -l < \"$1/$s.runs\") -gt 3 || exit 0; done\n"
	"exit 1\n";

/* A soft limit on open files below the hard one, as systems have it: a capture raises its own. */
static void lower_file_limit(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 512;
	assert_true(limit.rlim_cur < limit.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* Each run of either, tried or captured, the first or a later one, finds the same. */
static void test_nothing_but_the_path_tells_the_versions_apart(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	lower_file_limit();
	e2e_shop(e);
	e2e_write_text(e, "r/job", job);
	e2e_sh(e, "cd r; chmod +x job; git add job; git commit -q -m job job; git tag v1.6; "
		  ": > ../a.runs; : > ../b.runs");
	E2E_RG(e, "check", "--baseline", "v1.6", "--build", "", SHOP_ROUNDS, "--no-off-cpu", "--",
	       "./job", e->root);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, ", round ");
	e2e_assert_err(e, "target './job': exited with status 1");
	e2e_sh(e, "test $(wc -l < all) -ge 8; test $(sort -u all | wc -l) = 1 || { diff a.found "
		  "b.found; exit 1; }");
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_nothing_but_the_path_tells_the_versions_apart),
	};

	return cmocka_run_group_tests_name("alternate_alike", tests, NULL, NULL);
}
