/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

static void assert_directory(struct git_fixture *fixture, const char *actual, const char *name)
{
	char real[PATH_MAX];

	assert_non_null(realpath(scratch_path(&fixture->scratch, name), real));
	assert_string_equal(actual, real);
}

static void a_repository_and_its_directories(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "mkdir -p r/a/b");
	git_open_ok(fixture, "r/a/b");
	assert_directory(fixture, rg_repo_common_dir(fixture->repo), "r/.git");
	assert_directory(fixture, rg_repo_work_dir(fixture->repo), "r");
	assert_false(rg_repo_is_shallow(fixture->repo));
}

static void no_repository(void **state)
{
	struct git_fixture *fixture = *state;

	assert_int_equal(git_open(fixture, "."), RG_ENOTFOUND);
	assert_text_has(fixture->err.text, "it is in no git repository");
	assert_int_equal(git_open(fixture, "none"), RG_ENOTFOUND);
	assert_text_has(fixture->err.text, "no such directory");
	assert_null(fixture->repo);
}

static void a_bare_repository_has_no_work_tree(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git clone -q --bare r bare");
	git_open_ok(fixture, "bare");
	assert_directory(fixture, rg_repo_common_dir(fixture->repo), "bare");
	assert_null(rg_repo_work_dir(fixture->repo));
}

static void a_linked_work_tree_shares_the_common_directory(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git -C r worktree add -q ../linked side");
	git_open_ok(fixture, "linked");
	assert_directory(fixture, rg_repo_common_dir(fixture->repo), "r/.git");
	assert_directory(fixture, rg_repo_work_dir(fixture->repo), "linked");
}

static void a_shallow_clone_says_so(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git clone -q --depth=2 \"file://$PWD/r\" shallow");
	git_open_ok(fixture, "shallow");
	assert_true(rg_repo_is_shallow(fixture->repo));
}

static void a_git_directory_that_is_none_is_named(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, "mkdir -p empty/.git empty/sub");
	assert_int_equal(git_open(fixture, "empty/sub"), RG_EFORMAT);
	assert_text_has(fixture->err.text, "/empty/.git': it cannot be read as a git repository");
}

static void a_git_file_that_points_nowhere(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, "mkdir lost; echo 'gitdir: /nonexistent/x' >lost/.git;"
				   "mkdir junk; echo junk >junk/.git");
	assert_int_equal(git_open(fixture, "lost"), RG_EFORMAT);
	assert_text_has(fixture->err.text, "repo: open");
	assert_int_equal(git_open(fixture, "junk"), RG_EFORMAT);
	assert_text_has(fixture->err.text, "repo: open");
}

static void a_configuration_that_is_damaged(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "echo '[core' >r/.git/config");
	assert_int_equal(git_open(fixture, "r"), RG_EFORMAT);
	assert_text_has(fixture->err.text, "repo: open");
}

/* actions/checkout with a filter, and `git sparse-checkout`, declare these. */
static void harmless_extensions_are_accepted(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "cd r; git config core.repositoryFormatVersion 1;"
					      "git config extensions.partialClone origin;"
					      "git config extensions.worktreeConfig true");
	git_open_ok(fixture, "r");
	git_run(&fixture->scratch, "git -C r config extensions.notHeardOf true");
	assert_int_equal(git_open(fixture, "r"), RG_EFORMAT);
	assert_text_has(fixture->err.text, "extension");
}

static void a_repository_of_another_user_works(void **state)
{
	struct git_fixture *fixture = *state;
	char id[RG_REPO_ID_MAX], expected[256];
	char *text = NULL;
	bool dirty = true;

	if (!scratch_is_root(__func__))
		return;
	git_run(&fixture->scratch, GIT_SAMPLE);
	git_ask(&fixture->scratch, "git -C r rev-parse v1.4^{commit}", expected);
	git_run(&fixture->scratch, "chown -R 12345:12345 r");
	git_open_ok(fixture, "r");
	assert_int_equal(rg_repo_resolve(fixture->repo, "v1.4", id, &fixture->err), 0);
	assert_string_equal(id, expected);
	assert_int_equal(rg_repo_describe(fixture->repo, &text, &dirty, &fixture->err), 0);
	assert_false(dirty);
	free(text);
	/* Read only: nothing of root's is left in it. */
	git_run(&fixture->scratch, "test -z \"$(find r ! -uid 12345)\"");
}

static void several_can_be_open_at_a_time(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo *second = NULL;
	char id[RG_REPO_ID_MAX];

	git_run(&fixture->scratch, GIT_SAMPLE);
	git_open_ok(fixture, "r");
	assert_int_equal(rg_repo_open(scratch_path(&fixture->scratch, "r"), &second, NULL), 0);
	rg_repo_free(second);
	assert_int_equal(rg_repo_resolve(fixture->repo, "HEAD", id, NULL), 0);
	rg_repo_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(a_repository_and_its_directories),
		GIT_TEST(no_repository),
		GIT_TEST(a_bare_repository_has_no_work_tree),
		GIT_TEST(a_linked_work_tree_shares_the_common_directory),
		GIT_TEST(a_shallow_clone_says_so),
		GIT_TEST(a_git_directory_that_is_none_is_named),
		GIT_TEST(a_git_file_that_points_nowhere),
		GIT_TEST(a_configuration_that_is_damaged),
		GIT_TEST(harmless_extensions_are_accepted),
		GIT_TEST(a_repository_of_another_user_works),
		GIT_TEST(several_can_be_open_at_a_time),
	};

	return cmocka_run_group_tests_name("repo/repo", tests, NULL, NULL);
}
