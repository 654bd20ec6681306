/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo/git.h"

#include <stdlib.h>
#include <string.h>

/* The copy that fails, counted from now; 0: none does. */
static int failing;

static char *failing_strdup(const char *text)
{
	return failing > 0 && --failing == 0 ? NULL : strdup(text);
}

/* Compiled into the test, with copies that fail. */
#define strdup failing_strdup
#include "version.c"
#undef strdup

static int begin(void **state)
{
	struct git_fixture *git;

	if (git_setup(state))
		return -1;
	git = *state;
	git_run(&git->scratch, GIT_SAMPLE);
	return chdir(scratch_path(&git->scratch, "r"));
}

static int end(void **state)
{
	return chdir("/") || git_teardown(state);
}

static void what_is_checked_out_has_a_label_and_a_commit(void **state)
{
	struct git_fixture *git = *state;
	char *label, *commit;

	assert_int_equal(rg_version_here(&label, &commit, &git->err), 0);
	assert_int_equal(strncmp(label, "v1.4-2-g", strlen("v1.4-2-g")), 0);
	assert_int_equal(strlen(commit), 40);
	free(label);
	free(commit);
}

/* Half of it is nobody's to free. */
static void without_memory_it_is_neither(void **state)
{
	struct git_fixture *git = *state;
	char *label, *commit;

	failing = 1;
	assert_int_equal(rg_version_here(&label, &commit, &git->err), RG_ENOMEM);
	assert_int_equal(failing, 0);
	assert_string_equal(git->err.text, "version: out of memory");
	assert_null(label);
	assert_null(commit);
}

static void nor_is_a_version_that_is_named(void **state)
{
	struct git_fixture *git = *state;

	for (int n = 1; n <= 2; n++) {
		struct rg_version version = {0};

		failing = n;
		assert_int_equal(rg_version_resolve("v1.4", &version, &git->err), RG_ENOMEM);
		assert_int_equal(failing, 0);
		assert_null(version.label);
		assert_null(version.key);
	}
}

#define VERSION_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		VERSION_TEST(what_is_checked_out_has_a_label_and_a_commit),
		VERSION_TEST(without_memory_it_is_neither),
		VERSION_TEST(nor_is_a_version_that_is_named),
	};

	return cmocka_run_group_tests_name("cmd/version", tests, NULL, NULL);
}
