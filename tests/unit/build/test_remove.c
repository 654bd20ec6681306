/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What builds leave that does not want to be removed, and what they leave that must not be. */
#include "made.h"

#include <sched.h>
#include <sys/mount.h>

enum { NO_MOUNTS = 77 };

static void free_all(struct made *m, bool all)
{
	rg_build_free(m->build);
	m->build = NULL;
	assert_int_equal(rg_build_folder_free(m->folder), all);
	m->folder = NULL;
}

static void folders_that_are_shut(void **state)
{
	struct made *m = *state;

	make_ok(m, "v1", "baseline",
		"mkdir -p d/e; : >d/e/f; chmod 0 d/e; chmod 0 d ..; chmod 0 .");
	free_all(m, true);
	assert_all_gone(m);
	make_ok(m, "v1", "baseline", "chmod 0500 .. .");
	free_all(m, true);
	assert_all_gone(m);
}

/* A container that a build runs writes as root. */
static void files_of_root(void **state)
{
	struct made *m = *state;
	char script[1024];

	if (!scratch_is_root("files_of_root"))
		return;
	make_ok(m, "v1", "baseline", "true");
	snprintf(script, sizeof(script),
		 "mkdir outside; : >outside/kept; cd '%s'; mkdir -p d/e; : >d/e/f; chmod 700 d;"
		 "ln -s '%s/outside' d/e/link; test $(stat -c %%u d) = 0",
		 rg_build_tree(m->build), m->git.scratch.root);
	git_run(&m->git.scratch, script);
	free_all(m, true);
	assert_all_gone(m);
	assert_true(scratch_exists(&m->git.scratch, "outside/kept"));
}

static void files_that_nobody_may_change(void **state)
{
	struct made *m = *state;
	char script[1024], can[256];

	if (!scratch_is_root("files_that_nobody_may_change"))
		return;
	git_ask(&m->git.scratch,
		"cd tmp; : >x; if chattr +i x 2>/dev/null && chattr -i x; then echo can; else echo "
		"cannot; fi; rm x",
		can);
	if (strcmp(can, "can") != 0) {
		print_message("skipped: the file system has no such flags\n");
		skip();
	}
	make_ok(m, "v1", "baseline", "mkdir -p d/e; : >d/e/f; : >log");
	snprintf(script, sizeof(script),
		 "cd '%s'; chattr +a log d; chattr +i d/e/f d/e; chattr +i ..",
		 rg_build_tree(m->build));
	git_run(&m->git.scratch, script);
	free_all(m, true);
	assert_all_gone(m);
}

/* --- Mounts --------------------------------------------------------------------------------- */

/* Binds the folder "outside" over a path of the build's, as a build does that makes a system to change root into. */
static int bind(struct made *m, const char *path)
{
	char outside[PATH_MAX];

	snprintf(outside, sizeof(outside), "%s/outside", m->git.scratch.root);
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return NO_MOUNTS;
	return mount(outside, path, NULL, MS_BIND, NULL) ? NO_MOUNTS : 0;
}

/* 0 when nothing of what is mounted was removed, and it is told that something is left. */
static int free_bound(struct made *m, const char *path)
{
	int rc = bind(m, path);
	bool gone;

	if (rc)
		return rc;
	rg_build_free(m->build);
	gone = rg_build_folder_free(m->folder);
	if (gone)
		return 1;
	if (!scratch_exists(&m->git.scratch, "outside/deep/kept"))
		return 2;
	/* All else is gone. */
	return access(path, F_OK) ? 3 : 0;
}

static int below(void *ctx)
{
	struct made *m = ctx;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/root/home", rg_build_tree(m->build));
	return free_bound(m, path);
}

static int over_the_tree(void *ctx)
{
	struct made *m = ctx;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", rg_build_tree(m->build));
	return free_bound(m, path);
}

/* A killed run's, over which somebody has mounted his home: by its owner and mode it looks like one of ours. */
static int over_the_folder(void *ctx)
{
	struct made *m = ctx;
	const char *path = scratch_path(&m->git.scratch, "tmp/.regress-gate-build.abcdef");
	int rc = mkdir(path, 0700) ? 4 : bind(m, path);

	if (!rc)
		rc = rg_build_folder_make(made_user(m), &m->folder, &m->git.err) ? 5 : 0;
	if (rc)
		return rc;
	rg_build_folder_free(m->folder);
	return scratch_exists(&m->git.scratch, "outside/deep/kept") ? 0 : 6;
}

static void assert_kept(struct made *m, int (*test)(void *ctx), const char *name)
{
	int rc;

	if (!scratch_is_root(name))
		return;
	git_run(&m->git.scratch, "rm -rf outside; mkdir -p outside/deep; chmod 700 outside; : "
				 ">outside/deep/kept; : >outside/kept; chown -R 65534 outside");
	make_ok(m, "v1", "baseline", "mkdir -p root/home root/d; : >root/d/f");
	rc = scratch_in_child(test, m, false);
	if (rc == NO_MOUNTS) {
		print_message("skipped: mounts are not allowed here\n");
		skip();
	}
	assert_int_equal(rc, 0);
	assert_true(scratch_exists(&m->git.scratch, "outside/kept"));
}

static void what_is_mounted_in_a_tree_stays(void **state)
{
	assert_kept(*state, below, "what_is_mounted_in_a_tree_stays");
}

static void what_is_mounted_over_a_tree_stays(void **state)
{
	assert_kept(*state, over_the_tree, "what_is_mounted_over_a_tree_stays");
}

static void what_is_mounted_over_a_folder_stays(void **state)
{
	assert_kept(*state, over_the_folder, "what_is_mounted_over_a_folder_stays");
}

/* --- A full disk ---------------------------------------------------------------------------- */

static int check_full(struct made *m)
{
	print_message("%s\n", m->git.err.text);
	if (!strstr(m->git.err.text, "No space left on device") ||
	    !strstr(m->git.err.text, "; the disk is full: make room, or set TMPDIR to a folder"))
		return 1;
	if (m->build)
		return 2;
	if (!rg_build_folder_free(m->folder))
		return 3;
	m->folder = NULL;
	git_run(&m->git.scratch, "rm -f tmp/regress-gate-baseline-*.log");
	assert_all_gone(m);
	return 0;
}

/* The build itself fills what is left. */
static int build_full(void *ctx)
{
	struct made *m = ctx;
	int rc;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", getenv("TMPDIR"), "tmpfs", 0, "size=2M,mode=1777"))
		return NO_MOUNTS;
	rc = make_build(m, "v1", "baseline",
			"for i in 1 2 3; do mkdir $i; head -c 4M /dev/zero >$i/f; done; exit 1");
	return rc == RG_ETARGET ? check_full(m) : 4;
}

static void a_build_that_fills_the_disk(void **state)
{
	struct made *m = *state;
	int rc;

	if (!scratch_is_root("a_build_that_fills_the_disk"))
		return;
	rc = scratch_in_child(build_full, m, false);
	if (rc == NO_MOUNTS) {
		print_message("skipped: mounts are not allowed here\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MADE_TEST(folders_that_are_shut),
		MADE_TEST(files_of_root),
		MADE_TEST(files_that_nobody_may_change),
		MADE_TEST(what_is_mounted_in_a_tree_stays),
		MADE_TEST(what_is_mounted_over_a_tree_stays),
		MADE_TEST(what_is_mounted_over_a_folder_stays),
		MADE_TEST(a_build_that_fills_the_disk),
	};

	return cmocka_run_group_tests_name("build/remove", tests, NULL, NULL);
}
