/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

/* Parents, merge bases and the tag before; nobody's missing history reads as though there were none. */

struct row {
	const char *sentence, *script; /* behind the sample */
	const char *directory, *revision;
	const char *tag; /* NULL: `code` and `words` */
	int code;
	const char *words;
};

static const struct row tags[] = {
	{"the nearest before", "", "r", "main", "v1.4", 0, NULL},
	{"its own left out", "", "r", "v1.4", "v1.3", 0, NULL},
	{"a second one of its own, too", "git -C r tag v8 v1.4", "r", "v1.4", "v1.3", 0, NULL},
	{"what comes after is not before", "git -C r tag v9 main", "r", "main~1", "v1.4", 0, NULL},
	{"none at all", "", "r", "v1.3", NULL, RG_ENOTFOUND, "there is no tag before"},
	{"none in the whole repository", "git -C r tag -d $(git -C r tag)", "r", "main", NULL,
	 RG_ENOTFOUND, "there is no tag before"},
	{"of the first commit", "", "r", "main~4", NULL, RG_ENOTFOUND, "is the first one"},
	{"the first parent's side of a merge",
	 "cd r; git checkout -q side; git commit -q --allow-empty -m s; git tag v7; git checkout "
	 "-q "
	 "main; git merge -q --no-edit side; git tag -d v1.3; cd ..",
	 "r", "main", "v1.4", 0, NULL},
	{"of a branch that was merged before",
	 "cd r; git checkout -q side; git commit -q --allow-empty -m s; git tag v7; git checkout "
	 "-q "
	 "main; git merge -q --no-edit side; git commit -q --allow-empty -m m; git tag -d v1.4; cd "
	 "..",
	 "r", "main", "v7", 0, NULL},
	{"with a commit that is lost",
	 "cd r; git tag -d v1.3 v1.4; git tag v9 main; id=$(git rev-parse main~3); rm -f "
	 ".git/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-); cd ..",
	 "r", "main", NULL, RG_EFORMAT, "find the tag before"},
	{"near enough in a shallow clone",
	 "git clone -q --depth 4 file://$PWD/r shallow; git -C shallow fetch -q --depth 4 origin "
	 "main tag v1.4",
	 "shallow", "HEAD", "v1.4", 0, NULL},
	{"beyond a shallow clone's end", "git clone -q --depth 2 file://$PWD/r shallow", "shallow",
	 "HEAD", NULL, RG_EUSAGE, "'git fetch --tags --unshallow' brings the rest"},
	{"at a shallow clone's end", "git clone -q --depth 1 file://$PWD/r shallow", "shallow",
	 "HEAD", NULL, RG_EUSAGE, "this clone is shallow"},
};

static struct git_fixture *open_row(void **own, const char *script, const char *directory)
{
	char all[2048];
	struct git_fixture *fixture;

	git_setup(own);
	fixture = *own;
	snprintf(all, sizeof(all), "%s %s", GIT_SAMPLE, script);
	git_run(&fixture->scratch, all);
	git_open_ok(fixture, directory);
	return fixture;
}

static void resolve(struct git_fixture *fixture, const char *revision, char id[RG_REPO_ID_MAX])
{
	if (rg_repo_resolve(fixture->repo, revision, id, &fixture->err))
		fail_msg("%s", fixture->err.text);
}

static void check_tag(const struct row *row, struct git_fixture *fixture)
{
	char id[RG_REPO_ID_MAX], tagged[RG_REPO_ID_MAX] = "", expected[RG_REPO_ID_MAX] = "";
	char *name = NULL;
	int rc;

	resolve(fixture, row->revision, id);
	rc = rg_repo_previous_tag(fixture->repo, id, false, &name, tagged, &fixture->err);
	if (row->tag)
		resolve(fixture, row->tag, expected);
	if (rc != row->code || (row->tag && (!name || strcmp(name, row->tag) != 0)) ||
	    strcmp(tagged, expected) != 0)
		fail_msg("%s: %d %s %s", row->sentence, rc, name ? name : "", fixture->err.text);
	if (row->words)
		assert_text_has(fixture->err.text, row->words);
	free(name);
}

static void the_tag_before(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		void *own = NULL;

		check_tag(&tags[i], open_row(&own, tags[i].script, tags[i].directory));
		git_teardown(&own);
	}
}

