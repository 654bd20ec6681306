/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_EXPORTED_H
#define TEST_EXPORTED_H

/* Exports into the folder "out" of the scratch directory. */

#include "repo/git.h"

#include "rg/export.h"

/* All of a folder, with times, modes and contents, on stdout. */
#define LISTING(folder)                                                              \
	"{ find " folder " -printf '%p %y %m %s %T@ %C@ %l\\n' | sort; find " folder \
	" -type f -exec sha256sum {} + | sort -k2; }"
/* What a build sees of it: names, kinds, modes, links and contents. */
#define CONTENTS(folder)                                                           \
	"(cd " folder " && find . -mindepth 1 -printf '%p %y %m %l\\n' | sort && " \
	"find . -type f -exec sha256sum {} + | sort -k2)"

struct export_test {
	struct rg_export plan;
	struct rg_export_result result;
};

static inline int exported_open(struct git_fixture *f)
{
	int fd;

	git_run(&f->scratch, "rm -rf out; mkdir out");
	fd = open(scratch_path(&f->scratch, "out"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Of the repository "name": the commit of a revision, or the work tree when that is NULL. */
static inline int export_of(struct git_fixture *f, const char *name, const char *revision,
			    struct export_test *test)
{
	char id[RG_REPO_ID_MAX];
	int rc;

	git_open_ok(f, name);
	test->plan.folder = exported_open(f);
	if (revision) {
		assert_int_equal(rg_repo_resolve(f->repo, revision, id, &f->err), 0);
		rc = rg_repo_export_commit(f->repo, id, &test->plan, &test->result, &f->err);
	} else {
		rc = rg_repo_export_work(f->repo, &test->plan, &test->result, &f->err);
	}
	close(test->plan.folder);
	return rc;
}

static inline struct rg_export_result export_ok(struct git_fixture *f, const char *name,
						const char *revision)
{
	struct export_test test = {0};

	if (export_of(f, name, revision, &test))
		fail_msg("export: %s", f->err.text);
	return test.result;
}

static inline void export_fails(struct git_fixture *f, const char *name, const char *revision,
				int code, const char *part)
{
	struct export_test test = {0};
	int rc = export_of(f, name, revision, &test);

	if (rc != code)
		fail_msg("export: %d in place of %d: %s", rc, code, f->err.text);
	assert_int_equal(f->err.code, code);
	assert_text_has(f->err.text, part);
	/* Outputs are written on success only. */
	assert_int_equal(test.result.files, 0);
}

static inline bool stop_at_once(void *ctx)
{
	++*(int *)ctx;
	return true;
}

#endif
