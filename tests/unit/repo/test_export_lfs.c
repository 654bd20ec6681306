/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that look like pointers of Git LFS, whether they are or not. */
#include "exported.h"

/* "p": v1 has a pointer "big" to the content "large", which .git/lfs has as $o/$id; nothing says that it is one. */
#define POINTER                                                                                \
	"git init -q -b main p; cd p; id=$(printf 'large\\n' | sha256sum | cut -d' ' -f1);"    \
	"o=.git/lfs/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-4);"                  \
	"printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize 6\\n' $id " \
	">big; cp big ../pointer; git add .; git commit -qm v1; git tag v1;"
#define STORED "mkdir -p $o; printf 'large\\n' >$o/$id;"

/* The other side would be built from what this one has but a pointer to. */
static void the_work_tree_has_the_content_and_no_filter_says_so(void **state)
{
	static const char word[] = "export: 'big' is a pointer of Git LFS in that version, whose "
				   ".gitattributes do not say so (filter=lfs), and your work tree "
				   "has content in its place";
	struct git_fixture *f = *state;

	git_run(&f->scratch, POINTER "echo large >big");
	export_fails(f, "p", "v1", RG_EUSAGE, word);
	git_run(&f->scratch, "rm -rf p; " POINTER STORED "echo large >big");
	export_fails(f, "p", "v1", RG_EUSAGE, word);
	/* What the message says to do. */
	git_run(&f->scratch, "mkdir -p p/.git/info; echo 'big filter=lfs' >p/.git/info/attributes");
	export_ok(f, "p", "v1");
	git_run(&f->scratch, "echo large | cmp - out/big");
}

/* A clone without Git LFS installed, where somebody has put the content. */
static void the_filter_is_named_and_not_installed(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, POINTER "echo 'big filter=lfs' >.gitattributes; git add .;"
				     "git commit -qm v1; git tag -f v1; echo large >big");
	export_fails(f, "p", "v1", RG_EUSAGE,
		     "export: 'big' is kept by Git LFS, and its content is not here: 'git lfs "
		     "fetch REMOTE REVISION' brings that of one version");
}

static void what_looks_alike_stops_nothing(void **state)
{
	struct git_fixture *f = *state;

	/* The same on both sides, as in the tests of a program that reads pointers. */
	git_run(&f->scratch, POINTER);
	export_ok(f, "p", "v1");
	git_run(&f->scratch, "cmp pointer out/big");
	/* The other side has none, and no filter would fill it. */
	git_run(&f->scratch, "rm p/big");
	assert_int_equal(export_ok(f, "p", "v1").lack, RG_EXPORT_LACKS_NOTHING);
	git_run(&f->scratch, "cmp pointer out/big");
	/* It begins as one does, and is none. */
	git_run(&f->scratch,
		"rm -rf p; git init -q -b main p; cd p; printf 'version "
		"https://git-lfs.github.com/spec/v1\\nof a talk\\n' >talk; cp talk ../talk;"
		"printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%064d\\nsize "
		"18446744073709551615\\n' 0 >huge;"
		"git add .; git commit -qm v1; git tag v1; echo other >talk; mkdir -p "
		".git/lfs/objects");
	assert_int_equal(export_ok(f, "p", "v1").files, 2);
	git_run(&f->scratch, "cmp talk out/talk; cmp p/huge out/huge");
}

/* Both sides are built without, though this one could be filled. */
static void a_work_tree_without_contents(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch, POINTER STORED "echo 'big filter=lfs' >.git/info/attributes");
	result = export_ok(f, "p", "v1");
	assert_int_equal(result.lack, RG_EXPORT_LACKS_LFS);
	assert_string_equal(result.lacking, "big");
	git_run(&f->scratch, "cmp pointer out/big");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(the_work_tree_has_the_content_and_no_filter_says_so),
		GIT_TEST(the_filter_is_named_and_not_installed),
		GIT_TEST(what_looks_alike_stops_nothing),
		GIT_TEST(a_work_tree_without_contents),
	};

	return cmocka_run_group_tests_name("repo/export_lfs", tests, NULL, NULL);
}
