/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include "rg/err.h"
#include "run.h"

static void files_are_told_by_their_form(void **state)
{
	char id[RG_STORE_ID_MAX], name[RUN_FILE_MAX];

	(void)state;
	memset(id, 'a', sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	run_file_name(name, id, RUN_MANIFEST_SUFFIX);
	assert_true(run_file_is(name, RUN_MANIFEST_SUFFIX));
	assert_false(run_file_is(name, RUN_PROFILE_SUFFIX));
	assert_false(run_file_is("a.json", RUN_MANIFEST_SUFFIX));
	assert_false(run_file_is("", RUN_MANIFEST_SUFFIX));
	name[0] = 'A';
	assert_false(run_file_is(name, RUN_MANIFEST_SUFFIX));
}

static void a_run_is_made_with_its_digest(void **state)
{
	const struct rg_store_key key = {"s", "v/1", "x"};
	struct rg_store_run run = {0};
	struct rg_err err = {0};

	(void)state;
	assert_int_equal(run_make(&key, "l", "abc", 3, &run, NULL), 0);
	/* FIPS 180-4's example. */
	assert_string_equal(run.id,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(run_check_place(&run, &key, run.id, NULL), 0);
	assert_int_equal(run_check_bytes(&run, "abc", 3, NULL), 0);
	assert_int_equal(run_check_bytes(&run, "abd", 3, &err), RG_EFORMAT);
	assert_text_has(err.text, "does not match its SHA-256");
	err = (struct rg_err){0};
	assert_int_equal(run_check_bytes(&run, "abcd", 4, &err), RG_EFORMAT);
	assert_text_has(err.text, "has 4 bytes where its manifest says 3");
	rg_store_run_done(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_told_by_their_form),
		cmocka_unit_test(a_run_is_made_with_its_digest),
	};

	return cmocka_run_group_tests_name("store/run", tests, NULL, NULL);
}
