/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be asked: commits that are not here, and more than is looked at. */
#include "kin_made.h"

static void assert_fails(struct fixture *f, int code, const char *words)
{
	assert_int_equal(ask(f), code);
	if (!strstr(f->git->err.text, words))
		fail_msg("'%s' is not in: %s", words, f->git->err.text);
}

static void test_commits_that_are_not_here(void **state)
{
	struct fixture f;

	begin_moved(&f, *state);
	git_run(&f.git->scratch,
		"git -c protocol.file.allow=always clone -q --depth 1 file://$PWD/r s");
	git_open_ok(f.git, "s");
	assert_fails(&f, RG_ENOTFOUND, "'git fetch --unshallow' brings the commits");
	git_open_ok(f.git, "r");
	memset(f.base, '1', 40);
	assert_fails(&f, RG_ENOTFOUND, "'git fetch --tags' may bring it");
	assert_int_equal(rg_repo_resolve(f.git->repo, "v1", f.base, &f.git->err), 0);
	memset(f.canary, '2', 40);
	assert_fails(&f, RG_ENOTFOUND, "commit 222222222222 is not in this clone");
	memset(f.base, 'x', 40);
	assert_fails(&f, RG_EUSAGE, "not the full id of a commit");
	rg_arena_free(f.arena);
}

static void test_too_much_changed(void **state)
{
	struct fixture f;

	begin_moved(&f, *state);
	git_run(&f.git->scratch,
		"cd r; b=$(echo x | git hash-object -w --stdin); seq 5000 | sed \"s/^/100644 "
		"$b\\t/\""
		" | git update-index --index-info; git commit -q -m many; git tag -f v2");
	open_repo(&f, "r");
	assert_fails(&f, RG_ELIMIT, "more than 5000 files or 64 MB");
	/* Nine files of eight megabytes. */
	git_run(&f.git->scratch,
		"cd r; git reset -q --hard HEAD^;"
		" b=$(head -c 8000000 /dev/zero | git hash-object -w --stdin);"
		" seq 9 | sed \"s/^/100644 $b\\t/\" | git update-index --index-info;"
		" git commit -q -m large; git tag -f v2");
	open_repo(&f, "r");
	assert_fails(&f, RG_ELIMIT, "more than 5000 files or 64 MB");
	rg_arena_free(f.arena);
}

/* Places that look like definitions, and a function without an end. */
static void test_sources_that_are_made_to_take_long(void **state)
{
	struct fixture f;

	begin_moved(&f, *state);
	git_run(&f.git->scratch,
		"cd r; yes 'price(' | head -300000 >b.c; git add .; git commit -q -m x; git tag -f "
		"v2");
	open_repo(&f, "r");
	assert_fails(&f, RG_ELIMIT, "too much changed");
	git_run(&f.git->scratch, "cd r; yes 'price(' | head -1000000 | tr -d '\\n' >b.c; git "
				 "commit -q -am one-line; "
				 "git tag -f v2");
	open_repo(&f, "r");
	assert_int_equal(ask(&f), 0);
	assert_int_equal(f.found, 1);
	git_run(&f.git->scratch,
		"cd r; { echo 'int fee(void) {'; yes '\tone + two + three;' | head -6000; } >b.c;"
		" git commit -q -am long; git tag -f v2");
	open_repo(&f, "r");
	f.function[f.count++] =
		(struct rg_kin_function){.name = "fee", .file = "", .lost = true, .gained = true};
	assert_int_equal(ask(&f), 0);
	assert_int_equal(f.found, 1);
	rg_arena_free(f.arena);
}

/* A megabyte, which is 336 MB to walk from each definition to where it ends. */
static void test_definitions_within_definitions(void **state)
{
	char *text = kin_nest(1200, 280000);
	struct fixture f;

	begin_moved(&f, *state);
	scratch_write(&f.git->scratch, "r/b.c", text);
	git_run(&f.git->scratch, "cd r; git add .; git commit -q -m nest; git tag -f v2");
	open_repo(&f, "r");
	assert_fails(&f, RG_ELIMIT, "defined in too many places, or too large");
	rg_arena_free(f.arena);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(test_commits_that_are_not_here),
		GIT_TEST(test_too_much_changed),
		GIT_TEST(test_sources_that_are_made_to_take_long),
		GIT_TEST(test_definitions_within_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
