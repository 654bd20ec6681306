/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose policy holds: a change cannot loosen the gate that judges it. */
#include "project.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char strict[] = "{\"policy\": {\"growth\": \"15%\"}}";
static const char loosened[] = "{\"policy\": {\"growth\": \"400%\", \"total_growth\": \"400%\"}, "
			       "\"ignore\": [\"hash\"], \"accept\": [{\"match\": \"hash\", "
			       "\"growth\": \"400%\", \"expires\": \"9999-12-31\", "
			       "\"owner\": \"me\", \"reason\": \"x\"}]}";

/* "main" at the remote is strict; the branch that is checked out has loosened it. */
static void pull_request(struct e2e *e)
{
	project(e, strict);
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e2e_git(e, "checkout -q -b topic");
	e2e_write_text(e, "r/regress-gate.json", loosened);
	e2e_git(e, "commit -q -a -m loosened");
}

struct ci {
	const char *sentence, *variable;
};

static const struct ci systems[] = {
	{"GitHub", "GITHUB_BASE_REF=main"},
	{"GitLab", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main"},
};

static void test_a_pull_request_cannot_loosen_its_gate(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	/* Outside of CI the file is what it is. */
	DIFF(e);
	e2e_assert_status(e, 0);
	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
		e->env[0] = systems[i].variable;
		DIFF(e, "--markdown-out", e2e_path(e, "report.md"));
		e2e_assert_status(e, 1);
		e2e_assert_first_line(e, "FAIL", "hash() uses");
		e2e_assert_out(e, "policy     that of main (");
		e2e_assert_out(e, "policy.growth: 15% → 400%");
		e2e_assert_out(e, "policy.total_growth: 15% → 400%");
		e2e_assert_out(e, "ignore: none → hash");
		e2e_assert_out(e, "accept: none → hash: up to 400% until 9999-12-31");
	}
	DIFF(e, "--json");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "\"policy_from\": \"main (");
	e2e_assert_out(e, "\"proposed\": \"400%\"");
}

static void test_the_change_heads_the_comment(void **state)
{
	struct e2e *e = *state;
	char *report;

	pull_request(e);
	e->env[0] = systems[0].variable;
	DIFF(e, "--markdown-out", e2e_path(e, "report.md"));
	report = e2e_read(e, "report.md", NULL);
	assert_non_null(report);
	/* Right below the verdict. */
	assert_non_null(strstr(report, "\n\n**The policy of `main ("));
	assert_true(strstr(report, "**The policy of `main (") < strstr(report, "Baseline "));
	assert_non_null(strstr(report, "- `policy.growth`: `15%` → `400%`\n"));
	free(report);
}

static void test_check_is_bound_by_it_too(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 0);
	e->env[0] = systems[0].variable;
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "policy.growth: 15% → 400%");
	/* Commands that judge nothing do not ask for it. */
	e->env[0] = "GITHUB_BASE_REF=not-fetched";
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
}

static void test_without_a_change_nothing_is_said_of_one(void **state)
{
	struct e2e *e = *state;

	project(e, strict);
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e->env[0] = systems[0].variable;
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "policy of main (");
	assert_null(strstr(e->out, "not applied"));
}

static void test_a_branch_that_is_not_here_never_passes(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	e2e_git(e, "update-ref -d refs/remotes/origin/main");
	e->env[0] = "GITHUB_BASE_REF=release/2";
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "policy: it belongs to 'release/2', which this branch is for "
			  "(GITHUB_BASE_REF), and that is not here: 'git fetch --depth=1 origin "
			  "+refs/heads/release/2:refs/remotes/origin/release/2' brings it");
	assert_string_equal(e->out, "");
	/* A tag or branch of that name is not what was asked for. */
	e2e_git(e, "tag release/2");
	DIFF(e);
	e2e_assert_status(e, 2);
}

/* As CI clones: one commit. What the message says to fetch is enough. */
static void test_in_a_shallow_clone_the_fetch_it_names_is_enough(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	e2e_git(e, "checkout -q -B main refs/remotes/origin/main");
	e2e_sh(e, "git clone -q --depth 1 --branch topic file://$PWD/r shallow");
	e->directory = "shallow";
	e->env[0] = systems[0].variable;
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_sh(e, "cd shallow && git fetch -q --depth=1 origin "
		  "+refs/heads/main:refs/remotes/origin/main");
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "policy.growth: 15% → 400%");
}

