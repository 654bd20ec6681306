/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether there is room for what is exported: known before anything is written, and told when it goes meanwhile. */
#include "exported.h"

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>

enum { NO_MOUNTS = 77 };

/* "p": eight files of 1 MiB, tagged v1, which take next to nothing in the repository. */
#define LARGE                                                                                 \
	"git init -q -b main p; cd p; mkdir d; for i in 1 2 3 4 5 6 7 8; do head -c 1048576 " \
	"/dev/zero >d/$i; done; git add .; git commit -qm 1; git tag v1; cd ..; mkdir out;"

struct room_test {
	struct git_fixture *f;
	const char *options; /* of the tmpfs that it goes to */
	const char *revision;
	int code;
	const char *parts[3];
	bool (*stop)(void *ctx);
};

/* Takes all that is free, when the fifth file is begun, after the fourth is there. */
static bool fill(void *ctx)
{
	static char zeros[1 << 16];
	struct git_fixture *f = ctx;
	int fd;

	if (access(scratch_path(&f->scratch, "out/d/4"), F_OK))
		return false;
	fd = open(scratch_path(&f->scratch, "out/filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fd);
	return false;
}

static int count_in(const char *path)
{
	DIR *names = opendir(path);
	int count = -2;

	while (names && readdir(names))
		count++;
	if (names)
		closedir(names);
	return count;
}

static int check_told(const struct room_test *test, int rc)
{
	const struct git_fixture *f = test->f;

	print_message("%s\n", f->err.text);
	if (rc != test->code)
		return 1;
	for (size_t i = 0; i < 3 && test->parts[i]; i++)
		if (!strstr(f->err.text, test->parts[i]))
			return 2;
	return 0;
}

/* In a process of its own, whose mounts end with it. 0 when it is told as it should be. */
static int export_to_small(void *ctx)
{
	struct room_test *test = ctx;
	struct git_fixture *f = test->f;
	const char *out = scratch_path(&f->scratch, "out");
	struct rg_export plan = {.stop = test->stop, .ctx = f};
	struct rg_export_result result;
	char id[RG_REPO_ID_MAX];
	int rc;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", out, "tmpfs", 0, test->options))
		return NO_MOUNTS;
	out = scratch_path(&f->scratch, "out");
	plan.folder = open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rg_repo_open(scratch_path(&f->scratch, "p"), &f->repo, &f->err))
		return 3;
	if (!test->revision)
		rc = rg_repo_export_work(f->repo, &plan, &result, &f->err);
	else if (rg_repo_resolve(f->repo, test->revision, id, &f->err))
		return 4;
	else
		rc = rg_repo_export_commit(f->repo, id, &plan, &result, &f->err);
	if (!test->stop && count_in(scratch_path(&f->scratch, "out")) != 0)
		return 5;
	return check_told(test, rc);
}

static void assert_told(struct room_test *test, const char *name)
{
	int rc;

	if (!scratch_is_root(name))
		return;
	rc = scratch_in_child(export_to_small, test, false);
	if (rc == NO_MOUNTS) {
		print_message("skipped: mounts are not allowed here\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

static void what_does_not_fit_is_not_begun(void **state)
{
	struct room_test test = {
		.f = *state,
		.options = "size=4M",
		.code = RG_EIO,
		.parts = {"export: its files take 8.0 MiB, and 128.0 KiB are to stay free for the "
			  "build, but only 4.0 MiB are free in '",
			  "/out': make room, or set TMPDIR to a folder that has more"},
	};

	git_run(&test.f->scratch, LARGE);
	test.revision = "v1";
	assert_told(&test, "what_does_not_fit_is_not_begun");
	test.revision = NULL;
	assert_told(&test, "what_does_not_fit_is_not_begun");
}

static void a_little_stays_free(void **state)
{
	struct room_test test = {
		.f = *state,
		.options = "size=8256K",
		.revision = "v1",
		.code = RG_EIO,
		.parts = {"are to stay free for the build, but only 8.1 MiB are free in '"},
	};

	git_run(&test.f->scratch, LARGE);
	assert_told(&test, "a_little_stays_free");
}

static void too_many_files(void **state)
{
	struct room_test test = {
		.f = *state,
		.options = "size=64M,nr_inodes=6",
		.revision = "v1",
		.code = RG_EIO,
		.parts = {"export: it has 9 files and folders, and no more than 5 can be made in '",
			  "/out': set TMPDIR to a folder elsewhere"},
	};

	git_run(&test.f->scratch, LARGE);
	assert_told(&test, "too_many_files");
}

/* The disk is everybody's: what was free may be gone when it is written to. */
static void room_that_goes_meanwhile(void **state)
{
	struct room_test test = {
		.f = *state,
		.options = "size=16M",
		.code = RG_EIO,
		.parts = {"'d/5': No space left on device, with 4.0 MiB of its files written: make "
			  "room, or set TMPDIR to a folder that has more"},
		.stop = fill,
	};

	git_run(&test.f->scratch, LARGE);
	test.revision = "v1";
	assert_told(&test, "room_that_goes_meanwhile");
}

static void files_that_are_all_holes(void **state)
{
	struct git_fixture *f = *state;

	git_run(&f->scratch, "git init -q p; truncate -s 900G p/holes");
	export_fails(f, "p", NULL, RG_EIO, "export: its files take 900.0 GiB, and ");
	git_run(&f->scratch, "truncate -s 1025G p/holes");
	export_fails(f, "p", NULL, RG_ELIMIT,
		     "export: 'holes' is one file too many: with it they take more than 1 TiB");
	git_run(&f->scratch, "truncate -s 700G p/holes; truncate -s 600G p/more");
	export_fails(f, "p", NULL, RG_ELIMIT, "is one file too many");
	assert_false(scratch_exists(&f->scratch, "out/holes"));
}

/* A log that something goes on writing to has no end; what it had at first is copied. */
static bool append(void *ctx)
{
	struct git_fixture *f = ctx;
	int fd = open(scratch_path(&f->scratch, "p/log"), O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd >= 0 && !ftruncate(fd, lseek(fd, 0, SEEK_END) + (16 << 20)))
		close(fd);
	return false;
}

static void a_file_that_grows_all_the_time(void **state)
{
	struct git_fixture *f = *state;
	struct export_test test = {.plan = {.stop = append, .ctx = f}};

	git_run(&f->scratch, "git init -q p; : >p/log");
	assert_int_equal(export_of(f, "p", NULL, &test), 0);
	/* Each question makes it larger: when it is measured, when it is begun, and for each part. */
	assert_true(test.result.bytes <= 48 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		GIT_TEST(what_does_not_fit_is_not_begun),
		GIT_TEST(a_little_stays_free),
		GIT_TEST(too_many_files),
		GIT_TEST(room_that_goes_meanwhile),
		GIT_TEST(files_that_are_all_holes),
		GIT_TEST(a_file_that_grows_all_the_time),
	};

	return cmocka_run_group_tests_name("repo/export_room", tests, NULL, NULL);
}
