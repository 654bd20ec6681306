/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_BASIC_H
#define TEST_CONFORMANCE_BASIC_H

/* What every store does with runs, and with keys that its names cannot hold as they are. */

#include "fixture.h"

#include <time.h>

static const char hello_id[] = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

static void opening_creates_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_whole(fixture, 0);
	assert_false(scratch_exists(&fixture->scratch, "s"));
	assert_false(rg_store_exists(fixture->store));
}

static void what_is_put_is_got(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_run run = {0};
	struct rg_buf bytes;
	bool created = false;
	const uint64_t before = (uint64_t)time(NULL) * 1000000000;

	rg_buf_init(&bytes, 100);
	rg_buf_adds(&bytes, "in front:");
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "the label", "hello", 5, &run,
				      &created, &fixture->err),
			 0);
	assert_true(created);
	assert_true(rg_store_exists(fixture->store));
	assert_string_equal(run.id, hello_id);
	assert_string_equal(run.scenario, "checkout");
	assert_string_equal(run.version, "v1.4");
	assert_string_equal(run.arch, "x86_64");
	assert_string_equal(run.label, "the label");
	assert_int_equal(run.bytes, 5);
	assert_true(run.stored_ns >= before);
	assert_int_equal(rg_store_get(fixture->store, &run, &bytes, &fixture->err), 0);
	assert_string_equal(bytes.data, "in front:hello");
	rg_buf_done(&bytes);
	rg_store_run_done(&run);
	assert_whole(fixture, 1);
}

static void another_opening_finds_it(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
	rg_store_close(fixture->store);
	fixture->store = fixture_open(fixture, "s");
	assert_whole(fixture, 1);
}

static void missing_directories_above_are_made(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	rg_store_close(fixture->store);
	fixture->store = fixture_open(fixture, "a//b/./c/");
	put_text(fixture, &sample_key, "hello", id);
	assert_whole(fixture, 1);
	assert_true(scratch_exists(&fixture->scratch, "a/b/c"));
}

static void the_same_bytes_are_stored_once(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_run first = {0}, second = {0};
	bool created = false;

	assert_int_equal(rg_store_put(fixture->store, &sample_key, "one", "hello", 5, &first,
				      &created, NULL),
			 0);
	assert_true(created);
	assert_int_equal(rg_store_put(fixture->store, &sample_key, "two", "hello", 5, &second,
				      &created, NULL),
			 0);
	assert_false(created);
	assert_string_equal(second.id, first.id);
	assert_string_equal(second.label, "one");
	assert_int_equal(second.stored_ns, first.stored_ns);
	rg_store_run_done(&first);
	rg_store_run_done(&second);
	assert_whole(fixture, 1);
}

static void the_same_bytes_under_two_keys_are_two_runs(void **state)
{
	const struct rg_store_key other = {"checkout", "v1.5", "x86_64"};
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];
	struct rg_store_list list;

	put_text(fixture, &sample_key, "hello", id);
	put_text(fixture, &other, "hello", id);
	assert_whole(fixture, 2);
	list = find_all(fixture);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], NULL), 0);
	rg_store_list_done(&list);
	assert_whole(fixture, 1);
}

static size_t count_of(struct fixture *fixture, const char *scenario, const char *version,
		       const char *arch)
{
	const struct rg_store_key key = {scenario, version, arch};
	struct rg_store_list list = {0};
	size_t count;

	assert_int_equal(rg_store_find(fixture->store, &key, &list, &fixture->err), 0);
	assert_int_equal(list.damaged, 0);
	count = list.count;
	rg_store_list_done(&list);
	return count;
}

static void runs_are_found_by_what_is_known_of_them(void **state)
{
	static const struct rg_store_key keys[] = {
		{"checkout", "v1.4", "x86_64"},
		{"checkout", "v1.4", "aarch64"},
		{"checkout", "a/b", "x86_64"},
		{"search", "v1.4", "x86_64"},
	};
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put_text(fixture, &keys[i], "hello", id);
	put_text(fixture, &keys[0], "another", id);
	assert_int_equal(count_of(fixture, NULL, NULL, NULL), 5);
	assert_int_equal(count_of(fixture, "checkout", NULL, NULL), 4);
	assert_int_equal(count_of(fixture, "checkout", "v1.4", "x86_64"), 2);
	assert_int_equal(count_of(fixture, "checkout", "a/b", NULL), 1);
	assert_int_equal(count_of(fixture, NULL, "v1.4", NULL), 4);
	assert_int_equal(count_of(fixture, NULL, NULL, "aarch64"), 1);
	assert_int_equal(count_of(fixture, "none", NULL, NULL), 0);
	assert_int_equal(count_of(fixture, "checkout", "v1.9", "x86_64"), 0);
}

