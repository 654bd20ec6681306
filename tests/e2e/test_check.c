/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The main job on files: the exit status by the verdict, and what decides nothing. */
#include "stored.h"

#include <stdio.h>
#include <string.h>

static const struct e2e_self few[] = {{"parse", 20}, {"check", 20}, {"", 0}};
static const struct e2e_self none[] = {{"", 0}};

static void test_files_pass_and_fail_as_captures_do(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_file(e, steady);
	e2e_assert_status(e, 0);
	e2e_assert_first_line(e, "PASS", "no growth");
	check_file(e, grown);
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "hash() uses");
}

static void test_too_few_samples_decide_nothing(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_file(e, few);
	e2e_assert_status(e, 3);
	put_base(e, "v1.3", few);
	e2e_make_profile(e, "canary.pb.gz", few);
	E2E_RG(e, "check", "--baseline", "v1.3", "--canary", e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_first_line(e, "UNDECIDED", "");
}

static void test_an_empty_profile_never_passes(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	check_file(e, none);
	e2e_assert_status(e, 3);
	e2e_make_profile(e, "empty.pb.gz", none);
	e2e_make_profile(e, "full.pb.gz", steady);
	e->directory = NULL;
	E2E_RG(e, "diff", "empty.pb.gz", "full.pb.gz");
	e2e_assert_status(e, 3);
	E2E_RG(e, "diff", "full.pb.gz", "empty.pb.gz");
	e2e_assert_status(e, 3);
	E2E_RG(e, "diff", "empty.pb.gz", "empty.pb.gz");
	e2e_assert_status(e, 3);
	E2E_RG(e, "diff", "--rule", "literal", "empty.pb.gz", "empty.pb.gz");
	e2e_assert_status(e, 3);
}

static void test_no_baseline_is_3_and_says_how_to_store_one(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	check_file(e, steady);
	e2e_assert_status(e, 3);
	e2e_assert_first_line(e, "NO BASELINE", "v1.4");
	e2e_assert_out(e, "baseline put v1.4");
	/* All of it, with what to type where nothing is to be stored. */
	assert_null(strstr(strstr(e->out, "  next "), "\xe2\x80\xa6 "));
	E2E_RG(e, "check", "--baseline", "v1.4", "--json", "--", "./shop", "-n", "two words");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "sudo regress-gate check --baseline v1.4 --build make -- ./shop -n 'two "
			  "words'");
	E2E_RG(e, "check", "--baseline", "v1.4", "--json", "--canary", e2e_path(e, "canary.pb.gz"));
	e2e_assert_out(e, "check --baseline v1.4 --build make -- COMMAND\"");
	E2E_RG(e, "check", "--baseline", "v1.4", "--no-alternate", "--json", "--", "./shop");
	e2e_assert_status(e, 3);
	assert_null(strstr(e->out, "--build"));
}

/* A store that is not there: a mistyped name must not let everything through. An empty one is there. */
static void test_a_store_that_does_not_exist_is_no_empty_one(void **state)
{
	static const char *const schemes[] = {"dir", "git"};
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_make_profile(e, "canary.pb.gz", steady);
	for (size_t i = 0; i < 2; i++) {
		const char *store = e2e_path(e, "%s-store", schemes[i]);
		char spec[E2E_PATH_MAX + 8];

		snprintf(spec, sizeof(spec), "%s:%s", schemes[i], store);
		E2E_RG(e, "check", "--baseline", "v1.4", "--store", spec, "--on-no-baseline",
		       "pass", "--canary", e2e_path(e, "canary.pb.gz"), "--json-out", "v.json");
		e2e_assert_status(e, 3);
		e2e_assert_first_line(e, "NO BASELINE", "whether there is a baseline is not known");
		e2e_assert_err(e, "warning: the store '");
		e2e_assert_err(e, "-store' does not exist");
		e2e_assert_err(e, "--on-no-baseline does not apply");
		e2e_sh(e,
		       "grep -q \"the store '%s' does not exist\" r/v.json && grep -q 'mkdir -p "
		       "%s' r/v.json",
		       spec, store);
		assert_false(e2e_exists(e, store));
		e2e_sh(e, "mkdir %s", store);
		E2E_RG(e, "check", "--baseline", "v1.4", "--store", spec, "--on-no-baseline",
		       "pass", "--canary", e2e_path(e, "canary.pb.gz"));
		e2e_assert_status(e, 0);
		e2e_assert_out(e, "no run of v1.4 is stored");
		e2e_assert_no_err(e, "warning");
		E2E_RG(e, "baseline", "put", "--store", spec, "v1.4", e2e_path(e, "canary.pb.gz"));
		e2e_assert_status(e, 0);
		E2E_RG(e, "check", "--baseline", "v1.4", "--store", spec, "--canary",
		       e2e_path(e, "canary.pb.gz"));
		e2e_assert_status(e, 0);
		e2e_assert_first_line(e, "PASS", "");
	}
	/* Who looks into one is told as well; who puts makes it. */
	E2E_RG(e, "baseline", "list", "--store", "dir:nowhere");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "0 runs");
	e2e_assert_err(e, "the store 'dir:nowhere' does not exist: is the name right?");
	E2E_RG(e, "baseline", "show", "--store", "dir:nowhere", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "baseline: the store 'dir:nowhere' does not exist");
	E2E_RG(e, "baseline", "put", "--store", "dir:nowhere/at/all", "v1.4",
	       e2e_path(e, "canary.pb.gz"));
	e2e_assert_status(e, 0);
}

