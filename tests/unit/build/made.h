/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_MADE_H
#define TEST_MADE_H

/* Builds of a scratch repository, as the user "nobody" where we are root. */

#include "repo/git.h"

#include "rg/build.h"
#include "rg/capture.h"
#include "rg/units.h"

#include <signal.h>

/* A test that hangs ends its program, by SIGALRM. */
enum { MADE_TEST_S = 60 };

/* "p": two versions of a file, tagged v1 and v2; then changed. */
#define MADE_PROJECT                                                                             \
	"chmod 755 .; git init -q -b main p; cd p; echo 1 >f; git add .; git commit -qm 1; git " \
	"tag v1;"                                                                                \
	"echo 2 >f; git commit -qam 2; git tag v2; echo 3 >f; echo u >untracked; cd ..;"

struct made {
	struct git_fixture git;
	struct rg_capture_user nobody;
	struct rg_build_folder *folder;
	struct rg_build *build;
	struct rg_build_options options;
	int asked, stop_at; /* interrupted() says so when asked for that time; 0: never */
	int told;           /* progress */
};

static inline bool made_interrupted(void *ctx)
{
	struct made *m = ctx;

	return ++m->asked == m->stop_at;
}

static inline void made_progress(void *ctx, const char *what, uint64_t elapsed_ns)
{
	struct made *m = ctx;

	assert_true(!strcmp(what, "export") || !strcmp(what, "build"));
	assert_true(elapsed_ns < MADE_TEST_S * RG_NS_PER_S);
	m->told++;
}

static inline const struct rg_capture_user *made_user(struct made *m)
{
	return geteuid() == 0 ? &m->nobody : NULL;
}

/* TMPDIR is a folder of the test's own, so that no test sweeps what others leave. */
static inline void made_tmp(struct made *m)
{
	char path[PATH_MAX];

	git_run(&m->git.scratch, "chmod 755 .; mkdir -p tmp; chmod 1777 tmp");
	snprintf(path, sizeof(path), "%s/tmp", m->git.scratch.root);
	assert_int_equal(setenv("TMPDIR", path, 1), 0);
}

static inline int made_setup(void **state)
{
	struct made *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	alarm(MADE_TEST_S);
	unsetenv("TMPDIR");
	git_environment();
	scratch_make(&m->git.scratch);
	m->nobody = (struct rg_capture_user){.uid = SCRATCH_NOBODY, .gid = SCRATCH_NOBODY};
	made_tmp(m);
	git_run(&m->git.scratch, MADE_PROJECT);
	*state = m;
	return 0;
}

static inline int made_teardown(void **state)
{
	struct made *m = *state;

	rg_build_free(m->build);
	rg_build_folder_free(m->folder);
	scratch_remove(&m->git.scratch);
	free(m);
	alarm(0);
	return 0;
}

#define MADE_TEST(name) cmocka_unit_test_setup_teardown(name, made_setup, made_teardown)

static inline void made_folder(struct made *m)
{
	if (!m->folder && rg_build_folder_make(made_user(m), &m->folder, &m->git.err))
		fail_msg("folder: %s", m->git.err.text);
}

/* Of a tag of "p", or of the work tree when that is NULL. */
static inline int make_build(struct made *m, const char *tag, const char *side, const char *command)
{
	char script[64], commit[256], repo[PATH_MAX];

	made_folder(m);
	snprintf(script, sizeof(script), "git --git-dir=p/.git rev-parse '%s^{commit}'",
		 tag ? tag : "HEAD");
	git_ask(&m->git.scratch, script, commit);
	snprintf(repo, sizeof(repo), "%s/p", m->git.scratch.root);
	rg_build_free(m->build);
	m->build = NULL;
	m->git.err = (struct rg_err){0};
	m->options.repo = repo;
	m->options.commit = tag ? commit : NULL;
	m->options.side = side;
	m->options.folder = rg_build_folder_path(m->folder);
	m->options.command = command;
	m->options.user = made_user(m);
	m->options.interrupted = made_interrupted;
	m->options.progress = made_progress;
	m->options.ctx = m;
	return rg_build_make(&m->options, &m->build, &m->git.err);
}

static inline void make_ok(struct made *m, const char *tag, const char *side, const char *command)
{
	if (make_build(m, tag, side, command))
		fail_msg("build: %s", m->git.err.text);
}

/* Nothing is left in the temporary folder but the folder itself, with nothing in it. */
static inline void assert_all_gone(struct made *m)
{
	char count[256];

	git_ask(&m->git.scratch, "find tmp -mindepth 1 | wc -l", count);
	assert_string_equal(count, m->folder ? "1" : "0");
}

#endif
