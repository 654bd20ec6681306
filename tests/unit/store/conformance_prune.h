/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_PRUNE_H
#define TEST_CONFORMANCE_PRUNE_H

/* What is kept and what is not, and clocks that are wrong. */

#include "conformance_damage.h"
#include "fixture.h"

#include <sys/syscall.h>
#include <time.h>

/* The time of day as the store is to see it; 0: as it is. */
static uint64_t fake_now_s;

/* Takes the C library's place in the whole program. */
int clock_gettime(clockid_t id, struct timespec *time)
{
	if (id == CLOCK_REALTIME && fake_now_s) {
		*time = (struct timespec){.tv_sec = (time_t)fake_now_s};
		return 0;
	}
	return (int)syscall(SYS_clock_gettime, id, time);
}

#define DAY   INT64_C(86400)
#define TODAY INT64_C(1800000000)

/* Puts a run whose bytes say its version and the day. */
static void put_on_day(struct fixture *fixture, const struct rg_store_key *key, int day)
{
	char text[300], id[RG_STORE_ID_MAX];

	snprintf(text, sizeof(text), "%s on day %d", key->version, day);
	fake_now_s = (uint64_t)(TODAY + day * DAY);
	put_text(fixture, key, text, id);
	fake_now_s = 0;
}

static void put_version(struct fixture *fixture, const char *version, int day)
{
	const struct rg_store_key key = {"checkout", version, "x86_64"};

	put_on_day(fixture, &key, day);
}

static void note_removed(void *ctx, const struct rg_store_run *run)
{
	(void)run;
	++*(size_t *)ctx;
}

/* Prunes on day 100; returns how many runs were told of. */
static size_t prune(struct fixture *fixture, struct rg_store_retention retention)
{
	size_t removed = 0;

	retention.removed = note_removed;
	retention.ctx = &removed;
	fake_now_s = (uint64_t)(TODAY + 100 * DAY);
	if (rg_store_prune(fixture->store, &retention, &fixture->err))
		fail_msg("%s", fixture->err.text);
	fake_now_s = 0;
	return removed;
}

/* The runs left, as "v1@3 v2@4", in the order of the list; `out` holds 1000 bytes. */
static const char *left_over(struct fixture *fixture, char *out)
{
	struct rg_store_list list = find_all(fixture);
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < list.count; i++) {
		const long long seconds = (long long)(list.runs[i].stored_ns / 1000000000);

		len += (size_t)snprintf(out + len, 1000 - len, "%s%s@%lld", i ? " " : "",
					list.runs[i].version, (seconds - TODAY) / DAY);
	}
	rg_store_list_done(&list);
	assert_whole(fixture, list.count ? list.count : count_of(fixture, NULL, NULL, NULL));
	return out;
}

static void the_newest_runs_of_a_version_are_kept(void **state)
{
	struct fixture *fixture = *state;
	char left[1000];

	for (int day = 1; day <= 4; day++)
		put_version(fixture, "v1", day);
	put_version(fixture, "v2", 1);
	assert_int_equal(prune(fixture, (struct rg_store_retention){.keep_runs = 2}), 2);
	assert_string_equal(left_over(fixture, left), "v1@3 v1@4 v2@1");
}

/* A version is as new as its newest run, not as its name. */
static void the_newest_versions_are_kept(void **state)
{
	struct fixture *fixture = *state;
	char left[1000];

	put_version(fixture, "v9", 1);
	put_version(fixture, "v1", 1);
	put_version(fixture, "v1", 5);
	put_version(fixture, "v2", 4);
	put_version(fixture, "v3", 3);
	assert_int_equal(prune(fixture, (struct rg_store_retention){.keep_versions = 2}), 2);
	assert_string_equal(left_over(fixture, left), "v1@1 v1@5 v2@4");
}

static void both_rules_hold(void **state)
{
	struct fixture *fixture = *state;
	char left[1000];

	for (int day = 1; day <= 3; day++) {
		put_version(fixture, "v1", day);
		put_version(fixture, "v2", day + 10);
	}
	assert_int_equal(
		prune(fixture, (struct rg_store_retention){.keep_runs = 1, .keep_versions = 1}), 5);
	assert_string_equal(left_over(fixture, left), "v2@13");
}

static bool is_v1_or_v2(void *ctx, const char *version)
{
	(void)ctx;
	return !strcmp(version, "v1") || !strcmp(version, "v2");
}

static void tags_are_kept_and_not_counted(void **state)
{
	const struct rg_store_retention retention = {
		.keep_runs = 1, .keep_versions = 1, .is_kept = is_v1_or_v2};
	struct fixture *fixture = *state;
	char left[1000];

	put_version(fixture, "v1", 1);
	put_version(fixture, "v1", 2);
	put_version(fixture, "v2", 9);
	put_version(fixture, "v3", 3);
	put_version(fixture, "v4", 4);
	assert_int_equal(prune(fixture, retention), 2);
	assert_string_equal(left_over(fixture, left), "v1@2 v2@9 v4@4");
}

static void scenarios_and_architectures_are_counted_apart(void **state)
{
	static const struct rg_store_key keys[] = {
		{"a", "v1", "x"}, {"a", "v2", "x"}, {"a", "v1", "y"}, {"b", "v1", "x"}};
	struct fixture *fixture = *state;
	char left[1000];

	for (int i = 0; i < 4; i++)
		put_on_day(fixture, &keys[i], i);
	assert_int_equal(prune(fixture, (struct rg_store_retention){.keep_versions = 1}), 1);
	assert_string_equal(left_over(fixture, left), "v1@2 v2@1 v1@3");
}

