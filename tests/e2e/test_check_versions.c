/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the baseline is found: revisions, repositories of all kinds, labels. */
#include "stored.h"

#include <string.h>

/* --- Revisions --------------------------------------------------------------------------------- */

static void test_every_name_of_the_commit_finds_it(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_git(e, "branch release v1.4");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	check(e, "HEAD~1");
	e2e_assert_status(e, 0);
	check(e, "v1.5^");
	e2e_assert_status(e, 0);
	check(e, "release");
	e2e_assert_status(e, 0);
	check(e, e2e_ask(e, "git -C r rev-parse v1.4"));
	e2e_assert_status(e, 0);
	check(e, e2e_ask(e, "git -C r rev-parse --short v1.4"));
	e2e_assert_status(e, 0);
	check(e, "v1.5");
	e2e_assert_status(e, 3);
}

static void test_an_annotated_tag_is_its_commit(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	E2E_RG(e, "baseline", "put", "v1.5", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	check(e, "HEAD");
	e2e_assert_status(e, 0);
}

static void test_an_unknown_tag_is_2_with_the_nearest_named(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	check(e, "v1.44");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "'v1.44': no such revision; did you mean 'v1.4'?");
	assert_string_equal(e->out, "");
	check(e, "HEAD~99");
	e2e_assert_status(e, 2);
	check(e, "");
	e2e_assert_status(e, 2);
	check(e, "v1.4\033[31m");
	e2e_assert_status(e, 2);
	assert_null(strchr(e->err, '\033'));
}

static void test_a_moved_tag_does_not_find_the_old_ones_runs(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_git(e, "tag -f v1.4 v1.3");
	check(e, "v1.4");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NO BASELINE");
	check(e, "HEAD~1");
	e2e_assert_status(e, 0);
}

/* --- Repositories --------------------------------------------------------------------------------- */

static void test_a_folder_below_finds_the_repository(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e, "mkdir -p r/a/b");
	e->directory = "r/a/b";
	check(e, "v1.4");
	e2e_assert_status(e, 0);
}

static void test_a_linked_work_tree_shares_the_store(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_git(e, "worktree add -q ../linked v1.3");
	e->directory = "linked";
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "HEAD", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	e->directory = "r";
	check(e, "v1.3");
	e2e_assert_status(e, 0);
}

static void test_a_bare_repository_works(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e, "git clone -q --bare r bare");
	e->directory = "bare";
	check(e, "v1.4");
	e2e_assert_status(e, 3);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	check(e, "v1.4");
	e2e_assert_status(e, 0);
}

static void test_a_shallow_clone_names_the_fetch(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e,
	       "git -c protocol.file.allow=always clone -q --depth 1 --no-tags file://%s/r shallow",
	       e->root);
	e->directory = "shallow";
	check(e, "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "this clone is shallow: 'git fetch --tags --unshallow'");
	check(e, "HEAD~1");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "shallow");
	E2E_RG(e, "baseline", "put", "HEAD", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	check(e, "HEAD");
	e2e_assert_status(e, 0);
}

static void test_another_users_repository_works(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	setup_stored(e);
	e2e_sh(e, "chown -R 12345:12345 r");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	check(e, "v1.44");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "did you mean 'v1.4'?");
}

/* Under sudo nothing that is root's stays in the user's repository. */
static void test_under_sudo_the_store_is_the_users(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_repo(e);
	e2e_sh(e, "chown -R 12345:12345 r");
	e2e_make_profile(e, "p.pb.gz", steady);
	e->env[0] = "SUDO_UID=12345";
	e->env[1] = "SUDO_GID=12345";
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "p.pb.gz"), "--json-out",
	       "v.json", "--markdown-out", "v.md");
	e2e_assert_status(e, 0);
	assert_true(e2e_exists(e, "r/v.json"));
	E2E_RG(e, "baseline", "put", "v1.5", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "rm", "v1.5");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
	assert_string_equal(e2e_ask(e, "find r ! -uid 12345"), "");
	assert_string_equal(e2e_ask(e, "find r ! -gid 12345"), "");
	/* It is the user's to use. */
	e2e_sh(e, "chmod a+r p.pb.gz");
	e->env[0] = e->env[1] = NULL;
	e->uid = 12345;
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "v1.3", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
}

static void test_a_repository_without_commits(void **state)
{
	struct e2e *e = *state;

	e2e_sh(e, "git init -q -b main r");
	e->directory = "r";
	e2e_make_profile(e, "p.pb.gz", steady);
	check(e, "HEAD");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no such revision");
}

static void test_a_broken_repository_is_not_taken_for_none(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e, "printf '[core\\n' > r/.git/config");
	check(e, "v1.4");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "repo");
}

/* --- Labels ----------------------------------------------------------------------------------------- */

static void test_outside_a_repository_versions_are_labels(void **state)
{
	struct e2e *e = *state;

	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", "2024/07-rc1", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	check(e, "2024/07-rc1");
	e2e_assert_status(e, 0);
	check(e, "2024/07-rc2");
	e2e_assert_status(e, 3);
	/* In the user's data directory, for there is no repository to keep them in. */
	assert_true(e2e_exists(e, ".local/share/regress-gate"));
	check(e, "../../../etc/passwd");
	assert_true(e->status == 2 || e->status == 3);
	check(e, "a b");
	e2e_assert_status(e, 2);
}

/* sudo leaves root's HOME: what is stored there would be out of the user's reach. */
static void test_under_sudo_the_home_is_the_users(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", "v1", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	e->env[0] = "SUDO_UID=1";
	e->env[1] = "SUDO_GID=1";
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "0 runs");
	/* Who has no home must say where. */
	e->env[0] = "SUDO_UID=12345";
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "neither a git repository nor a home directory; say --store dir:PATH");
	E2E_RG(e, "baseline", "list", "--store", "dir:.local/share/regress-gate");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 run, ");
}

static void test_a_label_can_be_forced_in_a_repository(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	E2E_RG(e, "baseline", "put", "label:nightly", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	check(e, "label:nightly");
	e2e_assert_status(e, 0);
	check(e, "nightly");
	e2e_assert_status(e, 2);
	check(e, "label:v1.4");
	e2e_assert_status(e, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_every_name_of_the_commit_finds_it),
		E2E_TEST(test_an_annotated_tag_is_its_commit),
		E2E_TEST(test_an_unknown_tag_is_2_with_the_nearest_named),
		E2E_TEST(test_a_moved_tag_does_not_find_the_old_ones_runs),
		E2E_TEST(test_a_folder_below_finds_the_repository),
		E2E_TEST(test_a_linked_work_tree_shares_the_store),
		E2E_TEST(test_a_bare_repository_works),
		E2E_TEST(test_a_shallow_clone_names_the_fetch),
		E2E_TEST(test_another_users_repository_works),
		E2E_TEST(test_under_sudo_the_store_is_the_users),
		E2E_TEST(test_a_repository_without_commits),
		E2E_TEST(test_a_broken_repository_is_not_taken_for_none),
		E2E_TEST(test_outside_a_repository_versions_are_labels),
		E2E_TEST(test_under_sudo_the_home_is_the_users),
		E2E_TEST(test_a_label_can_be_forced_in_a_repository),
	};

	return cmocka_run_group_tests_name("check_versions", tests, NULL, NULL);
}
