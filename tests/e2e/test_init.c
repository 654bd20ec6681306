/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init: the configuration it writes; with --github, --gitlab, --kubernetes the files of ci-templates/. */
#include "e2e.h"
#include "repo.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- The configuration ------------------------------------------------------------------------ */

static void test_init_writes_a_file_that_works(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "mkdir r/build r/tests r/.hidden && cp /bin/true r/tests/r && cp /bin/true "
		  "r/build/r "
		  "&& cp /bin/true r/.hidden/r && cp /bin/true r/other && echo '#!/bin/sh' >r/r && "
		  "chmod +x r/r");
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "r/regress-gate.json");
	e2e_assert_out(e, "./build/r (called like the directory, one of 3 executables here)");
	e2e_assert_out(e, "v1.5, the newest tag");
	e2e_assert_out(e, "sudo regress-gate check --baseline v1.5\n");
	e2e_assert_out(e, "sudo regress-gate check --baseline v1.5 --build make ");
	/* It is read: the next command gets as far as to miss a baseline. */
	E2E_RG(e, "check", "--baseline", "v1.5");
	e2e_assert_status(e, 3);
}

static void test_init_leaves_a_file_alone(void **state)
{
	struct e2e *e = *state;
	char *text;

	e2e_repo(e);
	/* Even one that nobody can read. */
	e2e_write_text(e, "r/regress-gate.json", "not JSON");
	E2E_RG(e, "init");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "is there already: --force writes over it");
	text = e2e_read(e, "r/regress-gate.json", NULL);
	assert_string_equal(text, "not JSON");
	free(text);
	E2E_RG(e, "init", "--force");
	e2e_assert_status(e, 0);
	text = e2e_read(e, "r/regress-gate.json", NULL);
	assert_non_null(strstr(text, "./your-program"));
	free(text);
	/* A link is a file too, wherever it leads. */
	e2e_sh(e, "cd r && rm regress-gate.json && ln -s elsewhere regress-gate.json");
	E2E_RG(e, "init");
	e2e_assert_status(e, 2);
	assert_false(e2e_exists(e, "r/elsewhere"));
}

static void test_init_says_what_it_could_not_find(void **state)
{
	struct e2e *e = *state;

	e2e_sh(e, "mkdir plain");
	e->directory = "plain";
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "none: no executable was found here");
	e2e_assert_out(e, "none: this is no git repository");
	assert_true(e2e_exists(e, "plain/regress-gate.json"));
	E2E_RG(e, "init", "words");
	e2e_assert_status(e, 2);
}

/* What a shell would act on is quoted, and what a terminal would act on is shown. */
static void test_init_is_safe_with_hostile_names(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_git(e, "tag 'v9;touch${IFS}pwned'");
	e2e_git(e, "tag -d v1.3 v1.4 v1.5");
	e2e_sh(e, "cp /bin/true \"$(printf 'r/a\\033[2Jb')\"");
	E2E_RG(e, "init");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "git checkout 'v9;touch${IFS}pwned'");
	e2e_assert_out(e, "./a\\x1b[2Jb (the only executable here)");
	assert_null(strchr(e->out, '\x1b'));
	E2E_RG(e, "check", "--baseline", "main");
	e2e_assert_status(e, 3);
}

static void test_init_from_below_writes_at_the_top(void **state)
{
	struct e2e *e = *state;
	struct stat st;

	e2e_repo(e);
	e2e_sh(e, "mkdir -p r/deep/er");
	e->directory = "r/deep/er";
	E2E_RG(e, "init", "-q");
	e2e_assert_status(e, 0);
	assert_string_equal(e->out, "");
	assert_int_equal(stat(e2e_path(e, "r/regress-gate.json"), &st), 0);
	assert_int_equal(st.st_mode & 0133, 0);
}

/* --- Templates ----------------------------------------------------------------------------------- */

static void assert_same_as(struct e2e *e, const char *written, const char *source)
{
	char top[E2E_PATH_MAX];

	assert_non_null(getcwd(top, sizeof(top)));
	e2e_sh(e, "cmp %s %s/ci-templates/%s", written, top, source);
}

