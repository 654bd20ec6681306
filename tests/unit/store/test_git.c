/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of a store in git, what the git program makes of it, and whose it is. */
#include "git_fixture.h"

static void the_layout_is_as_documented(void **state)
{
	struct fixture *fixture = *state;

	two_runs(fixture);
	assert_asked(fixture,
		     "git -C s for-each-ref --format='%(refname) %(objecttype)' | tr '\\n' ,",
		     KEY " commit,");
	assert_asked(fixture, "git -C s ls-tree --name-only " KEY " | grep -c '^[0-9a-f]*\\.json$'",
		     "2");
	assert_asked(fixture,
		     "git -C s ls-tree --name-only " KEY " | grep -c '^[0-9a-f]*\\.pb\\.gz$'", "2");
	assert_asked(fixture, "git -C s log --format='%an <%ae> %s %P.' " KEY,
		     "regress-gate <regress-gate@localhost> checkout/v1.4/x86_64 .");
	assert_asked(fixture, "git -C s rev-list --count " KEY, "1");
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
	assert_asked(fixture, "git -C s status 2>&1 | grep -c 'must be run in a work tree'", "1");
}

static void the_last_run_takes_its_reference_along(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;

	two_runs(fixture);
	list = find_all(fixture);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], NULL), 0);
	assert_asked(fixture, "git -C s ls-tree " KEY " | wc -l", "2");
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[1], NULL), 0);
	assert_false(scratch_exists(&fixture->scratch, "s/refs/regress-gate"));
	rg_store_list_done(&list);
}

static void an_empty_directory_will_do(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdir(scratch_path(&fixture->scratch, "s"), 0700), 0);
	assert_whole(fixture, 0);
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	two_runs(fixture);
	assert_whole(fixture, 2);
}

/* --- What others do to the store ------------------------------------------------------------- */

static void a_store_that_git_packed(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char id[RG_STORE_ID_MAX];

	two_runs(fixture);
	git_run(&fixture->scratch, "git -C s gc -q --prune=now; git -C s pack-refs --all --prune;"
				   " test ! -e s/" KEY);
	assert_whole(fixture, 2);
	put_text(fixture, &sample_key, "third", id);
	assert_whole(fixture, 3);
	git_run(&fixture->scratch, "git -C s pack-refs --all --prune");
	list = find_all(fixture);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(rg_store_remove(fixture->store, &list.runs[i], NULL), 0);
	rg_store_list_done(&list);
	assert_whole(fixture, 0);
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
}

static void a_lock_of_a_dead_writer_is_broken(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char id[RG_STORE_ID_MAX];

	two_runs(fixture);
	scratch_write(&fixture->scratch, "s/" KEY ".lock", "");
	assert_whole(fixture, 2);
	put_text(fixture, &sample_key, "third", id);
	assert_false(scratch_exists(&fixture->scratch, "s/" KEY ".lock"));
	assert_whole(fixture, 3);
	git_run(&fixture->scratch, "git -C s pack-refs --all --prune");
	scratch_write(&fixture->scratch, "s/packed-refs.lock", "");
	list = find_all(fixture);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(rg_store_remove(fixture->store, &list.runs[i], NULL), 0);
	rg_store_list_done(&list);
	assert_whole(fixture, 0);
	assert_false(scratch_exists(&fixture->scratch, "s/packed-refs.lock"));
}

/* A git program that updates the reference over and over is waited for, and loses nothing of ours. */
static void writers_and_the_git_program_take_turns(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], text[32];
	pid_t pid;

	two_runs(fixture);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		scratch_path(&fixture->scratch, "s");
		_exit(chdir(fixture->scratch.joined) ||
		      system("for i in $(seq 40); do c=$(git rev-parse " KEY ");"
			     " git update-ref " KEY
			     " $(git commit-tree -m $i $c^{tree}) $c 2>/dev/null; done; true"));
	}
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "run %d", i);
		put_text(fixture, &sample_key, text, id);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_whole(fixture, 22);
}

/* --- Ownership -------------------------------------------------------------------------------- */

/* Root's work in another's store leaves nothing that the other could not have made. */
static void root_works_as_the_owner(void **state)
{
	const struct rg_store_retention retention = {.keep_runs = 1};
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	two_runs(fixture);
	git_run(&fixture->scratch, "chown -R 12345:23456 s");
	put_text(fixture, &sample_key, "third", id);
	assert_int_equal(rg_store_prune(fixture->store, &retention, NULL), 0);
	git_run(&fixture->scratch, "test -z \"$(find s ! \\( -uid 12345 -gid 23456 \\))\"");
	assert_whole(fixture, 1);
}

/* A link that the owner planted leads root nowhere. */
static void planted_links_lead_nowhere(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_run run = {0};
	bool created;

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	two_runs(fixture);
	git_run(&fixture->scratch,
		"chown -R 12345:23456 s; mkdir -m 755 away; rm -rf s/refs/regress-gate;"
		" ln -s $PWD/away s/refs/regress-gate");
	assert_int_not_equal(
		rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created, NULL), 0);
	git_run(&fixture->scratch, "test -z \"$(ls -A away)\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_STORE_TEST(the_layout_is_as_documented),
		GIT_STORE_TEST(the_last_run_takes_its_reference_along),
		GIT_STORE_TEST(a_store_that_git_packed),
		GIT_STORE_TEST(a_lock_of_a_dead_writer_is_broken),
		GIT_STORE_TEST(writers_and_the_git_program_take_turns),
		GIT_STORE_TEST(an_empty_directory_will_do),
		GIT_STORE_TEST(root_works_as_the_owner),
		GIT_STORE_TEST(planted_links_lead_nowhere),
	};

	return cmocka_run_group_tests_name("store/git", tests, NULL, NULL);
}
