/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody else put where the program looks, and failures that could pass for something better. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include <stdio.h>
#include <string.h>

static const struct e2e_self usual[] = {{"parse", 3000}, {"check", 2000}, {"", 0}};
static const struct e2e_self slow[] = {{"parse", 9000}, {"check", 2000}, {"", 0}};

/* bash expands the words it is given to choose from, unless it is kept from it. */
static void test_completing_a_tag_runs_nothing(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_git(e, "tag '$(touch${IFS}pwned)'");
	e2e_write_text(e, "complete.sh",
		       "source <(\"$1\" completion bash)\n"
		       "f=$(complete -p regress-gate | sed 's/.*-F \\([^ ]*\\).*/\\1/')\n"
		       "COMP_WORDS=(regress-gate check --baseline '') COMP_CWORD=3\n"
		       "$f\n"
		       "printf '%s\\n' \"${COMPREPLY[@]}\"\n");
	e2e_sh(e, "cd r && bash ../complete.sh \"$RG\" > ../words");
	assert_string_equal(e2e_ask(e, "grep -c '^v1.4$' words"), "1");
	assert_string_equal(e2e_ask(e, "grep -c 'touch' words"), "1");
	assert_string_equal(e2e_ask(e, "find . -name pwned"), "");
}

/* The branch names a store of its own, in which the slow version is the baseline. */
static void test_a_branch_cannot_choose_its_baseline(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "usual.pb.gz", usual);
	e2e_make_profile(e, "slow.pb.gz", slow);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "usual.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "--store", "dir:planted", "v1.4", e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_write_text(e, "r/regress-gate.json", "{\"store\": \"dir:planted\"}\n");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "slow.pb.gz"),
	       "--policy-from", "v1.5");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "dir:planted");
	/* Whoever calls the program may say so. */
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "slow.pb.gz"),
	       "--policy-from", "v1.5", "--store", "dir:planted");
	assert_int_not_equal(e->status, 1);
}

static void test_a_repository_that_cannot_be_read_is_no_other_store(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "usual.pb.gz", usual);
	e2e_write_text(e, "r/.git/config", "[core\n");
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 4);
	E2E_RG(e, "baseline", "put", "label:v1", e2e_path(e, "usual.pb.gz"));
	e2e_assert_status(e, 4);
}

static void damage_one_of_two(struct e2e *e)
{
	e2e_repo(e);
	e2e_make_profile(e, "usual.pb.gz", usual);
	e2e_make_profile(e, "slow.pb.gz", slow);
	E2E_RG(e, "baseline", "put", "--store", "dir:st", "v1.4", e2e_path(e, "usual.pb.gz"),
	       e2e_path(e, "slow.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_sh(e, "f=$(find r/st -name '*.json' | head -1) && chmod u+w \"$f\" && echo x > \"$f\"");
}

static void test_damaged_runs_are_told_of(void **state)
{
	struct e2e *e = *state;

	damage_one_of_two(e);
	E2E_RG(e, "baseline", "show", "--store", "dir:st", "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "cannot be read");
	E2E_RG(e, "baseline", "rm", "--store", "dir:st", "v1.4");
	e2e_assert_status(e, 4);
}

static void test_help_runs_nothing(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "help", "capture", "-o", "y.pb.gz", "--", "/usr/bin/touch", "ran");
	e2e_assert_out(e, "usage: regress-gate capture");
	assert_false(e2e_exists(e, "ran"));
	assert_false(e2e_exists(e, "y.pb.gz"));
}

static void test_a_long_number_is_not_cut(void **state)
{
	struct e2e *e = *state;

	E2E_RG(e, "capture", "-o", "y.pb.gz", "--pid", "00000000000000000000001x5");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be process ids");
}

/* Before the window, not behind it. */
static void test_a_folder_is_no_output(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_sh(e, "mkdir folder");
	E2E_RG(e, "capture", "-o", "folder", "--window", "10m", "--", "/bin/sleep", "600");
	assert_true(e->status == 2 || e->status == 4);
	e2e_assert_err(e, "folder");
}

/* Whatever it is called, it is not what the commit is. */
static void test_a_name_does_not_hide_uncommitted_changes(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_repo(e);
	e2e_sh(e, "cd r && f=$(git ls-files | head -1) && echo change >> \"$f\"");
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--as", "v1.5", "--frequency", "999", "--window",
	       "1s", "--", e2e_program(e, "shares"), "truth", "300");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "v1.5", "p.pb.gz");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "dirty");
}

/* Compared with itself a version always passes: "build" makes each version's program, where it is told. */
static void make_versions(struct e2e *e)
{
	static char temporary[E2E_PATH_MAX + 16], elsewhere[E2E_PATH_MAX + 16];

	e2e_repo(e);
	e2e_sh(e,
	       "mkdir tmp; cd r; cp %s busy; echo program > .gitignore\n"
	       "git add -A; git commit -q -m busy; git tag v1.6; cp busy program; ln -s r ../link",
	       e2e_program(e, "shares"));
	snprintf(temporary, sizeof(temporary), "TMPDIR=%s/tmp", e->root);
	snprintf(elsewhere, sizeof(elsewhere), "ELSEWHERE=%s/r", e->root);
	e->env[0] = temporary;
	e->env[1] = elsewhere;
}

#define BOTH "check", "--baseline", "v1.6", "--rounds", "2", "--window", "1s", "--build"

static void test_no_version_is_compared_with_itself(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	make_versions(e);
	E2E_RG(e, BOTH, "cp busy program", "--", e2e_path(e, "link/program"), "truth", "300");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "names a file of your work tree");
	E2E_RG(e, BOTH, "cp busy ../program", "--", "../program", "truth", "300");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "the builds wrote it");
	E2E_RG(e, BOTH, "cp busy program", "--load", "true", "--", "sh", "-c",
	       "$ELSEWHERE/program truth 30");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "warning: the load ended ");
	e2e_assert_err(e, "of your work tree ran in the place of the ");
	assert_string_equal(e2e_ask(e, "ls -A tmp"), "");
}

/* As in "2>&1 | head": what was made goes, and the status is the signal's. */
static void test_a_reader_that_is_gone_leaves_nothing_behind(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	make_versions(e);
	e2e_sh(e,
	       "cd r; { TMPDIR=$PWD/../tmp \"$RG\" check --baseline v1.6 --rounds 2 --window 1s "
	       "--build 'cp busy program' -- ./program truth 300 2>&1 || echo $? > ../status; } | "
	       "head -1 > ../shown");
	assert_string_equal(e2e_ask(e, "cat status"), "141");
	assert_string_equal(e2e_ask(e, "ls -A tmp"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_completing_a_tag_runs_nothing),
		E2E_TEST(test_a_branch_cannot_choose_its_baseline),
		E2E_TEST(test_a_repository_that_cannot_be_read_is_no_other_store),
		E2E_TEST(test_damaged_runs_are_told_of),
		E2E_TEST(test_help_runs_nothing),
		E2E_TEST(test_a_long_number_is_not_cut),
		E2E_TEST(test_a_folder_is_no_output),
		E2E_TEST(test_a_name_does_not_hide_uncommitted_changes),
		E2E_TEST(test_no_version_is_compared_with_itself),
		E2E_TEST(test_a_reader_that_is_gone_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
