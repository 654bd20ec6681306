/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

static void assert_tagged(struct git_fixture *fixture, const struct rg_repo_tags *tags,
			  const char *revision, bool expected)
{
	char script[256], id[256];

	snprintf(script, sizeof(script), "git -C r rev-parse %s^{commit}", revision);
	git_ask(&fixture->scratch, script, id);
	if (rg_repo_tags_have(tags, id) != expected)
		fail_msg("%s: is %s", revision, expected ? "missing" : "there");
}

static void list_tags(struct git_fixture *fixture, const char *name, struct rg_repo_tags *tags)
{
	git_open_ok(fixture, name);
	*tags = (struct rg_repo_tags){0};
	if (rg_repo_tags(fixture->repo, tags, &fixture->err))
		fail_msg("%s", fixture->err.text);
}

static void tags_lead_to_their_commits(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags;

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; git tag v1.3-again v1.3; git tag -a -m t outer v1.4;"
			   " git tag a/b main; git tag tree main^{tree}; git tag file main:file;"
			   " git tag -a -m t annotated-tree main^{tree}; git pack-refs --all");
	list_tags(fixture, "r", &tags);
	assert_int_equal(tags.count, 3);
	assert_tagged(fixture, &tags, "v1.3", true);
	assert_tagged(fixture, &tags, "v1.4", true);
	assert_tagged(fixture, &tags, "main", true);
	assert_tagged(fixture, &tags, "main~1", false);
	assert_tagged(fixture, &tags, "main~4", false);
	rg_repo_tags_done(&tags);
}

static void no_tags_are_no_error(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags;

	git_run(&fixture->scratch, "git init -q r");
	list_tags(fixture, "r", &tags);
	assert_int_equal(tags.count, 0);
	assert_false(rg_repo_tags_have(&tags, "0123456789012345678901234567890123456789"));
	rg_repo_tags_done(&tags);
}

/* The tag's commit lies beyond what was fetched. */
static void a_shallow_clone_knows_its_tags(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags;

	git_run(&fixture->scratch, GIT_SAMPLE "git clone -q --depth 1 file://$PWD/r s; cd s;"
					      " git update-ref --no-deref refs/tags/far HEAD;"
					      " git -C ../r rev-parse v1.3 >.git/refs/tags/far");
	list_tags(fixture, "s", &tags);
	assert_int_equal(tags.count, 1);
	assert_tagged(fixture, &tags, "v1.3", true);
	rg_repo_tags_done(&tags);
}

/* A list that lacks one would let prune remove what that one keeps. */
static void a_tag_that_cannot_be_read_is_told(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags = {0};

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; t=$(git rev-parse v1.4);"
			   " f=.git/objects/$(echo $t | cut -c 1-2)/$(echo $t | cut -c 3-);"
			   " chmod u+w $f; echo junk >$f");
	git_open_ok(fixture, "r");
	assert_int_equal(rg_repo_tags(fixture->repo, &tags, &fixture->err), RG_EFORMAT);
	assert_text_has(fixture->err.text, "repo: tags: read what a tag stands for: ");
	assert_int_equal(tags.count, 0);
}

static void a_tower_of_tags_is_refused(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags = {0};

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; for i in $(seq 20); do git tag -f -a -m t tower "
			   "$(git rev-parse -q --verify tower || echo main); done");
	git_open_ok(fixture, "r");
	assert_int_equal(rg_repo_tags(fixture->repo, &tags, &fixture->err), RG_EFORMAT);
	assert_text_has(fixture->err.text, "'refs/tags/tower' is a tag of a tag");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(tags_lead_to_their_commits),
		GIT_TEST(no_tags_are_no_error),
		GIT_TEST(a_shallow_clone_knows_its_tags),
		GIT_TEST(a_tag_that_cannot_be_read_is_told),
		GIT_TEST(a_tower_of_tags_is_refused),
	};

	return cmocka_run_group_tests_name("repo/tags", tests, NULL, NULL);
}
