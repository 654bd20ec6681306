/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration as commands act on it: scenarios, exceptions, init, and whose policy holds. */
#include "e2e.h"
#include "repo.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* hash doubles, from 20 % to 33 % of the samples. */
static const struct e2e_self before[] = {{"parse", 8000}, {"check", 8000}, {"hash", 8000},
					 {"print", 8000}, {"write", 8000}, {"", 0}};
static const struct e2e_self after[] = {{"parse", 8000}, {"check", 8000}, {"hash", 16000},
					{"print", 8000}, {"write", 8000}, {"", 0}};

/* The repository "r", whose "main" has this configuration; both profiles beside it. */
static void project(struct e2e *e, const char *config)
{
	e2e_repo(e);
	if (config) {
		e2e_write_text(e, "r/regress-gate.json", config);
		e2e_git(e, "add regress-gate.json");
		e2e_git(e, "commit -q -m configuration");
	}
	e2e_make_profile(e, "before.pb.gz", before);
	e2e_make_profile(e, "after.pb.gz", after);
}

/* `diff` of the two with these words. */
#define DIFF(e, ...) \
	E2E_RG(e, "diff", e2e_path(e, "before.pb.gz"), e2e_path(e, "after.pb.gz"), ##__VA_ARGS__)

static void assert_first_line(struct e2e *e, const char *begin, const char *words)
{
	size_t len = strcspn(e->out, "\n");
	const char *at = strstr(e->out, words);

	if (strncmp(e->out, begin, strlen(begin)) != 0 || !at || at > e->out + len)
		fail_msg("first line '%.*s', wanted '%s … %s'; stderr: %s", (int)len, e->out, begin,
			 words, e->err);
}

/* --- Exceptions ------------------------------------------------------------------------------ */

static void test_an_ignored_function_is_shown_and_does_not_fail(void **state)
{
	struct e2e *e = *state;

	project(e, NULL);
	DIFF(e);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "hash() uses");
	e2e_write_text(e, "r/regress-gate.json", "{\"ignore\": [\"ha*\"]}");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "ignored    hash");
	e2e_assert_out(e, "1 function by the policy, with 20.0 % → 33.3 % of the CPU: hash");
	DIFF(e, "--json");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "\"status\": \"ignored\"");
}

/* hash() does twice as much, and with it the whole a fifth more. */
static const char *accepting(char *out, size_t size, const char *expires, const char *growth)
{
	snprintf(out, size,
		 "{\"accept\": [{\"match\": \"hash\", \"growth\": \"%s\", \"expires\": \"%s\","
		 " \"owner\": \"ada\", \"reason\": \"stronger hashes\"}]}",
		 growth, expires);
	return out;
}

static void test_an_accepted_growth_passes_until_it_expires(void **state)
{
	struct e2e *e = *state;
	char config[512];

	project(e, NULL);
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "9999-12-31", "150%"));
	DIFF(e, "--markdown-out", e2e_path(e, "report.md"));
	e2e_assert_status(e, 0);
	assert_first_line(e, "PASS", "but for 1 that is accepted");
	e2e_assert_out(e, "accepted   hash");
	e2e_assert_out(e, "hash: up to 150 % until 9999-12-31, ada: stronger hashes");
	DIFF(e, "--json");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "\"acceptance\": \"holds\"");
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "2020-12-31", "150%"));
	DIFF(e);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "; 150 % were");
	e2e_assert_out(e, "expired    hash");
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "9999-12-31", "50%"));
	DIFF(e);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "; 50 % were");
	e2e_assert_out(e, "exceeded   hash");
	/* What the day of the verdict is not needed for is refused right away. */
	e2e_write_text(e, "r/regress-gate.json",
		       accepting(config, sizeof(config), "2026-02-30", "50%"));
	DIFF(e);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "\"expires\" must be a day of the calendar");
}

static void test_everything_ignored_is_not_a_pass(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"ignore\": [\"*\"]}");
	DIFF(e);
	e2e_assert_status(e, 3);
	DIFF(e, "--rule", "literal");
	e2e_assert_status(e, 3);
}

static void test_a_function_may_have_a_limit_of_its_own(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"functions\": [{\"match\": \"hash\", \"module\": \"made\", \"growth\": "
		   "\"150%\"}]}");
	DIFF(e);
	e2e_assert_status(e, 0);
	assert_first_line(e, "PASS", "or what single functions are allowed");
	e2e_assert_out(e, "own limit  hash 150 %");
	e2e_write_text(e, "r/regress-gate.json",
		       "{\"functions\": [{\"match\": \"hash\", \"growth\": \"50%\"}]}");
	DIFF(e);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "(limit 50 %)");
}

