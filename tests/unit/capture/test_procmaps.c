/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processes.h"

#include "procmaps.h"

/* --- Lines ---------------------------------------------------------------------------------- */

static void test_executable_lines(void **state)
{
	static const struct {
		const char *why, *line, *path;
		uint64_t start, length, offset, inode;
	} rows[] = {
		{"a library",
		 "7f0000001000-7f0000003000 r-xp 00026000 fe:00 1234   /usr/lib/libc.so.6\n",
		 "/usr/lib/libc.so.6", 0x7f0000001000, 0x2000, 0x26000, 1234},
		{"without a newline", "1000-2000 r-xp 00000000 00:00 0 [vdso]", "[vdso]", 0x1000,
		 0x1000, 0, 0},
		{"nothing behind the inode", "1000-2000 rwxp 00000000 00:00 0\n", "", 0x1000,
		 0x1000, 0, 0},
		{"blanks behind the inode", "1000-2000 rwxp 00000000 00:00 0      \n", "", 0x1000,
		 0x1000, 0, 0},
		{"execution without reading", "1000-2000 --xp 00000000 00:00 0\n", "", 0x1000,
		 0x1000, 0, 0},
		{"shared", "1000-2000 r-xs 00000000 00:01 7 /memfd:jit (deleted)\n", "/memfd:jit",
		 0x1000, 0x1000, 0, 7},
		{"deleted", "1000-2000 r-xp 00000000 08:01 7 /opt/app (deleted)\n", "/opt/app",
		 0x1000, 0x1000, 0, 7},
		{"blanks in the path", "1000-2000 r-xp 00000000 08:01 7 /my app/its  bin\n",
		 "/my app/its  bin", 0x1000, 0x1000, 0, 7},
		{"a newline in the path", "1000-2000 r-xp 00000000 08:01 7 /a\\012b (deleted)\n",
		 "/a\nb", 0x1000, 0x1000, 0, 7},
		{"a path that looks like a line",
		 "1000-2000 r-xp 00000000 08:01 7 /x\\0123000-4000 r-xp 00000000 00:00 0 /y\n",
		 "/x\n3000-4000 r-xp 00000000 00:00 0 /y", 0x1000, 0x1000, 0, 7},
		{"the mark of deletion in the middle",
		 "1000-2000 r-xp 00000000 08:01 7 /a (deleted)/b\n", "/a (deleted)/b", 0x1000,
		 0x1000, 0, 7},
		{"the highest page",
		 "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n",
		 "[vsyscall]", 0xffffffffff600000, 0x1000, 0, 0},
		{"a large offset and inode",
		 "1000-2000 r-xp fffffffffffff000 08:01 18446744073709551615 /f\n", "/f", 0x1000,
		 0x1000, 0xfffffffffffff000, UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_mapping_record record;
		char line[256];

		print_message("%s\n", rows[i].why);
		snprintf(line, sizeof(line), "%s", rows[i].line);
		assert_true(rg_procmaps_line(line, &record));
		assert_string_equal(record.path, rows[i].path);
		assert_true(record.start == rows[i].start && record.length == rows[i].length);
		assert_true(record.offset == rows[i].offset && record.inode == rows[i].inode);
		assert_int_equal(record.build_id_len, 0);
		assert_false(record.exec);
	}
}

static void test_other_lines(void **state)
{
	static const struct {
		const char *why, *line;
	} rows[] = {
		{"data", "1000-2000 rw-p 00000000 08:01 7 /f\n"},
		{"data of a file that has an x", "1000-2000 r--p 00000000 08:01 7 r-xp\n"},
		{"nothing", ""},
		{"a newline", "\n"},
		{"no numbers", "heap r-xp\n"},
		{"an end before the start", "2000-1000 r-xp 00000000 08:01 7 /f\n"},
		{"an empty range", "1000-1000 r-xp 00000000 08:01 7 /f\n"},
		{"cut behind the permissions", "1000-2000 r-xp"},
		{"cut in the device", "1000-2000 r-xp 00000000 08"},
		{"no inode", "1000-2000 r-xp 00000000 08:01 /f\n"},
		{"short permissions", "1000-2000 x 00000000 08:01 7 /f\n"},
		{"permissions in another order", "1000-2000 xrwp 00000000 08:01 7 /f\n"},
		{"the end of a path with a newline", "b (deleted)\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rg_mapping_record record = {.start = 42};
		char line[256];

		print_message("%s\n", rows[i].why);
		snprintf(line, sizeof(line), "%s", rows[i].line);
		assert_false(rg_procmaps_line(line, &record));
		assert_int_equal(record.start, 42);
	}
}

/* --- Processes ------------------------------------------------------------------------------ */

/* Looks for the mapping an address is in. */
struct search {
	uint64_t address;
	pid_t pid;
	size_t mappings, found;
	char path[PATH_MAX];
	uint64_t inode, offset;
};

static int look(void *ctx, const struct rg_mapping_record *record)
{
	struct search *search = ctx;

	search->mappings++;
	assert_int_equal(record->pid, search->pid);
	assert_int_equal(record->time_ns, 99);
	if (search->address < record->start || search->address - record->start >= record->length)
		return 0;
	search->found++;
	snprintf(search->path, sizeof(search->path), "%s", record->path);
	search->inode = record->inode;
	search->offset = record->offset;
	return 0;
}

static struct search find(pid_t pid, const void *address)
{
	struct search search = {.address = (uint64_t)(uintptr_t)address, .pid = pid};

	assert_int_equal(rg_procmaps_read(pid, 99, look, &search), 0);
	return search;
}

static void test_own(void **state)
{
	struct search search = find(getpid(), (const void *)(uintptr_t)test_own);
	char self[PATH_MAX] = "";
	struct stat st;

	(void)state;
	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	assert_int_equal(stat(self, &st), 0);
	assert_int_equal(search.found, 1);
	assert_true(search.mappings > 2);
	assert_string_equal(search.path, self);
	assert_int_equal(search.inode, st.st_ino);
	assert_int_equal(find(getpid(), &search).found, 0); /* the stack is not executable */
}

/* Every name a file can have arrives as it is, also when the file is gone by then. */
static void test_names(void **state)
{
	static const char *const names[] = {
		"plain",       "with blanks  ", "a\nb",
		"\n",          "tab\there",     "x (deleted) y",
		"back\\slash", "\xff\xfe",      "7000-8000 r-xp 00000000 00:00 0 y"};
	struct scratch scratch;

	(void)state;
	scratch_make(&scratch);
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *path = scratch_path(&scratch, names[i]);
		struct search search;
		void *map;

		processes_copy("/bin/true", path);
		map = processes_map(path);
		search = find(getpid(), map);
		assert_int_equal(search.found, 1);
		assert_string_equal(search.path, path);
		assert_int_equal(unlink(path), 0);
		search = find(getpid(), map);
		assert_int_equal(search.found, 1);
		assert_string_equal(search.path, path);
		munmap(map, 4096);
	}
	scratch_remove(&scratch);
}

static void test_gone(void **state)
{
	pid_t pid = processes_fork(NULL, NULL);
	size_t before = processes_fds();

	(void)state;
	assert_true(find(pid, (const void *)(uintptr_t)test_gone).found);
	assert_int_equal(kill(pid, SIGKILL), 0);
	processes_wait_until(processes_state(pid) == 'Z');
	assert_int_equal(find(pid, NULL).mappings, 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(find(pid, NULL).mappings, 0);
	assert_int_equal(find(-1, NULL).mappings, 0);
	assert_int_equal(processes_fds(), before);
}

static int stop_at_second(void *ctx, const struct rg_mapping_record *record)
{
	(void)record;
	return ++*(int *)ctx == 2 ? RG_ENOMEM : 0;
}

static void test_stops(void **state)
{
	size_t before = processes_fds();
	int calls = 0;

	(void)state;
	assert_int_equal(rg_procmaps_read(getpid(), 1, stop_at_second, &calls), RG_ENOMEM);
	assert_int_equal(calls, 2);
	assert_int_equal(processes_fds(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		processes_test(test_executable_lines),
		processes_test(test_other_lines),
		processes_test(test_own),
		processes_test(test_names),
		processes_test(test_gone),
		processes_test(test_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
