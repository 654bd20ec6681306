/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_GIT_H
#define TEST_GIT_H

#include "store/git_program.h"

#include "rg/err.h"
#include "rg/repo.h"

/* "r": five commits c0 to c4, c1 tagged v1.3 (light), c2 tagged v1.4 (annotated), branch "side" at c1. */
#define GIT_SAMPLE                                                 \
	"git init -q -b main r; cd r;"                             \
	" for i in 0 1 2 3 4; do"                                  \
	"  echo $i >file; git add file; git commit -q -m c$i;"     \
	"  if [ $i = 1 ]; then git tag v1.3; git branch side; fi;" \
	"  if [ $i = 2 ]; then git tag -a -m t v1.4; fi;"          \
	" done; cd ..;"

struct git_fixture {
	struct scratch scratch;
	struct rg_repo *repo;
	struct rg_err err;
};

static inline int git_setup(void **state)
{
	struct git_fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	git_environment();
	scratch_make(&fixture->scratch);
	*state = fixture;
	return 0;
}

static inline int git_teardown(void **state)
{
	struct git_fixture *fixture = *state;

	rg_repo_free(fixture->repo);
	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

/* Opens what lies in the scratch directory. */
static inline int git_open(struct git_fixture *fixture, const char *name)
{
	rg_repo_free(fixture->repo);
	fixture->repo = NULL;
	fixture->err = (struct rg_err){0};
	return rg_repo_open(scratch_path(&fixture->scratch, name), &fixture->repo, &fixture->err);
}

static inline void git_open_ok(struct git_fixture *fixture, const char *name)
{
	if (git_open(fixture, name))
		fail_msg("open %s: %s", name, fixture->err.text);
}

#define GIT_TEST(name) cmocka_unit_test_setup_teardown(name, git_setup, git_teardown)

#endif