/* A name that was mistyped is a limit that does not hold. */
static void test_entries_that_match_nothing_are_told(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"ignore\": [\"pars?\", \"pares\", \"write.isra.0\"], \"functions\": ["
		   "{\"match\": \"h*\", \"module\": \"made\", \"growth\": \"200%\"},"
		   "{\"match\": \"hash\", \"module\": \"libother.so\", \"growth\": \"200%\"}]}");
	DIFF(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "note: \"ignore\": 'pares' matches no function of either profile");
	e2e_assert_err(e, "note: \"functions\": 'hash' in 'libother.so' matches no function");
	e2e_assert_no_err(e, "'pars?'");
	e2e_assert_no_err(e, "write");
	e2e_assert_no_err(e, "'h*'");
	DIFF(e, "-q");
	assert_string_equal(e->err, "");
	/* check tells it as well; without a baseline there is nothing to go by. */
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_no_err(e, "note");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"));
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "note: \"ignore\": 'pares' matches no function of either profile");
}

static void test_of_many_that_match_nothing_a_few_are_told(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"ignore\": [\"a1\", \"a2\", \"a3\", \"a4\", \"a5\", \"a6\", \"a7\"]}");
	DIFF(e);
	e2e_assert_status(e, 1);
	e2e_assert_err(e, "'a5' matches no function");
	e2e_assert_no_err(e, "'a6'");
	e2e_assert_err(e, "note: nor do 2 more entries");
}

/* What the file may hold is told by the file's line; what is wrong here is the command line. */
static void test_an_option_out_of_range_is_named(void **state)
{
	static const char *const rows[][3] = {
		{"--window", "0s", "option '--window': \"window\" must be 1s to 24h, not 0"},
		{"--slice", "2h", "option '--slice': \"slice\" must be 100ms to 1h, not 2h"},
		{"--frequency", "0", "option '--frequency': \"frequency\" must be 1 to 10000"},
		{"--min-share", "200%", "option '--min-share': \"min_share\" must be 0% to 100%"},
		{"--top", "0", "option '--top': \"top_k\" must be 1 to 100, not 0"},
		{"--warmup", "soon", "option '--warmup soon': must be a time such as"},
	};
	struct e2e *e = *state;

	project(e, "{\"window\": \"10s\"}");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		E2E_RG(e, "check", "--baseline", "v1.4", rows[i][0], rows[i][1], "--", "true");
		e2e_assert_status(e, 2);
		e2e_assert_err(e, rows[i][2]);
	}
	e2e_write_text(e, "r/regress-gate.json", "{\"window\": \"0s\"}");
	E2E_RG(e, "check", "--baseline", "v1.4", "--", "true");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "regress-gate.json:1:12: \"window\" must be 1s to 24h, not 0");
}

static void test_the_command_line_goes_over_the_file(void **state)
{
	struct e2e *e = *state;

	project(e, "{\"policy\": {\"growth\": \"10%\", \"on_cpu\": {\"growth\": \"12%\"}}}");
	DIFF(e);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "(limit 12 %)");
	DIFF(e, "--growth", "150%");
	e2e_assert_status(e, 0);
}

/* --- Scenarios ------------------------------------------------------------------------------- */

static const char scenarios[] = "{\n  \"policy\": {\"growth\": \"40%\"},\n  \"scenarios\": {\n"
				"    \"lenient\": {\"policy\": {\"growth\": \"150%\"}},\n"
				"    \"strict\": {\"policy\": {\"growth\": \"5%\"}}\n  }\n}\n";

static void test_a_scenario_is_chosen_by_name(void **state)
{
	struct e2e *e = *state;

	project(e, scenarios);
	DIFF(e, "--scenario", "lenient");
	e2e_assert_status(e, 0);
	DIFF(e, "--scenario", "strict");
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "(limit 5 %)");
	/* Without one, what holds for all does for two files. */
	DIFF(e);
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "(limit 40 %)");
	DIFF(e, "--scenario", "strct");
	e2e_assert_status(e, 2);
	e2e_assert_err(
		e, "regress-gate.json:3:3: no scenario \"strct\" in \"scenarios\"; did you mean "
		   "\"strict\"?");
}

static void test_where_one_is_needed_they_are_listed(void **state)
{
	struct e2e *e = *state;

	project(e, scenarios);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "after.pb.gz"));
	e2e_assert_status(e, 2);
	e2e_assert_err(
		e, "several scenarios: say --scenario NAME, or name one by \"scenario\": lenient, "
		   "strict");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"));
	e2e_assert_status(e, 2);
	E2E_RG(e, "baseline", "show", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "several scenarios");
	E2E_RG(e, "baseline", "list");
	e2e_assert_status(e, 0);
}

static void test_each_scenario_has_its_baselines(void **state)
{
	struct e2e *e = *state;
	const char *canary;

	project(e, scenarios);
	canary = e2e_path(e, "after.pb.gz");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "before.pb.gz"), "--scenario", "lenient");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", canary, "--scenario", "lenient");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", canary, "--scenario", "strict");
	e2e_assert_status(e, 3);
	/* A baseline outlives its scenario. */
	e2e_write_text(e, "r/regress-gate.json", "{\"scenarios\": {\"strict\": {}}}");
	E2E_RG(e, "baseline", "show", "v1.4", "--scenario", "lenient");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", canary, "--scenario", "lenient");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no scenario \"lenient\"");
	E2E_RG(e, "baseline", "rm", "v1.4", "--scenario", "../x");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "scenario '../x': must be 1 to 200 letters");
}

