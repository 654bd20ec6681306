/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_DAMAGE_H
#define TEST_CONFORMANCE_DAMAGE_H

/* What is stored is harmed, and what is refused then. How it is harmed is each backend's own. */

#include "fixture.h"

#include <sys/time.h>

/* --- Given by the test program, of runs of sample_key --- */

/* Exchanges a run's profile for other bytes, as one can who has all the store's tools. */
static void forge_profile(struct fixture *fixture, const char *id, const char *bytes);
/* Cuts off half of the file that the profile is in. */
static void cut_profile(struct fixture *fixture, const char *id);
/* Exchanges its manifest for this text. */
static void forge_manifest(struct fixture *fixture, const char *id, const char *text);
/* Leaves in the store what a writer that was killed may leave. */
static void leave_waste(struct fixture *fixture);
/* What another program has to say of the store's soundness. */
static void assert_sound(struct fixture *fixture);

/* --- */

static int make_entry_old(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const struct timeval times[2] = {{st->st_atim.tv_sec - 9999, 0},
					 {st->st_mtim.tv_sec - 9999, 0}};

	(void)ftw;
	return type == FTW_F ? utimes(path, times) : 0;
}

/* All files of the store are from hours ago. */
static void make_old(struct fixture *fixture)
{
	assert_int_equal(nftw(scratch_path(&fixture->scratch, "s"), make_entry_old, 16, FTW_PHYS),
			 0);
}

/* Gets the run as it was listed before it was harmed. */
static void assert_refused(struct fixture *fixture, const struct rg_store_list *list, int code,
			   const char *part)
{
	struct rg_buf bytes;

	rg_buf_init(&bytes, 1000);
	rg_buf_adds(&bytes, "kept");
	fixture->err = (struct rg_err){0};
	assert_int_equal(rg_store_get(fixture->store, &list->runs[0], &bytes, &fixture->err), code);
	assert_text_has(fixture->err.text, part);
	assert_text_has(fixture->err.text, list->runs[0].id);
	assert_int_equal(bytes.len, 4);
	rg_buf_done(&bytes);
}

static void assert_damaged(struct fixture *fixture, size_t count, size_t damaged, const char *part)
{
	struct rg_store_list list = find_all(fixture);

	assert_int_equal(list.count, count);
	if (list.damaged != damaged)
		fail_msg("%zu damaged: %s", list.damaged,
			 list.first_damaged ? list.first_damaged : "");
	if (damaged)
		assert_text_has(list.first_damaged, part);
	rg_store_list_done(&list);
}

static void forged_bytes_are_refused_by_name(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	forge_profile(fixture, id, "hullo");
	assert_refused(fixture, &list, RG_EFORMAT, "does not match its SHA-256: it is damaged");
	forge_profile(fixture, id, "hello, and more");
	assert_refused(fixture, &list, RG_EFORMAT, "has 15 bytes where its manifest says 5");
	assert_damaged(fixture, 0, 1, id);
	rg_store_list_done(&list);
}

static void a_cut_profile_is_refused_by_name(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	cut_profile(fixture, id);
	assert_refused(fixture, &list, RG_EFORMAT, "");
	rg_store_list_done(&list);
}

static void put_again(struct fixture *fixture)
{
	struct rg_store_run run = {0};
	bool created = false;

	if (rg_store_put(fixture->store, &sample_key, "l", "hello", 5, &run, &created,
			 &fixture->err))
		fail_msg("%s", fixture->err.text);
	assert_true(created);
	rg_store_run_done(&run);
	assert_whole(fixture, 2);
}

static void a_damaged_run_is_mended_by_putting_it_again(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "another", id);
	put_text(fixture, &sample_key, "hello", id);
	forge_profile(fixture, id, "hullo");
	put_again(fixture);
	cut_profile(fixture, id);
	put_again(fixture);
	forge_manifest(fixture, id, "junk");
	put_again(fixture);
	assert_sound(fixture);
}

struct forged_row {
	const char *sentence;
	const char *manifest;
	const char *part;
};

#define FORGED_ID "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
#define FORGED(scenario, sha)                                                           \
	"{\"schema\":\"regress-gate/run/1\",\"scenario\":\"" scenario                   \
	"\",\"version\":\"v1.4\",\"arch\":\"x86_64\",\"label\":\"l\",\"sha256\":\"" sha \
	"\",\"bytes\":5,\"stored_ns\":7}"

static const struct forged_row forged_manifests[] = {
	{"garbage", "\001\002\003", FORGED_ID ".json"},
	{"garbage, told why", "\001\002\003", "not JSON"},
	{"nothing", "", "not JSON"},
	{"another key's manifest", FORGED("other", FORGED_ID), "is the manifest of another key"},
	{"another run's manifest",
	 FORGED("checkout", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	 "is the manifest of another run"},
};

static void a_bad_manifest_is_counted_and_hides_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "another", id);
	put_text(fixture, &sample_key, "hello", id);
	for (size_t i = 0; i < sizeof(forged_manifests) / sizeof(forged_manifests[0]); i++) {
		forge_manifest(fixture, id, forged_manifests[i].manifest);
		assert_damaged(fixture, 1, 1, forged_manifests[i].part);
	}
}

static void a_huge_manifest_is_counted(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], huge[20000];

	memset(huge, ' ', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	put_text(fixture, &sample_key, "another", id);
	put_text(fixture, &sample_key, "hello", id);
	forge_manifest(fixture, id, huge);
	assert_damaged(fixture, 1, 1, "is larger than what may be read");
}

/* A damaged run can be removed by who knows its name. */
static void a_damaged_run_can_be_removed(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	forge_manifest(fixture, id, "junk");
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], NULL), 0);
	assert_whole(fixture, 0);
	rg_store_list_done(&list);
}

static void a_store_that_is_a_file(void **state)
{
	const struct rg_store_key any = {0};
	struct fixture *fixture = *state;
	struct rg_store_list list = {0};
	struct rg_store_run run = {0};
	struct rg_err put = {0};
	bool created;

	scratch_write(&fixture->scratch, "s", "x");
	assert_int_equal(rg_store_find(fixture->store, &any, &list, &fixture->err), RG_EIO);
	assert_text_has(fixture->err.text, "/s': Not a directory");
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "l", "x", 1, &run, &created,
				      &put),
			 RG_EIO);
	assert_text_has(put.text, "/s': Not a directory");
}

#define CONFORMANCE_DAMAGE                                                                        \
	STORE_TEST(forged_bytes_are_refused_by_name),                                             \
		STORE_TEST(a_cut_profile_is_refused_by_name),                                     \
		STORE_TEST(a_damaged_run_is_mended_by_putting_it_again),                          \
		STORE_TEST(a_bad_manifest_is_counted_and_hides_nothing_else),                     \
		STORE_TEST(a_huge_manifest_is_counted), STORE_TEST(a_damaged_run_can_be_removed), \
		STORE_TEST(a_store_that_is_a_file)

#endif
