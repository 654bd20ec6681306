/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_SIDEBAND_WATCHED_H
#define TEST_SIDEBAND_WATCHED_H

/* Mappings that a test makes, and what the kernel tells of them. */

#include "processes.h"

#include "cpus.h"
#include "sideband.h"

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

static inline int begin_test(void **state)
{
	static struct watched w;

	alarm(PROCESSES_TEST_S);
	w = (struct watched){.fds = processes_fds()};
	scratch_make(&w.scratch);
	*state = &w;
	return rg_cpus_online(&w.cpus, NULL);
}

static inline int end_test(void **state)
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

static inline void watch(struct watched *w)
{
	struct rg_err err = {0};

	processes_need_root();
	assert_int_equal(rg_sideband_open(&w->cpus, &w->sideband, &err), 0);
}

static inline int take(void *ctx, const struct rg_mapping_record *record)
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

static inline void read_all(struct watched *w)
{
	assert_int_equal(rg_sideband_read(w->sideband, take, w), 0);
}

static inline void run_path(struct watched *w)
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

static inline void make_program(struct watched *w, const char *name)
{
	snprintf(w->path, sizeof(w->path), "%s", scratch_path(&w->scratch, name));
	processes_copy("/bin/true", w->path);
}

#endif
