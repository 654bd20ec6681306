/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libgit2 1.5 does not survive every failure of its own allocations. */
#define TORTURE_OWN 1

#include "made.h"

#include "base/fail_each.h"

/*
 * Every allocation of ours in an export and a build fails in turn. Whatever is said then, it is no success of what was not
 * done, and nothing is left.
 */

enum { ALLOCATIONS_MAX = 20000 };

/* As make_build() has prepared it, with all the memory there is. */
static int build_again(struct made *m, const char *repo, const char *commit)
{
	m->options.repo = repo;
	m->options.commit = commit;
	m->git.err = (struct rg_err){0};
	return rg_build_make(&m->options, &m->build, &m->git.err);
}

static void assert_whole(struct made *m, const char *commit, const char *expected)
{
	char script[256], line[256];

	snprintf(script, sizeof(script), "cat '%s/f'", rg_build_tree(m->build));
	assert_string_equal(git_ask(&m->git.scratch, script, line), expected);
	snprintf(script, sizeof(script), "find '%s' -type f | wc -l", rg_build_tree(m->build));
	assert_string_equal(git_ask(&m->git.scratch, script, line), commit ? "1" : "2");
}

static void fail_each(struct made *m, const char *tag, const char *expected)
{
	char repo[PATH_MAX], commit[256];
	const char *id = NULL;
	long n = 1;
	bool reached = true;

	snprintf(repo, sizeof(repo), "%s/p", m->git.scratch.root);
	make_ok(m, tag, "baseline", "true");
	if (tag)
		id = git_ask(&m->git.scratch, "git -C p rev-parse v1", commit);
	rg_build_free(m->build);
	m->build = NULL;
	for (; reached && n < ALLOCATIONS_MAX; n++) {
		int rc;

		failing = n;
		rc = build_again(m, repo, id);
		reached = failing == 0;
		failing = 0;
		if (rc && (rc != m->git.err.code || !m->git.err.text[0]))
			fail_msg("allocation %ld: %d, '%s'", n, rc, m->git.err.text);
		if (rc)
			assert_null(m->build);
		else
			assert_whole(m, id, expected);
		rg_build_free(m->build);
		m->build = NULL;
	}
	assert_all_gone(m);
	print_message("%ld allocations failed\n", n - 2);
	assert_true(n > 4 && n < ALLOCATIONS_MAX);
}

static void every_allocation_of_a_commit(void **state)
{
	if (!OWN_ALLOCATOR)
		skip();
	fail_each(*state, "v1", "1");
}

static void every_allocation_of_a_work_tree(void **state)
{
	if (!OWN_ALLOCATOR)
		skip();
	fail_each(*state, NULL, "3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MADE_TEST(every_allocation_of_a_commit),
		MADE_TEST(every_allocation_of_a_work_tree),
	};

	return cmocka_run_group_tests_name("build/nomem", tests, NULL, NULL);
}