static void test_the_files_are_those_of_the_source_tree(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	E2E_RG(e, "init", "--github", "--gitlab", "--kubernetes");
	e2e_assert_status(e, 0);
	assert_same_as(e, "r/.github/actions/regress-gate/action.yml", "github/action.yml");
	assert_same_as(e, "r/.github/workflows/regress-gate-canary.yml",
		       "github/workflows/canary.yml");
	assert_same_as(e, "r/.gitlab/regress-gate/template.yml", "gitlab/template.yml");
	assert_same_as(e, "r/kubernetes/regress-gate/capture.sh", "kubernetes/capture.sh");
	/* What git does not keep of a file, it keeps of this: that it may be run. */
	e2e_sh(e, "test -x r/kubernetes/regress-gate/capture.sh && ! test -x "
		  "r/.gitlab/regress-gate/template.yml");
	e2e_assert_out(e, "  .github/actions/regress-gate/action.yml\n");
	e2e_assert_out(e, "REGRESS_GATE_SOURCE");
	e2e_assert_out(e, "GITLAB_TOKEN");
	e2e_assert_out(e, "kubectl label namespace");
	/* The sources that the image is built of are elsewhere. */
	e2e_assert_out(e, "-t REGISTRY/regress-gate PATH-OF-THE-CHECKOUT\n");
	assert_string_equal(e2e_ask(e, "cd r; \"$RG\" init --force --github --gitlab --kubernetes |"
				       " LC_ALL=C.UTF-8 grep -E '^.{81}' || true"),
			    "");
	/* Without a configuration there would be nothing to run. */
	e2e_assert_out(e, "r/regress-gate.json");
	assert_true(e2e_exists(e, "r/regress-gate.json"));
}

static void test_only_what_was_asked_for(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_write_text(e, "r/regress-gate.json", "mine");
	E2E_RG(e, "init", "--gitlab");
	e2e_assert_status(e, 0);
	assert_false(e2e_exists(e, "r/.github"));
	assert_false(e2e_exists(e, "r/kubernetes"));
	e2e_sh(e, "test \"$(cat r/regress-gate.json)\" = mine");
	assert_null(strstr(e->out, "regress-gate.json"));
}

static void test_nothing_is_overwritten(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "mkdir -p r/.github/workflows && echo mine "
		  ">r/.github/workflows/regress-gate-pull-request.yml");
	E2E_RG(e, "init", "--github");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "regress-gate-pull-request.yml' is there already: --force writes over");
	/* Nor is a part of it written. */
	assert_false(e2e_exists(e, "r/.github/actions"));
	assert_false(e2e_exists(e, "r/regress-gate.json"));
	E2E_RG(e, "init", "--github", "--force");
	e2e_assert_status(e, 0);
	assert_same_as(e, "r/.github/workflows/regress-gate-pull-request.yml",
		       "github/workflows/pull-request.yml");
}

/* A repository that somebody else made must not have files written outside of it. */
static void test_links_are_not_followed(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_sh(e, "mkdir outside && ln -s ../outside r/.github");
	E2E_RG(e, "init", "--github", "--force");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "init: make the directory '.github'");
	e2e_assert_err(e, "something else has that name");
	e2e_sh(e, "test -z \"$(ls outside)\"");
	e2e_sh(e, "mkdir -p r/.gitlab/regress-gate && ln -s ../../../outside/x "
		  "r/.gitlab/regress-gate/template.yml");
	E2E_RG(e, "init", "--gitlab", "--force");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "template.yml' is there, and no regular file");
	e2e_sh(e, "test -z \"$(ls outside)\"");
}

static void test_a_directory_that_cannot_be_made(void **state)
{
	struct e2e *e = *state;

	e2e_repo(e);
	e2e_write_text(e, "r/kubernetes", "a file");
	E2E_RG(e, "init", "--kubernetes");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "init: make the directory 'kubernetes'");
}

static void test_under_sudo_they_are_the_users(void **state)
{
	struct e2e *e = *state;
	struct stat st;

	e2e_need_root();
	e2e_repo(e);
	e2e_sh(e, "chown -R 65534:65534 r");
	e->env[0] = "SUDO_UID=65534";
	e->env[1] = "SUDO_GID=65534";
	E2E_RG(e, "init", "--github");
	e2e_assert_status(e, 0);
	assert_int_equal(stat(e2e_path(e, "r/.github/workflows"), &st), 0);
	assert_int_equal(st.st_uid, 65534);
	assert_int_equal(stat(e2e_path(e, "r/.github/actions/regress-gate/action.yml"), &st), 0);
	assert_int_equal(st.st_uid, 65534);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_init_writes_a_file_that_works),
		E2E_TEST(test_init_leaves_a_file_alone),
		E2E_TEST(test_init_says_what_it_could_not_find),
		E2E_TEST(test_init_is_safe_with_hostile_names),
		E2E_TEST(test_init_from_below_writes_at_the_top),
		E2E_TEST(test_the_files_are_those_of_the_source_tree),
		E2E_TEST(test_only_what_was_asked_for),
		E2E_TEST(test_nothing_is_overwritten),
		E2E_TEST(test_links_are_not_followed),
		E2E_TEST(test_a_directory_that_cannot_be_made),
		E2E_TEST(test_under_sudo_they_are_the_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