/* GitLab fetches the commit the request branched off, and not the branch. */
static void test_gitlabs_merge_base_will_do(void **state)
{
	struct e2e *e = *state;
	char setting[128];

	pull_request(e);
	e2e_git(e, "update-ref -d refs/remotes/origin/main");
	snprintf(setting, sizeof(setting), "CI_MERGE_REQUEST_DIFF_BASE_SHA=%.64s",
		 e2e_ask(e, "git -C r rev-parse main"));
	e->env[0] = systems[1].variable;
	e->env[1] = setting;
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "policy     that of main where this branched off (");
	/* It is GitLab's word: on GitHub it means nothing. */
	e->env[0] = systems[0].variable;
	DIFF(e);
	e2e_assert_status(e, 2);
}

static void test_a_revision_can_be_named(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	DIFF(e, "--policy-from", "main");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "that of main (");
	DIFF(e, "--policy-from", "HEAD");
	e2e_assert_status(e, 0);
	DIFF(e, "--policy-from", "mian");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "resolve 'mian': no such revision");
	/* It outranks CI's, and the work tree can be asked for. */
	e->env[0] = "GITHUB_BASE_REF=not-fetched";
	DIFF(e, "--policy-from", "work-tree");
	e2e_assert_status(e, 0);
	assert_null(strstr(e->out, "policy of"));
}

static void test_the_command_line_goes_over_the_targets_policy(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	e->env[0] = systems[0].variable;
	DIFF(e, "--growth", "150%");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "policy.growth: 15% → 400%");
}

static void test_what_only_one_side_has_is_told(void **state)
{
	struct e2e *e = *state;

	project(e, NULL);
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e->env[0] = systems[0].variable;
	/* The branch brings the first file along: the defaults hold. */
	e2e_write_text(e, "r/regress-gate.json", loosened);
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "configuration: none → regress-gate.json");
	e2e_assert_out(e, "ignore: none → hash");
	/* The branch deletes it: it holds all the same. */
	e2e_git(e, "add regress-gate.json");
	e2e_git(e, "commit -q -m configuration");
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e2e_git(e, "rm -q regress-gate.json");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "configuration: regress-gate.json → none");
}

static void test_a_named_file_is_looked_for_where_it_is(void **state)
{
	struct e2e *e = *state;

	pull_request(e);
	e2e_sh(e, "mkdir r/ci && git -C r show main:regress-gate.json >r/ci/gate.json");
	e2e_git(e, "add ci");
	e2e_git(e, "commit -q -m ci");
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e2e_write_text(e, "r/ci/gate.json", loosened);
	e->env[0] = systems[0].variable;
	DIFF(e, "--config", "ci/gate.json");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "policy.growth: 15% → 400%");
	e->directory = "r/ci";
	DIFF(e, "--config", "gate.json");
	e2e_assert_status(e, 1);
	DIFF(e, "--config", "../ci/gate.json");
	e2e_assert_status(e, 1);
	/* From outside of the work tree, by its full path. */
	e->directory = NULL;
	DIFF(e, "--config", e2e_path(e, "r/ci/gate.json"));
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "policy.growth: 15% → 400%");
	/* A file of no repository is nobody's; it can be taken as it is. */
	e2e_write_text(e, "gate.json", loosened);
	DIFF(e, "--config", "gate.json");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is in no git repository: --policy-from work-tree takes it as it is");
	DIFF(e, "--config", "gate.json", "--policy-from", "work-tree");
	e2e_assert_status(e, 0);
}

