/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Submodules of a commit that is exported: those that are here, and those that are not. */
#include "exported.h"

#define MODULE                                                                                    \
	"export GIT_ALLOW_PROTOCOL=file; git init -q -b main lib; (cd lib; echo 1 >l;"            \
	" echo '* eol=crlf' >.gitattributes; git add .; git commit -qm 1);"                       \
	"git init -q -b main p; cd p; mkdir v; git submodule --quiet add ../lib v/lib 2>&1;"      \
	"git commit -qm v1; git tag v1;"                                                          \
	"(cd v/lib; echo 2 >l; git commit -qam 2); git add .; git commit -qm v2; git tag v2; cd " \
	"..;"

static void a_submodule_at_its_commit(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, MODULE);
	assert_int_equal(export_ok(f, "p", "v1").lack, RG_EXPORT_LACKS_NOTHING);
	git_run(&f->scratch, "printf '1\\r\\n' | cmp - out/v/lib/l; test ! -e out/v/lib/.git");
	export_ok(f, "p", "v2");
	git_run(&f->scratch, "printf '2\\r\\n' | cmp - out/v/lib/l");
}

static void a_submodule_that_is_not_here(void **state)
{
	static const char word[] =
		"is not here: 'git submodule update --init --recursive' checks it out";
	struct git_fixture *f = *state;

	/* Only in the submodule's first clone: the second is shallow. */
	git_run(&f->scratch, MODULE "rm -rf p/v p/.git/modules");
	export_fails(f, "p", "v1", RG_EUSAGE, "export: submodule 'v/lib' at ");
	assert_text_has(f->err.text, word);
	git_run(&f->scratch, "git clone -q --depth=1 \"file://$PWD/lib\" p/v/lib");
	export_fails(f, "p", "v2", RG_EUSAGE, word);
	git_run(&f->scratch, "git clone -q --bare p bare");
	export_fails(f, "bare", "v1", RG_EUSAGE, word);
}

static void a_submodule_that_nobody_has(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch, MODULE "git clone -q p c; test -d c/v/lib");
	result = export_ok(f, "c", "v1");
	assert_int_equal(result.lack, RG_EXPORT_LACKS_SUBMODULE);
	assert_string_equal(result.lacking, "v/lib");
	git_run(&f->scratch, "test -d out/v/lib; test -e out/.gitmodules");
}

/* The work tree is copied with those files: the baseline must not be built without. */
static void a_submodule_whose_repository_is_lost(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, MODULE "echo 'gitdir: /nowhere' >p/v/lib/.git");
	export_fails(f, "p", "v1", RG_EUSAGE, "export: submodule 'v/lib' at ");
	git_run(&f->scratch, "rm p/v/lib/.git");
	export_fails(f, "p", "v1", RG_EUSAGE, "export: submodule 'v/lib' at ");
	git_run(&f->scratch, "find p/v/lib -mindepth 1 -delete");
	assert_int_equal(export_ok(f, "p", "v1").lack, RG_EXPORT_LACKS_SUBMODULE);
}

static void a_commit_kept_as_a_file_by_mistake(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"git init -q -b main p; cd p; git init -q -b main in;"
		"git -C in commit -q --allow-empty -m 1; git add in 2>&1; git commit -qm v1;"
		"git tag v1; rm -rf in");
	assert_int_equal(export_ok(f, "p", "v1").files, 0);
	assert_true(scratch_exists(&f->scratch, "out/in"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(a_submodule_at_its_commit),
		GIT_TEST(a_submodule_that_is_not_here),
		GIT_TEST(a_submodule_that_nobody_has),
		GIT_TEST(a_submodule_whose_repository_is_lost),
		GIT_TEST(a_commit_kept_as_a_file_by_mistake),
	};

	return cmocka_run_group_tests_name("repo/export_submodules", tests, NULL, NULL);
}
