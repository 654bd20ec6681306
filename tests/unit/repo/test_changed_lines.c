/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "git.h"

#include "rg/arena.h"
#include "rg/changes.h"

#include <stdlib.h>
#include <string.h>

/*
 * "r": src/price.c with discount() and total(). v1 first; then lines above are added, discount() is changed, total() is
 * changed, the file moves, discount() loses a line; v2 last.
 */
#define HISTORY                                                                                  \
	"git init -q -b main r; cd r; mkdir src test;"                                           \
	" printf 'int discount(int x)\\n{\\n\\tint a = 1;\\n\\tint b = 2;\\n\\treturn "          \
	"x;\\n}\\n\\n"                                                                           \
	"int total(int x)\\n{\\n\\treturn x;\\n}\\n' >src/price.c;"                              \
	" printf 'int main(void)\\n{\\n\\treturn 0;\\n}\\n' >test/price.c;"                      \
	" git add .; git commit -q -m first; git tag v1;"                                        \
	" sed -i '1i #include <a.h>\\n' src/price.c; git commit -q -am above;"                   \
	" sed -i 's/return x;/return x + a;/;t;' src/price.c;"                                   \
	" sed -i '11,$s/return x + a;/return x;/' src/price.c; git commit -q -am 'price: slow';" \
	" sed -i '11,$s/return x;/return 2 * x;/' src/price.c; git commit -q -am total;"         \
	" mkdir lib; git mv src/price.c lib/price.c; git commit -q -m move;"                     \
	" sed -i '/int b/d' lib/price.c; git commit -q -am 'price: drop b'; git tag v2; cd ..;"

struct fixture {
	struct git_fixture *git;
	struct rg_arena *arena;
	const struct rg_changed *changed;
	size_t count;
	char v1[RG_REPO_ID_MAX], v2[RG_REPO_ID_MAX];
};

static void begin(struct fixture *f, struct git_fixture *git, const char *script, const char *name)
{
	*f = (struct fixture){.git = git, .arena = rg_arena_new(0)};
	assert_non_null(f->arena);
	if (script)
		git_run(&git->scratch, script);
	git_open_ok(git, name);
	assert_int_equal(rg_repo_resolve(git->repo, "v2", f->v2, &git->err), 0);
}

static void find(struct fixture *f, const char *file, uint32_t line, const char *name,
		 struct rg_function_place *place)
{
	bool found;

	assert_int_equal(rg_repo_find_function(f->git->repo, f->v2, file, line, name, f->arena,
					       place, &found, &f->git->err),
			 0);
	assert_true(found);
}

static int changed(struct fixture *f, const struct rg_function_place *place)
{
	if (!*f->v1)
		assert_int_equal(rg_repo_resolve(f->git->repo, "v1", f->v1, &f->git->err), 0);
	return rg_repo_changed_lines(f->git->repo, f->v1, f->v2, place, 10, f->arena, &f->changed,
				     &f->count, &f->git->err);
}

/* One commit alone changed the function that is there. */
static void assert_one_commit(struct fixture *f, const char *file, uint32_t line, const char *name,
			      const char *subject)
{
	struct rg_function_place place;

	find(f, file, line, name, &place);
	assert_int_equal(changed(f, &place), 0);
	assert_int_equal(f->count, 1);
	assert_string_equal(f->changed[0].subject, subject);
}

static void test_commits_of_the_functions_lines(void **state)
{
	struct rg_function_place place;
	struct fixture f;

	begin(&f, *state, HISTORY, "r");
	find(&f, "price.c", 6, "discount", &place);
	assert_string_equal(place.path, "lib/price.c");
	assert_int_equal(place.first_line, 3);
	assert_int_equal(place.last_line, 7);
	assert_int_equal(changed(&f, &place), 0);
	assert_int_equal(f.count, 2);
	assert_string_equal(f.changed[0].subject, "price: drop b");
	assert_string_equal(f.changed[0].lines, "-\tint b = 2;\n");
	assert_string_equal(f.changed[1].subject, "price: slow");
	assert_string_equal(f.changed[1].lines, "-\treturn x;\n+\treturn x + a;\n");
	assert_int_equal(f.changed[1].first_line, 6);
	assert_int_equal(f.changed[1].last_line, 6);
	assert_string_equal(f.changed[1].path, "lib/price.c");
	assert_int_equal(strlen(f.changed[1].id), 40);
	assert_true(*f.changed[1].author != '\0');
	rg_arena_free(f.arena);
}

