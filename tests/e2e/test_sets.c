/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of runs: folders of profiles, one of each host, on either side of diff and as check's canary. */
#include "e2e.h"
#include "samples.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS = 4 };

/* Hosts differ a little; parse costs the canary half as much again. */
static void make_set(struct e2e *e, const char *folder, size_t count, int64_t parse)
{
	char name[64];

	e2e_sh(e, "mkdir %s", folder);
	for (size_t i = 0; i < count; i++) {
		const struct e2e_self selves[] = {{"parse", parse + 11 * (int64_t)(i % 7)},
						  {"check", 9000 - 13 * (int64_t)(i % 4)},
						  {"hash", 8000 + 17 * (int64_t)(i % 3)},
						  {"print", 7000 + 9 * (int64_t)(i % 5)},
						  {"route", 6000},
						  {"", 0}};

		snprintf(name, sizeof(name), "%s/host-%03zu.pb.gz", folder, i);
		e2e_make_profile(e, name, selves);
	}
}

static json_int_t runs_of(const struct e2e *e, const char *side)
{
	json_t *root = json_loads(e->out, 0, NULL);
	json_int_t runs;

	assert_non_null(root);
	runs = json_integer_value(json_object_get(json_object_get(root, side), "runs"));
	json_decref(root);
	return runs;
}

static void test_folders_are_sets_of_runs(void **state)
{
	struct e2e *e = *state;

	make_set(e, "before", RUNS, 10000);
	make_set(e, "same", RUNS - 1, 10000);
	make_set(e, "after", RUNS, 15000);
	E2E_RG(e, "diff", "--basis", "share", "before", "same", "--json");
	e2e_assert_status(e, 0);
	assert_int_equal(runs_of(e, "baseline"), RUNS);
	assert_int_equal(runs_of(e, "canary"), RUNS - 1);
	E2E_RG(e, "diff", "--basis", "share", "before/", "after", "--json");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "parse() uses ");
	assert_int_equal(runs_of(e, "canary"), RUNS);
	/* A file on the other side is a set of one. */
	E2E_RG(e, "diff", "--basis", "share", "before", "same/host-000.pb.gz", "--json");
	e2e_assert_status(e, 0);
	assert_int_equal(runs_of(e, "canary"), 1);
}

static void test_check_takes_a_folder_as_the_canary(void **state)
{
	struct e2e *e = *state;

	make_set(e, "before", RUNS, 10000);
	make_set(e, "after", RUNS, 15000);
	E2E_RG(e, "baseline", "put", "--force", "--store", "dir:store", "v1",
	       "before/host-000.pb.gz", "before/host-001.pb.gz", "before/host-002.pb.gz");
	e2e_assert_status(e, 0);
	E2E_RG(e, "check", "--store", "dir:store", "--baseline", "v1", "--canary", "after",
	       "--basis", "share", "--json");
	e2e_assert_status(e, 1);
	assert_int_equal(runs_of(e, "baseline"), 3);
	assert_int_equal(runs_of(e, "canary"), RUNS);
}

static void test_what_is_no_run_is_left_out(void **state)
{
	struct e2e *e = *state;

	make_set(e, "before", RUNS, 10000);
	e2e_sh(e, "mkdir before/older before/.git && cp before/host-000.pb.gz before/.hidden && "
		  "cp before/host-000.pb.gz before/older/");
	E2E_RG(e, "diff", "--basis", "share", "before", "before", "--json");
	e2e_assert_status(e, 0);
	assert_int_equal(runs_of(e, "canary"), RUNS);
}

/* A set that lost a run must not be judged by as if it were whole. */
static void test_a_damaged_run_names_its_file(void **state)
{
	struct e2e *e = *state;

	make_set(e, "before", 2, 10000);
	make_set(e, "after", 2, 10000);
	e2e_sh(e, "head -c 100 before/host-000.pb.gz > after/host-001.pb.gz");
	E2E_RG(e, "diff", "before", "after");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "after/host-001.pb.gz");
	assert_string_equal(e->out, "");
	e2e_sh(e, "rm after/host-001.pb.gz && ln -s nowhere after/host-001.pb.gz");
	E2E_RG(e, "diff", "before", "after");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "folder 'after': look at 'host-001.pb.gz': No such file or directory");
}

static void test_an_empty_folder_is_no_set(void **state)
{
	struct e2e *e = *state;

	make_set(e, "before", 2, 10000);
	e2e_sh(e, "mkdir after");
	E2E_RG(e, "diff", "before", "after");
	e2e_assert_status(e, 4);
	e2e_assert_err(e,
		       "folder 'after': holds no profile: name a file, or a folder with a file for "
		       "each run");
	e2e_sh(e, "cd after && seq 1025 | xargs touch");
	E2E_RG(e, "diff", "before", "after");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "folder 'after': holds more than 1024 files");
}

/* Of three hundred hosts a side every one counts. */
static void test_hundreds_of_hosts_are_one_set(void **state)
{
	enum { HOSTS = 300 };
	struct e2e *e = *state;

	make_set(e, "before", HOSTS, 10000);
	make_set(e, "after", HOSTS, 14000);
	E2E_RG(e, "diff", "--basis", "share", "before", "after", "--json");
	e2e_assert_status(e, 1);
	assert_int_equal(runs_of(e, "baseline"), HOSTS);
	assert_int_equal(runs_of(e, "canary"), HOSTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_folders_are_sets_of_runs, e2e_setup,
						e2e_teardown),
		cmocka_unit_test_setup_teardown(test_check_takes_a_folder_as_the_canary, e2e_setup,
						e2e_teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_run_is_left_out, e2e_setup,
						e2e_teardown),
		cmocka_unit_test_setup_teardown(test_a_damaged_run_names_its_file, e2e_setup,
						e2e_teardown),
		cmocka_unit_test_setup_teardown(test_an_empty_folder_is_no_set, e2e_setup,
						e2e_teardown),
		cmocka_unit_test_setup_teardown(test_hundreds_of_hosts_are_one_set, e2e_setup,
						e2e_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
