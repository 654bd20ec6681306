/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include "rg/err.h"
#include "rg/file.h"

#include <dirent.h>

struct fixture {
	struct scratch scratch;
	struct rg_err err;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	scratch_make(&fixture->scratch);
	umask(022);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

static int write_file(struct fixture *fixture, const char *name, const char *text)
{
	fixture->err = (struct rg_err){0};
	return rg_file_write_atomic(scratch_path(&fixture->scratch, name), text, strlen(text), 0644,
				    &fixture->err);
}

static void assert_holds(struct fixture *fixture, const char *name, const char *expected)
{
	char *text = scratch_read(&fixture->scratch, name);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void assert_entries(struct fixture *fixture, int expected)
{
	DIR *names = opendir(fixture->scratch.root);
	int count = -2; /* "." and ".." */

	assert_non_null(names);
	while (readdir(names))
		count++;
	closedir(names);
	assert_int_equal(count, expected);
}

static void a_new_file(void **state)
{
	struct fixture *fixture = *state;
	struct stat st;

	assert_int_equal(write_file(fixture, "f", "hello"), 0);
	assert_holds(fixture, "f", "hello");
	assert_int_equal(stat(scratch_path(&fixture->scratch, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_entries(fixture, 1);
}

static void the_umask_holds(void **state)
{
	struct fixture *fixture = *state;
	struct stat st;

	umask(077);
	assert_int_equal(write_file(fixture, "f", "hello"), 0);
	assert_int_equal(stat(scratch_path(&fixture->scratch, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* Who has the old file open keeps reading the old bytes. */
static void an_old_file_is_replaced_whole(void **state)
{
	struct fixture *fixture = *state;
	char text[8] = {0};
	int fd;

	assert_int_equal(write_file(fixture, "f", "before"), 0);
	fd = open(scratch_path(&fixture->scratch, "f"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(write_file(fixture, "f", "after"), 0);
	assert_int_equal(read(fd, text, sizeof(text)), 6);
	assert_string_equal(text, "before");
	close(fd);
	assert_holds(fixture, "f", "after");
	assert_entries(fixture, 1);
}

static void a_path_without_a_directory_is_the_current_one(void **state)
{
	struct fixture *fixture = *state;
	char here[PATH_MAX];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(fixture->scratch.root), 0);
	assert_int_equal(rg_file_write_atomic("f", "x", 1, 0644, NULL), 0);
	assert_int_equal(chdir(here), 0);
	assert_holds(fixture, "f", "x");
}

static void an_own_link_is_followed(void **state)
{
	struct fixture *fixture = *state;
	struct stat st;

	assert_int_equal(mkdir(scratch_path(&fixture->scratch, "d"), 0700), 0);
	assert_int_equal(symlink("d/f", scratch_path(&fixture->scratch, "l")), 0);
	assert_int_equal(write_file(fixture, "l", "hello"), 0);
	assert_holds(fixture, "d/f", "hello");
	assert_int_equal(lstat(scratch_path(&fixture->scratch, "l"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void an_absolute_link_is_followed(void **state)
{
	struct fixture *fixture = *state;
	char target[PATH_MAX];

	snprintf(target, sizeof(target), "%s/f", fixture->scratch.root);
	assert_int_equal(symlink(target, scratch_path(&fixture->scratch, "l")), 0);
	assert_int_equal(write_file(fixture, "l", "hello"), 0);
	assert_holds(fixture, "f", "hello");
}

static void a_planted_link_is_refused(void **state)
{
	struct fixture *fixture = *state;

	if (!scratch_is_root(__func__))
		return;
	scratch_write(&fixture->scratch, "precious", "kept");
	assert_int_equal(symlink("precious", scratch_path(&fixture->scratch, "l")), 0);
	assert_int_equal(lchown(scratch_path(&fixture->scratch, "l"), 12345, 12345), 0);
	assert_int_equal(write_file(fixture, "l", "hello"), RG_EPRIVILEGE);
	assert_text_has(fixture->err.text, "/l': is a symbolic link of another user");
	assert_holds(fixture, "precious", "kept");
	assert_entries(fixture, 2);
}

static void links_in_a_circle_end(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(symlink("b", scratch_path(&fixture->scratch, "a")), 0);
	assert_int_equal(symlink("a", scratch_path(&fixture->scratch, "b")), 0);
	assert_int_equal(write_file(fixture, "a", "x"), RG_EPRIVILEGE);
	assert_text_has(fixture->err.text, "too many");
}

static void devices_are_written_to_and_stay(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(rg_file_write_atomic("/dev/null", "x", 1, 0644, NULL), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void a_full_device_is_told(void **state)
{
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(rg_file_write_atomic("/dev/full", "x", 1, 0644, &err), RG_EIO);
	assert_string_equal(err.text, "file: write '/dev/full': No space left on device");
}

/* What was in the file before the descriptor's offset stays. */
static void a_descriptors_name_is_the_descriptor(void **state)
{
	struct fixture *fixture = *state;
	char path[32];
	int fd = open(scratch_path(&fixture->scratch, "f"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, "one ", 4), 4);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	assert_int_equal(rg_file_write_atomic(path, "two ", 4, 0644, NULL), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	assert_int_equal(rg_file_write_atomic(path, "three", 5, 0644, NULL), 0);
	close(fd);
	assert_holds(fixture, "f", "one two three");
	assert_int_equal(rg_file_write_atomic("/dev/fd/9999", "x", 1, 0644, &fixture->err), RG_EIO);
	assert_text_has(fixture->err.text, "Bad file descriptor");
}

static int write_to_stdout(void *ctx)
{
	int fds[2];
	char text[8] = {0};

	(void)ctx;
	if (pipe(fds) || dup2(fds[1], STDOUT_FILENO) < 0)
		return 1;
	if (rg_file_write_atomic("/dev/stdout", "hello", 5, 0644, NULL))
		return 2;
	return read(fds[0], text, 5) == 5 && !strcmp(text, "hello") ? 0 : 3;
}

static void standard_output_has_a_name(void **state)
{
	assert_int_equal(scratch_in_child(write_to_stdout, *state, false), 0);
}

struct row {
	const char *sentence;
	const char *name;
	int code;
	const char *part;
};

static const struct row refused[] = {
	{"a missing directory", "none/f", RG_ENOTFOUND, "/none/f': No such file or directory"},
	{"a directory", "d", RG_EIO, "/d': Is a directory"},
	{"a name that ends in a slash", "d/", RG_EIO, "/d/': Is a directory"},
	{"a file in place of a directory", "f/x", RG_EIO, "/f/x': Not a directory"},
};

static void what_cannot_be_written_is_told(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdir(scratch_path(&fixture->scratch, "d"), 0700), 0);
	scratch_write(&fixture->scratch, "f", "kept");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (write_file(fixture, refused[i].name, "x") != refused[i].code)
			fail_msg("%s: %s", refused[i].sentence, fixture->err.text);
		assert_text_has(fixture->err.text, refused[i].part);
	}
	assert_holds(fixture, "f", "kept");
	assert_entries(fixture, 2);
}

static void an_endless_path_is_refused(void **state)
{
	struct fixture *fixture = *state;
	char path[PATH_MAX + 100];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(rg_file_write_atomic(path, "x", 1, 0644, &fixture->err), RG_EIO);
	assert_text_has(fixture->err.text, "aaa': File name too long");
}

static int write_is_denied(void *ctx)
{
	return write_file(ctx, "f", "x") == RG_EPRIVILEGE ? 0 : 1;
}

static void a_directory_of_somebody_else(void **state)
{
	struct fixture *fixture = *state;

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	assert_int_equal(scratch_in_child(write_is_denied, fixture, true), 0);
	assert_entries(fixture, 0);
}

static void under_sudo_the_file_is_the_users(void **state)
{
	struct fixture *fixture = *state;
	struct stat st;

	if (!scratch_is_root(__func__))
		return;
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "23456", 1);
	assert_int_equal(write_file(fixture, "f", "x"), 0);
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	assert_int_equal(stat(scratch_path(&fixture->scratch, "f"), &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 23456);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file),
		TEST(the_umask_holds),
		TEST(an_old_file_is_replaced_whole),
		TEST(a_path_without_a_directory_is_the_current_one),
		TEST(an_own_link_is_followed),
		TEST(an_absolute_link_is_followed),
		TEST(a_planted_link_is_refused),
		TEST(links_in_a_circle_end),
		TEST(devices_are_written_to_and_stay),
		TEST(a_full_device_is_told),
		TEST(a_descriptors_name_is_the_descriptor),
		TEST(standard_output_has_a_name),
		TEST(what_cannot_be_written_is_told),
		TEST(an_endless_path_is_refused),
		TEST(a_directory_of_somebody_else),
		TEST(under_sudo_the_file_is_the_users),
	};

	return cmocka_run_group_tests_name("store/output", tests, NULL, NULL);
}
