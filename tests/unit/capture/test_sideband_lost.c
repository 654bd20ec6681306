/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings that are told of too fast, and where nothing can be told. */
#include "sideband_watched.h"

#include <sched.h>

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
		sideband_test(test_storm),        sideband_test(test_losses),
		sideband_test(test_refused),      sideband_test(test_no_such_cpu),
		sideband_test(test_unprivileged), sideband_test(test_free_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
