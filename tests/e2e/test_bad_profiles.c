/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profile files that are damaged, not ours, or made to hurt: status 4 with the file named, 2 when missing. */
#include "e2e.h"
#include "selves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* On either side, and for the store as well. */
static void assert_refused(struct e2e *e, const char *bad, int status)
{
	e2e_make_profile(e, "good.pb.gz", steady);
	E2E_RG(e, "diff", "good.pb.gz", bad);
	e2e_assert_status(e, status);
	e2e_assert_err(e, bad);
	assert_string_equal(e->out, "");
	E2E_RG(e, "diff", bad, "good.pb.gz");
	e2e_assert_status(e, status);
	E2E_RG(e, "check", "--store", "dir:store", "--baseline", "v1", "--canary", bad);
	e2e_assert_status(e, status);
	e2e_assert_err(e, bad);
	E2E_RG(e, "baseline", "put", "--store", "dir:store", "v2", bad);
	e2e_assert_status(e, status);
	E2E_RG(e, "baseline", "list", "--store", "dir:store");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "0 runs");
}

static void test_a_missing_file_is_2(void **state)
{
	assert_refused(*state, "missing.pb.gz", 2);
}

static void test_truncated_files_are_4(void **state)
{
	struct e2e *e = *state;
	size_t len;
	char *bytes;

	e2e_make_profile(e, "whole.pb.gz", steady);
	bytes = e2e_read(e, "whole.pb.gz", &len);
	assert_non_null(bytes);
	e2e_write(e, "nothing.pb.gz", bytes, 0);
	assert_refused(e, "nothing.pb.gz", 4);
	e2e_write(e, "half.pb.gz", bytes, len / 2);
	assert_refused(e, "half.pb.gz", 4);
	e2e_write(e, "short.pb.gz", bytes, len - 1);
	assert_refused(e, "short.pb.gz", 4);
	free(bytes);
}

static void test_damaged_bytes_are_4(void **state)
{
	struct e2e *e = *state;
	size_t len;
	char *bytes;

	e2e_make_profile(e, "whole.pb.gz", steady);
	bytes = e2e_read(e, "whole.pb.gz", &len);
	assert_non_null(bytes);
	bytes[len / 2] ^= 0x10;
	e2e_write(e, "damaged.pb.gz", bytes, len);
	free(bytes);
	assert_refused(e, "damaged.pb.gz", 4);
}

static void test_files_of_another_kind_are_4(void **state)
{
	struct e2e *e = *state;

	e2e_write_text(e, "text", "{\"this\": \"is no profile\"}\n");
	assert_refused(e, "text", 4);
	e2e_sh(e, "gzip -k text");
	assert_refused(e, "text.gz", 4);
	e2e_sh(e, "cp /bin/sh program");
	assert_refused(e, "program", 4);
	e2e_sh(e, "mkdir directory");
	assert_refused(e, "directory", 4);
	e2e_sh(e, "mkfifo fifo");
	assert_refused(e, "fifo", 4);
}

/* 4 GiB of zeroes in 4 MB, of which no more than the limit may be unpacked. */
static void test_a_gzip_bomb_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_sh(e, "head -c 64M /dev/zero | gzip -1 > part.gz; for i in $(seq 64); do cat part.gz; "
		  "done "
		  "> bomb.pb.gz; rm part.gz");
	e2e_make_profile(e, "good.pb.gz", steady);
	E2E_RG(e, "diff", "good.pb.gz", "bomb.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "bomb.pb.gz");
}

static void test_a_huge_file_is_4(void **state)
{
	struct e2e *e = *state;

	e2e_sh(e, "truncate -s 20G huge.pb.gz");
	e2e_make_profile(e, "good.pb.gz", steady);
	E2E_RG(e, "diff", "good.pb.gz", "huge.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "huge.pb.gz");
}

static void test_an_endless_device_is_4(void **state)
{
	assert_refused(*state, "/dev/zero", 4);
}

/* A file's name is text of outside too. */
static void test_a_hostile_file_name_is_shown_as_text(void **state)
{
	struct e2e *e = *state;

	e2e_write_text(e, "\033[31mred", "no profile");
	E2E_RG(e, "diff", "\033[31mred", "\033[31mred");
	e2e_assert_status(e, 4);
	assert_null(strchr(e->err, '\033'));
	e2e_assert_err(e, "[31mred");
}

/* --- The configuration file ---------------------------------------------------------------------- */

static void test_a_wrong_configuration_is_2_with_its_place(void **state)
{
	struct e2e *e = *state;

	e2e_make_profile(e, "good.pb.gz", steady);
	e2e_write_text(e, "regress-gate.json", "{\n  \"windw\": \"5s\"\n}\n");
	E2E_RG(e, "diff", "good.pb.gz", "good.pb.gz");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "regress-gate.json:2:3");
	e2e_assert_err(e, "window");
	E2E_RG(e, "diff", "--config", "missing.json", "good.pb.gz", "good.pb.gz");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "missing.json");
}

static void test_the_command_line_overrides_the_configuration(void **state)
{
	struct e2e *e = *state;

	e2e_make_profile(e, "base.pb.gz", steady);
	e2e_make_profile(e, "grown.pb.gz",
			 (const struct e2e_self[]){{"parse", 3000},
						   {"check", 3000},
						   {"hash", 9000},
						   {"print", 3000},
						   {"", 0}});
	e2e_write_text(e, "regress-gate.json",
		       "{\"policy\": {\"growth\": \"900%\", \"limit\": \"900%\", "
		       "\"total_growth\": \"900%\"}}");
	E2E_RG(e, "diff", "base.pb.gz", "grown.pb.gz");
	e2e_assert_status(e, 0);
	E2E_RG(e, "diff", "--growth", "15%", "base.pb.gz", "grown.pb.gz");
	e2e_assert_status(e, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_missing_file_is_2),
		E2E_TEST(test_truncated_files_are_4),
		E2E_TEST(test_damaged_bytes_are_4),
		E2E_TEST(test_files_of_another_kind_are_4),
		E2E_TEST(test_a_gzip_bomb_is_4),
		E2E_TEST(test_a_huge_file_is_4),
		E2E_TEST(test_an_endless_device_is_4),
		E2E_TEST(test_a_hostile_file_name_is_shown_as_text),
		E2E_TEST(test_a_wrong_configuration_is_2_with_its_place),
		E2E_TEST(test_the_command_line_overrides_the_configuration),
	};

	return cmocka_run_group_tests_name("bad_profiles", tests, NULL, NULL);
}
