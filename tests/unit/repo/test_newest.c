/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

struct row {
	const char *sentence, *script; /* behind the sample */
	const char *directory, *tag;   /* NULL: none */
};

static const struct row rows[] = {
	{"the last in the history of HEAD", "", "r", "v1.4"},
	{"one on another branch is none of it", "git -C r tag v9 side~1; git -C r checkout -q side",
	 "r", "v1.3"},
	{"with none behind HEAD, the highest there is",
	 "cd r; git tag v1.10 main; git tag v1.9 main; git checkout -q --orphan new; git commit -q "
	 "-m x",
	 "r", "v1.10"},
	{"in a shallow clone, the highest that was fetched",
	 "git clone -q --depth 1 file://$PWD/r shallow; git -C shallow fetch -q --depth 1 origin "
	 "tag v1.3",
	 "shallow", "v1.3"},
	{"before a first commit", "git init -q -b main new", "new", NULL},
	{"without tags", "git -C r tag -d v1.3 v1.4", "r", NULL},
};

static void the_newest_tag(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct git_fixture *fixture;
		void *own = NULL;
		char script[2048];
		char *tag = NULL;
		int rc;

		git_setup(&own);
		fixture = own;
		snprintf(script, sizeof(script), "%s %s", GIT_SAMPLE, rows[i].script);
		git_run(&fixture->scratch, script);
		git_open_ok(fixture, rows[i].directory);
		rc = rg_repo_newest_tag(fixture->repo, &tag, &fixture->err);
		if (rc != (rows[i].tag ? 0 : RG_ENOTFOUND) ||
		    (rows[i].tag && strcmp(tag, rows[i].tag) != 0))
			fail_msg("%s: %s %s", rows[i].sentence, tag ? tag : "", fixture->err.text);
		if (rc)
			assert_text_has(fixture->err.text, "repo: newest tag: there is none here");
		free(tag);
		git_teardown(&own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_tag),
	};

	return cmocka_run_group_tests_name("repo/newest", tests, NULL, NULL);
}
