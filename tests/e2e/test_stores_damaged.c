/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stores whose runs are damaged, and such as cannot be read, written or found. */
#include "stored.h"

#include <string.h>

/* A store whose files are runs. */
#define FOLDER "--store", "dir:.git/folder"

static void setup_folder(struct e2e *e)
{
	e2e_repo(e);
	e2e_make_profile(e, "p.pb.gz", steady);
	E2E_RG(e, "baseline", "put", FOLDER, "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
}

static int check_folder(struct e2e *e)
{
	return E2E_RG(e, "check", FOLDER, "--baseline", "v1.4", "--canary", e2e_path(e, "p.pb.gz"));
}

static const char *stored_file(struct e2e *e, const char *pattern)
{
	return e2e_ask(e, "find r/.git/folder -name '%s'", pattern);
}

static void test_tampered_bytes_are_4_and_named(void **state)
{
	struct e2e *e = *state;
	const char *file;

	setup_folder(e);
	file = stored_file(e, "*.pb.gz");
	e2e_sh(e, "printf X | dd of=%s bs=1 seek=40 conv=notrunc 2>/dev/null", file);
	check_folder(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, strrchr(file, '/') + 1);
	assert_string_equal(e->out, "");
}

static void test_a_truncated_run_is_4_and_named(void **state)
{
	struct e2e *e = *state;
	const char *file;

	setup_folder(e);
	file = stored_file(e, "*.pb.gz");
	e2e_sh(e, "truncate -s 20 %s", file);
	check_folder(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "cannot be read");
	e2e_assert_err(e, e2e_ask(e, "basename %s .pb.gz", file));
}

/* What is stored and cannot be read is not "no baseline". */
static void test_a_garbage_manifest_is_4_and_named(void **state)
{
	struct e2e *e = *state;
	const char *file;

	setup_folder(e);
	file = stored_file(e, "*.json");
	e2e_sh(e, "echo garbage > %s", file);
	check_folder(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "cannot be read");
	e2e_assert_err(e, strrchr(file, '/') + 1);
}

static void test_a_store_that_cannot_be_read_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	setup_stored(e);
	e2e_sh(e, "chmod 755 r r/.git; chmod -R go-rwx r/.git/regress-gate.git; chmod a+r p.pb.gz");
	e->uid = 65534;
	check(e, "v1.4");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "Permission denied");
	e2e_assert_err(e, "regress-gate.git");
}

static void test_a_store_that_cannot_be_written(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	setup_stored(e);
	e2e_sh(e, "chmod a+r p.pb.gz && chmod -R a+rX r");
	e->uid = 65534;
	check(e, "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "put", "v1.5", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "Permission denied");
	E2E_RG(e, "baseline", "rm", "v1.4");
	e2e_assert_status(e, 4);
	check(e, "v1.4");
	e2e_assert_status(e, 0);
}

static void test_stores_that_are_none(void **state)
{
	struct e2e *e = *state;
	const char *p;

	setup_stored(e);
	p = e2e_path(e, "p.pb.gz");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", p, "--store", "s3:bucket");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "dir");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", p, "--store", "dir:file");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "file");
	E2E_RG(e, "check", "--baseline", "v1.4", "--canary", p, "--store", "dir:nowhere");
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "the store 'dir:nowhere' does not exist");
	assert_false(e2e_exists(e, "r/nowhere"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_tampered_bytes_are_4_and_named),
		E2E_TEST(test_a_truncated_run_is_4_and_named),
		E2E_TEST(test_a_garbage_manifest_is_4_and_named),
		E2E_TEST(test_a_store_that_cannot_be_read_is_4),
		E2E_TEST(test_a_store_that_cannot_be_written),
		E2E_TEST(test_stores_that_are_none),
	};

	return cmocka_run_group_tests_name("stores_damaged", tests, NULL, NULL);
}
