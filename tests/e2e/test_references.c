/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines that are chosen. Commits of a repository, profiles made by hand. */
#include "branch.h"

#include <stdio.h>
#include <string.h>

/* "git rev-parse", twelve digits of it. */
static const char *id_of(struct e2e *e, const char *revision)
{
	return e2e_ask(e, "git -C r rev-parse %s | cut -c1-12", revision);
}

/* --- latest --------------------------------------------------------------------------------- */

static void test_latest_is_what_was_stored_last(void **state)
{
	struct e2e *e = *state;

	setup(e);
	check(e, "latest");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NO BASELINE");
	e2e_assert_out(e, "no run is stored for scenario 'default'");
	put(e, "v1.5", "p.pb.gz");
	e2e_sleep_ms(5);
	put(e, "v1.3", "slow.pb.gz");
	check(e, "latest");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "the latest one stored is v1.3 (");
	e2e_assert_out(e, id_of(e, "v1.3"));
	/* The one that is checked would always pass. */
	e2e_sleep_ms(5);
	put(e, "HEAD", "p.pb.gz");
	check(e, "latest");
	e2e_assert_out(e, "the latest one stored is v1.3 (");
	e2e_git(e, "checkout -q v1.3");
	check(e, "latest");
	e2e_assert_out(e, "the latest one stored is HEAD (");
}

static void test_latest_of_the_own_commit_alone_is_none(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "HEAD", "p.pb.gz");
	check(e, "latest");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "no run of another version is stored");
	E2E_RG(e, "check", "--baseline", "latest", "--on-no-baseline", "pass", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
}

static void test_latest_without_a_repository(void **state)
{
	struct e2e *e = *state;

	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", "--store", "dir:store", "one", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--store", "dir:store", "--baseline", "latest", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "the latest one stored is one (one)");
	E2E_RG(e, "check", "--store", "dir:store", "--baseline", "previous-tag", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "it is in no git repository");
}

/* --- previous-tag --------------------------------------------------------------------------- */

static void test_the_tag_before(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.4", "p.pb.gz");
	check(e, "previous-tag");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "is v1.4");
	/* Its own tag is not before it. */
	e2e_git(e, "tag v2.0 HEAD");
	check(e, "previous-tag");
	e2e_assert_out(e, "is v1.4");
	e2e_git(e, "checkout -q v1.4");
	check(e, "previous-tag");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "no run of v1.3 is stored");
	e2e_git(e, "checkout -q v1.3");
	check(e, "previous-tag");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "NO BASELINE");
	/* No run that could be stored would mend it. */
	e2e_assert_out(e, "there is no tag before this commit (");
	assert_null(strstr(e->out, "none at all here"));
	assert_null(strstr(e->out, "scenario"));
	assert_null(strstr(e->out, "baseline put"));
	e2e_git(e, "tag -d v1.3 v1.4 v1.5 v2.0");
	E2E_RG(e, "check", "--json", "--baseline", "previous-tag", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "and none at all here");
	e2e_assert_out(e, "'git fetch --tags' brings tags that are not here; where none was ever "
			  "made, tag the version to compare with, or name it: --baseline VERSION");
	E2E_RG(e, "check", "--baseline", "previous-tag", "--alternate", "--build", "", "--",
	       "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "there is no version to build: there is no tag before this commit");
	e2e_assert_err(e, "'git fetch --tags'");
}

/* --- merge-base: ---------------------------------------------------------------------------- */

static void test_where_a_branch_began(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.4", "p.pb.gz");
	put(e, "v1.5", "slow.pb.gz");
	check(e, "merge-base:main");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "the merge base with main is ");
	e2e_assert_out(e, id_of(e, "v1.4"));
	/* On the branch itself: what was there before. */
	e2e_git(e, "checkout -q main");
	check(e, "merge-base:main");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, id_of(e, "v1.4"));
}

