/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/buf.h"

enum { ROOM = 4096 };

/* v1 has "gate.json" (one), v2 has another; then it is deleted. A file in a folder, a link, odd modes. */
#define FILES                                                                  \
	"git init -q -b main r; cd r; mkdir -p ci/deep;"                       \
	" printf one >gate.json; printf deep >ci/deep/gate.json;"              \
	" ln -s gate.json link; printf x >run; chmod +x run; : >empty;"        \
	" git add .; git commit -q -m 1; git tag v1;"                          \
	" printf 'two\\0\\377' >gate.json; git commit -q -a -m 2; git tag v2;" \
	" git rm -q gate.json; git commit -q -m 3; git tag v3; cd ..;"

static int read_file(struct git_fixture *fixture, const char *revision, const char *path,
		     size_t max, struct rg_buf *out, bool *found)
{
	fixture->err = (struct rg_err){0};
	rg_buf_init(out, ROOM);
	return rg_repo_read_file(fixture->repo, revision, path, max, found, out, &fixture->err);
}

struct row {
	const char *sentence, *revision, *path;
	const char *bytes; /* NULL: there is no such file */
	size_t len;
};

static const struct row rows[] = {
	{"a file of a tag", "v1", "gate.json", "one", 3},
	{"the same of another", "v2", "gate.json", "two\0\377", 5},
	{"it is deleted there", "v3", "gate.json", NULL, 0},
	{"by a branch", "main", "ci/deep/gate.json", "deep", 4},
	{"by what lies before it", "main~1", "gate.json", "two\0\377", 5},
	{"an empty file is there", "v1", "empty", "", 0},
	{"an executable one is a file", "v1", "run", "x", 1},
	{"no such file", "v1", "none.json", NULL, 0},
	{"no such folder", "v1", "none/gate.json", NULL, 0},
	{"no such file in a folder", "v1", "ci/gate.json", NULL, 0},
	{"names are names: no way up", "v1", "../gate.json", NULL, 0},
	{"nor a way to stay", "v1", "./gate.json", NULL, 0},
};

static void files_are_read_as_they_were(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, FILES);
	git_open_ok(fixture, "r");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		bool found = !row->bytes;
		struct rg_buf bytes;

		if (read_file(fixture, row->revision, row->path, ROOM, &bytes, &found))
			fail_msg("%s: %s", row->sentence, fixture->err.text);
		if (found != (row->bytes != NULL) || bytes.len != row->len ||
		    (row->len && memcmp(bytes.data, row->bytes, row->len) != 0))
			fail_msg("%s", row->sentence);
		rg_buf_done(&bytes);
	}
}

struct bad {
	const char *sentence, *revision, *path;
	int code;
	const char *text;
};

static const struct bad bads[] = {
	{"a link", "v1", "link", RG_EUSAGE, "repo: read 'link' of 'v1': is not a regular file"},
	{"a folder", "v1", "ci", RG_EUSAGE, "is not a regular file"},
	{"a file as a folder", "v1", "run/gate.json", RG_EUSAGE,
	 "a part of the path is not a directory"},
	{"an empty path", "v1", "", RG_EUSAGE, "not a path of a file"},
	{"an absolute path", "v1", "/gate.json", RG_EUSAGE, "not a path of a file"},
	{"a path that ends in a slash", "v1", "ci/", RG_EUSAGE, "not a path of a file"},
	{"a revision that is not here", "v9", "gate.json", RG_ENOTFOUND, "no such revision"},
	{"a revision that is none", "v1:gate.json", "gate.json", RG_EUSAGE, "not a commit"},
};

static void what_is_no_file_is_an_error(void **state)
{
	struct git_fixture *fixture = *state;

	git_run(&fixture->scratch, FILES);
	git_open_ok(fixture, "r");
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		bool found = true;
		struct rg_buf bytes;
		int rc = read_file(fixture, bads[i].revision, bads[i].path, ROOM, &bytes, &found);

		if (rc != bads[i].code || !strstr(fixture->err.text, bads[i].text))
			fail_msg("%s: %d: %s", bads[i].sentence, rc, fixture->err.text);
		assert_int_equal(bytes.len, 0);
		/* Written on success only. */
		assert_true(found);
		rg_buf_done(&bytes);
	}
}

static void a_submodule_is_no_file(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_buf bytes;
	bool found;

	git_run(&fixture->scratch, FILES "cd r; git update-index --add --cacheinfo "
					 "160000,$(git rev-parse HEAD),sub; git commit -q -m sub");
	git_open_ok(fixture, "r");
	assert_int_equal(read_file(fixture, "main", "sub", ROOM, &bytes, &found), RG_EUSAGE);
	assert_text_has(fixture->err.text, "is not a regular file");
	rg_buf_done(&bytes);
}

static void size_is_bounded(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_buf bytes;
	bool found;

	git_run(&fixture->scratch, FILES);
	git_open_ok(fixture, "r");
	assert_int_equal(read_file(fixture, "v1", "gate.json", 3, &bytes, &found), 0);
	rg_buf_done(&bytes);
	assert_int_equal(read_file(fixture, "v1", "gate.json", 2, &bytes, &found), RG_ELIMIT);
	assert_text_has(fixture->err.text, "larger than it may be");
	rg_buf_done(&bytes);
}

/* What cannot be read must not look as if it were not there: the default policy would take its place. */
static void a_file_that_is_missing_from_the_objects_is_an_error(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_buf bytes;
	bool found = false;

	git_run(&fixture->scratch,
		FILES "cd r; for o in $(git rev-parse v1:gate.json v1:ci/deep); do"
		      " rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-); done");
	git_open_ok(fixture, "r");
	assert_int_equal(read_file(fixture, "v1", "gate.json", ROOM, &bytes, &found), RG_EFORMAT);
	assert_text_has(fixture->err.text, "repo: read 'gate.json' of 'v1': ");
	rg_buf_done(&bytes);
	assert_int_equal(read_file(fixture, "v1", "ci/deep/gate.json", ROOM, &bytes, &found),
			 RG_EFORMAT);
	rg_buf_done(&bytes);
	assert_false(found);
}

static void shallow_and_bare_repositories_are_read(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_buf bytes;
	bool found = false;

	git_run(&fixture->scratch, FILES "git clone -q --depth 1 file://$PWD/r shallow;"
					 "git clone -q --bare r bare");
	git_open_ok(fixture, "shallow");
	assert_int_equal(read_file(fixture, "HEAD", "run", ROOM, &bytes, &found), 0);
	assert_true(found);
	rg_buf_done(&bytes);
	assert_int_equal(read_file(fixture, "HEAD~1", "gate.json", ROOM, &bytes, &found),
			 RG_ENOTFOUND);
	assert_text_has(fixture->err.text, "git fetch");
	rg_buf_done(&bytes);
	git_open_ok(fixture, "bare");
	assert_int_equal(read_file(fixture, "v1", "gate.json", ROOM, &bytes, &found), 0);
	assert_int_equal(bytes.len, 3);
	rg_buf_done(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(files_are_read_as_they_were),
		GIT_TEST(what_is_no_file_is_an_error),
		GIT_TEST(a_submodule_is_no_file),
		GIT_TEST(size_is_bounded),
		GIT_TEST(a_file_that_is_missing_from_the_objects_is_an_error),
		GIT_TEST(shallow_and_bare_repositories_are_read),
	};

	return cmocka_run_group_tests_name("repo/blob", tests, NULL, NULL);
}
