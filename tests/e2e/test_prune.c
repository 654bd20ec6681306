/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `baseline prune` keeps and removes, from the command line; the default store. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include <stdio.h>
#include <string.h>

/* Puts a run that differs from all others; stored later than those before. */
static void put(struct e2e *e, const char *version, int64_t samples)
{
	const struct e2e_self selves[] = {{"parse", samples}, {"check", 2000}, {"", 0}};

	e2e_make_profile(e, "p.pb.gz", selves);
	E2E_RG(e, "baseline", "put", version, e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
}

/* Three runs each of v1.3 and v1.4, which are tagged, then of four commits that are not. */
static void setup_many(struct e2e *e)
{
	int64_t samples = 3000;

	e2e_repo(e);
	e2e_sh(e, "cd r; for i in a b c d; do echo $i > file; git commit -q -a -m $i;"
		  " git branch commit-$i; done");
	for (const char *const *version =
		     (const char *const[]){"v1.3", "v1.4", "commit-a", "commit-b", "commit-c",
					   "commit-d", NULL};
	     *version; version++)
		for (int run = 0; run < 3; run++)
			put(e, *version, ++samples);
}

/* How many runs of the version are listed. */
static int runs_of(struct e2e *e, const char *version)
{
	int count = 0;

	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	for (const char *at = e->out; (at = strstr(at, version)); at += strlen(version))
		count++;
	return count;
}

static void assert_runs(struct e2e *e, const int expected[6])
{
	static const char *const versions[] = {"v1.3",     "v1.4",     "commit-a",
					       "commit-b", "commit-c", "commit-d"};

	for (size_t i = 0; i < 6; i++)
		if (runs_of(e, versions[i]) != expected[i])
			fail_msg("%s: %d runs, expected %d", versions[i], runs_of(e, versions[i]),
				 expected[i]);
}

static void test_few_are_all_kept(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "0 runs removed, 0 B\n");
	assert_string_equal(e->err, "");
	assert_runs(e, (const int[]){3, 3, 3, 3, 3, 3});
}

static void test_the_newest_runs_of_a_version_are_kept(void **state)
{
	struct e2e *e = *state;
	char oldest[13];

	e2e_repo(e);
	put(e, "v1.4", 3001);
	assert_int_equal(sscanf(e->out, "stored run %12s", oldest), 1);
	put(e, "v1.4", 3002);
	put(e, "v1.4", 3003);
	E2E_RG(e, "baseline", "prune", "--keep-runs", "2");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "removed run ");
	e2e_assert_out(e, oldest);
	e2e_assert_out(e, "of v1.4 (default, ");
	e2e_assert_out(e, "1 run removed, ");
	assert_int_equal(runs_of(e, "v1.4"), 2);
	assert_null(strstr(e->out, oldest));
}

/* Tags keep their versions, however old, and are not counted. */
static void test_tags_and_the_newest_versions_are_kept(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	E2E_RG(e, "baseline", "prune", "--keep-versions", "2");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "6 runs removed, ");
	assert_runs(e, (const int[]){3, 3, 0, 0, 3, 3});
	E2E_RG(e, "baseline", "prune", "--keep-versions", "2");
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "0 runs removed, 0 B\n");
	e2e_git(e, "tag -d v1.3");
	E2E_RG(e, "baseline", "prune", "--keep-versions", "2", "--keep-runs", "1");
	e2e_assert_status(e, 0);
	assert_runs(e, (const int[]){0, 1, 0, 0, 1, 1});
}

static void test_zero_keeps_all(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	E2E_RG(e, "baseline", "prune", "--keep-versions", "0", "--keep-runs=0");
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "0 runs removed, 0 B\n");
}

static void test_scenarios_count_for_themselves(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	E2E_RG(e, "baseline", "put", "--scenario", "checkout", "commit-a", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "prune", "--keep-versions", "1");
	e2e_assert_status(e, 0);
	assert_runs(e, (const int[]){3, 3, 1, 0, 0, 3});
}

