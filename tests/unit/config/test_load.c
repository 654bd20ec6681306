/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/scratch.h"

#include "rg/config.h"
#include "rg/err.h"
#include "rg/units.h"

#include <string.h>
#include <unistd.h>

struct fixture {
	struct scratch scratch;
	struct rg_config config;
	struct rg_err err;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	scratch_make(&fixture->scratch);
	rg_config_init(&fixture->config);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	rg_config_done(&fixture->config);
	scratch_remove(&fixture->scratch);
	free(fixture);
	return 0;
}

static int load_named(struct fixture *fixture, const char *name)
{
	return rg_config_load(&fixture->config, scratch_path(&fixture->scratch, name), NULL, NULL,
			      &fixture->err);
}

static int load_found(struct fixture *fixture)
{
	return rg_config_load(&fixture->config, NULL, fixture->scratch.root, NULL, &fixture->err);
}

static void a_named_file_is_read(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "a.json", "{\"window\": \"9s\"}");
	assert_int_equal(load_named(fixture, "a.json"), 0);
	assert_int_equal(fixture->config.window_ns, 9 * RG_NS_PER_S);
	assert_string_equal(fixture->config.path, scratch_path(&fixture->scratch, "a.json"));
}

static void another_users_file_is_not_found(void **state)
{
	struct fixture *fixture = *state;
	const char *path;

	if (geteuid() != 0)
		skip();
	scratch_write(&fixture->scratch, RG_CONFIG_NAME, "{\"load\": \"id\"}");
	path = scratch_path(&fixture->scratch, RG_CONFIG_NAME);
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_int_equal(load_found(fixture), RG_EUSAGE);
	assert_non_null(strstr(fixture->err.text, "is another user's"));
	assert_null(fixture->config.load);
	fixture->err = (struct rg_err){0};
	assert_int_equal(load_named(fixture, RG_CONFIG_NAME), 0);
	assert_string_equal(fixture->config.load, "id");
}

static void a_file_in_the_directory_is_found(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, RG_CONFIG_NAME, "{\"window\": \"9s\"}");
	assert_int_equal(load_found(fixture), 0);
	assert_int_equal(fixture->config.window_ns, 9 * RG_NS_PER_S);
	assert_string_equal(fixture->config.path, scratch_path(&fixture->scratch, RG_CONFIG_NAME));
}

static void without_a_file_nothing_changes(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(load_found(fixture), 0);
	assert_int_equal(rg_config_load(&fixture->config, NULL, NULL, NULL, &fixture->err), 0);
	assert_null(fixture->config.path);
	assert_int_equal(fixture->config.window_ns, 30 * RG_NS_PER_S);
}

static void a_named_file_must_exist(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(load_named(fixture, "none.json"), RG_EUSAGE);
	assert_text_has(fixture->err.text, "/none.json': No such file or directory");
}

static void errors_carry_the_path_and_change_nothing(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, RG_CONFIG_NAME, "{\"scenario\": \"x\",\n\"windw\": 1}");
	assert_int_equal(load_found(fixture), RG_EUSAGE);
	assert_text_has(fixture->err.text, "/" RG_CONFIG_NAME ":2:1: unknown key \"windw\"");
	assert_null(fixture->config.path);
	assert_string_equal(fixture->config.scenario, "default");
}

static void too_large_a_file_is_refused(void **state)
{
	struct fixture *fixture = *state;

	scratch_write(&fixture->scratch, "a.json", "{}");
	assert_int_equal(truncate(scratch_path(&fixture->scratch, "a.json"), INT64_C(1) << 40), 0);
	assert_int_equal(load_named(fixture, "a.json"), RG_EUSAGE);
	assert_text_has(fixture->err.text, "larger than 1048576 bytes");
}

static void only_regular_files_are_read(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(load_named(fixture, "."), RG_EUSAGE);
	assert_text_has(fixture->err.text, "is not a regular file");
}

/* Opening a pipe without a writer must not wait for one. */
static void a_pipe_does_not_block(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkfifo(scratch_path(&fixture->scratch, RG_CONFIG_NAME), 0600), 0);
	assert_int_equal(load_found(fixture), RG_EUSAGE);
	assert_text_has(fixture->err.text, "is not a regular file");
}

static void a_link_is_followed_only_when_named(void **state)
{
	struct fixture *fixture = *state;
	char target[PATH_MAX];

	scratch_write(&fixture->scratch, "a.json", "{\"window\": \"9s\"}");
	snprintf(target, sizeof(target), "%s/a.json", fixture->scratch.root);
	assert_int_equal(symlink(target, scratch_path(&fixture->scratch, RG_CONFIG_NAME)), 0);
	assert_int_equal(load_found(fixture), RG_EUSAGE);
	assert_text_has(fixture->err.text, "is a symbolic link");
	assert_int_equal(load_named(fixture, RG_CONFIG_NAME), 0);
	assert_int_equal(fixture->config.window_ns, 9 * RG_NS_PER_S);
}

static int load_in_child(void *ctx)
{
	struct fixture *fixture = ctx;

	return load_found(fixture) == RG_EUSAGE &&
	       strstr(fixture->err.text, "Permission denied") != NULL;
}

static void an_unreadable_file_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	if (!scratch_is_root(__func__))
		return;
	scratch_write(&fixture->scratch, RG_CONFIG_NAME, "{}");
	assert_int_equal(chmod(scratch_path(&fixture->scratch, RG_CONFIG_NAME), 0600), 0);
	assert_int_equal(chmod(fixture->scratch.root, 0755), 0);
	assert_int_equal(scratch_in_child(load_in_child, fixture, true), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_named_file_is_read),
		TEST(another_users_file_is_not_found),
		TEST(a_file_in_the_directory_is_found),
		TEST(without_a_file_nothing_changes),
		TEST(a_named_file_must_exist),
		TEST(errors_carry_the_path_and_change_nothing),
		TEST(too_large_a_file_is_refused),
		TEST(only_regular_files_are_read),
		TEST(a_pipe_does_not_block),
		TEST(a_link_is_followed_only_when_named),
		TEST(an_unreadable_file_is_an_error),
	};

	return cmocka_run_group_tests_name("config/load", tests, NULL, NULL);
}
