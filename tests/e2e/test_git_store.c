/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The default store: a repository inside the user's, which is left as it was; and damage to either. */
#include "e2e.h"
#include "repo.h"
#include "selves.h"

#include <string.h>

static void put(struct e2e *e, const char *revision)
{
	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", revision, e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
}

static void setup_stored(struct e2e *e)
{
	e2e_repo(e);
	put(e, "v1.4");
}

static int check(struct e2e *e, const char *revision)
{
	return E2E_RG(e, "check", "--baseline", revision, "--canary", e2e_path(e, "p.pb.gz"));
}

/* --- What is the user's --------------------------------------------------------------------- */

/*
 * Every file of the repository but the store's: kind, mode, owner, size, time and bytes; the index and the references
 * as git reads them, and what it says of the work tree.
 */
static void snapshot(struct e2e *e, const char *name)
{
	e2e_sh(e,
	       "{ export GIT_OPTIONAL_LOCKS=0; cd r;\n"
	       "find . -mindepth 2 -path ./.git/regress-gate.git -prune -o "
	       "-printf '%%p %%y %%m %%U %%s %%T@\\n' | sort\n"
	       "find . -path ./.git/regress-gate.git -prune -o -type f -print | sort |"
	       " xargs sha256sum\n"
	       "git ls-files --stage --debug; git for-each-ref; git ls-remote .; git stash list\n"
	       "git status --porcelain=v2 --branch --ignored; cd ..; } > %s",
	       name);
}

static void test_the_users_repository_is_as_it_was(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e,
	       "cd r; echo changed > file; echo new > staged; git add staged; echo x > untracked;"
	       " git stash -q; git stash apply -q; git status > /dev/null");
	snapshot(e, "before");
	put(e, "v1.4");
	put(e, "v1.5");
	E2E_RG(e, "baseline", "list");
	E2E_RG(e, "baseline", "show", "v1.4");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "rm", "v1.5");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "prune", "--keep-runs", "1");
	e2e_assert_status(e, 0);
	E2E_RG(e, "doctor");
	snapshot(e, "after");
	e2e_sh(e, "cmp before after");
}

/* What git does to tidy up does not reach the store. */
static void test_git_leaves_the_store_alone(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e, "find r/.git/regress-gate.git -type f | sort | xargs sha256sum > before");
	e2e_sh(e, "cd r; git reflog expire --expire=now --all; git gc -q --prune=now --aggressive;"
		  " git repack -q -a -d; git prune; git pack-refs --all; git worktree prune;"
		  " git clean -q -ffdx; git fsck --strict --full --no-dangling");
	e2e_sh(e, "find r/.git/regress-gate.git -type f | sort | xargs sha256sum | cmp - before");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
}

/* It is a repository that git finds nothing wrong with, and that its own gc does no harm to. */
static void test_the_store_is_a_sound_repository(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e, "cd r/.git/regress-gate.git; git fsck --strict --full; git gc -q --prune=now");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	put(e, "v1.5");
	check(e, "v1.5");
	e2e_assert_status(e, 0);
	assert_string_equal(
		e2e_ask(e, "git --git-dir=r/.git/regress-gate.git for-each-ref "
			   "--format='%%(refname)' | sed 's/[0-9a-f]\\{40\\}/ID/;s/[^/]*$/ARCH/' | "
			   "sort -u"),
		"refs/regress-gate/default/ID/ARCH");
}

/* --- Where it is ---------------------------------------------------------------------------- */

static void test_a_git_directory_elsewhere(void **state)
{
	struct e2e *e = *state;

	e2e_sh(e, "git init -q -b main --separate-git-dir gd w; cd w; echo 1 > f; git add f;"
		  " git -c user.name=a -c user.email=a@example.org commit -q -m c; git tag v1");
	e->directory = "w";
	put(e, "v1");
	assert_true(e2e_exists(e, "gd/regress-gate.git/HEAD"));
	check(e, "v1");
	e2e_assert_status(e, 0);
	assert_string_equal(e2e_ask(e, "git -C w status --porcelain"), "");
}