static void test_what_is_stored_before_it_and_how_far(void **state)
{
	struct e2e *e = *state;
	char says[160];

	setup(e);
	check(e, "merge-base:main");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "no run is stored for scenario 'default'");
	put(e, "v1.3", "p.pb.gz");
	check(e, "merge-base:main");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "v1.3 (");
	e2e_assert_out(e, "is 1 commit before");
	/* A run of another branch is none of its history. */
	E2E_RG(e, "baseline", "rm", "v1.3");
	e2e_assert_status(e, 0);
	put(e, "v1.5", "p.pb.gz");
	E2E_RG(e, "check", "--json", "--baseline", "merge-base:main", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 3);
	/* Called by its tag. */
	snprintf(says, sizeof(says),
		 "neither v1.4 (%s), the merge base with main, nor the commit before it has a "
		 "stored run",
		 id_of(e, "v1.4"));
	e2e_assert_out(e, says);
}

static void test_a_remote_branch_will_do(void **state)
{
	struct e2e *e = *state;

	setup(e);
	e2e_sh(e, "git clone -q r clone");
	e2e_sh(e,
	       "git -C clone checkout -q --detach origin/topic && git -C clone branch -D topic -q");
	put(e, "v1.4", "p.pb.gz");
	e2e_sh(e, "cp -r r/.git/regress-gate.git clone/.git/");
	e->directory = "clone";
	check(e, "merge-base:main");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "the merge base with main is ");
	check(e, "merge-base:mane");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "'mane': no such revision");
	check(e, "merge-base:");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "of what? say merge-base:main");
	check(e, "merge-base");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "'merge-base': the merge base with which branch? say merge-base:main");
	/* A branch of that name is one. */
	e2e_sh(e, "git -C clone branch merge-base v1.4");
	check(e, "merge-base");
	e2e_assert_status(e, 0);
}

static void test_histories_that_never_met(void **state)
{
	struct e2e *e = *state;

	setup(e);
	e2e_git(e, "checkout -q --orphan island");
	e2e_git(e, "commit -q --allow-empty -m alone");
	check(e, "merge-base:main");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "they have no history in common");
	check(e, "previous-tag");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "there is no tag before");
}

/* Cut off, a history must not read as though nothing were stored. */
static void test_a_shallow_clone_names_the_fetch(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.4", "p.pb.gz");
	e2e_sh(e,
	       "git clone -q --depth=1 --no-single-branch file://$PWD/r shallow && "
	       "git -C shallow checkout -q topic && cp -r r/.git/regress-gate.git shallow/.git/");
	e->directory = "shallow";
	for (int i = 0; i < 2; i++) {
		E2E_RG(e, "check", "--on-no-baseline", "pass", "--baseline",
		       i ? "merge-base:main" : "previous-tag", "--canary", e2e_path(e, "p.pb.gz"));
		e2e_assert_status(e, 2);
		e2e_assert_err(e, "this clone is shallow");
		e2e_assert_err(e, "'git fetch --tags --unshallow' brings");
	}
	check(e, "latest");
	e2e_assert_status(e, 0);
	/* Deep enough for the tag, and for no more. */
	e2e_sh(e, "git -C shallow fetch -q --tags --depth=3 origin topic && git -C shallow tag");
	check(e, "previous-tag");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "is v1.4");
}

/* As CI clones: of one branch, so that no depth brings the other. */
static void test_a_branch_that_was_not_fetched_is_brought_by_what_is_said(void **state)
{
	struct e2e *e = *state;

	setup(e);
	put(e, "v1.4", "p.pb.gz");
	e2e_sh(e, "git clone -q --depth=1 -b topic file://$PWD/r shallow && "
		  "cp -r r/.git/regress-gate.git shallow/.git/");
	e->directory = "shallow";
	for (int i = 0; i < 2; i++) {
		check(e, i ? "merge-base:origin/main" : "merge-base:main");
		e2e_assert_status(e, 2);
		e2e_assert_err(e, "'git fetch --unshallow origin "
				  "+refs/heads/main:refs/remotes/origin/main' brings it");
	}
	e2e_sh(e, "cd shallow && git fetch -q --unshallow origin "
		  "+refs/heads/main:refs/remotes/origin/main");
	check(e, "merge-base:main");
	e2e_assert_status(e, 0);
	check(e, "merge-base:$(id)");
	e2e_assert_status(e, 2);
	assert_null(strstr(e->err, "git fetch"));
}

