/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made.h"

#include <sched.h>
#include <sys/mount.h>

static char *owner_and_mode(struct made *m, char out[256])
{
	char command[256];

	snprintf(command, sizeof(command), "stat -c '%%u %%a' '%s'",
		 rg_build_folder_path(m->folder));
	git_ask(&m->git.scratch, command, out);
	return out;
}

static void it_is_the_users_alone(void **state)
{
	struct made *m = *state;
	char have[256], want[256];

	made_folder(m);
	snprintf(want, sizeof(want), "%u 700",
		 made_user(m) ? (unsigned int)SCRATCH_NOBODY : (unsigned int)getuid());
	assert_string_equal(owner_and_mode(m, have), want);
}

static void as_we_are(void **state)
{
	struct made *m = *state;
	char have[256], want[256];

	assert_int_equal(rg_build_folder_make(NULL, &m->folder, &m->git.err), 0);
	snprintf(want, sizeof(want), "%u 700", (unsigned int)getuid());
	assert_string_equal(owner_and_mode(m, have), want);
}

static void without_a_usable_TMPDIR_it_is_in_tmp(void **state)
{
	struct made *m = *state;

	assert_int_equal(setenv("TMPDIR", "relative", 1), 0);
	made_folder(m);
	assert_int_equal(strncmp(rg_build_folder_path(m->folder), "/tmp/.regress-gate-build.", 25),
			 0);
}

static void it_goes_with_all_below(void **state)
{
	struct made *m = *state;
	char script[1024];

	made_folder(m);
	git_run(&m->git.scratch, "mkdir outside; : >outside/kept; ln -s outside elsewhere");
	snprintf(script, sizeof(script),
		 "cd '%s'; mkdir -p d/e/f; : >d/e/f/x; : >.hidden; ln -s '%s/outside' link;"
		 "ln '%s/outside/kept' hard; mkfifo pipe; ln -s /etc/passwd d/etc;"
		 "mkdir locked; : >locked/x; chown -R --reference=. .; chmod 0 d/e/f; chmod 555 "
		 "locked d",
		 rg_build_folder_path(m->folder), m->git.scratch.root, m->git.scratch.root);
	git_run(&m->git.scratch, script);
	rg_build_folder_free(m->folder);
	m->folder = NULL;
	assert_all_gone(m);
	assert_true(scratch_exists(&m->git.scratch, "outside/kept"));
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

/* As a configure script leaves them that was killed while it tried how deep folders may be. */
static void folders_without_end_go_as_well(void **state)
{
	static const char deep[] = "perl -e 'sub down { mkdir $_[0] or die; chdir $_[0] or die }"
				   " for (1..700) { down(\"confdir3\") } chdir $ENV{PWD};"
				   " for (1..250) { open my $f, \">x\"; down(\"d\") }'";
	struct made *m = *state;

	make_ok(m, "v1", "baseline", deep);
	rg_build_free(m->build);
	m->build = NULL;
	assert_all_gone(m);
	make_ok(m, "v1", "baseline", deep);
	rg_build_folder_free(m->folder);
	m->folder = NULL;
	assert_all_gone(m);
}

/* --- What killed runs leave ----------------------------------------------------------------- */

/* Makes a folder with something in it, and is killed. */
static pid_t killed_run(struct made *m)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (make_build(m, "v1", "baseline", "mkdir -p d/e; : >d/e/f"))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return pid;
}

static void the_next_run_removes_it(void **state)
{
	struct made *m = *state;
	char count[256];

	killed_run(m);
	killed_run(m);
	git_ask(&m->git.scratch, "find tmp -name f | wc -l", count);
	/* The second swept what the first had left. */
	assert_string_equal(count, "2");
	made_folder(m);
	assert_all_gone(m);
}

/* A build may shut its folder as well, and be killed with all that would open it again. */
static void one_that_is_shut_goes_as_well(void **state)
{
	struct made *m = *state;

	killed_run(m);
	git_run(&m->git.scratch, "cd tmp/.regress-gate-build.*; : >a/d/x; ln -s /etc/passwd a/d/l;"
				 "chmod 555 a/d; chmod 0 a/d/e a .");
	made_folder(m);
	assert_all_gone(m);
}