static void test_work_trees_of_a_bare_repository(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "git clone -q --bare r bare; git -C bare worktree add -q ../one v1.4;"
		  " git -C bare worktree add -q ../two v1.5");
	e->directory = "one";
	put(e, "HEAD");
	e->directory = "two";
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	assert_true(e2e_exists(e, "bare/regress-gate.git/HEAD"));
	e2e_sh(e, "git -C bare worktree remove ../one");
	check(e, "HEAD~1");
	e2e_assert_status(e, 0);
}

static void test_a_submodule_has_its_own(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "git init -q -b main super; cd super;"
		  " git -c protocol.file.allow=always submodule --quiet add ../r sub");
	e->directory = "super/sub";
	put(e, "v1.4");
	assert_true(e2e_exists(e, "super/.git/modules/sub/regress-gate.git/HEAD"));
	assert_false(e2e_exists(e, "super/.git/regress-gate.git"));
	check(e, "v1.4");
	e2e_assert_status(e, 0);
}

/* Baselines of a version whose default store was a folder are not silently gone. */
static void test_a_folder_of_an_earlier_version_is_told_of(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", "--store", "dir:.git/regress-gate", "v1.4",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "earlier version");
	check(e, "v1.4");
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "/r/.git/regress-gate' holds baselines of an earlier version");
	e2e_assert_err(e, e2e_ask(e, "echo \"--store 'dir:$(realpath r/.git/regress-gate)'\""));
	E2E_RG(e, "check", "-q", "--baseline", "v1.4", "--canary", e2e_path(e, "p.pb.gz"));
	e2e_assert_no_err(e, "earlier version");
	put(e, "v1.4");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "earlier version");
}

/* Something else is there: it is neither used nor changed. */
static void test_another_repository_of_that_name_is_refused(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "git init -q --bare r/.git/regress-gate.git;"
		  " find r/.git/regress-gate.git | sort > before");
	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "a git repository, but no store of baselines");
	check(e, "v1.4");
	e2e_assert_status(e, 2);
	e2e_sh(e, "find r/.git/regress-gate.git | sort | cmp - before");
}

/* --- Damage to the store -------------------------------------------------------------------- */

/* The loose object of the stored file whose name ends so. */
static const char *object(struct e2e *e, const char *suffix)
{
	return e2e_ask(e,
		       "cd r/.git/regress-gate.git; ref=$(git for-each-ref --format='%%(refname)');"
		       " id=$(git ls-tree $ref | sed -n 's/^.* blob \\([0-9a-f]*\\).*%s$/\\1/p');"
		       " echo r/.git/regress-gate.git/objects/$(echo $id | sed 's,^..,&/,')",
		       suffix);
}

static void assert_damage_is_4(struct e2e *e)
{
	check(e, "v1.4");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "store");
	e2e_assert_err(e, "regress-gate.git");
	assert_string_equal(e->out, "");
}

static void test_damaged_objects_are_4(void **state)
{
	static const char *const suffixes[] = {"pb.gz", "json"};
	struct e2e *e = *state;

	setup_stored(e);
	for (size_t i = 0; i < 2; i++) {
		const char *file = object(e, suffixes[i]);

		e2e_sh(e,
		       "cp -p %s whole; chmod u+w %s; printf X |"
		       " dd of=%s bs=1 seek=40 conv=notrunc 2>/dev/null",
		       file, file, file);
		assert_damage_is_4(e);
		e2e_sh(e, "head -c 20 whole > %s", file);
		assert_damage_is_4(e);
		e2e_assert_err(e, suffixes[i]);
		e2e_sh(e, "rm -f %s", file);
		assert_damage_is_4(e);
		e2e_sh(e, "cp -p whole %s", file);
		check(e, "v1.4");
		e2e_assert_status(e, 0);
	}
}

static void test_a_damaged_reference_is_4_and_doctor_tells(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	e2e_sh(e, "cd r/.git/regress-gate.git; echo junk > $(find refs -type f)");
	assert_damage_is_4(e);
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "1 entry cannot be read");
	E2E_RG(e, "doctor");
	e2e_assert_out(e, "warn  baseline store");
	e2e_assert_out(e, "damaged: ");
	e2e_sh(e, "rm -r r/.git/regress-gate.git; echo > r/.git/regress-gate.git");
	E2E_RG(e, "doctor");
	e2e_assert_status(e, 4);
	e2e_assert_out(e, "FAIL  baseline store");
	assert_damage_is_4(e);
}