static void test_another_functions_commits_are_not_its(void **state)
{
	struct fixture f;

	begin(&f, *state, HISTORY, "r");
	assert_one_commit(&f, "lib/price.c", 11, "total", "total");
	rg_arena_free(f.arena);
}

static void test_two_files_of_one_name(void **state)
{
	struct rg_function_place place;
	struct fixture f;
	bool found;

	begin(&f, *state, HISTORY, "r");
	find(&f, "price.c", 3, "main", &place);
	assert_string_equal(place.path, "test/price.c");
	assert_int_equal(rg_repo_find_function(f.git->repo, f.v2, "price.c", 3, "unknown", f.arena,
					       &place, &found, &f.git->err),
			 0);
	assert_false(found);
	assert_int_equal(rg_repo_find_function(f.git->repo, f.v2, "ice.c", 3, "main", f.arena,
					       &place, &found, &f.git->err),
			 0);
	assert_false(found);
	rg_arena_free(f.arena);
}

static void test_a_merge_brings_its_branchs_commit(void **state)
{
	static const char script[] =
		"git init -q -b main r; cd r;"
		" printf 'int f(int x)\\n{\\n\\treturn x;\\n}\\n' >a.c; git add .; git commit -q "
		"-m first;"
		" git tag v1; git checkout -q -b side; sed -i 's/return x/return slow(x)/' a.c;"
		" git commit -q -am slow; git checkout -q main; echo >b.c; git add .;"
		" git commit -q -m other; git merge -q --no-edit side; git tag v2; cd ..;";
	struct fixture f;

	begin(&f, *state, script, "r");
	assert_one_commit(&f, "a.c", 3, "f", "slow");
	rg_arena_free(f.arena);
}

static void test_a_new_file_is_its_commits(void **state)
{
	static const char script[] = "git init -q -b main r; cd r; echo >b.c; git add .; git "
				     "commit -q -m first; git tag v1;"
				     " printf 'int f(int x)\\n{\\n\\treturn x;\\n}\\n' >a.c; git "
				     "add .; git commit -q -m 'add f';"
				     " git tag v2; cd ..;";
	struct fixture f;

	begin(&f, *state, script, "r");
	assert_one_commit(&f, "a.c", 3, "f", "add f");
	assert_int_equal(f.changed[0].first_line, 1);
	assert_int_equal(f.changed[0].last_line, 4);
	rg_arena_free(f.arena);
}

static void test_a_shallow_clone_names_the_fetch(void **state)
{
	struct git_fixture *git = *state;
	struct rg_function_place place;
	struct fixture f;

	git_run(&git->scratch, HISTORY
		" git -c protocol.file.allow=always clone -q --depth 2 file://$PWD/r shallow;");
	git_open_ok(git, "r");
	begin(&f, git, NULL, "r");
	assert_int_equal(rg_repo_resolve(git->repo, "v1", f.v1, &git->err), 0);
	git_open_ok(git, "shallow");
	find(&f, "price.c", 6, "discount", &place);
	assert_int_equal(changed(&f, &place), RG_ENOTFOUND);
	assert_non_null(strstr(git->err.text, "'git fetch --unshallow' brings the commits"));
	rg_arena_free(f.arena);
}

static void test_a_commit_that_is_not_here(void **state)
{
	static const char none[] = "0123456789012345678901234567890123456789";
	struct rg_function_place place;
	struct fixture f;
	bool found;

	begin(&f, *state, HISTORY, "r");
	assert_int_equal(rg_repo_find_function(f.git->repo, none, "price.c", 3, "main", f.arena,
					       &place, &found, &f.git->err),
			 RG_ENOTFOUND);
	assert_string_equal(f.git->err.text, "repo: commit 012345678901 is not in this clone");
	f.git->err = (struct rg_err){0};
	find(&f, "price.c", 6, "discount", &place);
	strcpy(f.v1, none);
	assert_int_equal(changed(&f, &place), RG_ENOTFOUND);
	assert_non_null(strstr(f.git->err.text, "is not in this clone"));
	rg_arena_free(f.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(test_commits_of_the_functions_lines),
		GIT_TEST(test_another_functions_commits_are_not_its),
		GIT_TEST(test_two_files_of_one_name),
		GIT_TEST(test_a_merge_brings_its_branchs_commit),
		GIT_TEST(test_a_new_file_is_its_commits),
		GIT_TEST(test_a_shallow_clone_names_the_fetch),
		GIT_TEST(test_a_commit_that_is_not_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
