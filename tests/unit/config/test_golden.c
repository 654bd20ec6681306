/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Example configurations, which an independent validator reads as well (tests/e2e/schema_oracle.sh): what
 * is in good/ is taken by both, what is in bad/ by neither; what is in beyond/ breaks rules that a
 * schema cannot tell. Run from the top of the source tree.
 */
#include "store/scratch.h"

#include "rg/config.h"
#include "rg/err.h"

#include <dirent.h>

#define GOLDEN_DIR "tests/golden/config"

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void check_file(const char *path, bool good)
{
	struct rg_config config;
	struct rg_err err = {0};
	int rc;

	rg_config_init(&config);
	rc = rg_config_load(&config, path, NULL, NULL, &err);
	if (!rc)
		rc = rg_config_check(&config, &err);
	if (!rc)
		rc = rg_policy_check(&config.policy, &err);
	if (good && rc)
		fail_msg("%s", err.text);
	if (!good && rc != RG_EUSAGE)
		fail_msg("%s: taken", path);
	/* NAME:LINE:COLUMN: */
	if (!good)
		assert_int_equal(strncmp(err.text, path, strlen(path)), 0);
	rg_config_done(&config);
}

static void check_folder(const char *folder, bool good)
{
	struct dirent **entries;
	char directory[128], path[512];
	int count;

	snprintf(directory, sizeof(directory), "%s/%s", GOLDEN_DIR, folder);
	count = scandir(directory, &entries, is_file, alphasort);
	if (count <= 0)
		fail_msg("%s: no files; run from the top of the source tree", directory);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%.255s", directory, entries[i]->d_name);
		check_file(path, good);
		free(entries[i]);
	}
	free(entries);
}

static void good_ones_are_taken(void **state)
{
	(void)state;
	check_folder("good", true);
}

static void bad_ones_are_refused(void **state)
{
	(void)state;
	check_folder("bad", false);
	check_folder("beyond", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones_are_taken),
		cmocka_unit_test(bad_ones_are_refused),
	};

	return cmocka_run_group_tests_name("config/golden", tests, NULL, NULL);
}
