/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_REFUSED_H
#define TEST_CONFORMANCE_REFUSED_H

#include "fixture.h"

#include <sched.h>
#include <sys/mount.h>

/* The system refuses: permissions and full disks. Children report by their exit status. */

enum { BIG_BYTES = 512 << 10, SKIPPED = 77 };

static int put_fails(struct fixture *fixture, int code, const char *part)
{
	struct rg_store_run run = {0};
	struct rg_err err = {0};
	bool created;
	int rc = rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created, &err);

	if (rc == code && strstr(err.text, part))
		return 0;
	fprintf(stderr, "%d: %s\n", rc, err.text);
	return 1;
}

static int put_is_denied(void *ctx)
{
	return put_fails(ctx, RG_EPRIVILEGE, "Permission denied");
}

static void a_directory_of_somebody_else(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	assert_int_equal(scratch_in_child(put_is_denied, fixture, true), 0);
	assert_false(scratch_exists(&fixture->scratch, "s"));
	put_text(fixture, &sample_key, "hello", id);
	assert_int_equal(scratch_in_child(put_is_denied, fixture, true), 0);
	assert_whole(fixture, 1);
}

/* With a run in the store, which anybody may read and nobody else may change. */
static void assert_denied_to_readers(struct fixture *fixture, int (*denied)(void *ctx))
{
	char id[RG_STORE_ID_MAX], command[512];

	put_text(fixture, &sample_key, "hello", id);
	snprintf(command, sizeof(command), "chmod -R a+rX %s", fixture->scratch.root);
	assert_int_equal(system(command), 0);
	assert_int_equal(scratch_in_child(denied, fixture, true), 0);
	assert_whole(fixture, 1);
}

static void a_place_that_is_read_only(void **state)
{
	if (scratch_is_root(__func__))
		assert_denied_to_readers(*state, put_is_denied);
}

static int remove_is_denied(void *ctx)
{
	struct fixture *fixture = ctx;
	const struct rg_store_key any = {0};
	struct rg_store_list list = {0};
	int rc;

	if (rg_store_find(fixture->store, &any, &list, NULL) || list.count != 1)
		return 1;
	rc = rg_store_remove(fixture->store, &list.runs[0], NULL);
	rg_store_list_done(&list);
	return rc == RG_EPRIVILEGE ? 0 : 2;
}

static void removing_needs_the_right_to(void **state)
{
	if (scratch_is_root(__func__))
		assert_denied_to_readers(*state, remove_is_denied);
}

static int unreadable_is_told(void *ctx)
{
	struct fixture *fixture = ctx;
	const struct rg_store_key any = {0};
	struct rg_store_list list = {0};
	int rc = rg_store_find(fixture->store, &any, &list, NULL);
	const bool told = rc == RG_EPRIVILEGE || (!rc && list.count == 0 && list.damaged == 1 &&
						  strstr(list.first_damaged, "Permission denied"));

	rg_store_list_done(&list);
	return told ? 0 : 1;
}

static int listing_is_denied(void *ctx)
{
	struct fixture *fixture = ctx;
	const struct rg_store_key any = {0};
	struct rg_store_list list = {0};

	return rg_store_find(fixture->store, &any, &list, NULL) == RG_EPRIVILEGE ? 0 : 1;
}

/* An empty list would read as "no baseline". */
static void what_cannot_be_read_is_not_empty(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	if (!scratch_is_root(__func__))
		return;
	put_text(fixture, &sample_key, "hello", id);
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	assert_int_equal(scratch_in_child(listing_is_denied, fixture, true), 0);
	assert_int_equal(chmod(scratch_path(&fixture->scratch, "s"), 0755), 0);
	assert_int_equal(scratch_in_child(unreadable_is_told, fixture, true), 0);
}

static size_t entries_of(struct fixture *fixture)
{
	const struct rg_store_key any = {0};
	struct rg_store_list list = {0};
	size_t count;

	if (rg_store_find(fixture->store, &any, &list, NULL) || list.damaged)
		return SIZE_MAX;
	count = list.count;
	rg_store_list_done(&list);
	return count;
}

static int fill_the_disk(struct fixture *fixture, const char *filler)
{
	char block[4096] = {0};
	FILE *file = fopen(scratch_path(&fixture->scratch, filler), "wb");

	if (!file)
		return 1;
	while (fwrite(block, 1, sizeof(block), file) == sizeof(block) && !fflush(file))
		continue;
	fclose(file);
	return 0;
}

static int put_big(struct fixture *fixture, struct rg_err *err)
{
	static unsigned char big[BIG_BYTES];
	struct rg_store_run run = {0};
	unsigned int seed = 1;
	bool created;
	int rc;

	/* As a profile is: nothing that can be compressed. */
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (unsigned char)(rand_r(&seed) >> 7);
	rc = rg_store_put(fixture->store, &sample_key, "l", big, sizeof(big), &run, &created, err);
	rg_store_run_done(&run);
	return rc;
}

/* In a mount name space of its own: a disk of 256 KiB at "s". */
static int on_a_full_disk(void *ctx)
{
	struct fixture *fixture = ctx;
	char id[RG_STORE_ID_MAX];
	struct rg_err err = {0};

	mkdir(scratch_path(&fixture->scratch, "s"), 0700);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", scratch_path(&fixture->scratch, "s"), "tmpfs", 0, "size=256k"))
		return SKIPPED;
	put_text(fixture, &sample_key, "hello", id);
	if (put_big(fixture, &err) != RG_EIO || !strstr(err.text, "No space left on device"))
		return 1;
	if (entries_of(fixture) != 1)
		return 2;
	if (fill_the_disk(fixture, "s/filler"))
		return 3;
	if (put_fails(fixture, RG_EIO, "No space left on device"))
		return 4;
	unlink(scratch_path(&fixture->scratch, "s/filler"));
	if (entries_of(fixture) != 1)
		return 5;
	put_text(fixture, &sample_key, "another", id);
	return entries_of(fixture) == 2 ? 0 : 6;
}

static void a_full_disk_is_told_and_nothing_is_half_there(void **state)
{
	int rc;

	if (!scratch_is_root(__func__))
		return;
	rc = scratch_in_child(on_a_full_disk, *state, false);
	if (rc == SKIPPED) {
		print_message("%s: skipped: no mounts here\n", __func__);
		return;
	}
	assert_int_equal(rc, 0);
}

#define CONFORMANCE_REFUSED                                                              \
	STORE_TEST(a_directory_of_somebody_else), STORE_TEST(a_place_that_is_read_only), \
		STORE_TEST(removing_needs_the_right_to),                                 \
		STORE_TEST(what_cannot_be_read_is_not_empty),                            \
		STORE_TEST(a_full_disk_is_told_and_nothing_is_half_there)

#endif
