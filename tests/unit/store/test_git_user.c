/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store in git leaves the user's repository alone, and the other way round. */
#include "git_fixture.h"

#include <git2.h>

/* All that is in the user's repository but the store, by name, mode and contents. */
#define SUM                                                                                 \
	"(cd r && find . -path ./.git/regress-gate.git -prune -o -type f -printf '%p %m ' " \
	"-exec sha256sum {} ';' -o -printf '%p %m %l\\n') | sort | sha256sum"

static void make_user_repository(struct fixture *fixture)
{
	git_run(&fixture->scratch,
		"git init -q -b main r; cd r; for i in 0 1 2; do echo $i >f; git add f; git commit "
		"-q -m c$i; done; git tag -a -m t v1.4; echo dirty >f; echo new >n; git add n;"
		" git stash list; git worktree add -q ../w HEAD~1");
}

static void nothing_of_the_users_is_touched(void **state)
{
	const struct rg_store_retention retention = {.keep_runs = 1};
	struct fixture *fixture = *state;
	char before[256], after[256];

	make_user_repository(fixture);
	git_run(&fixture->scratch, "git -C r status >status-before");
	git_ask(&fixture->scratch, SUM, before);
	reopen(fixture, "r/.git/regress-gate.git");
	two_runs(fixture);
	assert_int_equal(rg_store_prune(fixture->store, &retention, NULL), 0);
	assert_whole(fixture, 1);
	assert_string_equal(git_ask(&fixture->scratch, SUM, after), before);
	git_run(&fixture->scratch, "git -C r status >status-after; cmp status-before status-after;"
				   " git -C r fsck --full --strict");
}

static void the_users_housekeeping_leaves_it_alone(void **state)
{
	struct fixture *fixture = *state;
	char before[256], after[256];

	make_user_repository(fixture);
	reopen(fixture, "r/.git/regress-gate.git");
	two_runs(fixture);
	git_ask(&fixture->scratch,
		"find r/.git/regress-gate.git -type f | sort | xargs sha256sum | sha256sum",
		before);
	git_run(&fixture->scratch,
		"cd r; git gc -q --prune=now --aggressive; git worktree prune; git pack-refs --all;"
		" git clean -qfdx; git stash -q; git fsck --full --strict");
	git_ask(&fixture->scratch,
		"find r/.git/regress-gate.git -type f | sort | xargs sha256sum | sha256sum", after);
	assert_string_equal(after, before);
	assert_whole(fixture, 2);
}

/* The store is reached by the common directory: a linked work tree's ".git" is a file. */
static void a_linked_work_tree_sees_the_same_store(void **state)
{
	struct fixture *fixture = *state;
	char common[256], name[300];

	make_user_repository(fixture);
	reopen(fixture, "r/.git/regress-gate.git");
	two_runs(fixture);
	git_ask(&fixture->scratch,
		"realpath --relative-to=. $(git -C w rev-parse --git-common-dir)", common);
	snprintf(name, sizeof(name), "%s/regress-gate.git", common);
	reopen(fixture, name);
	assert_whole(fixture, 2);
}

static void a_shallow_clone_keeps_a_store(void **state)
{
	struct fixture *fixture = *state;

	make_user_repository(fixture);
	git_run(&fixture->scratch, "git clone -q --depth 1 file://$PWD/r c");
	reopen(fixture, "c/.git/regress-gate.git");
	two_runs(fixture);
	assert_whole(fixture, 2);
	git_run(&fixture->scratch, "git -C c fetch -q --unshallow; git -C c gc -q; git -C c fsck");
	assert_whole(fixture, 2);
}

/* The user's configuration says nothing to a store, not even when it is broken. */
static void the_users_configuration_does_not_matter(void **state)
{
	struct fixture *fixture = *state;

	git_run(&fixture->scratch, "printf '[broken\\n' >.gitconfig");
	setenv("HOME", fixture->scratch.root, 1);
	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, fixture->scratch.root);
	two_runs(fixture);
	assert_whole(fixture, 2);
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "/nonexistent");
	git_libgit2_shutdown();
	git_environment();
}

/* --- Repositories that are no store ----------------------------------------------------------- */

static void assert_refused_place(struct fixture *fixture, const char *name, const char *part)
{
	const struct rg_store_key any = {0};
	struct rg_store_run run = {0};
	struct rg_err put = {0}, sweep = {0};
	struct rg_store_list list = {0};
	bool created;

	reopen(fixture, name);
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created,
				      &put),
			 RG_EUSAGE);
	assert_text_has(put.text, part);
	/* Nothing was ever stored there, as far as one may look. */
	if (rg_store_find(fixture->store, &any, &list, NULL) == 0)
		assert_int_equal(list.count, 0);
	assert_int_not_equal(rg_store_sweep(fixture->store, &sweep), RG_EIO);
}

static void others_repositories_are_refused(void **state)
{
	struct fixture *fixture = *state;
	char before[256], after[256];

	make_user_repository(fixture);
	git_run(&fixture->scratch, "git init -q --bare b; mkdir full; echo x >full/notes");
	git_ask(&fixture->scratch, "find r b full -type f | sort | xargs sha256sum | sha256sum",
		before);
	assert_refused_place(fixture, "r/.git", "a git repository, but no store");
	assert_refused_place(fixture, "b", "a git repository, but no store");
	assert_refused_place(fixture, "r", "the directory holds other things");
	assert_refused_place(fixture, "full", "the directory holds other things");
	git_ask(&fixture->scratch, "find r b full -type f | sort | xargs sha256sum | sha256sum",
		after);
	assert_string_equal(after, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_STORE_TEST(nothing_of_the_users_is_touched),
		GIT_STORE_TEST(the_users_housekeeping_leaves_it_alone),
		GIT_STORE_TEST(a_linked_work_tree_sees_the_same_store),
		GIT_STORE_TEST(a_shallow_clone_keeps_a_store),
		GIT_STORE_TEST(others_repositories_are_refused),
		GIT_STORE_TEST(the_users_configuration_does_not_matter),
	};

	return cmocka_run_group_tests_name("store/git_user", tests, NULL, NULL);
}