static void one_that_is_shut_while_a_run_is_at_work_stays(void **state)
{
	struct made *m = *state;
	struct rg_build_folder *other;

	make_ok(m, "v1", "baseline", NULL);
	assert_int_equal(chmod(rg_build_folder_path(m->folder), 0), 0);
	assert_int_equal(rg_build_folder_make(made_user(m), &other, &m->git.err), 0);
	rg_build_folder_free(other);
	assert_int_equal(chmod(rg_build_folder_path(m->folder), 0700), 0);
	assert_int_equal(access(rg_build_tree(m->build), F_OK), 0);
}

static void a_run_at_work_keeps_its_own(void **state)
{
	struct made *m = *state;
	struct rg_build_folder *other;

	make_ok(m, "v1", "baseline", NULL);
	assert_int_equal(rg_build_folder_make(made_user(m), &other, &m->git.err), 0);
	assert_int_equal(access(rg_build_tree(m->build), F_OK), 0);
	rg_build_folder_free(other);
	assert_int_equal(access(rg_build_tree(m->build), F_OK), 0);
}

struct stays {
	const char *sentence, *name;
	unsigned int mode;
};

static const struct stays stays[] = {
	{"an archive of a branch, unpacked", "regress-gate-master", 0700},
	{"a name that is too short", ".regress-gate-build.12345", 0700},
	{"a name that is too long", ".regress-gate-build.1234567", 0700},
	{"another's name", ".other-gate-build.123456", 0700},
	{"one that others may enter", ".regress-gate-build.755755", 0755},
	{"one that nobody may write", ".regress-gate-build.500500", 0500},
	{"one that is sticky", ".regress-gate-build.sticky", 01700},
};

enum { STAYS = sizeof(stays) / sizeof(stays[0]) };

static void make_stays(struct made *m, size_t i, uid_t owner)
{
	char name[64], *path;

	snprintf(name, sizeof(name), "tmp/%s", stays[i].name);
	path = strdup(scratch_path(&m->git.scratch, name));
	assert_non_null(path);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(name, sizeof(name), "tmp/%s/kept", stays[i].name);
	scratch_write(&m->git.scratch, name, "x");
	assert_int_equal(chown(path, owner, (gid_t)-1), 0);
	assert_int_equal(chmod(path, stays[i].mode), 0);
	free(path);
}

static void what_is_not_ours_stays(void **state)
{
	struct made *m = *state;
	const uid_t owner = made_user(m) ? SCRATCH_NOBODY : getuid();

	for (size_t i = 0; i < STAYS; i++)
		make_stays(m, i, owner);
	made_folder(m);
	for (size_t i = 0; i < STAYS; i++) {
		char name[64];

		print_message("%s\n", stays[i].sentence);
		snprintf(name, sizeof(name), "tmp/%s/kept", stays[i].name);
		assert_true(scratch_exists(&m->git.scratch, name));
	}
}

static unsigned int mode_of(struct made *m, const char *name)
{
	struct stat st;

	assert_int_equal(stat(scratch_path(&m->git.scratch, name), &st), 0);
	return st.st_mode & 07777;
}

static void what_is_no_folder_of_his_stays(void **state)
{
	struct made *m = *state;

	git_run(&m->git.scratch,
		"mkdir -m 700 outside tmp/.regress-gate-build.other1 "
		"tmp/.regress-gate-build.other2;"
		" for d in outside tmp/.regress-gate-build.other*; do : >$d/kept; done;"
		"chmod 0 tmp/.regress-gate-build.other2;"
		"ln -s \"$PWD/outside\" tmp/.regress-gate-build.linked; : "
		">tmp/.regress-gate-build.afile1;"
		"chmod 700 tmp/.regress-gate-build.afile1");
	if (geteuid() == 0)
		git_run(&m->git.scratch, "chown 65534 outside tmp/.regress-gate-build.afile1;"
					 "chown 12345 tmp/.regress-gate-build.other*");
	made_folder(m);
	assert_true(scratch_exists(&m->git.scratch, "tmp/.regress-gate-build.linked"));
	assert_true(scratch_exists(&m->git.scratch, "tmp/.regress-gate-build.afile1"));
	assert_true(scratch_exists(&m->git.scratch, "outside/kept"));
	if (geteuid() != 0)
		return;
	assert_true(scratch_exists(&m->git.scratch, "tmp/.regress-gate-build.other1/kept"));
	assert_true(scratch_exists(&m->git.scratch, "tmp/.regress-gate-build.other2/kept"));
	assert_int_equal(mode_of(m, "tmp/.regress-gate-build.other2"), 0);
}

