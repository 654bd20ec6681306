/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processes.h"

#include "files.h"
#include "elf/object.h"
#include "procmaps.h"
#include "sideband.h"

/* A copy of a program with a build-id, mapped by this process. */
struct mapped {
	struct scratch scratch;
	struct rg_files *files;
	char path[PATH_MAX];
	char build_id[64];
	void *map;
	size_t fds;
};

static const char *build_id_of(const char *path, char id[64])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rg_object *object;

	assert_true(fd >= 0);
	assert_int_equal(rg_object_open(fd, path, &object, NULL), 0);
	snprintf(id, 64, "%s", rg_object_build_id(object));
	rg_object_free(object);
	return id;
}

static int begin_test(void **state)
{
	static struct mapped m;

	alarm(PROCESSES_TEST_S);
	m = (struct mapped){.fds = processes_fds()};
	scratch_make(&m.scratch);
	snprintf(m.path, sizeof(m.path), "%s", scratch_path(&m.scratch, "prog"));
	processes_copy("/bin/true", m.path);
	build_id_of(m.path, m.build_id);
	assert_true(strlen(m.build_id) >= 16);
	m.map = processes_map(m.path);
	m.files = rg_files_new();
	*state = &m;
	return !m.files;
}

/* Every file that was opened is closed with the rest. */
static int end_test(void **state)
{
	struct mapped *m = *state;

	rg_files_free(m->files);
	munmap(m->map, 4096);
	assert_int_equal(processes_fds(), m->fds);
	scratch_remove(&m->scratch);
	alarm(0);
	return 0;
}

#define files_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

/* As the kernel tells of it: where it is mapped, its inode. */
static struct rg_mapping_record record_of(const struct mapped *m)
{
	struct stat st;

	assert_int_equal(stat(m->path, &st), 0);
	return (struct rg_mapping_record){
		.pid = (uint32_t)getpid(),
		.start = (uint64_t)(uintptr_t)m->map,
		.length = 4096,
		.inode = st.st_ino,
		.path = m->path,
	};
}

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

static uint32_t open_file(struct mapped *m, const struct rg_mapping_record *record)
{
	struct rg_err err = {0};
	uint32_t file = 12345;

	assert_int_equal(rg_files_open(m->files, record, &file, &err), 0);
	assert_int_not_equal(file, 12345);
	return file;
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

/* --- What is no such file ------------------------------------------------------------------- */

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
		files_test(test_one_that_could_not_be_had_is_had_later),
		files_test(test_memory),
		files_test(test_vdso),
		files_test(test_no_regular_file),
		files_test(test_strange_paths),
		files_test(test_own_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
