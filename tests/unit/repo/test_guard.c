/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damaged repositories end in an error within seconds, whatever libgit2 makes of them. */
#include "git.h"

#include "rg/buf.h"

#include <sys/stat.h>
#include <unistd.h>

/* For the suppressions to find libgit2's functions by name: it keeps no frame pointers. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

/* libgit2 1.5 never comes back from what these are about. */
enum { LIMIT_S = 20 };

static int limited_setup(void **state)
{
	alarm(LIMIT_S);
	return git_setup(state);
}

static int limited_teardown(void **state)
{
	alarm(0);
	return git_teardown(state);
}

#define LIMITED(name) cmocka_unit_test_setup_teardown(name, limited_setup, limited_teardown)

/* "$(file REVISION)" is the path of its loose object. */
#define FILE_OF                                     \
	"file() { set -- $(git -C r rev-parse $1);" \
	" echo r/.git/objects/$(echo $1 | sed 's/^../&\\//'); };"

static void sample(struct git_fixture *fixture)
{
	git_run(&fixture->scratch, GIT_SAMPLE);
}

static int resolve(struct git_fixture *fixture, const char *revision)
{
	char id[RG_REPO_ID_MAX];

	git_open_ok(fixture, "r");
	return rg_repo_resolve(fixture->repo, revision, id, &fixture->err);
}

static void assert_damaged(struct git_fixture *fixture, int rc, const char *part)
{
	assert_int_equal(rc, RG_EFORMAT);
	assert_text_has(fixture->err.text, "repo: ");
	assert_text_has(fixture->err.text, "object ");
	assert_text_has(fixture->err.text, part);
	assert_text_has(fixture->err.text, "'git fsck' tells what else is");
}

static void a_commit_cut_short_anywhere(void **state)
{
	struct git_fixture *fixture = *state;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "cp $(file v1.3) whole; chmod u+w $(file v1.3)");
	for (int left = 0; left < 60; left += left < 20 ? 1 : 10) {
		char script[512];

		snprintf(script, sizeof(script), FILE_OF "head -c %d whole >$(file v1.3)", left);
		git_run(&fixture->scratch, script);
		assert_damaged(fixture, resolve(fixture, "v1.3"), "was cut short after");
		assert_text_has(fixture->err.text, "resolve 'v1.3'");
	}
}

static void an_abbreviated_id_is_guarded_too(void **state)
{
	struct git_fixture *fixture = *state;
	char hex[256];

	sample(fixture);
	git_ask(&fixture->scratch, "git -C r rev-parse v1.3", hex);
	git_run(&fixture->scratch, FILE_OF "f=$(file v1.3); chmod u+w $f; truncate -s 30 $f");
	hex[9] = '\0';
	assert_damaged(fixture, resolve(fixture, hex), "was cut short after");
}

static void an_ancestor_cut_short(void **state)
{
	struct git_fixture *fixture = *state;
	char *text = NULL;
	bool dirty;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "f=$(file HEAD~1); chmod u+w $f; truncate -s 30 $f");
	assert_damaged(fixture, resolve(fixture, "HEAD~2"), "was cut short after");
	/* The walk to a tag ends there; the commit's own id will do. */
	git_open_ok(fixture, "r");
	assert_int_equal(rg_repo_describe(fixture->repo, &text, &dirty, &fixture->err), 0);
	assert_false(dirty);
	free(text);
}

static void an_annotated_tag_cut_short(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags = {0};

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "f=$(file v1.4); chmod u+w $f; truncate -s 30 $f");
	assert_damaged(fixture, resolve(fixture, "v1.4"), "was cut short after");
	git_open_ok(fixture, "r");
	assert_damaged(fixture, rg_repo_tags(fixture->repo, &tags, &fixture->err), "was cut short");
	assert_int_equal(tags.count, 0);
}

static void the_commit_of_an_annotated_tag_cut_short(void **state)
{
	struct git_fixture *fixture = *state;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "f=$(file v1.4^0); chmod u+w $f; truncate -s 30 $f");
	assert_damaged(fixture, resolve(fixture, "v1.4"), "was cut short after");
}

static void the_commit_of_head_cut_short(void **state)
{
	struct git_fixture *fixture = *state;
	bool dirty = false;
	char *text = NULL;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "f=$(file HEAD); chmod u+w $f; truncate -s 30 $f");
	assert_damaged(fixture, resolve(fixture, "HEAD"), "was cut short after");
	git_open_ok(fixture, "r");
	assert_damaged(fixture, rg_repo_describe(fixture->repo, &text, &dirty, &fixture->err),
		       "was cut short after");
	assert_null(text);
}

static void a_tree_cut_short(void **state)
{
	struct git_fixture *fixture = *state;
	bool dirty = false, found = false;
	char *text = NULL;
	struct rg_buf out;

	sample(fixture);
	git_run(&fixture->scratch,
		FILE_OF "f=$(file 'HEAD^{tree}'); chmod u+w $f; truncate -s 20 $f");
	git_open_ok(fixture, "r");
	assert_damaged(fixture, rg_repo_describe(fixture->repo, &text, &dirty, &fixture->err),
		       "was cut short");
	assert_null(text);
	git_open_ok(fixture, "r");
	rg_buf_init(&out, 1000);
	assert_damaged(fixture,
		       rg_repo_read_file(fixture->repo, "HEAD", "file", 1000, &found, &out,
					 &fixture->err),
		       "was cut short");
	assert_int_equal(out.len, 0);
	rg_buf_done(&out);
}

