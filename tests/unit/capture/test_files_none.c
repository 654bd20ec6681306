/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings of files that are gone, and of what is no file. */
#include "files_mapped.h"

#include "procmaps.h"

/* The first process was over too soon. Samples of it are named by what the second one leads to. */
static void test_one_that_could_not_be_had_is_had_later(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);
	uint32_t first, second;

	assert_int_equal(unlink(m->path), 0);
	record.pid = INT32_MAX;
	assert_int_equal(rg_files_open(m->files, &record, &first, NULL), 0);
	assert_null(rg_object_image(rg_files_object(m->files, first)));
	record.pid = (uint32_t)getpid();
	assert_int_equal(rg_files_open(m->files, &record, &second, NULL), 0);
	assert_int_equal(second, first);
	assert_string_equal(rg_object_build_id(rg_files_object(m->files, first)), m->build_id);
}

static void test_memory(void **state)
{
	static const char *const paths[] = {
		"",       "//anon",  "//toolong",  "/dev/zero",  "/dev/zero (deleted)",
		"[heap]", "[stack]", "[vsyscall]", "[anon:jit]", "["};
	struct mapped *m = *state;

	for (size_t i = 0; i < COUNT(paths); i++) {
		const struct rg_mapping_record record = {.pid = (uint32_t)getpid(),
							 .path = paths[i]};

		print_message("'%s'\n", paths[i]);
		assert_int_equal(open_file(m, &record), RG_FILE_NONE);
	}
}

static void test_vdso(void **state)
{
	struct mapped *m = *state;
	const struct rg_mapping_record record = {.pid = 1, .path = "[vdso]"};
	uint32_t file = open_file(m, &record);

	assert_int_not_equal(file, RG_FILE_NONE);
	assert_string_equal(rg_object_name(rg_files_object(m->files, file)), "[vdso]");
	assert_true(strlen(rg_object_build_id(rg_files_object(m->files, file))) > 0);
}

/* The path is the target's choice: opening such must neither wait nor act. */
static void test_no_regular_file(void **state)
{
	struct mapped *m = *state;
	char fifo[PATH_MAX], folder[PATH_MAX], loop[PATH_MAX];
	const char *const paths[] = {fifo, folder, loop, "/dev/tty", "/dev/null", "/proc/self/mem"};

	snprintf(fifo, sizeof(fifo), "%s", scratch_path(&m->scratch, "fifo"));
	snprintf(folder, sizeof(folder), "%s", scratch_path(&m->scratch, "folder"));
	snprintf(loop, sizeof(loop), "%s", scratch_path(&m->scratch, "loop"));
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(symlink(loop, loop), 0);
	for (size_t i = 0; i < COUNT(paths); i++) {
		const struct rg_mapping_record record = {.pid = (uint32_t)getpid(),
							 .path = paths[i]};
		uint32_t file = open_file(m, &record);

		print_message("%s\n", paths[i]);
		assert_string_equal(rg_object_build_id(rg_files_object(m->files, file)), "");
	}
}

static void test_strange_paths(void **state)
{
	struct mapped *m = *state;
	static char longest[20000];
	const char *const paths[] = {longest, "relative",       "/", "/memfd:a/", "/\n",
				     "/%s%n", "(unreachable)/x"};

	memset(longest, 'x', sizeof(longest) - 1);
	longest[0] = '/';
	for (size_t i = 0; i < COUNT(paths); i++) {
		const struct rg_mapping_record record = {.pid = 1, .inode = 1, .path = paths[i]};
		uint32_t file = open_file(m, &record);

		assert_int_equal(file, i);
		assert_true(rg_object_name(rg_files_object(m->files, file))[0] != '\0');
	}
}

/* As /proc has them: every mapping of this process can be had. */
static int take(void *ctx, const struct rg_mapping_record *record)
{
	struct mapped *m = ctx;
	uint32_t file = open_file(m, record);
	char id[64];

	if (file == RG_FILE_NONE || record->path[0] != '/')
		return 0;
	assert_string_equal(rg_object_build_id(rg_files_object(m->files, file)),
			    build_id_of(record->path, id));
	return 0;
}

static void test_own_mappings(void **state)
{
	assert_int_equal(rg_procmaps_read(getpid(), 1, take, *state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		files_test(test_one_that_could_not_be_had_is_had_later),
		files_test(test_memory),
		files_test(test_vdso),
		files_test(test_no_regular_file),
		files_test(test_strange_paths),
		files_test(test_own_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
