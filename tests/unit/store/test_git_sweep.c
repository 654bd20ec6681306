/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a store in git sweeps up, and what keeps it from sweeping. */
#include "git_fixture.h"

static void make_old(struct fixture *fixture)
{
	git_run(&fixture->scratch, "find s/objects -type f -exec touch -d '2 hours ago' {} +");
}

static void only_what_is_old_and_superfluous_is_swept(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	two_runs(fixture);
	/* The first put's tree and commit are superfluous. */
	assert_asked(fixture, "find s/objects -type f | wc -l", "8");
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	assert_asked(fixture, "find s/objects -type f | wc -l", "8");
	make_old(fixture);
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	assert_asked(fixture, "find s/objects -type f | wc -l", "6");
	put_text(fixture, &sample_key, "third", id);
	assert_whole(fixture, 3);
	git_run(&fixture->scratch, "git -C s fsck --full --strict --no-dangling");
}

struct keeper {
	const char *sentence;
	const char *script;
	const char *part;
};

/* What they stand for may need any object. */
static const struct keeper keepers[] = {
	{"a branch", "git update-ref refs/heads/mine " KEY, "what is not the store's"},
	{"a tag", "git tag mine " KEY, "what is not the store's"},
	{"a packed tag", "git tag mine " KEY "; git pack-refs --all --prune",
	 "what is not the store's"},
	{"a branch that cannot be read", "mkdir -p refs/heads; echo junk >refs/heads/mine",
	 "what is not the store's"},
	{"a detached HEAD", "c=$(git rev-parse " KEY "); echo $c >HEAD", "'HEAD' in '"},
	{"a damaged reference",
	 "mkdir -p refs/regress-gate/a/b; echo junk >refs/regress-gate/a/b/c",
	 "refs/regress-gate/a/b/c"},
	{"a reference with a history",
	 "git update-ref " KEY " $(git commit-tree -m x -p " KEY " " KEY "^{tree})", "history"},
	{"a tree with folders",
	 "t=$(git rev-parse " KEY "^{tree}); git update-ref " KEY " $(git commit-tree -m x"
	 " $(printf '040000 tree %s\\tdir\\n' $t | git mktree))",
	 "more than files"},
};

static void assert_kept(struct fixture *fixture, const struct keeper *keeper)
{
	char script[1024], before[256], after[256];

	git_run(&fixture->scratch, "rm -rf s");
	two_runs(fixture);
	snprintf(script, sizeof(script), "cd s; { %s; }", keeper->script);
	git_run(&fixture->scratch, script);
	make_old(fixture);
	git_ask(&fixture->scratch, "find s/objects -type f | sort | sha256sum", before);
	fixture->err = (struct rg_err){0};
	if (rg_store_sweep(fixture->store, &fixture->err) != RG_EFORMAT)
		fail_msg("%s: swept", keeper->sentence);
	assert_text_has(fixture->err.text, keeper->part);
	assert_string_equal(git_ask(&fixture->scratch, "find s/objects -type f | sort | sha256sum",
				    after),
			    before);
}

static void a_store_with_others_references_is_not_swept(void **state)
{
	for (size_t i = 0; i < sizeof(keepers) / sizeof(keepers[0]); i++)
		assert_kept(*state, &keepers[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_STORE_TEST(only_what_is_old_and_superfluous_is_swept),
		GIT_STORE_TEST(a_store_with_others_references_is_not_swept),
	};

	return cmocka_run_group_tests_name("store/git_sweep", tests, NULL, NULL);
}