static void test_a_dry_run_removes_nothing(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	e2e_sh(e, "find r/.git -type f | sort | xargs sha256sum > before");
	E2E_RG(e, "baseline", "prune", "-n", "--keep-versions", "1", "--keep-runs", "1");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "would remove run ");
	e2e_assert_out(e, "15 runs to be removed, ");
	e2e_sh(e, "find r/.git -type f | sort | xargs sha256sum | cmp - before");
	assert_runs(e, (const int[]){3, 3, 3, 3, 3, 3});
}

/* Objects of removed runs go once no writer can be about to use them. */
static void test_space_is_freed_when_it_is_old(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	E2E_RG(e, "baseline", "rm", "commit-a");
	e2e_assert_status(e, 0);
	e2e_sh(e, "find r/.git/regress-gate.git/objects -type f | sort > before");
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
	e2e_sh(e, "find r/.git/regress-gate.git/objects -type f | sort | cmp - before");
	e2e_sh(e, "find r/.git/regress-gate.git/objects -type f -exec touch -d '2 hours ago' {} +");
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
	/* Of each of the 15 runs that are left two files; five references' commits and trees. */
	assert_string_equal(e2e_ask(e, "find r/.git/regress-gate.git/objects -type f | wc -l"),
			    "40");
	e2e_sh(e, "git --git-dir=r/.git/regress-gate.git fsck --strict --full");
	assert_runs(e, (const int[]){3, 3, 0, 3, 3, 3});
}

static void test_a_shallow_clone_without_tags_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "git -c protocol.file.allow=always clone -q --depth 1 --no-tags file://%s/r s",
	       e->root);
	e->directory = "s";
	put(e, "HEAD", 3001);
	put(e, "HEAD", 3002);
	E2E_RG(e, "baseline", "prune", "--keep-runs", "1");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "this clone is shallow and knows no tags");
	e2e_assert_err(e, "git fetch --tags");
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "2 runs, ");
	E2E_RG(e, "baseline", "prune", "--keep-runs", "1", "--force");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 run removed");
}

static void test_wrong_usage_is_2(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	E2E_RG(e, "baseline", "prune", "v1.3");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "unexpected argument 'v1.3'");
	E2E_RG(e, "baseline", "prune", "--keep-runs", "some");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "option '--keep-runs some': must be a whole number");
	E2E_RG(e, "baseline", "prune", "--keep-versions", "-1");
	e2e_assert_status(e, 2);
	assert_runs(e, (const int[]){3, 3, 3, 3, 3, 3});
}

/* Without reading all references it cannot be told what is still needed. */
static void test_a_damaged_store_is_4_and_not_swept(void **state)
{
	struct e2e *e = *state;

	setup_many(e);
	e2e_sh(e,
	       "cd r/.git/regress-gate.git; find objects -type f -exec touch -d '2 hours ago' {} +;"
	       " echo junk > $(find refs -type f | head -n 1);"
	       " find objects -type f | sort > ../../../before");
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "refs/regress-gate/default/");
	e2e_sh(e,
	       "cd r/.git/regress-gate.git; find objects -type f | sort | cmp - ../../../before");
}

static void test_nothing_stored_is_no_error(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "0 runs removed, 0 B\n");
	assert_false(e2e_exists(e, "r/.git/regress-gate.git"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_few_are_all_kept),
		E2E_TEST(test_the_newest_runs_of_a_version_are_kept),
		E2E_TEST(test_tags_and_the_newest_versions_are_kept),
		E2E_TEST(test_zero_keeps_all),
		E2E_TEST(test_scenarios_count_for_themselves),
		E2E_TEST(test_a_dry_run_removes_nothing),
		E2E_TEST(test_space_is_freed_when_it_is_old),
		E2E_TEST(test_a_shallow_clone_without_tags_is_refused),
		E2E_TEST(test_wrong_usage_is_2),
		E2E_TEST(test_a_damaged_store_is_4_and_not_swept),
		E2E_TEST(test_nothing_stored_is_no_error),
	};

	return cmocka_run_group_tests_name("prune", tests, NULL, NULL);
}
