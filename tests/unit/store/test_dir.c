/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fixture.h"

/* What is the directory backend's own; the rest is in conformance.h. */

static const char hello_id[] = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

static void the_layout_is_as_documented(void **state)
{
	const struct rg_store_key slash = {"checkout", "release/1.0", "x86_64"};
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256];
	char *text;

	put_text(fixture, &sample_key, "hello", id);
	text = scratch_read(&fixture->scratch, file_of(id, ".pb.gz", name));
	assert_string_equal(text, "hello");
	free(text);
	text = scratch_read(&fixture->scratch, file_of(id, ".json", name));
	assert_text_has(text, "\"schema\": \"regress-gate/run/1\"");
	assert_text_has(text, hello_id);
	free(text);
	put_text(fixture, &slash, "hello", id);
	assert_true(scratch_exists(&fixture->scratch, "s/checkout/release%2F1.0/x86_64"));
}

static void files_are_for_their_owner_only(void **state)
{
	struct fixture *fixture = *state;
	char id[RG_STORE_ID_MAX], name[256];
	struct stat st;

	put_text(fixture, &sample_key, "hello", id);
	assert_int_equal(stat(scratch_path(&fixture->scratch, file_of(id, ".json", name)), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(scratch_path(&fixture->scratch, file_of(id, ".pb.gz", name)), &st),
			 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(scratch_path(&fixture->scratch, "s"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(scratch_path(&fixture->scratch, "s/checkout/v1.4/x86_64"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

static void removing_leaves_no_empty_directories(void **state)
{
	struct fixture *fixture = *state;
	struct rg_store_list list;
	char id[RG_STORE_ID_MAX];

	put_text(fixture, &sample_key, "hello", id);
	list = find_all(fixture);
	assert_int_equal(rg_store_remove(fixture->store, &list.runs[0], &fixture->err), 0);
	assert_false(scratch_exists(&fixture->scratch, "s/checkout"));
	assert_true(scratch_exists(&fixture->scratch, "s"));
	rg_store_list_done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(the_layout_is_as_documented),
		STORE_TEST(files_are_for_their_owner_only),
		STORE_TEST(removing_leaves_no_empty_directories),
	};

	return cmocka_run_group_tests_name("store/dir", tests, NULL, NULL);
}
