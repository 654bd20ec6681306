/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exported.h"

#include <signal.h>
#include <sys/resource.h>

/* "p": a project with all that git keeps, tagged v1; the work tree then differs in everything. */
#define PROJECT                                                                          \
	"git init -q -b main p; cd p;"                                                   \
	" mkdir -p src/deep/er; echo 'int main;' >src/main.c; echo x >src/deep/er/x;"    \
	" printf '#!/bin/sh\\n' >run; chmod +x run; ln -s src/main.c link;"              \
	" ln -s /etc/passwd away; : >empty; printf 'a\\0b' >binary;"                     \
	" git add .; git commit -qm v1; git tag v1;"                                     \
	" git rm -q src/deep/er/x; echo other >src/main.c; chmod -x run; echo new >new;" \
	" git add .; git commit -qm v2; echo dirty >src/main.c; echo u >untracked; cd ..;"

static void the_files_of_the_commit(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch, PROJECT "umask");
	result = export_ok(f, "p", "v1");
	assert_int_equal(result.files, 7);
	assert_int_equal(result.bytes, 10 + 2 + 10 + 3);
	assert_int_equal(result.lack, RG_EXPORT_LACKS_NOTHING);
	git_run(&f->scratch, "git -C p worktree add -q --detach ../w v1; rm w/.git; " CONTENTS(
				     "w") " >want; " CONTENTS("out") " >have; diff want have");
	assert_false(scratch_exists(&f->scratch, "out/.git"));
}

static void the_repository_is_only_read(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		PROJECT "(cd p; echo s >s; git stash -qu; echo u >u; touch -d 2001-01-01 "
			"new; git rm -q --cached new); sleep 0.01;" LISTING("p") " >before");
	export_ok(f, "p", "v1");
	git_run(&f->scratch, LISTING("p") " >after; diff before after");
}

/* make takes a file that is as old as what it is made from for done. */
static void all_files_have_one_time(void **state)
{
	struct git_fixture *f = *state;
	char count[256];

	git_run(&f->scratch, PROJECT);
	export_ok(f, "p", "v1");
	git_ask(&f->scratch, "find out -type f -o -type l | xargs stat -c %Y.%y | sort -u | wc -l",
		count);
	assert_string_equal(count, "1");
}

static void line_ends_are_those_of_the_commit(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"git init -q -b main p; cd p; mkdir -p win/deep; printf 'a\\nb\\n' >win/deep/t;"
		"printf 'a\\n' >t; echo '* text eol=crlf' >win/.gitattributes; git add .;"
		"git commit -qm v1; git tag v1;"
		"echo '* text eol=lf' >win/.gitattributes; echo '* eol=crlf' >.gitattributes; git "
		"add .");
	export_ok(f, "p", "v1");
	git_run(&f->scratch,
		"printf 'a\\r\\nb\\r\\n' | cmp - out/win/deep/t; printf 'a\\n' | cmp - out/t");
}

static void from_where_it_is_kept(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, PROJECT
		"git clone -q --bare p bare; git -C p worktree add -q --detach ../linked main;"
		"git clone -q --shared p shared; git -C bare repack -qad");
	assert_int_equal(export_ok(f, "bare", "v1").files, 7);
	assert_int_equal(export_ok(f, "linked", "v1").files, 7);
	assert_int_equal(export_ok(f, "shared", "v1").files, 7);
	assert_int_equal(export_ok(f, "p/src", "v1").files, 7);
}

static void a_commit_that_is_not_here(void **state)
{
	static const char id[] = "1234567890123456789012345678901234567890";
	struct git_fixture *f = *state;
	struct rg_export plan = {.folder = -1};
	struct rg_export_result result;

	git_run(&f->scratch, PROJECT "git clone -q --depth=1 \"file://$PWD/p\" shallow");
	git_open_ok(f, "p");
	assert_int_equal(rg_repo_export_commit(f->repo, id, &plan, &result, &f->err), RG_EUSAGE);
	assert_text_has(f->err.text, "commit 123456789012 is not here: 'git fetch' may bring it");
	git_open_ok(f, "shallow");
	assert_int_equal(rg_repo_export_commit(f->repo, id, &plan, &result, &f->err), RG_EUSAGE);
	assert_text_has(f->err.text, "'git fetch --tags --unshallow' brings the rest");
}

static void a_partial_clone(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		PROJECT "git -C p config uploadpack.allowFilter true;"
			"git clone -q --filter=blob:none --no-checkout \"file://$PWD/p\" part");
	export_fails(f, "part", "v1", RG_EUSAGE,
		     "is not in this clone, which seems to be a partial one: 'git fetch --refetch "
		     "--no-filter' brings all of it");
	git_run(&f->scratch, "git -C part fetch -q --refetch --no-filter");
	assert_int_equal(export_ok(f, "part", "v1").files, 7);
}