/* What is whole stays, whatever is beside it. */
static void test_damaged_runs_are_removed(void **state)
{
	static const struct e2e_self other[] = {{"parse", 3100}, {"check", 2900}, {"", 0}};
	struct e2e *e = *state;
	const char *file;

	setup_stored(e);
	E2E_RG(e, "baseline", "rm", "--damaged", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no damaged run of v1.4");
	file = object(e, "pb.gz");
	e2e_make_profile(e, "other.pb.gz", other);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "other.pb.gz"));
	e2e_sh(e, "chmod u+w %s; truncate -s 20 %s", file, file);
	assert_damage_is_4(e);
	E2E_RG(e, "baseline", "rm", "--damaged", "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, ".pb.gz, which cannot be read");
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "1 run, ");
	e2e_sh(e, "cd r/.git/regress-gate.git; echo junk > $(find refs -type f)");
	E2E_RG(e, "baseline", "rm", "--damaged", "v1.4");
	e2e_assert_status(e, 0);
	check(e, "v1.4");
	e2e_assert_status(e, 3);
	put(e, "v1.4");
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "rm", "--damaged", "--store", "dir:x", "v1.4");
	e2e_assert_status(e, 2);
}

/* --- Damage to the user's repository -------------------------------------------------------- */

/* libgit2 1.5 would wait for ever for the rest of these. */
static void cut(struct e2e *e, const char *revision)
{
	e2e_sh(e,
	       "cd r; f=.git/objects/$(git rev-parse '%s' | sed 's,^..,&/,'); chmod u+w $f;"
	       " truncate -s 25 $f",
	       revision);
}

static void test_a_commit_cut_short_is_4(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	cut(e, "v1.4");
	check(e, "v1.4");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "repo: resolve 'v1.4': object ");
	e2e_assert_err(e, "was cut short");
	e2e_assert_err(e, "'git fsck' tells what else is");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 4);
	E2E_RG(e, "baseline", "show", "HEAD~1");
	e2e_assert_status(e, 4);
	check(e, "HEAD");
	e2e_assert_status(e, 3);
}

static void test_a_head_cut_short_is_4(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	cut(e, "HEAD");
	check(e, "HEAD");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "was cut short");
	/* What does not need it goes on. */
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "doctor");
	e2e_assert_out(e, "baseline store       1 run stored");
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
}

static void test_a_policy_cut_short_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_write_text(e, "r/regress-gate.json", "{\"policy\": {\"growth\": \"25%\"}}");
	e2e_sh(e, "cd r; git add .; git commit -q -m policy; git tag v1.6");
	put(e, "v1.6");
	E2E_RG(e, "check", "--policy-from", "v1.6", "--baseline", "v1.6", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	cut(e, "v1.6:regress-gate.json");
	E2E_RG(e, "check", "--policy-from", "v1.6", "--baseline", "v1.6", "--canary",
	       e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "repo: read 'regress-gate.json'");
	e2e_assert_err(e, "was cut short");
}

static void test_a_tag_cut_short_stops_prune(void **state)
{
	struct e2e *e = *state;

	setup_stored(e);
	put(e, "v1.5");
	cut(e, "v1.5");
	E2E_RG(e, "baseline", "prune", "--keep-versions", "1");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "was cut short");
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "2 runs, ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_the_users_repository_is_as_it_was),
		E2E_TEST(test_git_leaves_the_store_alone),
		E2E_TEST(test_the_store_is_a_sound_repository),
		E2E_TEST(test_a_git_directory_elsewhere),
		E2E_TEST(test_work_trees_of_a_bare_repository),
		E2E_TEST(test_a_submodule_has_its_own),
		E2E_TEST(test_a_folder_of_an_earlier_version_is_told_of),
		E2E_TEST(test_another_repository_of_that_name_is_refused),
		E2E_TEST(test_damaged_objects_are_4),
		E2E_TEST(test_a_damaged_reference_is_4_and_doctor_tells),
		E2E_TEST(test_damaged_runs_are_removed),
		E2E_TEST(test_a_commit_cut_short_is_4),
		E2E_TEST(test_a_head_cut_short_is_4),
		E2E_TEST(test_a_policy_cut_short_is_4),
		E2E_TEST(test_a_tag_cut_short_stops_prune),
	};

	return cmocka_run_group_tests_name("git_store", tests, NULL, NULL);
}