static void test_a_scenario_is_judged_by_the_targets(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"policy\": {\"growth\": \"30%\"}, \"scenarios\": {\"a\": {\"policy\": "
		   "{\"growth\": \"5%\"}}, \"b\": {}}}");
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e2e_write_text(
		e, "r/regress-gate.json",
		"{\"policy\": {\"growth\": \"400%\"}, \"scenarios\": {\"a\": {}, \"new\": {}}}");
	e->env[0] = systems[0].variable;
	DIFF(e, "--scenario", "a");
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "(limit 5 %)");
	/* One that the target has not: what holds there for all. */
	DIFF(e, "--scenario", "new");
	e2e_assert_status(e, 1);
	e2e_assert_first_line(e, "FAIL", "(limit 30 %)");
}

/* Nor by the choice that stands in the file. */
static void test_a_branch_cannot_choose_a_more_lenient_scenario(void **state)
{
	static const char both[] =
		"\"scenarios\": {\"strict\": {\"policy\": {\"growth\": \"5%\"}}, "
		"\"lenient\": {\"policy\": {\"growth\": \"400%\"}}}}";
	static const char *const choices[] = {"\"scenario\": \"lenient\", ", ""};
	struct e2e *e = *state;
	char config[512];

	snprintf(config, sizeof(config), "{\"scenario\": \"strict\", %s", both);
	project(e, config);
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e->env[0] = systems[0].variable;
	for (int i = 0; i < 2; i++) {
		snprintf(config, sizeof(config), "{%s%s", choices[i], both);
		e2e_write_text(e, "r/regress-gate.json", config);
		DIFF(e);
		e2e_assert_status(e, 1);
		e2e_assert_first_line(e, "FAIL", "(limit 5 %)");
		e2e_assert_out(e, i ? "scenario: strict → none" : "scenario: strict → lenient");
	}
	/* Who writes the job says it there. */
	DIFF(e, "--scenario", "lenient");
	e2e_assert_status(e, 0);
	assert_null(strstr(e->out, "scenario: strict"));
}

static void test_a_broken_policy_of_the_target_never_passes(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"policy\": {\"grwth\": \"15%\"}}");
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e2e_write_text(e, "r/regress-gate.json", loosened);
	e->env[0] = systems[0].variable;
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e,
		       ":regress-gate.json:1:13: unknown key \"grwth\"; did you mean \"growth\"?");
	/* Nor does a link in its place, whatever it leads to. */
	e2e_git(e, "checkout -q regress-gate.json");
	e2e_sh(e, "cd r && rm regress-gate.json && ln -s file regress-gate.json");
	e2e_git(e, "commit -q -a -m link");
	e2e_git(e, "update-ref refs/remotes/origin/main HEAD");
	e2e_sh(e, "rm r/regress-gate.json");
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is not a regular file");
}

static void test_outside_a_repository_there_is_nothing_to_loosen(void **state)
{
	struct e2e *e = *state;

	e2e_make_profile(e, "before.pb.gz", before);
	e2e_make_profile(e, "after.pb.gz", after);
	e->env[0] = systems[0].variable;
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_write_text(e, "regress-gate.json", loosened);
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is in no git repository");
	e->env[0] = "GITHUB_BASE_REF=";
	DIFF(e);
	e2e_assert_status(e, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_pull_request_cannot_loosen_its_gate),
		E2E_TEST(test_the_change_heads_the_comment),
		E2E_TEST(test_check_is_bound_by_it_too),
		E2E_TEST(test_without_a_change_nothing_is_said_of_one),
		E2E_TEST(test_a_branch_that_is_not_here_never_passes),
		E2E_TEST(test_in_a_shallow_clone_the_fetch_it_names_is_enough),
		E2E_TEST(test_gitlabs_merge_base_will_do),
		E2E_TEST(test_a_revision_can_be_named),
		E2E_TEST(test_the_command_line_goes_over_the_targets_policy),
		E2E_TEST(test_what_only_one_side_has_is_told),
		E2E_TEST(test_a_named_file_is_looked_for_where_it_is),
		E2E_TEST(test_a_scenario_is_judged_by_the_targets),
		E2E_TEST(test_a_branch_cannot_choose_a_more_lenient_scenario),
		E2E_TEST(test_a_broken_policy_of_the_target_never_passes),
		E2E_TEST(test_outside_a_repository_there_is_nothing_to_loosen),
	};

	return cmocka_run_group_tests_name("policy_from", tests, NULL, NULL);
}