static void a_damaged_object(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, PROJECT
		"cd p; id=$(git rev-parse v1:run); p=.git/objects/$(echo $id | sed s,..,\\&/,);"
		"chmod u+w $p; echo junk >$p");
	export_fails(f, "p", "v1", RG_EFORMAT, "repo: export 'run': ");
}

/* --- Hostile trees -------------------------------------------------------------------------- */

/* Makes a tree of raw entries: MODE NAME ID, a line each; then the tag "evil" of it. */
#define EVIL                                                                        \
	"git init -q -b main p; cd p; b=$(echo evil | git hash-object -w --stdin);" \
	"l=$(printf ../.. | git hash-object -w --stdin);"                           \
	"raw() { while read -r m n i; do printf '%s %s\\0' \"$m\" \"$n\";"          \
	" perl -e 'print pack(\"H*\", shift)' $i; done |"                           \
	" git hash-object -w -t tree --stdin --literally; };"                       \
	"evil() { c=$(git commit-tree -m e $1); git tag evil $c; };"

struct evil_row {
	const char *sentence, *script, *part;
};

static const struct evil_row evil_rows[] = {
	{"a name that leads up", "evil $(echo 100644 .. $b | raw)",
	 "is no name that a file may have"},
	{"a name with a slash", "evil $(echo 100644 ../escaped $b | raw)",
	 "is no name that a file may have"},
	{"a name from the root on", "evil $(echo 100644 /tmp/rg-escaped $b | raw)",
	 "is no name that a file may have"},
	{"a folder that leads up",
	 "t=$(echo 100644 escaped $b | raw); evil $(echo 40000 .. $t | raw)",
	 "is no name that a file may have"},
	{"git's own folder", "t=$(echo 100644 config $b | raw); evil $(echo 40000 .git $t | raw)",
	 "is no name that a file may have"},
	{"git's own folder, shouted",
	 "t=$(echo 100644 config $b | raw); evil $(echo 40000 .GIT $t | raw)",
	 "is no name that a file may have"},
	{"a link, and a folder of its name that leads through it",
	 "t=$(echo 100644 escaped $b | raw); evil $(printf '120000 d %s\\n40000 d %s\\n' $l $t | "
	 "raw)",
	 "make 'd': File exists"},
	{"a link, and a file of its name",
	 "evil $(printf '120000 d %s\\n100644 d %s\\n' $l $b | raw)", "write 'd': File exists"},
	{"a link to nothing",
	 "n=$(printf '' | git hash-object -w --stdin); evil $(echo 120000 d $n | raw)",
	 "is a link to what is no path"},
	{"folders without end",
	 "t=$(echo 100644 f $b | raw); for i in $(seq 200); do t=$(echo 40000 d $t | raw); done; "
	 "evil $t",
	 "lies too deep"},
	{"a path without end",
	 "n=$(printf %0200d 0); t=$(echo 100644 f $b | raw);"
	 " for i in $(seq 30); do t=$(echo 40000 $n $t | raw); done; evil $t",
	 "holds a path that is too long"},
};

static void hostile_trees_are_refused(void **state)
{
	struct git_fixture *f = *state;

	for (size_t i = 0; i < sizeof(evil_rows) / sizeof(evil_rows[0]); i++) {
		const struct evil_row *row = &evil_rows[i];
		struct export_test test = {0};
		char script[2048];
		int rc;

		print_message("%s\n", row->sentence);
		snprintf(script, sizeof(script), "rm -rf p; %s %s", EVIL, row->script);
		git_run(&f->scratch, script);
		rc = export_of(f, "p", "evil", &test);
		assert_true(rc == RG_EFORMAT || rc == RG_EIO || rc == RG_ELIMIT);
		assert_text_has(f->err.text, row->part);
		assert_false(scratch_exists(&f->scratch, "escaped"));
		assert_false(scratch_exists(&f->scratch, "out/.git"));
		assert_int_not_equal(access("/tmp/rg-escaped", F_OK), 0);
	}
}

/* --- Filters -------------------------------------------------------------------------------- */

#define FILTERED                                                                        \
	"git init -q -b main p; cd p; echo 'f filter=mine' >.gitattributes; echo 1 >f;" \
	"git add .; git commit -qm v1; git tag v1; git rm -qrf .; git commit -qm v2;"

static void filter_programs_are_not_run(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, FILTERED "git config filter.mine.smudge 'touch ../ran; cat'");
	export_fails(f, "p", "v1", RG_EUSAGE,
		     "export: 'f' is made by the filter program 'mine' when git checks it out, and "
		     "none is run here");
	git_run(&f->scratch, "cd p; git config --unset filter.mine.smudge;"
			     "git config filter.mine.process 'touch ../ran'");
	export_fails(f, "p", "v1", RG_EUSAGE, "filter program 'mine'");
	assert_false(scratch_exists(&f->scratch, "ran"));
}

