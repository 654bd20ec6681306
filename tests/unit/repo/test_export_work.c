/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exported.h"

/* "p": one commit, and in the work tree whatever a work tree may have. */
#define WORK                                                                                     \
	"git init -q -b main p; cd p; mkdir -p src obj keep sub/sub;"                            \
	"printf '*.o\\n/keep/*\\n/dist/\\n' >.gitignore; echo '*.tmp' >sub/.gitignore;"          \
	"echo 1 >src/a.c; echo 1 >src/gone.c; echo 1 >moved.c; echo 1 >sub/sub/x; echo 1 >mode;" \
	"echo 1 >keep/tracked; git add .; git add -f keep/tracked; git commit -qm 1;"            \
	"echo changed >src/a.c; rm src/gone.c; git mv moved.c src/moved.c; chmod 640 mode;"      \
	"chmod u+x src/moved.c; echo o >src/a.o; echo o >obj/b.o; mkdir -p dist/deep; echo d "   \
	">dist/deep/d;"                                                                          \
	"echo u >untracked; mkdir fresh empty; echo u >fresh/u; echo t >sub/sub/y.tmp; echo i "  \
	">keep/ignored;"                                                                         \
	"ln -s ../src/a.c fresh/link; ln -s /nowhere broken; ln -s src folder; mkfifo pipe; cd " \
	"..;"

static void what_git_would_add_and_no_more(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch, WORK);
	result = export_ok(f, "p", NULL);
	git_run(&f->scratch, "cd p; git ls-files -co --exclude-standard | sort -u |"
			     " while read -r n; do if [ -e \"$n\" -o -L \"$n\" ] && [ ! -p \"$n\" "
			     "]; then echo $n; fi; done >../want;"
			     "cd ../out; find . -type f -o -type l | sed s,^./,, | sort >../have; "
			     "diff ../want ../have;"
			     "test $(wc -l <../have) = 12");
	assert_int_equal(result.files, 12);
	assert_int_equal(result.lack, RG_EXPORT_LACKS_NOTHING);
}

static void as_they_are_on_disk(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, WORK);
	export_ok(f, "p", NULL);
	git_run(&f->scratch,
		"cd out; test $(cat src/a.c) = changed; test ! -e src/gone.c; test ! -e moved.c;"
		"test $(stat -c %a mode) = 640; test -x src/moved.c;"
		"test $(readlink folder) = src; test $(readlink broken) = /nowhere;"
		"test ! -e .git; test ! -e pipe; test ! -e keep/ignored; test -e keep/tracked");
}

/* As on a file system that knows no such bit, where all files have it, or none. */
static void what_is_executable_is_in_the_index(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"git init -q p; cd p; echo 1 >run; echo 1 >text; chmod +x run; git add .; git "
		"commit -qm 1; chmod -x run; chmod +x text; echo 1 >new; chmod +x new; git config "
		"core.fileMode false");
	export_ok(f, "p", NULL);
	git_run(&f->scratch, "cd out; test -x run; test ! -x text; test -x new");
	git_run(&f->scratch, "git -C p config core.fileMode true");
	export_ok(f, "p", NULL);
	git_run(&f->scratch, "cd out; test ! -x run; test -x text; test -x new");
}

/* A build's `mkdir obj` must not find it on one side only. */
static void folders_that_would_be_empty_are_left_out(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, WORK);
	export_ok(f, "p", NULL);
	assert_false(scratch_exists(&f->scratch, "out/obj"));
	assert_false(scratch_exists(&f->scratch, "out/empty"));
	assert_false(scratch_exists(&f->scratch, "out/dist"));
}

static void the_repository_is_only_read(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		WORK "(cd p; git stash -q; git stash apply -q; touch -d 2001-01-01 src/a.c);"
		     "sleep 0.01;" LISTING("p") " >before");
	export_ok(f, "p", NULL);
	git_run(&f->scratch, LISTING("p") " >after; diff before after");
}

static void before_the_first_commit(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, "git init -q p; echo 1 >p/f");
	assert_int_equal(export_ok(f, "p", NULL).files, 1);
}

static void a_linked_work_tree(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, WORK "git -C p worktree add -q ../linked; echo l >linked/l");
	export_ok(f, "linked/src", NULL);
	git_run(&f->scratch, "test $(cat out/l) = l; test -e out/src/gone.c; test ! -e out/.git");
}

static void repositories_within_it(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"export GIT_ALLOW_PROTOCOL=file; git init -q -b main lib; (cd lib; echo 1 >l;"
		" echo '*.x' >.gitignore; git add .; git commit -qm 1);"
		"git init -q -b main p; cd p; git submodule --quiet add ../lib v/lib 2>&1;"
		"git commit -qm v1; echo 2 >v/lib/l; echo 3 >v/lib/new; echo x >v/lib/a.x;"
		"git clone -q ../lib loose; echo y >loose/b.x;"
		"git clone -q ../lib hidden; echo /hidden >.gitignore");
	assert_int_equal(export_ok(f, "p", NULL).lack, RG_EXPORT_LACKS_NOTHING);
	git_run(&f->scratch, "cd out; find . -type f | sort >../have; test $(cat v/lib/l) = 2;"
			     "printf '%s\\n' ./.gitignore ./.gitmodules ./loose/.gitignore "
			     "./loose/l ./v/lib/.gitignore"
			     " ./v/lib/l ./v/lib/new | diff - ../have");
}

