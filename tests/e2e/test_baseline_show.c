/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `baseline show` tells of a profile: what ran, and what waited for what. */
#include "e2e.h"
#include "repo.h"

#include "rg/buf.h"
#include "rg/pprof.h"
#include "rg/profile.h"

#include <string.h>

enum { SLICES = 20, PERIOD_NS = 10000000 };

struct made {
	struct rg_profile_builder *builder;
	uint32_t program, libc, slices;
};

static uint32_t frame(struct made *m, uint32_t module, const char *function)
{
	const struct rg_frame f = {.function = function, .file = "", .module = module};
	uint32_t id = 0;

	assert_int_equal(rg_profile_builder_frame(m->builder, &f, &id, NULL), 0);
	return id;
}

/* In every slice the same, so that nothing is chance. */
static void add(struct made *m, const uint32_t *frames, size_t depth, const char *wait, int64_t ms)
{
	struct rg_sample sample = {.thread = "", .wait = wait};

	assert_int_equal(rg_profile_builder_stack(m->builder, frames, depth, &sample.stack, NULL),
			 0);
	if (*wait) {
		sample.value[RG_VALUE_WAITS] = 10;
		sample.value[RG_VALUE_OFF_CPU_NS] = ms * 1000000;
	} else {
		sample.value[RG_VALUE_SAMPLES] = ms / 10;
		sample.value[RG_VALUE_CPU_NS] = ms * 1000000;
	}
	for (sample.slice = 0; sample.slice < m->slices; sample.slice++)
		assert_int_equal(rg_profile_builder_sample(m->builder, &sample, NULL), 0);
}

static void fill(struct made *m)
{
	const struct rg_slice slice = {.wall_ns = 1000000000, .thread_ns = 3000000000};
	const uint32_t root = frame(m, m->program, "main");
	const uint32_t run[] = {frame(m, m->program, "hash_order"), root};
	const uint32_t check[] = {frame(m, m->program, "check_order"), root};
	const uint32_t lock[] = {frame(m, m->libc, "pthread_mutex_lock"),
				 frame(m, m->program, "acquire_\033[31mpool"), root};
	const uint32_t poll[] = {frame(m, m->libc, "epoll_wait"),
				 frame(m, m->program, "await_order"), root};

	add(m, run, 2, "", 300);
	add(m, check, 2, "", 100);
	add(m, lock, 3, RG_WAIT_LOCK, 250);
	add(m, poll, 3, RG_WAIT_POLL, 900);
	for (uint32_t i = 0; i < m->slices; i++)
		assert_int_equal(rg_profile_builder_slice(m->builder, &slice, NULL), 0);
}

static void put(struct e2e *e, uint32_t slices)
{
	struct made m = {.builder = rg_profile_builder_new(), .slices = slices};
	struct rg_profile *profile;
	struct rg_buf bytes;

	e2e_repo(e);
	assert_non_null(m.builder);
	for (int value = 0; value < RG_VALUE_COUNT; value++)
		rg_profile_builder_measures(m.builder, (enum rg_value)value);
	rg_profile_builder_module(m.builder, "orders", "", &m.program, NULL);
	rg_profile_builder_module(m.builder, "libc.so.6", "", &m.libc, NULL);
	rg_profile_builder_fact_u64(m.builder, RG_KEY_PERIOD_NS, PERIOD_NS, NULL);
	rg_profile_builder_fact_u64(m.builder, RG_KEY_WALL_NS, slices * UINT64_C(1000000000), NULL);
	fill(&m);
	assert_int_equal(rg_profile_builder_finish(m.builder, &profile, NULL), 0);
	rg_profile_builder_free(m.builder);
	rg_buf_init(&bytes, RG_PPROF_MAX_FILE);
	assert_int_equal(rg_pprof_write(profile, &bytes, NULL), 0);
	rg_profile_free(profile);
	e2e_write(e, "p.pb.gz", bytes.data, bytes.len);
	rg_buf_done(&bytes);
	E2E_RG(e, "baseline", "put", "--force", "v1.4", e2e_path(e, "p.pb.gz"));
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "show", "v1.4");
	e2e_assert_status(e, 0);
}

static void test_what_ran_and_what_waited_is_shown_by_rank(void **state)
{
	struct e2e *e = *state;

	put(e, SLICES);
	e2e_assert_out(e,
		       "  on a CPU\n"
		       "       75.0 %  hash_order  orders\n"
		       "       25.0 %  check_order  orders\n"
		       "  waiting, seconds a second\n"
		       "       0.2500  acquire_\\x1b[31mpool [lock, pthread_mutex_lock]  orders\n"
		       "       0.9000  await_order [poll, epoll_wait]  orders  (idle)\n");
}

static void test_waits_of_a_short_window_are_said_to_be_left_out(void **state)
{
	struct e2e *e = *state;

	put(e, 2);
	e2e_assert_out(e, "       25.0 %  check_order  orders\n"
			  "  waiting: not told: the window has too few slices, or no length\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_what_ran_and_what_waited_is_shown_by_rank),
		E2E_TEST(test_waits_of_a_short_window_are_said_to_be_left_out),
	};

	return cmocka_run_group_tests_name("baseline show", tests, NULL, NULL);
}
