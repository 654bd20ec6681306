/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include "rg/owner.h"

static void set_ids(const char *uid, const char *gid)
{
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	if (uid)
		setenv("SUDO_UID", uid, 1);
	if (gid)
		setenv("SUDO_GID", gid, 1);
}

struct row {
	const char *sentence;
	const char *uid, *gid;
	bool known;
};

static const struct row rows[] = {
	{"both ids", "12345", "23456", true},
	{"a group of root's", "12345", "0", true},
	{"no sudo", NULL, NULL, false},
	{"a user without a group", "12345", NULL, false},
	{"root by sudo", "0", "0", false},
	{"no number", "me", "23456", false},
	{"a number and more", "12345 ", "23456", false},
	{"a negative number", "-1", "23456", false},
	{"chown()'s \"leave it\"", "4294967295", "23456", false},
	{"more than 32 bits", "4294967297", "23456", false},
	{"nothing in it", "", "", false},
};

static void the_sudo_user_is_known(void **state)
{
	(void)state;
	if (!scratch_is_root(__func__))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uid_t uid = 7;
		gid_t gid = 7;

		set_ids(rows[i].uid, rows[i].gid);
		if (rg_owner_user(&uid, &gid) != rows[i].known)
			fail_msg("%s", rows[i].sentence);
		assert_int_equal(uid, rows[i].known ? 12345 : 7);
	}
	set_ids(NULL, NULL);
}

static int ask_as_nobody(void *ctx)
{
	uid_t uid;
	gid_t gid;

	(void)ctx;
	return rg_owner_user(&uid, &gid);
}

/* The variables alone say nothing: anybody can set them. */
static void without_root_there_is_nobody_to_give_to(void **state)
{
	(void)state;
	if (!scratch_is_root(__func__))
		return;
	set_ids("12345", "23456");
	assert_int_equal(scratch_in_child(ask_as_nobody, NULL, true), 0);
	set_ids(NULL, NULL);
}

static void a_file_is_given_back(void **state)
{
	struct scratch scratch;
	struct stat st;
	int fd;

	(void)state;
	if (!scratch_is_root(__func__))
		return;
	scratch_make(&scratch);
	fd = open(scratch_path(&scratch, "f"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(rg_owner_give_back(fd), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_uid, 0);
	set_ids("12345", "23456");
	assert_int_equal(rg_owner_give_back(fd), 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, 23456);
	assert_true(rg_owner_give_back(-1) < 0);
	set_ids(NULL, NULL);
	close(fd);
	scratch_remove(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sudo_user_is_known),
		cmocka_unit_test(without_root_there_is_nobody_to_give_to),
		cmocka_unit_test(a_file_is_given_back),
	};

	set_ids(NULL, NULL);
	return cmocka_run_group_tests_name("store/owner", tests, NULL, NULL);
}
