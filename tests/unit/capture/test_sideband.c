/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of mappings: of which, and what. */
#include "sideband_watched.h"

#include "elf/object.h"

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void assert_build_id(const struct rg_mapping_record *record, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char hex[2 * RG_SIDEBAND_BUILD_ID_MAX + 1] = "";
	struct rg_object *object;

	assert_int_equal(rg_object_open(fd, path, &object, NULL), 0);
	assert_int_equal(record->build_id_len, 20);
	for (size_t i = 0; i < record->build_id_len; i++)
		snprintf(hex + 2 * i, 3, "%02x", record->build_id[i]);
	assert_string_equal(hex, rg_object_build_id(object));
	rg_object_free(object);
}

/* A process that is over before anyone could look at it. */
static void test_exec(void **state)
{
	struct watched *w = *state;
	uint64_t from, to;

	watch(w);
	make_program(w, "prog");
	from = now_ns();
	run_path(w);
	to = now_ns();
	read_all(w);
	assert_int_equal(w->execs, 1);
	assert_int_equal(w->mappings, 1);
	assert_int_equal(w->last.pid, w->pid);
	assert_true(from < w->exec_ns && w->exec_ns <= w->mapping_ns && w->mapping_ns < to);
	assert_true(w->last.start > 0 && w->last.length >= 4096);
	assert_build_id(&w->last, w->path);
	assert_int_equal(w->last.inode, 0);
	assert_int_equal(rg_sideband_lost(w->sideband), 0);
}

static void test_names(void **state)
{
	static const char *const names[] = {"with blanks ", "a\nb", "x (deleted) y", "\xff\xfe"};
	struct watched *w = *state;

	watch(w);
	for (size_t i = 0; i < COUNT(names); i++) {
		w->mappings = 0;
		make_program(w, names[i]);
		run_path(w);
		read_all(w);
		assert_int_equal(w->mappings, 1);
	}
}

/* What the process does, in this one. */
static void test_mapping(void **state)
{
	struct watched *w = *state;
	void *map;

	watch(w);
	make_program(w, "lib.so");
	map = processes_map(w->path);
	munmap(map, 4096);
	read_all(w);
	assert_int_equal(w->mappings, 1);
	assert_int_equal(w->last.pid, getpid());
	assert_int_equal(w->last.start, (uint64_t)(uintptr_t)map);
	assert_int_equal(w->last.length, 4096);
	assert_int_equal(w->last.offset, 0);
}

static void test_data_is_not_told(void **state)
{
	struct watched *w = *state;
	void *map;
	int fd;

	watch(w);
	make_program(w, "data");
	fd = open(w->path, O_RDONLY | O_CLOEXEC);
	map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	close(fd);
	munmap(map, 4096);
	read_all(w);
	assert_int_equal(w->mappings, 0);
}

/* Without a build-id the inode says who it is. */
static void test_no_build_id(void **state)
{
	struct watched *w = *state;
	struct stat st;

	watch(w);
	scratch_write(&w->scratch, "plain",
		      "no ELF file, but memory can be executable all the same\n");
	snprintf(w->path, sizeof(w->path), "%s", scratch_path(&w->scratch, "plain"));
	assert_int_equal(stat(w->path, &st), 0);
	munmap(processes_map(w->path), 4096);
	read_all(w);
	assert_int_equal(w->mappings, 1);
	assert_int_equal(w->last.build_id_len, 0);
	assert_int_equal(w->last.inode, st.st_ino);
}

/* It never had a name; the kernel calls it deleted. */
static void test_deleted(void **state)
{
	struct watched *w = *state;
	void *map;
	int fd;

	watch(w);
	snprintf(w->path, sizeof(w->path), "/memfd:rg-test-code");
	fd = memfd_create("rg-test-code", MFD_CLOEXEC);
	assert_int_equal(ftruncate(fd, 4096), 0);
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	close(fd);
	munmap(map, 4096);
	read_all(w);
	assert_int_equal(w->mappings, 1);
}

static void test_memory(void **state)
{
	struct watched *w = *state;
	void *map;

	watch(w);
	snprintf(w->path, sizeof(w->path), "//anon");
	w->pid = (uint32_t)getpid();
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(map, MAP_FAILED);
	munmap(map, 4096);
	read_all(w);
	assert_true(w->mappings >= 1); /* of the machine's other processes there may be more */
}

/* A longer path than any buffer on the way that is too small. */
static void test_long_path(void **state)
{
	struct watched *w = *state;
	size_t len;

	watch(w);
	len = (size_t)snprintf(w->path, sizeof(w->path), "%s", w->scratch.root);
	while (len < 3500) {
		len += (size_t)snprintf(w->path + len, sizeof(w->path) - len, "/%0200d", 7);
		assert_int_equal(mkdir(w->path, 0700), 0);
	}
	snprintf(w->path + len, sizeof(w->path) - len, "/prog");
	processes_copy("/bin/true", w->path);
	run_path(w);
	read_all(w);
	assert_int_equal(w->mappings, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sideband_test(test_exec),        sideband_test(test_names),
		sideband_test(test_mapping),     sideband_test(test_data_is_not_told),
		sideband_test(test_no_build_id), sideband_test(test_deleted),
		sideband_test(test_memory),      sideband_test(test_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
