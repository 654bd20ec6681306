/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

struct row {
	const char *sentence;
	const char *revision;
	const char *commit; /* the same for the git program */
};

static const struct row known[] = {
	{"a light tag", "v1.3", "main~3"},
	{"an annotated tag is its commit", "v1.4", "main~2"},
	{"a full reference", "refs/tags/v1.4", "main~2"},
	{"a branch", "side", "main~3"},
	{"a branch with slashes", "topic/x", "main"},
	{"HEAD", "HEAD", "main"},
	{"an ancestor", "HEAD~3", "main~3"},
	{"a parent", "main^", "main~1"},
	{"the first commit", "HEAD~4", "main~4"},
	{"an ancestor of a tag", "v1.4~1", "main~3"},
	{"a remote branch", "origin/elsewhere", "main~1"},
	{"as described", "v1.4-2-g%s", "main"},
	{"a full id", "%s", "main~1"},
};

static void assert_resolves(struct git_fixture *fixture, const struct row *row)
{
	char id[RG_REPO_ID_MAX], expected[256], script[256], revision[300];

	snprintf(script, sizeof(script), "git -C r rev-parse %s^{commit}", row->commit);
	git_ask(&fixture->scratch, script, expected);
	snprintf(revision, sizeof(revision), row->revision[0] == '%' ? "%s" : "%.0s%s", expected,
		 row->revision);
	if (strstr(row->revision, "-g%s"))
		snprintf(revision, sizeof(revision), "v1.4-2-g%.9s", expected);
	if (rg_repo_resolve(fixture->repo, revision, id, &fixture->err))
		fail_msg("%s: %s", row->sentence, fixture->err.text);
	if (strcmp(id, expected) != 0)
		fail_msg("%s: %s is not %s", row->sentence, id, expected);
}

static void what_git_knows_is_known(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; git branch topic/x;"
			   "git update-ref refs/remotes/origin/elsewhere HEAD~1");
	git_open_ok(fixture, "r");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_resolves(fixture, &known[i]);
}

static void a_unique_prefix_is_enough(void **state)
{
	struct git_fixture *fixture = *state;
	char id[RG_REPO_ID_MAX], expected[256], prefix[8];

	git_run(&fixture->scratch, GIT_SAMPLE);
	git_open_ok(fixture, "r");
	git_ask(&fixture->scratch, "git -C r rev-parse HEAD", expected);
	snprintf(prefix, sizeof(prefix), "%.7s", expected);
	assert_int_equal(rg_repo_resolve(fixture->repo, prefix, id, NULL), 0);
	assert_string_equal(id, expected);
}

/* A failure leaves the id as it was. */
static void assert_fails(struct git_fixture *fixture, const char *revision, int code,
			 const char *part)
{
	char id[RG_REPO_ID_MAX] = "untouched";

	fixture->err = (struct rg_err){0};
	assert_int_equal(rg_repo_resolve(fixture->repo, revision, id, &fixture->err), code);
	assert_text_has(fixture->err.text, part);
	assert_string_equal(id, "untouched");
}

static void an_unknown_revision_names_the_nearest_tag(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "cd r; git tag release-1; git tag v1.10");
	git_open_ok(fixture, "r");
	assert_fails(fixture, "relaese-1", RG_ENOTFOUND,
		     "repo: resolve 'relaese-1': no such revision; did you mean 'release-1'?");
	assert_fails(fixture, "qqqqqqqqq", RG_ENOTFOUND,
		     "no such revision; tags here: 'v1.10', 'v1.4', 'v1.3' and 1 more");
	assert_fails(fixture, "HEAD~5", RG_ENOTFOUND, "repo: resolve 'HEAD~5': no such revision");
	assert_null(strstr(fixture->err.text, "shallow"));
}

static void without_tags_the_fetch_is_named(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE "git -C r tag -d v1.3 v1.4");
	git_open_ok(fixture, "r");
	assert_fails(fixture, "v1.4", RG_ENOTFOUND,
		     "there are no tags here: 'git fetch --tags' brings them");
}

static void beyond_a_shallow_clone_the_fetch_is_named(void **state)
{
	struct git_fixture *fixture = *state;
	char id[RG_REPO_ID_MAX], expected[256];

	git_run(&fixture->scratch, GIT_SAMPLE "git clone -q --depth=2 \"file://$PWD/r\" shallow");
	git_open_ok(fixture, "shallow");
	git_ask(&fixture->scratch, "git -C r rev-parse HEAD~1", expected);
	assert_int_equal(rg_repo_resolve(fixture->repo, "HEAD~1", id, NULL), 0);
	assert_string_equal(id, expected);
	assert_fails(fixture, "HEAD~3", RG_ENOTFOUND, "this clone is shallow: 'git fetch --tags");
	assert_fails(fixture, "v1.3", RG_ENOTFOUND, "this clone is shallow: 'git fetch --tags");
}