/* Nothing is profiled for a comparison that cannot be made: this needs no privileges. */
static void test_no_baseline_captures_nothing(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "check", "--baseline", "v1.4", "--", "/bin/sh", "-c", "echo ran > ran");
	e2e_assert_status(e, 3);
	assert_false(e2e_exists(e, "r/ran"));
}

static void test_without_privileges_it_is_4_and_says_what_to_do(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_sh(e, "chown -R 65534:65534 r");
	e->uid = 65534;
	E2E_RG(e, "check", "--baseline", "v1.4", "--window", "1s", "--", "/bin/sleep", "5");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "run it as root (sudo)");
	assert_string_equal(e->out, "");
}

struct mapping {
	const char *option, *how;
	int status;
};

static void test_what_decides_nothing_can_be_mapped(void **state)
{
	static const struct mapping undecided[] = {{"--on-undecided", "pass", 0},
						   {"--on-undecided", "fail", 1},
						   {"--on-undecided", "keep", 3},
						   {"--on-no-baseline", "pass", 3}};
	static const struct mapping missing[] = {{"--on-no-baseline", "pass", 0},
						 {"--on-no-baseline", "fail", 1},
						 {"--on-no-baseline", "keep", 3},
						 {"--on-undecided", "pass", 3}};
	struct e2e *e = *state;
	const char *canary;

	e2e_repo(e);
	put_base(e, "v1.3", few);
	e2e_make_profile(e, "canary.pb.gz", few);
	canary = e2e_path(e, "canary.pb.gz");
	for (size_t i = 0; i < 4; i++) {
		E2E_RG(e, "check", "--baseline", "v1.3", "--canary", canary, undecided[i].option,
		       undecided[i].how);
		e2e_assert_status(e, undecided[i].status);
		E2E_RG(e, "check", "--baseline", "v1.5", "--canary", canary, missing[i].option,
		       missing[i].how);
		e2e_assert_status(e, missing[i].status);
	}
	E2E_RG(e, "check", "--baseline", "v1.3", "--canary", canary, "--on-undecided", "pass");
	e2e_assert_err(e, "undecided: exit status 0 by --on-undecided");
	E2E_RG(e, "check", "--baseline", "v1.3", "--canary", canary, "--on-undecided", "maybe");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "must be one of: keep, pass, fail");
}

/* Not comparable has no mapping: nobody can wish it away. */
static void test_not_comparable_cannot_be_mapped(void **state)
{
	static const struct e2e_self idle[] = {
		{"parse", 60}, {"check", 60}, {"hash", 60}, {"print", 60}, {"", 0}};
	struct e2e *e = *state;

	e2e_repo(e);
	put_base(e, "v1.4", steady);
	e2e_make_profile(e, "canary.pb.gz", idle);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "canary.pb.gz"),
	       "--on-undecided", "pass", "--on-no-baseline", "pass");
	e2e_assert_status(e, 3);
	e2e_assert_first_line(e, "NOT COMPARABLE", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_files_pass_and_fail_as_captures_do),
		E2E_TEST(test_too_few_samples_decide_nothing),
		E2E_TEST(test_an_empty_profile_never_passes),
		E2E_TEST(test_no_baseline_is_3_and_says_how_to_store_one),
		E2E_TEST(test_a_store_that_does_not_exist_is_no_empty_one),
		E2E_TEST(test_no_baseline_captures_nothing),
		E2E_TEST(test_without_privileges_it_is_4_and_says_what_to_do),
		E2E_TEST(test_what_decides_nothing_can_be_mapped),
		E2E_TEST(test_not_comparable_cannot_be_mapped),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