/* Makes and removes folders as fast as it can; 0 when each was its own. */
static int make_many(void *ctx)
{
	struct made *m = ctx;

	for (int i = 0; i < 50; i++) {
		struct rg_build_folder *folder;
		char path[PATH_MAX];
		int made;

		if (rg_build_folder_make(made_user(m), &folder, &m->git.err))
			return 1;
		snprintf(path, sizeof(path), "%s/own", rg_build_folder_path(folder));
		made = mkdir(path, 0700);
		if (made || access(path, F_OK))
			return 2;
		rg_build_folder_free(folder);
	}
	return 0;
}

static void runs_that_begin_together(void **state)
{
	struct made *m = *state;
	pid_t pids[4];
	int status;

	for (size_t i = 0; i < 4; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			_exit(make_many(m));
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_all_gone(m);
}

/* --- Where it cannot be --------------------------------------------------------------------- */

static void refused(struct made *m, const char *folder, int code, const char *part)
{
	assert_int_equal(setenv("TMPDIR", folder, 1), 0);
	assert_int_equal(rg_build_folder_make(made_user(m), &m->folder, &m->git.err), code);
	assert_text_has(m->git.err.text, part);
	assert_null(m->folder);
}

static void a_folder_that_is_not_there(void **state)
{
	refused(*state, "/nonexistent/tmp", RG_EIO,
		"build: make a temporary folder in '/nonexistent/tmp': No such file or directory "
		"(TMPDIR says where)");
}

static void a_folder_where_he_may_not_write(void **state)
{
	struct made *m = *state;
	char path[PATH_MAX];

	if (!scratch_is_root("a_folder_where_he_may_not_write"))
		return;
	git_run(&m->git.scratch, "mkdir -m 755 rootsown");
	snprintf(path, sizeof(path), "%s/rootsown", m->git.scratch.root);
	refused(m, path, RG_EIO, "Permission denied (TMPDIR says where)");
}

/* 0 when the error is the one there should be. */
static int make_on_noexec(void *ctx)
{
	struct made *m = ctx;
	const char *tmp = getenv("TMPDIR");

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", tmp, "tmpfs", MS_NOEXEC, NULL))
		return 77;
	if (rg_build_folder_make(NULL, &m->folder, &m->git.err) != RG_EUSAGE)
		return 1;
	return strstr(m->git.err.text, "(noexec): set TMPDIR to a folder elsewhere") ? 0 : 2;
}

static void a_folder_that_nothing_runs_from(void **state)
{
	int rc;

	if (!scratch_is_root("a_folder_that_nothing_runs_from"))
		return;
	rc = scratch_in_child(make_on_noexec, *state, false);
	if (rc == 77) {
		print_message("skipped: mounts are not allowed here\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MADE_TEST(it_is_the_users_alone),
		MADE_TEST(as_we_are),
		MADE_TEST(without_a_usable_TMPDIR_it_is_in_tmp),
		MADE_TEST(it_goes_with_all_below),
		MADE_TEST(folders_without_end_go_as_well),
		MADE_TEST(the_next_run_removes_it),
		MADE_TEST(one_that_is_shut_goes_as_well),
		MADE_TEST(one_that_is_shut_while_a_run_is_at_work_stays),
		MADE_TEST(a_run_at_work_keeps_its_own),
		MADE_TEST(what_is_not_ours_stays),
		MADE_TEST(what_is_no_folder_of_his_stays),
		MADE_TEST(runs_that_begin_together),
		MADE_TEST(a_folder_that_is_not_there),
		MADE_TEST(a_folder_where_he_may_not_write),
		MADE_TEST(a_folder_that_nothing_runs_from),
	};

	return cmocka_run_group_tests_name("build/folder", tests, NULL, NULL);
}