static void what_is_no_commit_is_refused(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; git tag tree HEAD^{tree}; git tag -a -m t blob HEAD:file");
	git_open_ok(fixture, "r");
	assert_fails(fixture, "tree", RG_EUSAGE,
		     "repo: resolve 'tree': it names a tree, not a commit");
	assert_fails(fixture, "HEAD:file", RG_EUSAGE, "it names a blob, not a commit");
	assert_fails(fixture, "blob", RG_EUSAGE, "not a commit");
}

static void what_is_no_revision_is_refused(void **state)
{
	static const char *const revisions[] = {"",
						"~",
						"HEAD~x",
						"a..b:",
						"HEAD^{none}",
						"@{",
						"\033[31m",
						"HEAD~99999999999999999999"};
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, GIT_SAMPLE);
	git_open_ok(fixture, "r");
	for (size_t i = 0; i < sizeof(revisions) / sizeof(revisions[0]); i++) {
		char id[RG_REPO_ID_MAX];
		int rc;

		fixture->err = (struct rg_err){0};
		rc = rg_repo_resolve(fixture->repo, revisions[i], id, &fixture->err);
		if (rc != RG_EUSAGE && rc != RG_ENOTFOUND)
			fail_msg("'%s': %d: %s", revisions[i], rc, fixture->err.text);
		assert_text_has(fixture->err.text, "repo: resolve '");
	}
}

static void a_revision_of_10_kb_is_refused(void **state)
{
	struct git_fixture *fixture = *state;
	char revision[10001];

	git_run(&fixture->scratch, GIT_SAMPLE);
	git_open_ok(fixture, "r");
	memset(revision, 'x', sizeof(revision) - 1);
	revision[sizeof(revision) - 1] = '\0';
	assert_fails(fixture, revision, RG_EUSAGE, "xxx…': longer than 1000 bytes");
	revision[200] = '\0';
	assert_fails(fixture, revision, RG_ENOTFOUND, "xxx': no such revision");
}

static void an_ambiguous_prefix_is_refused(void **state)
{
	struct git_fixture *fixture = *state;
	char prefix[256];

	/* Among 1,000 blobs some share their first four digits. */
	git_run(&fixture->scratch, GIT_SAMPLE
		"cd r; i=0; while [ $i -lt 1000 ]; do echo $i >../b$i; echo ../b$i; i=$((i + 1)); "
		"done | git hash-object -w --stdin-paths | cut -c1-4 | sort | uniq -d | head -n 1 "
		">../prefix");
	git_open_ok(fixture, "r");
	git_ask(&fixture->scratch, "cat prefix", prefix);
	assert_int_equal(strlen(prefix), 4);
	assert_fails(fixture, prefix, RG_EUSAGE, "give more of the id");
}

static void before_the_first_commit(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, "git init -q r");
	git_open_ok(fixture, "r");
	assert_fails(fixture, "HEAD", RG_ENOTFOUND, "repo: resolve 'HEAD': no such revision");
}

static void a_damaged_object_is_no_unknown_revision(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; o=$(git rev-parse HEAD~1);"
			   "f=.git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-);"
			   "chmod u+w $f; echo junk >$f");
	git_open_ok(fixture, "r");
	assert_fails(fixture, "HEAD~1", RG_EFORMAT, "repo: resolve 'HEAD~1': ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(what_git_knows_is_known),
		GIT_TEST(a_unique_prefix_is_enough),
		GIT_TEST(an_unknown_revision_names_the_nearest_tag),
		GIT_TEST(without_tags_the_fetch_is_named),
		GIT_TEST(beyond_a_shallow_clone_the_fetch_is_named),
		GIT_TEST(what_is_no_commit_is_refused),
		GIT_TEST(what_is_no_revision_is_refused),
		GIT_TEST(a_revision_of_10_kb_is_refused),
		GIT_TEST(an_ambiguous_prefix_is_refused),
		GIT_TEST(before_the_first_commit),
		GIT_TEST(a_damaged_object_is_no_unknown_revision),
	};

	return cmocka_run_group_tests_name("repo/resolve", tests, NULL, NULL);
}
