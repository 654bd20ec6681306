/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_FILES_MAPPED_H
#define TEST_FILES_MAPPED_H

#include "processes.h"

#include "elf/object.h"
#include "files.h"
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

static inline const char *build_id_of(const char *path, char id[64])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct rg_object *object;

	assert_true(fd >= 0);
	assert_int_equal(rg_object_open(fd, path, &object, NULL), 0);
	snprintf(id, 64, "%s", rg_object_build_id(object));
	rg_object_free(object);
	return id;
}

static inline int begin_test(void **state)
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
static inline int end_test(void **state)
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
static inline struct rg_mapping_record record_of(const struct mapped *m)
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

static inline uint32_t open_file(struct mapped *m, const struct rg_mapping_record *record)
{
	struct rg_err err = {0};
	uint32_t file = 12345;

	assert_int_equal(rg_files_open(m->files, record, &file, &err), 0);
	assert_int_not_equal(file, 12345);
	return file;
}

#endif
