/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"
#include "store/scratch.h"

#include "alternate_shared.h"

#include "rg/err.h"

#include <sys/stat.h>
#include <unistd.h>

/* A work tree "proj" that the link "link" leads to, its neighbour "project", and the tree "a" of a version. */
struct shared {
	struct scratch scratch;
	char top[PATH_MAX], tree[PATH_MAX], word[PATH_MAX];
	char *path; /* the variable, as it was */
	struct rg_err err;
};

static void run(const struct shared *s, const char *script)
{
	char command[1024];

	snprintf(command, sizeof(command), "cd '%s' && { %s; }", s->scratch.root, script);
	assert_int_equal(system(command), 0);
}

static int begin(void **state)
{
	static struct shared s;

	memset(&s, 0, sizeof(s));
	scratch_make(&s.scratch);
	s.path = strdup(getenv("PATH"));
	assert_non_null(s.path);
	run(&s,
	    "mkdir -p proj/bin project a/bin out; ln -s proj link; for f in proj/server "
	    "proj/bin/tool project/server a/server a/bin/tool out/server; do : > $f; chmod +x $f; "
	    "done; : > out/data");
	assert_non_null(realpath(scratch_path(&s.scratch, "proj"), s.top));
	assert_non_null(realpath(scratch_path(&s.scratch, "a"), s.tree));
	*state = &s;
	return 0;
}

static int end(void **state)
{
	struct shared *s = *state;

	setenv("PATH", s->path, 1);
	free(s->path);
	scratch_remove(&s->scratch);
	return 0;
}

#define shared_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* With the scratch folder for every '@'. */
static char *word_of(struct shared *s, const char *pattern)
{
	size_t len = 0;

	for (; *pattern; pattern++)
		len += (size_t)snprintf(s->word + len, sizeof(s->word) - len, "%.*s",
					*pattern == '@' ? (int)sizeof(s->scratch.root) : 1,
					*pattern == '@' ? s->scratch.root : pattern);
	return s->word;
}

/* --- What the command names ----------------------------------------------------------------- */

static int named(struct shared *s, const char *pattern)
{
	char *const command[] = {(char *)"/bin/true", word_of(s, pattern), NULL};

	return alternate_shared_named(command, s->top, &s->err);
}

static void the_work_tree_is_refused_by_whatever_path(void **state)
{
	static const char *const refused[] = {
		"@/proj",
		"@/proj/server",
		"@/proj/not-built-yet",
		"@/link/server",
		"@/link/bin/../server",
		"--plugins=@/link/bin:@/project",
		"-I@/link",
		"cd @/link && ./server",
		"@/project/x:@/proj/server",
		"cd '@/proj'; ./server",
	};
	struct shared *s = *state;

	for (size_t i = 0; i < COUNT(refused); i++) {
		if (named(s, refused[i]) != RG_EUSAGE)
			fail_msg("'%s' is let through", refused[i]);
		assert_non_null(strstr(s->err.text, "names a file of your work tree"));
		s->err = (struct rg_err){0};
	}
}

static void others_are_let_through(void **state)
{
	static const char *const fine[] = {"./server", "bin/tool",       "@/project/server",
					   "@/out",    "http://host/x",  "/",
					   "",         "--listen=:8080", "@/nowhere/proj/server"};
	struct shared *s = *state;

	for (size_t i = 0; i < COUNT(fine); i++) {
		if (named(s, fine[i]))
			fail_msg("'%s': %s", fine[i], s->err.text);
	}
}

static void a_program_found_in_the_work_tree_is_refused(void **state)
{
	struct shared *s = *state;
	char *const command[] = {(char *)"tool", NULL}, *const other[] = {(char *)"server", NULL};

	assert_int_equal(setenv("PATH", word_of(s, "/bin:relative:@/link/bin:/usr/bin"), 1), 0);
	assert_int_equal(alternate_shared_named(command, s->top, &s->err), RG_EUSAGE);
	assert_non_null(strstr(s->err.text, "/link/bin/tool' names a file of your work tree"));
	assert_int_equal(alternate_shared_named(other, s->top, NULL), 0);
	/* Where another comes first it is that one. */
	assert_int_equal(setenv("PATH", word_of(s, "@/a/bin:@/proj/bin"), 1), 0);
	assert_int_equal(alternate_shared_named(command, s->top, NULL), 0);
}