static void the_order_is_as_documented(void **state)
{
	static const struct rg_store_key keys[] = {
		{"b", "v1", "x"}, {"a", "v2", "x"}, {"a", "v1", "y"}, {"a", "v1", "x"}};
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char first[RG_STORE_ID_MAX], second[RG_STORE_ID_MAX];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put_text(fixture, &keys[i], "hello", first);
	put_text(fixture, &keys[3], "later", second);
	list = find_all(fixture);
	assert_int_equal(list.count, 5);
	assert_string_equal(list.runs[0].id, first);
	assert_string_equal(list.runs[1].id, second);
	assert_string_equal(list.runs[2].arch, "y");
	assert_string_equal(list.runs[3].version, "v2");
	assert_string_equal(list.runs[4].scenario, "b");
	rg_store_list_done(&list);
}

static void a_removed_run_is_gone(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	struct rg_buf bytes;
	char id[RG_STORE_ID_MAX];

	rg_buf_init(&bytes, 100);
	put_text(fixture, &sample_key, "hello", id);
	put_text(fixture, &sample_key, "another", id);
	list = find_all(fixture);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], &fixture->err), 0);
	assert_whole(fixture, 1);
	assert_int_equal(rg_store_get(fixture->store, &list.runs[0], &bytes, &fixture->err),
			 RG_ENOTFOUND);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], NULL), RG_ENOTFOUND);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[1], NULL), 0);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[1], NULL), RG_ENOTFOUND);
	assert_whole(fixture, 0);
	put_text(fixture, &sample_key, "hello", id);
	assert_whole(fixture, 1);
	rg_store_list_done(&list);
	rg_buf_done(&bytes);
}

static void a_run_that_was_never_there(void **state)
{
	struct fixture *fixture = *state;
	char scenario[] = "a", version[] = "v1", arch[] = "x", id[RG_STORE_ID_MAX];
	struct rg_store_run run = {
		.scenario = scenario, .version = version, .arch = arch, .bytes = 1};
	struct rg_buf bytes;

	rg_buf_init(&bytes, 100);
	memcpy(run.id, hello_id, sizeof(run.id));
	assert_int_equal(rg_store_get(fixture->store, &run, &bytes, NULL), RG_ENOTFOUND);
	assert_int_equal(rg_store_remove(fixture->store, &run, NULL), RG_ENOTFOUND);
	assert_int_equal(rg_store_sweep(fixture->store, NULL), 0);
	assert_false(scratch_exists(&fixture->scratch, "s"));
	put_text(fixture, &sample_key, "hello", id);
	assert_int_equal(rg_store_get(fixture->store, &run, &bytes, NULL), RG_ENOTFOUND);
	assert_int_equal(rg_store_remove(fixture->store, &run, NULL), RG_ENOTFOUND);
	assert_int_equal(bytes.len, 0);
	rg_buf_done(&bytes);
}

static void a_buffer_too_small_is_a_limit(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	struct rg_buf bytes;
	char id[RG_STORE_ID_MAX];

	rg_buf_init(&bytes, 4);
	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	assert_int_equal(rg_store_get(fixture->store, &list.runs[0], &bytes, &fixture->err),
			 RG_ELIMIT);
	assert_int_equal(bytes.len, 0);
	rg_store_list_done(&list);
	rg_buf_done(&bytes);
}

/* Names that mean something to a file system or to git, and pairs that a careless escape mixes up. */
static const char *const awkward_versions[] = {
	"0123456789abcdef0123456789abcdef01234567",
	"a..b",
	"a/../b",
	"/etc/passwd",
	"a.lock",
	"a.lock/b",
	"lock",
	"v1.",
	"v1..",
	"v1/",
	"v1//",
	"v1/.x",
	"@",
	"@/",
	"~",
	"HEAD",
	"refs/heads/main",
	"v1~1",
	"v1~2",
	"v1.json",
	"v1.pb.gz",
	"a+b",
	"a/b",
	"a/b/c",
};