/* With uncommitted changes the commit is what was there before them. */
static void test_uncommitted_changes(void **state)
{
	static const char *const names[] = {"latest", "previous-tag", "merge-base:main"};
	struct e2e *e = *state;

	setup(e);
	e2e_git(e, "checkout -q main");
	put(e, "v1.4", "slow.pb.gz");
	e2e_sleep_ms(5);
	put(e, "v1.5", "p.pb.gz");
	for (int dirty = 0; dirty < 2; dirty++) {
		e2e_make_profile_of(e, "work.pb.gz", steady, dirty ? "v1.5-dirty" : "v1.5",
				    e2e_ask(e, "git -C r rev-parse HEAD"));
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			E2E_RG(e, "check", "--json", "--baseline", names[i], "--canary",
			       e2e_path(e, "work.pb.gz"));
			e2e_assert_status(e, 0);
			e2e_assert_out(e, dirty ? "v1.5 (" : "v1.4 (");
		}
	}
}

/* --- Kept elsewhere ------------------------------------------------------------------------- */

/* A clone that has stored nothing: what is chosen from is what its origin has. */
static void test_what_is_not_here_is_fetched(void **state)
{
	static const char *const names[] = {"latest", "previous-tag", "merge-base:main"};
	struct e2e *e = *state;

	setup(e);
	e2e_sh(e, "git clone -q --bare r o.git && git -C r remote add origin $PWD/o.git");
	E2E_RG(e, "baseline", "put", "--push", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		e2e_sh(e, "rm -rf c && git clone -q o.git c && git -C c checkout -q topic");
		e->directory = "c";
		check(e, names[i]);
		e2e_assert_status(e, 0);
		e2e_assert_err(e, "fetched 1 run");
		e2e_assert_out(e, "v1.4");
	}
	/* What cannot be asked is no reason to say that there is nothing. */
	e2e_sh(e, "rm -rf c/.git/regress-gate.git o.git");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		E2E_RG(e, "check", "--baseline", names[i], "--on-no-baseline", "pass", "--canary",
		       e2e_path(e, "p.pb.gz"));
		e2e_assert_status(e, 3);
		e2e_assert_out(e, "NO BASELINE");
		e2e_assert_err(e, "--on-no-baseline does not apply");
	}
}

/* --- Several runs --------------------------------------------------------------------------- */

static void test_how_many_runs_are_there_is_said(void **state)
{
	struct e2e *e = *state;

	setup(e);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_out(e, "1 of 4 runs collected");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 of 4 runs collected");
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "1 of 4 runs collected");
	e2e_write_text(e, "r/regress-gate.json", "{\"baseline_runs\": 2}");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 0);
	assert_null(strstr(e->out, "collected"));
	check(e, "v1.4");
	assert_null(strstr(e->out, "collected"));
	E2E_RG(e, "baseline", "list");
	assert_null(strstr(e->out, "collected"));
	e2e_write_text(e, "r/regress-gate.json", "{\"baseline_runs\": 0}");
	check(e, "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "baseline_runs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_latest_is_what_was_stored_last),
		E2E_TEST(test_latest_of_the_own_commit_alone_is_none),
		E2E_TEST(test_latest_without_a_repository),
		E2E_TEST(test_the_tag_before),
		E2E_TEST(test_where_a_branch_began),
		E2E_TEST(test_what_is_stored_before_it_and_how_far),
		E2E_TEST(test_a_remote_branch_will_do),
		E2E_TEST(test_histories_that_never_met),
		E2E_TEST(test_a_shallow_clone_names_the_fetch),
		E2E_TEST(test_a_branch_that_was_not_fetched_is_brought_by_what_is_said),
		E2E_TEST(test_uncommitted_changes),
		E2E_TEST(test_what_is_not_here_is_fetched),
		E2E_TEST(test_how_many_runs_are_there_is_said),
	};

	return cmocka_run_group_tests_name("references", tests, NULL, NULL);
}
