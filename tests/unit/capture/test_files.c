/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that was mapped is found again, once. */
#include "files_mapped.h"

static void set_build_id(struct rg_mapping_record *record, const char *hex)
{
	record->inode = 0;
	record->build_id_len = (uint8_t)(strlen(hex) / 2);
	for (size_t i = 0; i < record->build_id_len; i++) {
		unsigned int byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		record->build_id[i] = (uint8_t)byte;
	}
}

/* The build-id tells whether the file was found: an object without one stands for it otherwise. */
static void assert_found(struct mapped *m, const struct rg_mapping_record *record, bool found)
{
	uint32_t file = open_file(m, record);
	const struct rg_object *object;

	assert_int_not_equal(file, RG_FILE_NONE);
	object = rg_files_object(m->files, file);
	assert_string_equal(rg_object_build_id(object), found ? m->build_id : "");
	assert_string_equal(rg_object_name(object), "prog");
}

/* --- Finding -------------------------------------------------------------------------------- */

static void test_by_its_mapping(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	assert_found(m, &record, true);
}

static void test_deleted(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	processes_need_root();
	assert_int_equal(unlink(m->path), 0);
	assert_found(m, &record, true);
}

static void test_replaced(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	processes_need_root();
	assert_int_equal(rename(m->path, scratch_path(&m->scratch, "old")), 0);
	processes_copy("/bin/false", m->path);
	assert_found(m, &record, true);
}

/* No longer mapped: found by its path, when that leads to the same file still. */
static void test_by_its_path(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	record.start += 0x100000000000;
	assert_found(m, &record, true);
}

static void test_process_is_gone(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);
	pid_t pid = processes_fork(NULL, NULL);

	processes_kill(pid);
	record.pid = (uint32_t)pid;
	assert_found(m, &record, true);
}

static void test_path_leads_elsewhere(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	record.start += 0x100000000000;
	assert_int_equal(rename(m->path, scratch_path(&m->scratch, "old")), 0);
	processes_copy("/bin/true", m->path);
	assert_found(m, &record, false);
}

static void test_build_id(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	set_build_id(&record, m->build_id);
	assert_found(m, &record, true);
}

/* The path leads nowhere here, as that of a cleaned build folder; the mapping does. */
static void test_by_its_mapping_alone(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	processes_need_root();
	record.path = "/gone/prog";
	assert_found(m, &record, true);
	set_build_id(&record, m->build_id);
	assert_found(m, &record, true);
}

static void test_other_build_id(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	set_build_id(&record, "00112233445566778899aabbccddeeff00112233");
	assert_found(m, &record, false);
}

/* The mapping's place was taken by another file meanwhile. */
static void test_other_file_at_the_mapping(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);

	record.inode++;
	assert_found(m, &record, false);
}

/* The path as the process sees it, whose root is another. */
static void enter_root(void *ctx)
{
	if (chroot(ctx) || chdir("/"))
		_exit(1);
}

static void test_other_root(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m);
	pid_t pid;

	processes_need_root();
	pid = processes_fork(enter_root, m->scratch.root);
	record.pid = (uint32_t)pid;
	record.start += 0x100000000000;
	record.path = "/prog";
	assert_found(m, &record, true);
	processes_kill(pid);
}

/* --- Once ----------------------------------------------------------------------------------- */

static void test_each_once(void **state)
{
	struct mapped *m = *state;
	struct rg_mapping_record record = record_of(m), other = record;
	uint32_t first = open_file(m, &record);
	size_t fds = processes_fds();

	for (int i = 0; i < 100; i++) {
		record.start += 4096;
		record.offset += 4096;
		record.pid++;
		assert_int_equal(open_file(m, &record), first);
	}
	other.inode++;
	assert_int_not_equal(open_file(m, &other), first);
	other = record;
	other.path = "/elsewhere/prog";
	assert_int_not_equal(open_file(m, &other), first);
	set_build_id(&record, m->build_id);
	assert_int_not_equal(open_file(m, &record), first);
	assert_int_equal(open_file(m, &record), 3);
	assert_true(processes_fds() <= fds + 3);
}

static void test_many(void **state)
{
	struct mapped *m = *state;

	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 1000; i++) {
			char path[32];
			const struct rg_mapping_record record = {
				.pid = 1, .inode = 1, .path = path};

			snprintf(path, sizeof(path), "/none/%u", i);
			assert_int_equal(open_file(m, &record), i);
			assert_string_equal(rg_object_name(rg_files_object(m->files, i)), path + 6);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		files_test(test_by_its_mapping),
		files_test(test_deleted),
		files_test(test_replaced),
		files_test(test_by_its_path),
		files_test(test_process_is_gone),
		files_test(test_path_leads_elsewhere),
		files_test(test_build_id),
		files_test(test_by_its_mapping_alone),
		files_test(test_other_build_id),
		files_test(test_other_file_at_the_mapping),
		files_test(test_other_root),
		files_test(test_each_once),
		files_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
