/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

#include <sys/time.h>

#define PLACE "s/checkout/v1.4/x86_64/"

static void assert_damaged(struct fixture *fixture, size_t count, size_t damaged, const char *part)
{
	struct rg_store_list list = find_all(fixture);

	assert_int_equal(list.count, count);
	assert_int_equal(list.damaged, damaged);
	if (damaged)
		assert_text_has(list.first_damaged, part);
	rg_store_list_done(&list);
}

/* Gets the run as it was listed before it was harmed. */
static void assert_refused(struct fixture *fixture, const struct rg_store_list *list, int code,
			   const char *part)
{
	struct rg_buf bytes;

	rg_buf_init(&bytes, 1000);
	fixture->err = (struct rg_err){0};
	assert_int_equal(rg_store_get(fixture->store, &list->runs[0], &bytes, &fixture->err), code);
	assert_text_has(fixture->err.text, part);
	assert_text_has(fixture->err.text, list->runs[0].id);
	assert_int_equal(bytes.len, 0);
	rg_buf_done(&bytes);
}

static void a_cut_profile_is_refused_and_listed_as_damaged(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	scratch_write(&fixture->scratch, file_of(id, ".pb.gz", name), "hell");
	assert_refused(fixture, &list, RG_EFORMAT, "has 4 bytes where its manifest says 5");
	assert_damaged(fixture, 0, 1, ".json': its profile is missing or not of the size it names");
	rg_store_list_done(&list);
}

static void a_missing_profile(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	unlink(scratch_path(&fixture->scratch, file_of(id, ".pb.gz", name)));
	assert_refused(fixture, &list, RG_ENOTFOUND, "No such file");
	assert_damaged(fixture, 0, 1, "its profile is missing");
	rg_store_list_done(&list);
}

static void a_huge_manifest_is_counted(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256];

	put_text(fixture, &sample_key, "another", id);
	put_text(fixture, &sample_key, "hello", id);
	assert_int_equal(truncate(scratch_path(&fixture->scratch, file_of(id, ".json", name)),
				  INT64_C(1) << 40),
			 0);
	assert_damaged(fixture, 1, 1, "is larger than what may be read");
}

static void foreign_files_are_counted(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
	scratch_write(&fixture->scratch, "s/README", "x");
	assert_damaged(fixture, 1, 1, "/s/README': does not belong here: it is not a directory");
	scratch_write(&fixture->scratch, "s/checkout/a b", "x");
	scratch_write(&fixture->scratch, PLACE "notes.txt", "x");
	mkdir(scratch_path(&fixture->scratch, "s/.hidden"), 0700);
	mkdir(scratch_path(&fixture->scratch, "s/checkout/%2f"), 0700);
	assert_damaged(fixture, 1, 5, "does not belong here");
}

/* A search for one key is not troubled by what lies under another. */
static void damage_elsewhere_is_not_counted(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list = {0};
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
	mkdir(scratch_path(&fixture->scratch, "s/other"), 0700);
	scratch_write(&fixture->scratch, "s/other/junk", "x");
	assert_int_equal(rg_store_find(fixture->store, &sample_key, &list, NULL), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.damaged, 0);
	rg_store_list_done(&list);
}

static void links_are_not_followed(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256], away[PATH_MAX];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	snprintf(away, sizeof(away), "%s/away", fixture->scratch.root);
	assert_int_equal(rename(scratch_path(&fixture->scratch, file_of(id, ".pb.gz", name)), away),
			 0);
	assert_int_equal(symlink(away, scratch_path(&fixture->scratch, name)), 0);
	assert_refused(fixture, &list, RG_EFORMAT, "is not a regular file");
	assert_damaged(fixture, 0, 1, "its profile is missing");
	rg_store_list_done(&list);
}

static void linked_directories_are_not_followed(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], from[PATH_MAX];
	struct rg_store_run run = {0};
	bool created;

	put_text(fixture, &sample_key, "hello", id);
	snprintf(from, sizeof(from), "%s/s/checkout", fixture->scratch.root);
	assert_int_equal(rename(from, scratch_path(&fixture->scratch, "away")), 0);
	assert_int_equal(symlink(scratch_path(&fixture->scratch, "away"), from), 0);
	assert_damaged(fixture, 0, 1, "/checkout': does not belong here: it is not a directory");
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "l", "new", 3, &run, &created,
				      &fixture->err),
			 RG_EIO);
	assert_text_has(fixture->err.text, "store: create '");
	assert_text_has(fixture->err.text, "/s/checkout/v1.4/x86_64': Not a directory");
}

static void set_age(struct fixture *fixture, const char *name, int seconds)
{
	struct timeval times[2];

	gettimeofday(&times[0], NULL);
	times[0].tv_sec -= seconds;
	times[1] = times[0];
	assert_int_equal(utimes(scratch_path(&fixture->scratch, name), times), 0);
}

/* What killed writers leave is invisible, and goes when it is old enough. */
static void left_overs_are_swept(void **state)
{
	static const char orphan[] =
		PLACE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pb.gz";
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256];

	put_text(fixture, &sample_key, "hello", id);
	scratch_write(&fixture->scratch, orphan, "x");
	scratch_write(&fixture->scratch, PLACE ".tmp-0123", "x");
	set_age(fixture, file_of(id, ".pb.gz", name), 9999);
	assert_damaged(fixture, 1, 0, "");
	put_text(fixture, &sample_key, "second", id);
	assert_true(scratch_exists(&fixture->scratch, orphan));
	assert_true(scratch_exists(&fixture->scratch, PLACE ".tmp-0123"));
	set_age(fixture, orphan, 3700);
	set_age(fixture, PLACE ".tmp-0123", 3700);
	put_text(fixture, &sample_key, "third", id);
	assert_false(scratch_exists(&fixture->scratch, orphan));
	assert_false(scratch_exists(&fixture->scratch, PLACE ".tmp-0123"));
	assert_whole(fixture, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_cut_profile_is_refused_and_listed_as_damaged),
		STORE_TEST(a_missing_profile),
		STORE_TEST(a_huge_manifest_is_counted),
		STORE_TEST(foreign_files_are_counted),
		STORE_TEST(damage_elsewhere_is_not_counted),
		STORE_TEST(links_are_not_followed),
		STORE_TEST(linked_directories_are_not_followed),
		STORE_TEST(left_overs_are_swept),
	};

	return cmocka_run_group_tests_name("store/dir_damage", tests, NULL, NULL);
}
