/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

/* Describes "name" and compares with what the git program says of it. */
static void assert_describes(struct git_fixture *fixture, const char *name, const char *expected,
			     bool expected_dirty)
{
	char *text = NULL;
	bool dirty = !expected_dirty;

	git_open_ok(fixture, name);
	if (rg_repo_describe(fixture->repo, &text, &dirty, &fixture->err))
		fail_msg("%s: %s", name, fixture->err.text);
	assert_string_equal(text, expected);
	assert_int_equal(dirty, expected_dirty);
	free(text);
}

static void assert_describes_as_git(struct git_fixture *fixture, const char *name,
				    bool expected_dirty)
{
	char script[256], expected[256];

	snprintf(script, sizeof(script), "git -C %s describe --tags --always --dirty", name);
	assert_describes(fixture, name, git_ask(&fixture->scratch, script, expected),
			 expected_dirty);
}

static void a_tagged_commit_is_its_tag(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git -C r checkout -q v1.4");
	assert_describes(fixture, "r", "v1.4", false);
	git_run(&fixture->scratch, "git -C r checkout -q side");
	assert_describes(fixture, "r", "v1.3", false);
}

static void commits_since_the_tag_are_counted(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE);
	assert_describes_as_git(fixture, "r", false);
}

static void without_tags_it_is_the_id(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git -C r tag -d v1.3 v1.4");
	assert_describes_as_git(fixture, "r", false);
}

struct row {
	const char *sentence;
	const char *script; /* in the work tree, at v1.4 */
	bool dirty;
};

static const struct row changes[] = {
	{"a changed file", "echo x >>file", true},
	{"a staged change", "echo x >>file; git add file", true},
	{"a staged change undone in the tree only", "echo x >>file; git add file; echo 2 >file",
	 true},
	{"a deleted file", "rm file", true},
	{"a new file that was added", "echo x >new; git add new", true},
	{"a changed mode", "chmod +x file", true},
	{"a file that became a link", "rm file; ln -s /dev/null file", true},
	{"an untracked file", "echo x >new", false},
	{"an untracked directory", "mkdir d; echo x >d/new", false},
	{"an ignored file", "echo new >.git/info/exclude; echo x >new", false},
	{"a file only touched", "touch -d '2001-01-01' file", false},
	{"a file written with the same bytes", "cp file f; mv f file", false},
};

static void dirty_is_what_git_calls_so(void **state)
{
	struct git_fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct row *row = &changes[i];
		char script[1024], name[16];

		print_message("%s\n", row->sentence);
		snprintf(name, sizeof(name), "r%zu", i);
		snprintf(script, sizeof(script), "%s mv r %s; cd %s; git checkout -q v1.4; %s",
			 GIT_SAMPLE, name, name, row->script);
		git_run(&fixture->scratch, script);
		assert_describes(fixture, name, row->dirty ? "v1.4-dirty" : "v1.4", row->dirty);
		assert_describes_as_git(fixture, name, row->dirty);
	}
}

static void a_sparse_work_tree_is_not_dirty(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE
		"cd r; mkdir a b; echo 1 >a/f; echo 1 >b/f; git add a b; git commit -qm d;"
		"git tag v2; git sparse-checkout set a; test ! -e b/f");
	assert_describes(fixture, "r", "v2", false);
}

static void a_shallow_clone_is_described(void **state)
{
	struct git_fixture *fixture = *state;
	char *text = NULL;
	bool dirty = true;

	git_run(&fixture->scratch,
		GIT_SAMPLE "git clone -q --depth=1 \"file://$PWD/r\" untagged;"
			   "git clone -q --depth=1 -b v1.4 \"file://$PWD/r\" tagged;"
			   "git clone -q --depth=4 \"file://$PWD/r\" deep");
	assert_describes_as_git(fixture, "untagged", false);
	assert_describes(fixture, "tagged", "v1.4", false);
	/* Whether the walk reaches the tag is the library's; that there is a label is ours. */
	git_open_ok(fixture, "deep");
	assert_int_equal(rg_repo_describe(fixture->repo, &text, &dirty, NULL), 0);
	assert_true(strlen(text) >= 4);
	assert_false(dirty);
	free(text);
}

static void a_linked_work_tree_has_its_own(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE
		"git -C r worktree add -q --detach ../linked v1.3; echo x >>linked/file");
	assert_describes(fixture, "linked", "v1.3-dirty", true);
	assert_describes_as_git(fixture, "r", false);
}

static void assert_fails(struct git_fixture *fixture, const char *name, int code, const char *part)
{
	char *text = NULL;
	bool dirty = false;

	git_open_ok(fixture, name);
	assert_int_equal(rg_repo_describe(fixture->repo, &text, &dirty, &fixture->err), code);
	assert_text_has(fixture->err.text, part);
	assert_null(text);
}

static void nothing_checked_out(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git init -q unborn; git clone -q --bare r bare");
	assert_fails(fixture, "unborn", RG_ENOTFOUND, "repo: describe: there is no commit yet");
	assert_fails(fixture, "bare", RG_ENOTFOUND,
		     "repo: describe: a bare repository has nothing checked out");
}

static void damage_is_an_error(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "echo junk >r/.git/index");
	assert_fails(fixture, "r", RG_EFORMAT, "repo: describe: compare the work tree: ");
}

/* The index would be refreshed after the touch by a program that writes. */
static void describing_writes_nothing(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch,
		GIT_SAMPLE "git -C r checkout -q v1.4; touch -d 2001-01-01 r/file;"
			   "find r -type f -exec sha256sum {} + | sort >before");
	assert_describes(fixture, "r", "v1.4", false);
	git_run(&fixture->scratch,
		"find r -type f -exec sha256sum {} + | sort >after; cmp before after");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(a_tagged_commit_is_its_tag),
		GIT_TEST(commits_since_the_tag_are_counted),
		GIT_TEST(without_tags_it_is_the_id),
		GIT_TEST(dirty_is_what_git_calls_so),
		GIT_TEST(a_sparse_work_tree_is_not_dirty),
		GIT_TEST(a_shallow_clone_is_described),
		GIT_TEST(a_linked_work_tree_has_its_own),
		GIT_TEST(nothing_checked_out),
		GIT_TEST(damage_is_an_error),
		GIT_TEST(describing_writes_nothing),
	};

	return cmocka_run_group_tests_name("repo/describe", tests, NULL, NULL);
}
