/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "identity.h"

#include "rg/capture.h"
#include "rg/err.h"

#include <errno.h>
#include <sys/fsuid.h>

struct place {
	struct scratch scratch;
};

static int begin_test(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	scratch_make(&p->scratch);
	assert_int_equal(chmod(p->scratch.root, 0777), 0);
	*state = p;
	return 0;
}

static int end_test(void **state)
{
	struct place *p = *state;

	scratch_remove(&p->scratch);
	free(p);
	return 0;
}

#define identity_test(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

static void assert_owner(struct place *p, const char *name, uid_t uid, gid_t gid)
{
	struct stat st;

	scratch_write(&p->scratch, name, "x");
	assert_int_equal(stat(scratch_path(&p->scratch, name), &st), 0);
	assert_int_equal(st.st_uid, uid);
	assert_int_equal(st.st_gid, gid);
}

static void files_are_the_users_for_a_time(void **state)
{
	const struct rg_capture_user user = {.uid = 54321, .gid = 54322};
	struct identity before;
	struct place *p = *state;

	if (!scratch_is_root("files_are_the_users_for_a_time"))
		return;
	scratch_write(&p->scratch, "roots", "x");
	assert_int_equal(chmod(scratch_path(&p->scratch, "roots"), 0600), 0);
	assert_int_equal(identity_take(&user, &before, NULL), 0);
	assert_int_equal(identity_uid(), 54321);
	assert_owner(p, "his", 54321, 54322);
	/* Root's privileges over files are put away, too. */
	assert_int_equal(open(scratch_path(&p->scratch, "roots"), O_RDONLY), -1);
	assert_int_equal(errno, EACCES);
	identity_restore(&before);
	assert_owner(p, "ours", 0, 0);
	assert_int_equal(access(scratch_path(&p->scratch, "roots"), R_OK), 0);
}

/* 0 when groups are put away and come back. */
static int switch_groups(void *ctx)
{
	const gid_t ours[] = {4, 20};
	const struct rg_capture_user user = {.uid = 54321, .gid = 54322};
	struct identity before;
	gid_t groups[8];

	(void)ctx;
	if (setgroups(2, ours) || identity_take(&user, &before, NULL))
		return 1;
	if (getgroups(8, groups) != 1 || groups[0] != 54322)
		return 2;
	identity_restore(&before);
	return getgroups(8, groups) == 2 && groups[0] == 4 && groups[1] == 20 ? 0 : 3;
}

static void groups_are_his_as_well(void **state)
{
	if (!scratch_is_root("groups_are_his_as_well"))
		return;
	assert_int_equal(scratch_in_child(switch_groups, *state, false), 0);
}

static void without_a_user_nothing_changes(void **state)
{
	const uid_t uid = identity_uid();
	struct identity before;

	assert_int_equal(identity_take(NULL, &before, NULL), 0);
	assert_int_equal(identity_uid(), uid);
	identity_restore(&before);
	assert_owner(*state, "ours", uid, getegid());
}

/* 0: who is not root stays who he is. */
static int take_as_nobody(void *ctx)
{
	const struct rg_capture_user user = {.uid = 54321, .gid = 54322};
	struct identity before;

	(void)ctx;
	if (identity_take(&user, &before, NULL) || identity_uid() != SCRATCH_NOBODY)
		return 1;
	identity_restore(&before);
	return identity_uid() == SCRATCH_NOBODY ? 0 : 2;
}

static void who_is_not_root_changes_nothing(void **state)
{
	if (!scratch_is_root("who_is_not_root_changes_nothing"))
		return;
	assert_int_equal(scratch_in_child(take_as_nobody, *state, true), 0);
}

/* 0 when the refusal is told and nothing is changed: as root without the privilege to become another. */
static int take_without_privilege(void *ctx)
{
	const struct rg_capture_user user = {.uid = 54321, .gid = 54322};
	struct identity before;
	struct rg_err err = {0};

	(void)ctx;
	/* Effective privileges go with the effective user; files' with him who opens them. */
	if (seteuid(SCRATCH_NOBODY))
		return 1;
	setfsuid(0);
	if (identity_uid() != 0)
		return 2;
	if (identity_take(&user, &before, &err) != RG_EPRIVILEGE)
		return 3;
	if (strcmp(err.text, "build: cannot work on files as user 54321") != 0)
		return 4;
	return identity_uid() == 0 ? 0 : 5;
}

static void a_refusal_is_told(void **state)
{
	if (!scratch_is_root("a_refusal_is_told"))
		return;
	assert_int_equal(scratch_in_child(take_without_privilege, *state, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		identity_test(files_are_the_users_for_a_time),
		identity_test(groups_are_his_as_well),
		identity_test(without_a_user_nothing_changes),
		identity_test(who_is_not_root_changes_nothing),
		identity_test(a_refusal_is_told),
	};

	return cmocka_run_group_tests_name("build/identity", tests, NULL, NULL);
}