static void a_dry_run_tells_the_same_and_removes_nothing(void **state)
{
	struct rg_store_retention retention = {.keep_runs = 1, .dry_run = true};
	struct fixture *fixture = *state;

	for (int day = 1; day <= 3; day++)
		put_version(fixture, "v1", day);
	assert_int_equal(prune(fixture, retention), 2);
	assert_whole(fixture, 3);
	retention.dry_run = false;
	assert_int_equal(prune(fixture, retention), 2);
	assert_whole(fixture, 1);
	assert_int_equal(prune(fixture, retention), 0);
}

static void nothing_asked_removes_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(prune(fixture, (struct rg_store_retention){0}), 0);
	assert_false(scratch_exists(&fixture->scratch, "s"));
	for (int day = 1; day <= 3; day++)
		put_version(fixture, "v1", day);
	assert_int_equal(prune(fixture, (struct rg_store_retention){0}), 0);
	assert_whole(fixture, 3);
}

/* It would take a place for years, and push out one that is really new. */
static void a_clock_that_was_ahead_pushes_nothing_out(void **state)
{
	struct fixture *fixture = *state;
	char left[1000];

	put_version(fixture, "v1", 30000);
	put_version(fixture, "v1", 1);
	put_version(fixture, "v1", 2);
	put_version(fixture, "v2", 30000);
	put_version(fixture, "v3", 3);
	put_version(fixture, "v4", 4);
	assert_int_equal(
		prune(fixture, (struct rg_store_retention){.keep_runs = 1, .keep_versions = 1}), 2);
	assert_string_equal(left_over(fixture, left), "v1@2 v1@30000 v2@30000 v4@4");
}

/* The clock of a machine without a battery. */
static void a_clock_that_was_behind_is_the_oldest(void **state)
{
	struct fixture *fixture = *state;
	char left[1000], id[RG_STORE_ID_MAX];

	put_version(fixture, "v1", 1);
	put_version(fixture, "v1", 2);
	fake_now_s = 1;
	put_text(fixture, &sample_key, "of 1970", id);
	fake_now_s = 0;
	put_version(fixture, "v1.4", 3);
	assert_int_equal(prune(fixture, (struct rg_store_retention){.keep_runs = 1}), 2);
	assert_string_equal(left_over(fixture, left), "v1@2 v1.4@3");
}

/* To it everything is from the future. */
static void a_clock_that_is_behind_removes_nothing(void **state)
{
	const struct rg_store_retention retention = {.keep_runs = 1, .keep_versions = 1};
	struct fixture *fixture = *state;

	for (int day = 1; day <= 3; day++)
		put_version(fixture, "v1", day);
	fake_now_s = 1;
	assert_int_equal(rg_store_prune(fixture->store, &retention, NULL), 0);
	fake_now_s = 0;
	assert_whole(fixture, 3);
}

static void what_cannot_be_read_is_not_counted(void **state)
{
	const struct rg_store_retention retention = {.keep_runs = 1};
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	for (int day = 1; day <= 2; day++)
		put_version(fixture, "v1.4", day);
	put_text(fixture, &sample_key, "hello", id);
	forge_manifest(fixture, id, "junk");
	/* Whether a damaged store is swept is the backend's to say. */
	fake_now_s = (uint64_t)(TODAY + 100 * DAY);
	rg_store_prune(fixture->store, &retention, NULL);
	fake_now_s = 0;
	assert_damaged(fixture, 1, 1, id);
}

enum { BIG = 200000 };

static int is_small(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	return type == FTW_F && st->st_size > BIG / 2;
}

static bool holds_big_files(struct fixture *fixture)
{
	return nftw(scratch_path(&fixture->scratch, "s"), is_small, 16, FTW_PHYS) != 0;
}

static void pruning_frees_the_space(void **state)
{
	struct fixture *fixture = *state;
	unsigned char *big = malloc(BIG);
	struct rg_store_run run = {0};
	unsigned int seed = 1;
	bool created;

	assert_non_null(big);
	for (size_t i = 0; i < BIG; i++)
		big[i] = (unsigned char)(rand_r(&seed) >> 7);
	fake_now_s = TODAY;
	assert_int_equal(
		rg_store_put(fixture->store, &sample_key, "l", big, BIG, &run, &created, NULL), 0);
	rg_store_run_done(&run);
	put_version(fixture, "v1.4", 1);
	make_old(fixture);
	assert_true(holds_big_files(fixture));
	assert_int_equal(prune(fixture, (struct rg_store_retention){.keep_runs = 1}), 1);
	assert_false(holds_big_files(fixture));
	assert_whole(fixture, 1);
	assert_sound(fixture);
	free(big);
}

#define CONFORMANCE_PRUNE                                                              \
	STORE_TEST(the_newest_runs_of_a_version_are_kept),                             \
		STORE_TEST(the_newest_versions_are_kept), STORE_TEST(both_rules_hold), \
		STORE_TEST(tags_are_kept_and_not_counted),                             \
		STORE_TEST(scenarios_and_architectures_are_counted_apart),             \
		STORE_TEST(a_dry_run_tells_the_same_and_removes_nothing),              \
		STORE_TEST(nothing_asked_removes_nothing),                             \
		STORE_TEST(a_clock_that_was_ahead_pushes_nothing_out),                 \
		STORE_TEST(a_clock_that_was_behind_is_the_oldest),                     \
		STORE_TEST(a_clock_that_is_behind_removes_nothing),                    \
		STORE_TEST(what_cannot_be_read_is_not_counted),                        \
		STORE_TEST(pruning_frees_the_space)

#endif