static void a_submodule_that_is_not_checked_out(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch,
		"export GIT_ALLOW_PROTOCOL=file; git init -q -b main lib; git -C lib commit -q "
		"--allow-empty -m 1;"
		"git init -q -b main p; cd p; git submodule --quiet add ../lib v/lib 2>&1;"
		"git commit -qm v1; git submodule --quiet deinit -f v/lib");
	result = export_ok(f, "p", NULL);
	assert_int_equal(result.lack, RG_EXPORT_LACKS_SUBMODULE);
	assert_string_equal(result.lacking, "v/lib");
	assert_true(scratch_exists(&f->scratch, "out/v/lib"));
}

static void lfs_content_that_is_not_here(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export_result result;

	git_run(&f->scratch,
		"git init -q p; printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:"
		"%064d\\nsize 6\\n' 0 >p/big; printf 'version "
		"https://git-lfs.github.com/spec/v1\\n' >p/talk");
	result = export_ok(f, "p", NULL);
	assert_int_equal(result.lack, RG_EXPORT_LACKS_LFS);
	assert_string_equal(result.lacking, "big");
	git_run(&f->scratch, "cmp p/big out/big; cmp p/talk out/talk");
}

/* Under sudo it is the user's configuration that says what is ignored everywhere. */
static void what_he_ignores_everywhere(void **state)
{
	struct git_fixture *f = *state;
	struct rg_export plan;
	struct rg_export_result result;
	char home[PATH_MAX];

	git_run(&f->scratch,
		WORK "mkdir -p one/.config/git two; echo untracked >one/.config/git/ignore;"
		     "printf '[core]\n excludesFile = \"%s/mine\"\n' \"$PWD\" >two/.gitconfig;"
		     "echo fresh >mine");
	for (int i = 0; i < 2; i++) {
		char path[PATH_MAX];

		print_message("%s\n", i ? "named in ~/.gitconfig" : "in ~/.config/git/ignore");
		snprintf(home, sizeof(home), "%s/%s", f->scratch.root, i ? "two" : "one");
		snprintf(path, sizeof(path), "%s/p", f->scratch.root);
		plan = (struct rg_export){.folder = exported_open(f)};
		assert_int_equal(rg_repo_open_as(path, home, &f->repo, &f->err), 0);
		assert_int_equal(rg_repo_export_work(f->repo, &plan, &result, &f->err), 0);
		rg_repo_free(f->repo);
		f->repo = NULL;
		close(plan.folder);
		assert_int_equal(scratch_exists(&f->scratch, "out/untracked"), i);
		assert_int_equal(scratch_exists(&f->scratch, "out/fresh/u"), !i);
	}
	/* Others' are looked for where they were. */
	export_ok(f, "p", NULL);
	assert_true(scratch_exists(&f->scratch, "out/fresh/u"));
}

static void nothing_to_copy(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, "git init -q --bare bare");
	export_fails(f, "bare", NULL, RG_EUSAGE,
		     "export: a bare repository has no work tree to copy");
}

static void a_damaged_index(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, WORK "echo junk >p/.git/index");
	export_fails(f, "p", NULL, RG_EFORMAT, "repo: copy the work tree: ");
}

/* 0 when the error is the one there should be. */
static int export_unreadable(void *ctx)
{
	struct git_fixture *f = ctx;
	struct rg_export plan = {.folder = -1};
	struct rg_export_result result;

	if (rg_repo_open(scratch_path(&f->scratch, "p"), &f->repo, &f->err))
		return 1;
	if (rg_repo_export_work(f->repo, &plan, &result, &f->err) != RG_EIO)
		return 2;
	return strcmp(f->err.text, "export: read 'secret': Permission denied (what the build does "
				   "not need may be named in .gitignore)")
		       ? 3
		       : 0;
}

static void a_file_that_may_not_be_read(void **state)
{
	struct git_fixture *f = *state;

	if (!scratch_is_root("a_file_that_may_not_be_read"))
		return;
	git_run(&f->scratch, "chmod 755 .; git init -q p; echo s >p/secret; chmod 600 p/secret");
	assert_int_equal(scratch_in_child(export_unreadable, f, true), 0);
}

static void it_stops_when_told(void **state)
{
	struct git_fixture *f = *state;
	int asked = 0;
	struct export_test test = {.plan = {.stop = stop_at_once, .ctx = &asked}};

	git_run(&f->scratch, WORK);
	assert_int_equal(export_of(f, "p", NULL, &test), RG_EINTERRUPTED);
	assert_string_equal(f->err.text, "export: interrupted");
	assert_int_equal(asked, 1);
}

static void folders_without_end(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch,
		"git init -q p; cd p; for i in $(seq 130); do mkdir d; cd d; done; : >f");
	export_fails(f, "p", NULL, RG_ELIMIT, "lies too deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(what_git_would_add_and_no_more),
		GIT_TEST(as_they_are_on_disk),
		GIT_TEST(what_is_executable_is_in_the_index),
		GIT_TEST(folders_that_would_be_empty_are_left_out),
		GIT_TEST(the_repository_is_only_read),
		GIT_TEST(before_the_first_commit),
		GIT_TEST(a_linked_work_tree),
		GIT_TEST(repositories_within_it),
		GIT_TEST(a_submodule_that_is_not_checked_out),
		GIT_TEST(lfs_content_that_is_not_here),
		GIT_TEST(what_he_ignores_everywhere),
		GIT_TEST(nothing_to_copy),
		GIT_TEST(a_damaged_index),
		GIT_TEST(a_file_that_may_not_be_read),
		GIT_TEST(it_stops_when_told),
		GIT_TEST(folders_without_end),
	};

	return cmocka_run_group_tests_name("repo/export_work", tests, NULL, NULL);
}