/* --- What the builds wrote ------------------------------------------------------------------ */

static int built(struct shared *s, char *const *command, bool long_ago)
{
	const struct alternate_built version = {"baseline", s->tree, s->tree};
	/* A day from now, or the epoch. */
	const struct timespec began = {.tv_sec = long_ago ? 0 : time(NULL) + 86400};

	s->err = (struct rg_err){0};
	return alternate_shared_built(command, &version, s->top, &began, &s->err);
}

static void a_program_that_the_builds_wrote_elsewhere_is_refused(void **state)
{
	struct shared *s = *state;
	char *absolute[] = {word_of(s, "@/out/server"), NULL};
	char *const relative[] = {(char *)"../out/server", NULL};
	char *const second[] = {(char *)"./server", (char *)"../out/server", NULL};
	char *const *const commands[] = {absolute, relative, second};

	for (size_t i = 0; i < COUNT(commands); i++) {
		assert_int_equal(built(s, commands[i], true), RG_EUSAGE);
		assert_non_null(strstr(s->err.text, "outside of the baseline's tree"));
		/* What was there before is no version's. */
		assert_int_equal(built(s, commands[i], false), 0);
	}
}

static void its_own_programs_and_others_data_are_not(void **state)
{
	struct shared *s = *state;
	char *const command[] = {(char *)"./server", (char *)"bin/tool", (char *)"../out/data",
				 (char *)"../out",   (char *)"absent",   NULL};

	assert_int_equal(built(s, command, true), 0);
	assert_int_equal(s->err.code, 0);
}

static void a_link_out_of_the_tree_is_refused(void **state)
{
	struct shared *s = *state;
	char *const command[] = {(char *)"./server", NULL};

	run(s, "ln -sf ../proj/server a/server");
	assert_int_equal(built(s, command, false), RG_EUSAGE);
	assert_non_null(strstr(s->err.text, "/proj/server' names a file of your work tree"));
}

/* --- What ran ------------------------------------------------------------------------------- */

static void code_of_the_work_tree_in_the_place_of_the_versions_own_is_refused(void **state)
{
	struct shared *s = *state;
	const struct alternate_built version = {"canary", s->tree, s->tree};
	struct alternate_shared shared = {.work_tree = s->top, .version = &version};
	static const char *const fine[] = {"/usr/bin/env", "[vdso]", "@/a/server",
					   "@/project/server"};

	for (size_t i = 0; i < COUNT(fine); i++)
		alternate_shared_mapped(&shared, word_of(s, fine[i]));
	/* The version has none of that name. */
	run(s, ": > proj/installed.so");
	alternate_shared_mapped(&shared, word_of(s, "@/proj/installed.so"));
	assert_int_equal(alternate_shared_check(&shared, &s->err), 0);
	alternate_shared_mapped(&shared, word_of(s, "@/proj/bin/tool"));
	alternate_shared_mapped(&shared, word_of(s, "@/proj/server"));
	assert_int_equal(alternate_shared_check(&shared, &s->err), RG_EUSAGE);
	assert_non_null(strstr(s->err.text, "/proj/bin/tool' of your work tree ran in the place of "
					    "the canary's own"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		shared_test(the_work_tree_is_refused_by_whatever_path),
		shared_test(others_are_let_through),
		shared_test(a_program_found_in_the_work_tree_is_refused),
		shared_test(a_program_that_the_builds_wrote_elsewhere_is_refused),
		shared_test(its_own_programs_and_others_data_are_not),
		shared_test(a_link_out_of_the_tree_is_refused),
		shared_test(code_of_the_work_tree_in_the_place_of_the_versions_own_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