/* --- Policy from the target branch ----------------------------------------------------------- */

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
		assert_first_line(e, "FAIL", "hash() uses");
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
	assert_first_line(e, "FAIL", "(limit 5 %)");
	/* One that the target has not: what holds there for all. */
	DIFF(e, "--scenario", "new");
	e2e_assert_status(e, 1);
	assert_first_line(e, "FAIL", "(limit 30 %)");
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

/* --- init ------------------------------------------------------------------------------------ */

static void test_init_writes_a_file_that_works(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "mkdir r/build r/tests r/.hidden && cp /bin/true r/tests/r && cp /bin/true "
		  "r/build/r "
		  "&& cp /bin/true r/.hidden/r && cp /bin/true r/other && echo '#!/bin/sh' >r/r && "
		  "chmod +x r/r");
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "r/regress-gate.json");
	e2e_assert_out(e, "./build/r (called like the directory, one of 3 executables here)");
	e2e_assert_out(e, "v1.5, the newest tag");
	e2e_assert_out(e, "sudo regress-gate check --baseline v1.5");
	/* It is read: the next command gets as far as to miss a baseline. */
	E2E_RG(e, "check", "--baseline", "v1.5");
	e2e_assert_status(e, 3);
}

static void test_init_leaves_a_file_alone(void **state)
{
	struct e2e *e = *state;
	char *text;

	e2e_repo(e);
	/* Even one that nobody can read. */
	e2e_write_text(e, "r/regress-gate.json", "not JSON");
	E2E_RG(e, "init");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is there already: --force writes over it");
	text = e2e_read(e, "r/regress-gate.json", NULL);
	assert_string_equal(text, "not JSON");
	free(text);
	E2E_RG(e, "init", "--force");
	e2e_assert_status(e, 0);
	text = e2e_read(e, "r/regress-gate.json", NULL);
	assert_non_null(strstr(text, "./your-program"));
	free(text);
	/* A link is a file too, wherever it leads. */
	e2e_sh(e, "cd r && rm regress-gate.json && ln -s elsewhere regress-gate.json");
	E2E_RG(e, "init");
	e2e_assert_status(e, 2);
	assert_false(e2e_exists(e, "r/elsewhere"));
}

static void test_init_says_what_it_could_not_find(void **state)
{
	struct e2e *e = *state;

	e2e_sh(e, "mkdir plain");
	e->directory = "plain";
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "none: no executable was found here");
	e2e_assert_out(e, "none: this is no git repository");
	assert_true(e2e_exists(e, "plain/regress-gate.json"));
	E2E_RG(e, "init", "words");
	e2e_assert_status(e, 2);
}

/* What a shell would act on is quoted, and what a terminal would act on is shown. */
static void test_init_is_safe_with_hostile_names(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_git(e, "tag 'v9;touch${IFS}pwned'");
	e2e_git(e, "tag -d v1.3 v1.4 v1.5");
	e2e_sh(e, "cp /bin/true \"$(printf 'r/a\\033[2Jb')\"");
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "git checkout 'v9;touch${IFS}pwned'");
	e2e_assert_out(e, "./a\\x1b[2Jb (the only executable here)");
	assert_null(strchr(e->out, '\x1b'));
	E2E_RG(e, "check", "--baseline", "main");
	e2e_assert_status(e, 3);
}

static void test_init_from_below_writes_at_the_top(void **state)
{
	struct e2e *e = *state;
	struct stat st;

	e2e_repo(e);
	e2e_sh(e, "mkdir -p r/deep/er");
	e->directory = "r/deep/er";
	E2E_RG(e, "init", "-q");
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "");
	assert_int_equal(stat(e2e_path(e, "r/regress-gate.json"), &st), 0);
	assert_int_equal(st.st_mode & 0133, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_an_ignored_function_is_shown_and_does_not_fail),
		E2E_TEST(test_an_accepted_growth_passes_until_it_expires),
		E2E_TEST(test_everything_ignored_is_not_a_pass),
		E2E_TEST(test_a_function_may_have_a_limit_of_its_own),
		E2E_TEST(test_entries_that_match_nothing_are_told),
		E2E_TEST(test_of_many_that_match_nothing_a_few_are_told),
		E2E_TEST(test_an_option_out_of_range_is_named),
		E2E_TEST(test_the_command_line_goes_over_the_file),
		E2E_TEST(test_a_scenario_is_chosen_by_name),
		E2E_TEST(test_where_one_is_needed_they_are_listed),
		E2E_TEST(test_each_scenario_has_its_baselines),
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
		E2E_TEST(test_a_broken_policy_of_the_target_never_passes),
		E2E_TEST(test_outside_a_repository_there_is_nothing_to_loosen),
		E2E_TEST(test_init_writes_a_file_that_works),
		E2E_TEST(test_init_leaves_a_file_alone),
		E2E_TEST(test_init_says_what_it_could_not_find),
		E2E_TEST(test_init_is_safe_with_hostile_names),
		E2E_TEST(test_init_from_below_writes_at_the_top),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