static void filters_that_change_nothing(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, FILTERED);
	assert_int_equal(export_ok(f, "p", "v1").files, 2);
	git_run(&f->scratch,
		"git -C p config filter.mine.smudge cat; git -C p config filter.other.smudge x");
	assert_int_equal(export_ok(f, "p", "v1").files, 2);
}

/* --- Git LFS -------------------------------------------------------------------------------- */

#define LFS                                                                                    \
	"git init -q -b main p; cd p; echo large >big; id=$(sha256sum <big | cut -d' ' -f1);"  \
	"o=.git/lfs/objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-4);"                  \
	"printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize 6\\n' $id " \
	">big;"                                                                                \
	"git config filter.lfs.process 'touch ../ran'; echo 'big filter=lfs' >.gitattributes;" \
	"git -c filter.lfs.process= add .; git -c filter.lfs.process= commit -qm v1; git tag v1;"

static void lfs_content_that_is_here(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, LFS "mkdir -p $o; echo large >$o/$id; rm big");
	assert_int_equal(export_ok(f, "p", "v1").lack, RG_EXPORT_LACKS_NOTHING);
	git_run(&f->scratch, "echo large | cmp - out/big");
	assert_false(scratch_exists(&f->scratch, "ran"));
}

static void lfs_content_that_is_not(void **state)
{
	static const char word[] = "export: 'big' is kept by Git LFS, and its content is not here: "
				   "'git lfs fetch REMOTE "
				   "REVISION'";
	struct git_fixture *f = *state;

	git_run(&f->scratch, LFS "echo large >big");
	export_fails(f, "p", "v1", RG_EUSAGE, word);
	git_run(&f->scratch, "rm p/big");
	export_fails(f, "p", "v1", RG_EUSAGE, word);
	git_run(&f->scratch, "rm -rf p; " LFS "mkdir -p $o; echo lar >$o/$id; rm big");
	export_fails(f, "p", "v1", RG_EUSAGE, word);
}

static void lfs_content_that_nobody_has(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch, LFS "cp big ../pointer");
	result = export_ok(f, "p", "v1");
	assert_int_equal(result.lack, RG_EXPORT_LACKS_LFS);
	assert_string_equal(result.lacking, "big");
	git_run(&f->scratch, "cmp pointer out/big");
}

/* --- Ending early --------------------------------------------------------------------------- */

static void it_stops_when_told(void **state)
{
	struct git_fixture *f = *state;
	int asked = 0;
	struct export_test test = {.plan = {.stop = stop_at_once, .ctx = &asked}};

	git_run(&f->scratch, PROJECT);
	assert_int_equal(export_of(f, "p", "v1", &test), RG_EINTERRUPTED);
	assert_string_equal(f->err.text, "export: interrupted");
	assert_int_equal(asked, 1);
}

/* As with a full disk; 0 when the error is the one there should be. */
static int export_small(void *ctx)
{
	const struct rlimit limit = {8, 8};
	struct git_fixture *f = ctx;
	struct rg_export plan = {.folder = open(scratch_path(&f->scratch, "out"), O_RDONLY)};
	struct rg_export_result result;
	char id[RG_REPO_ID_MAX];

	signal(SIGXFSZ, SIG_IGN);
	if (rg_repo_resolve(f->repo, "v1", id, &f->err) || setrlimit(RLIMIT_FSIZE, &limit))
		return 1;
	if (rg_repo_export_commit(f->repo, id, &plan, &result, &f->err) != RG_EIO)
		return 2;
	return strcmp(f->err.text, "export: write 'run': File too large") ? 3 : 0;
}

static void a_disk_that_is_full(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, PROJECT "mkdir out");
	git_open_ok(f, "p");
	assert_int_equal(scratch_in_child(export_small, f, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(the_files_of_the_commit),
		GIT_TEST(the_repository_is_only_read),
		GIT_TEST(all_files_have_one_time),
		GIT_TEST(line_ends_are_those_of_the_commit),
		GIT_TEST(from_where_it_is_kept),
		GIT_TEST(a_commit_that_is_not_here),
		GIT_TEST(a_partial_clone),
		GIT_TEST(a_damaged_object),
		GIT_TEST(hostile_trees_are_refused),
		GIT_TEST(filter_programs_are_not_run),
		GIT_TEST(filters_that_change_nothing),
		GIT_TEST(lfs_content_that_is_here),
		GIT_TEST(lfs_content_that_is_not),
		GIT_TEST(lfs_content_that_nobody_has),
		GIT_TEST(it_stops_when_told),
		GIT_TEST(a_disk_that_is_full),
	};

	return cmocka_run_group_tests_name("repo/export_commit", tests, NULL, NULL);
}