static void a_file_cut_short(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_buf out;
	bool found = false;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "f=$(file HEAD:file); chmod u+w $f; truncate -s 12 $f");
	git_open_ok(fixture, "r");
	rg_buf_init(&out, 1000);
	assert_damaged(fixture,
		       rg_repo_read_file(fixture->repo, "HEAD", "file", 1000, &found, &out,
					 &fixture->err),
		       "was cut short");
	assert_false(found);
	assert_int_equal(out.len, 0);
	rg_buf_done(&out);
}

static void what_is_no_object(void **state)
{
	struct git_fixture *fixture = *state;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "rm -f $(file v1.3); echo garbage >$(file v1.3)");
	assert_damaged(fixture, resolve(fixture, "v1.3"), "cannot be inflated");
	/* It would wait for a writer. */
	git_run(&fixture->scratch, FILE_OF "rm $(file v1.3); mkfifo $(file v1.3)");
	assert_damaged(fixture, resolve(fixture, "v1.3"), "is not a regular file");
}

/* deflated by the library itself: "commit 99999999999" and little behind it. */
static void what_says_it_is_large(void **state)
{
	struct git_fixture *fixture = *state;

	sample(fixture);
	git_run(&fixture->scratch,
		FILE_OF "f=$(file v1.3); rm -f $f; printf 'commit 99999999999\\0x' |"
			" gzip -n | tail -c +11 >body;"
			"{ printf '\\170\\234'; head -c -8 body; } >$f");
	assert_damaged(fixture, resolve(fixture, "v1.3"), "is larger than what may be read");
}

/* git reads the pack as well, and finds nothing wrong. */
static void what_a_pack_holds_too_is_read_from_there(void **state)
{
	struct git_fixture *fixture = *state;

	sample(fixture);
	git_run(&fixture->scratch, FILE_OF "f=$(file v1.3); cp $f kept; git -C r gc -q;"
					   " mkdir -p ${f%/*}; head -c 30 kept >$f;"
					   " git -C r cat-file -p v1.3");
	assert_int_equal(resolve(fixture, "v1.3"), 0);
	assert_int_equal(resolve(fixture, "HEAD~2"), 0);
}

static void objects_of_another_repository_are_guarded(void **state)
{
	struct git_fixture *fixture = *state;
	char id[RG_REPO_ID_MAX];

	git_run(&fixture->scratch,
		GIT_SAMPLE "git clone -q --shared r one; git clone -q --shared one two");
	git_open_ok(fixture, "two");
	assert_int_equal(rg_repo_resolve(fixture->repo, "v1.3", id, &fixture->err), 0);
	git_run(&fixture->scratch, FILE_OF "f=$(file v1.3); chmod u+w $f; truncate -s 30 $f");
	git_open_ok(fixture, "two");
	assert_damaged(fixture, rg_repo_resolve(fixture->repo, "v1.3", id, &fixture->err),
		       "was cut short");
	/* Repositories that borrow from each other. */
	git_run(&fixture->scratch,
		"echo \"$PWD/two/.git/objects\" >r/.git/objects/info/alternates");
	git_open_ok(fixture, "two");
	assert_damaged(fixture, rg_repo_resolve(fixture->repo, "v1.3", id, &fixture->err),
		       "was cut short");
}

static void a_whole_repository_passes(void **state)
{
	struct git_fixture *fixture = *state;
	struct rg_repo_tags tags = {0};
	struct rg_buf out;
	bool found = false;

	git_run(&fixture->scratch,
		GIT_SAMPLE "cd r; seq 200000 >large; git add large; git commit -q -m l");
	assert_int_equal(resolve(fixture, "HEAD"), 0);
	assert_int_equal(resolve(fixture, "v1.4"), 0);
	assert_int_equal(rg_repo_tags(fixture->repo, &tags, &fixture->err), 0);
	assert_int_equal(tags.count, 2);
	rg_repo_tags_done(&tags);
	rg_buf_init(&out, 1 << 24);
	assert_int_equal(rg_repo_read_file(fixture->repo, "HEAD", "large", 1 << 24, &found, &out,
					   &fixture->err),
			 0);
	assert_true(found);
	assert_int_equal(out.len, 1288895);
	rg_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIMITED(a_commit_cut_short_anywhere),
		LIMITED(an_abbreviated_id_is_guarded_too),
		LIMITED(an_ancestor_cut_short),
		LIMITED(an_annotated_tag_cut_short),
		LIMITED(the_commit_of_an_annotated_tag_cut_short),
		LIMITED(the_commit_of_head_cut_short),
		LIMITED(a_tree_cut_short),
		LIMITED(a_file_cut_short),
		LIMITED(what_is_no_object),
		LIMITED(what_says_it_is_large),
		LIMITED(what_a_pack_holds_too_is_read_from_there),
		LIMITED(objects_of_another_repository_are_guarded),
		LIMITED(a_whole_repository_passes),
	};

	return cmocka_run_group_tests_name("repo/guard", tests, NULL, NULL);
}