enum { AWKWARD = sizeof(awkward_versions) / sizeof(awkward_versions[0]) };

static void awkward_keys_are_kept_apart(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char id[RG_STORE_ID_MAX];

	for (size_t i = 0; i < AWKWARD; i++) {
		const struct rg_store_key key = {"a..lock", awkward_versions[i], "x86.lock"};

		put_text(fixture, &key, awkward_versions[i], id);
	}
	assert_whole(fixture, AWKWARD);
	for (size_t i = 0; i < AWKWARD; i++)
		assert_int_equal(count_of(fixture, NULL, awkward_versions[i], NULL), 1);
	list = find_all(fixture);
	for (size_t i = 0; i < list.count; i++)
		assert_int_equal(rg_store_remove(fixture->store, &list.runs[i], NULL), 0);
	rg_store_list_done(&list);
	assert_whole(fixture, 0);
}

static void a_version_whose_name_does_not_fit(void **state)
{
	struct fixture *fixture = *state;
	char version[RG_STORE_NAME_MAX + 1] = "a";
	const struct rg_store_key key = {"checkout", version, "x86_64"};
	struct rg_store_run run = {0};
	bool created;

	memset(version + 1, '/', RG_STORE_NAME_MAX - 1);
	assert_int_equal(rg_store_put(fixture->store, &key, "l", "x", 1, &run, &created,
				      &fixture->err),
			 RG_EUSAGE);
	assert_text_has(fixture->err.text, "too long for a file name");
}

static void the_longest_names_fit(void **state)
{
	struct fixture *fixture = *state;
	char name[RG_STORE_NAME_MAX + 1] = {0};
	const struct rg_store_key key = {name, name, name};
	char id[RG_STORE_ID_MAX];

	memset(name, 'a', RG_STORE_NAME_MAX);
	put_text(fixture, &key, "hello", id);
	assert_whole(fixture, 1);
}

static void under_sudo_all_belongs_to_the_user(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], command[512];
	struct rg_store_list list;

	if (!scratch_is_root(__func__))
		return;
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	setenv("SUDO_UID", "12345", 1);
	setenv("SUDO_GID", "23456", 1);
	put_text(fixture, &sample_key, "hello", id);
	put_text(fixture, &sample_key, "another", id);
	list = find_all(fixture);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], NULL), 0);
	rg_store_list_done(&list);
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	snprintf(command, sizeof(command),
		 "test -z \"$(find %s/s ! \\( -uid 12345 -gid 23456 \\))\"", fixture->scratch.root);
	assert_int_equal(system(command), 0);
	assert_int_equal(geteuid(), 0);
	assert_whole(fixture, 1);
}

static void all_is_for_its_owner_only(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], command[512];
	const mode_t mask = umask(0);

	put_text(fixture, &sample_key, "hello", id);
	put_text(fixture, &sample_key, "another", id);
	assert_int_equal(umask(mask), 0);
	snprintf(command, sizeof(command), "test -z \"$(find %s/s -perm /077)\"",
		 fixture->scratch.root);
	assert_int_equal(system(command), 0);
}

#define CONFORMANCE_BASIC                                                                          \
	STORE_TEST(opening_creates_nothing), STORE_TEST(what_is_put_is_got),                       \
		STORE_TEST(another_opening_finds_it),                                              \
		STORE_TEST(missing_directories_above_are_made),                                    \
		STORE_TEST(the_same_bytes_are_stored_once),                                        \
		STORE_TEST(the_same_bytes_under_two_keys_are_two_runs),                            \
		STORE_TEST(runs_are_found_by_what_is_known_of_them),                               \
		STORE_TEST(the_order_is_as_documented), STORE_TEST(a_removed_run_is_gone),         \
		STORE_TEST(a_run_that_was_never_there), STORE_TEST(a_buffer_too_small_is_a_limit), \
		STORE_TEST(awkward_keys_are_kept_apart),                                           \
		STORE_TEST(a_version_whose_name_does_not_fit), STORE_TEST(the_longest_names_fit),  \
		STORE_TEST(under_sudo_all_belongs_to_the_user),                                    \
		STORE_TEST(all_is_for_its_owner_only)

#endif