/* Uncommitted changes come after the commit's own tags. */
static void its_own_tag(void **state)
{
	struct git_fixture *fixture;
	char id[RG_REPO_ID_MAX], tagged[RG_REPO_ID_MAX], *name = NULL;
	void *own = NULL;

	(void)state;
	fixture = open_row(&own, "", "r");
	resolve(fixture, "v1.4", id);
	assert_int_equal(rg_repo_previous_tag(fixture->repo, id, true, &name, tagged, NULL), 0);
	assert_string_equal(name, "v1.4");
	assert_string_equal(tagged, id);
	free(name);
	git_teardown(&own);
}

/* The highest, as people count; an annotated one is a tag as well. */
static void the_tag_of_a_commit(void **state)
{
	static const struct {
		const char *revision, *tag;
	} rows[] = {{"main", NULL}, {"v1.3", "v1.3"}, {"v1.4", "v1.10"}};
	struct git_fixture *fixture;
	void *own = NULL;

	(void)state;
	fixture = open_row(&own, "git -C r tag v1.9 v1.4; git -C r tag -a -m ten v1.10 v1.4", "r");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char id[RG_REPO_ID_MAX], *name = NULL;

		resolve(fixture, rows[i].revision, id);
		assert_int_equal(rg_repo_tag_of(fixture->repo, id, &name, &fixture->err), 0);
		if (rows[i].tag)
			assert_string_equal(name, rows[i].tag);
		else
			assert_null(name);
		free(name);
	}
	git_teardown(&own);
}

static void first_parents(void **state)
{
	struct git_fixture *fixture;
	char id[RG_REPO_ID_MAX], parent[RG_REPO_ID_MAX], expected[RG_REPO_ID_MAX];
	void *own = NULL;

	(void)state;
	fixture = open_row(&own, "git clone -q --depth 2 file://$PWD/r shallow", "r");
	resolve(fixture, "main", id);
	resolve(fixture, "main~1", expected);
	assert_int_equal(rg_repo_first_parent(fixture->repo, id, parent, NULL), 0);
	assert_string_equal(parent, expected);
	resolve(fixture, "main~4", id);
	assert_int_equal(rg_repo_first_parent(fixture->repo, id, parent, NULL), RG_ENOTFOUND);
	assert_int_equal(rg_repo_first_parent(fixture->repo,
					      "0123456789012345678901234567890123456789", parent,
					      &fixture->err),
			 RG_EUSAGE);
	assert_text_has(fixture->err.text, "is not here: 'git fetch' may bring it");
	git_open_ok(fixture, "shallow");
	resolve(fixture, "HEAD~1", id);
	assert_int_equal(rg_repo_first_parent(fixture->repo, id, parent, &fixture->err), RG_EUSAGE);
	assert_text_has(fixture->err.text, "this clone is shallow");
	git_teardown(&own);
}

static void merge_bases(void **state)
{
	static const struct {
		const char *sentence, *directory, *one, *other, *base, *words;
	} bases[] = {
		{"where a branch began", "r", "work", "main", "side", NULL},
		{"of a commit and one before it", "r", "main", "side", "side", NULL},
		{"of a commit with itself", "r", "main", "main", "main", NULL},
		{"of what never met", "r", "island", "main", NULL,
		 "they have no history in common"},
		{"of what is cut off", "shallow", "origin/work", "origin/main", NULL,
		 "'git fetch --tags --unshallow'"},
	};
	struct git_fixture *fixture;
	void *own = NULL;

	(void)state;
	fixture = open_row(&own,
			   "cd r; git checkout -q -b work side; git commit -q --allow-empty -m w; "
			   "git commit -q "
			   "--allow-empty -m w2; git checkout -q --orphan island; git commit -q -m "
			   "i; cd ..; git "
			   "clone -q --depth 1 --no-single-branch file://$PWD/r shallow",
			   "r");
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		char one[RG_REPO_ID_MAX], other[RG_REPO_ID_MAX], expected[RG_REPO_ID_MAX] = "";
		char base[RG_REPO_ID_MAX] = "";
		int rc;

		git_open_ok(fixture, bases[i].directory);
		resolve(fixture, bases[i].one, one);
		resolve(fixture, bases[i].other, other);
		if (bases[i].base)
			resolve(fixture, bases[i].base, expected);
		rc = rg_repo_merge_base(fixture->repo, one, other, base, &fixture->err);
		if (rc != (bases[i].base ? 0 : RG_EUSAGE) || strcmp(base, expected) != 0)
			fail_msg("%s: %d %s", bases[i].sentence, rc, fixture->err.text);
		if (bases[i].words)
			assert_text_has(fixture->err.text, bases[i].words);
	}
	git_teardown(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tag_before),      cmocka_unit_test(its_own_tag),
		cmocka_unit_test(the_tag_of_a_commit), cmocka_unit_test(first_parents),
		cmocka_unit_test(merge_bases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
