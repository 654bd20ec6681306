/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "processes.h"

#include "cpus.h"
#include "elf/object.h"
#include "sideband.h"

#include <sched.h>

/* What was read: records of one path or one process are counted as they come. */
struct watched {
	struct scratch scratch;
	struct rg_cpus cpus;
	struct rg_sideband *sideband;
	size_t fds;
	/* What is looked for … */
	uint32_t pid;
	char path[PATH_MAX];
	/* … and what was found of it. */
	size_t execs, mappings;
	uint64_t exec_ns, mapping_ns;
	struct rg_mapping_record last;
};

static int begin_test(void **state)
{
	static struct watched w;

	alarm(PROCESSES_TEST_S);
	w = (struct watched){.fds = processes_fds()};
	scratch_make(&w.scratch);
	*state = &w;
	return rg_cpus_online(&w.cpus, NULL);
}

static int end_test(void **state)
{
	struct watched *w = *state;

	rg_sideband_free(w->sideband);
	assert_int_equal(processes_fds(), w->fds);
	rg_cpus_done(&w->cpus);
	scratch_remove(&w->scratch);
	alarm(0);
	return 0;
}

#define sideband_test(test) cmocka_unit_test_setup_teardown(test, begin_test, end_test)

static void watch(struct watched *w)
{
	struct rg_err err = {0};

	processes_need_root();
	assert_int_equal(rg_sideband_open(&w->cpus, &w->sideband, &err), 0);
}

static int take(void *ctx, const struct rg_mapping_record *record)
{
	struct watched *w = ctx;

	if (record->exec && record->pid == w->pid) {
		w->execs++;
		w->exec_ns = record->time_ns;
	}
	if (record->exec || strcmp(record->path, w->path) != 0)
		return 0;
	w->mappings++;
	w->mapping_ns = record->time_ns;
	w->last = *record;
	w->last.path = NULL;
	return 0;
}

static void read_all(struct watched *w)
{
	assert_int_equal(rg_sideband_read(w->sideband, take, w), 0);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void run_path(struct watched *w)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		execl(w->path, "prog", NULL);
		_exit(127);
	}
	w->pid = (uint32_t)pid;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void make_program(struct watched *w, const char *name)
{
	snprintf(w->path, sizeof(w->path), "%s", scratch_path(&w->scratch, name));
	processes_copy("/bin/true", w->path);
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

/* More than a buffer holds goes round it, when it is read in between. */
static void test_storm(void **state)
{
	enum { PROGRAMS = 400, CHUNK = 20 };
	struct watched *w = *state;
	size_t execs = 0;

	watch(w);
	make_program(w, "prog");
	for (int i = 0; i < PROGRAMS; i++) {
		w->execs = 0;
		run_path(w);
		if (i % CHUNK == 0)
			read_all(w);
		execs += w->execs;
	}
	read_all(w);
	assert_int_equal(w->mappings, PROGRAMS);
	assert_true(execs >= PROGRAMS / CHUNK - 1);
	assert_int_equal(rg_sideband_lost(w->sideband), 0);
}

/* Stays on the CPU it is on; *before is where it may run otherwise. */
static void stay(cpu_set_t *before)
{
	cpu_set_t one;

	assert_int_equal(sched_getaffinity(0, sizeof(*before), before), 0);
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
}

/* Enough for a buffer to overflow: what did not fit is counted. */
static void test_losses(void **state)
{
	enum { MAPPINGS = 20000 };
	struct watched *w = *state;
	cpu_set_t before;
	uint64_t lost;

	watch(w);
	stay(&before);
	make_program(w, "lib.so");
	for (int i = 0; i < MAPPINGS; i++)
		munmap(processes_map(w->path), 4096);
	read_all(w);
	/* The count of what was lost comes with the CPU's next record. */
	munmap(processes_map(w->path), 4096);
	read_all(w);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
	lost = rg_sideband_lost(w->sideband);
	assert_true(w->mappings < MAPPINGS);
	assert_true(lost > 0);
	assert_true(w->mappings + lost >= MAPPINGS);
}

static int refuse(void *ctx, const struct rg_mapping_record *record)
{
	(void)record;
	++*(size_t *)ctx;
	return RG_ENOMEM;
}

static int count_all(void *ctx, const struct rg_mapping_record *record)
{
	(void)record;
	++*(size_t *)ctx;
	return 0;
}

/* What was not handed out stays for the next time. */
static void test_refused(void **state)
{
	struct watched *w = *state;
	size_t calls = 0, rest = 0;

	watch(w);
	make_program(w, "lib.so");
	for (int i = 0; i < 10; i++)
		munmap(processes_map(w->path), 4096);
	assert_int_equal(rg_sideband_read(w->sideband, refuse, &calls), RG_ENOMEM);
	assert_int_equal(calls, 1);
	assert_int_equal(rg_sideband_read(w->sideband, count_all, &rest), 0);
	assert_true(rest >= 9);
	rest = 0;
	w->mappings = 0;
	read_all(w);
	assert_int_equal(w->mappings, 0);
}

static void test_no_such_cpu(void **state)
{
	int cpu[] = {8191};
	const struct rg_cpus offline = {.cpu = cpu, .count = 1};
	struct watched *w = *state;
	struct rg_err err = {0};
	int rc;

	processes_need_root();
	/* Some kernels say that there is none (ENODEV, an offline one), some that it cannot be (EINVAL). */
	rc = rg_sideband_open(&offline, &w->sideband, &err);
	assert_true(rc == 0 || rc == RG_EIO);
	if (rc)
		assert_non_null(strstr(err.text, "capture: watch mappings on CPU 8191: "));
	else
		read_all(w);
}

/* 0 when it is refused as it should be. */
static int open_unprivileged(void *ctx)
{
	struct watched *w = ctx;
	struct rg_sideband *sideband;
	struct rg_err err = {0};

	if (rg_sideband_open(&w->cpus, &sideband, &err) != RG_EPRIVILEGE)
		return 1;
	return strstr(err.text, "capture: watch mappings on CPU 0: ") &&
			       strstr(err.text, "run it as root (sudo), or with CAP_PERFMON")
		       ? 0
		       : 2;
}

static void test_unprivileged(void **state)
{
	if (geteuid() == 0)
		assert_int_equal(scratch_in_child(open_unprivileged, *state, true), 0);
	else
		assert_int_equal(open_unprivileged(*state), 0);
}

static void test_free_nothing(void **state)
{
	(void)state;
	rg_sideband_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		sideband_test(test_exec),         sideband_test(test_names),
		sideband_test(test_mapping),      sideband_test(test_data_is_not_told),
		sideband_test(test_no_build_id),  sideband_test(test_deleted),
		sideband_test(test_memory),       sideband_test(test_long_path),
		sideband_test(test_storm),        sideband_test(test_losses),
		sideband_test(test_refused),      sideband_test(test_no_such_cpu),
		sideband_test(test_unprivileged), sideband_test(test_free_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
