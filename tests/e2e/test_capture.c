/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a capture recovers of programs that measure themselves. */
#include "e2e.h"
#include "samples.h"

#include "rg/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Long enough for a program that ends by itself, however busy the machine. */
#define UNTIL_IT_ENDS "--window", "40s"
#define FINE          "--frequency", "999"

/* --- Self time ------------------------------------------------------------------------------ */

static double truth_total(struct e2e *e, const char *const *names, size_t count, int column)
{
	double total = 0;

	for (size_t i = 0; i < count; i++)
		total += (double)e2e_number(e, "truth", names[i], column);
	return total;
}

/* It ends by itself, so that window and truth are of the same time. */
static void test_planted_shares_are_recovered(void **state)
{
	static const char *const names[] = {"burn_alpha", "burn_beta", "burn_gamma", "burn_delta"};
	struct e2e *e = *state;
	const struct rg_profile *p;
	double total;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, UNTIL_IT_ENDS, "--", e2e_program(e, "shares"),
	       "truth", "1500");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	total = truth_total(e, names, 4, 2);
	for (size_t i = 0; i < 4; i++)
		e2e_assert_share(p, names[i], e2e_self(p, names[i], RG_VALUE_SAMPLES),
				 (double)e2e_number(e, "truth", names[i], 2) / total);
	/* And not only relative to each other: start-up and exit are some milliseconds. */
	assert_true(fabs((double)e2e_total(p, RG_VALUE_CPU_NS) / total - 1) < 0.1);
	assert_int_equal(e2e_total(p, RG_VALUE_CPU_NS),
			 e2e_total(p, RG_VALUE_SAMPLES) * (1000000000 / 999));
}

/* What sleeps is often woken by the interrupt it is sampled in, and must not be sampled in step with that. */
static void test_a_sleeper_is_not_led_by_the_sampling(void **state)
{
	static const char *const names[] = {"first_piece", "second_piece", "third_piece",
					    "fourth_piece"};
	struct e2e *e = *state;
	const struct rg_profile *p;
	int64_t pieces = 0;
	double total;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--frequency", "4999", UNTIL_IT_ENDS, "--",
	       e2e_program(e, "paced"), "truth", "1800");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	total = truth_total(e, names, 4, 2);
	/* The kernel's part in waking it is none of theirs: of a guest an eighth, where the host is busy. */
	for (size_t i = 0; i < 4; i++)
		pieces += e2e_self(p, names[i], RG_VALUE_SAMPLES);
	assert_true(pieces * 4 > e2e_total(p, RG_VALUE_SAMPLES) * 3);
	for (size_t i = 0; i < 4; i++)
		e2e_assert_part(names[i], e2e_self(p, names[i], RG_VALUE_SAMPLES), pieces,
				(double)e2e_number(e, "truth", names[i], 2) / total);
}

static void assert_place(struct e2e *e, const struct rg_profile *p, const char *function,
			 uint32_t lines)
{
	const struct rg_frame *frame = e2e_frame(p, function);
	uint32_t line = (uint32_t)e2e_number(e, "truth", function, 1);
	const char *id;

	assert_non_null(frame);
	assert_string_equal(frame->file, "tests/e2e/programs/shares.c");
	assert_int_equal(frame->start_line, line);
	assert_in_range(frame->line, line, line + lines);
	assert_false(frame->unnamed);
	assert_string_equal(e2e_module_of(p, frame)->name, "shares");
	id = e2e_ask(e, "readelf -n '%s' | sed -n 's/.*Build ID: //p'", e2e_program(e, "shares"));
	assert_string_equal(e2e_module_of(p, frame)->build_id, id);
	assert_string_equal(rg_profile_fact(p, RG_KEY_BUILD_ID), id);
}

static void test_functions_are_placed(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, UNTIL_IT_ENDS, "--", e2e_program(e, "shares"),
	       "truth", "300");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_place(e, p, "burn_alpha", 7);
	assert_place(e, p, "burn_beta", 0);
	assert_string_equal(rg_profile_fact(p, RG_KEY_TARGET), "shares");
	assert_string_equal(rg_profile_fact(p, RG_KEY_PROCESSES), "1");
	assert_string_equal(rg_profile_fact(p, RG_KEY_EVENT), "cpu-clock");
	/* The kernel's part of starting it aside. */
	assert_true(e2e_under(p, "main", RG_VALUE_SAMPLES) * 10 >
		    e2e_total(p, RG_VALUE_SAMPLES) * 9);
}

/* As on a kernel before 5.17. */
static void test_stacks_are_whole_without_bpf_loop(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--without", "bpf-loop", FINE, UNTIL_IT_ENDS, "--",
	       e2e_program(e, "shares"), "truth", "300");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_true(e2e_under(p, "_start", RG_VALUE_SAMPLES) * 100 >
		    e2e_total(p, RG_VALUE_SAMPLES) * 95);
}

static void test_kernel_time_has_names(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	int64_t kernel;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, UNTIL_IT_ENDS, "--", e2e_program(e, "zeroes"),
	       "400");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	kernel = e2e_in_module(p, "[kernel]", RG_VALUE_SAMPLES);
	assert_true(kernel * 2 > e2e_total(p, RG_VALUE_SAMPLES));
	assert_int_equal(e2e_self(p, "[kernel]", RG_VALUE_SAMPLES), 0);
	assert_true(e2e_under(p, "vfs_read", RG_VALUE_SAMPLES) * 10 > kernel * 9);
	assert_true(e2e_under(p, "main", RG_VALUE_SAMPLES) * 2 > kernel);
}

static void test_threads_are_told_apart(void **state)
{
	static const char *const names[] = {"reader", "writer"};
	struct e2e *e = *state;
	const struct rg_profile *p;
	double total;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, UNTIL_IT_ENDS, "--", e2e_program(e, "threads"),
	       "truth", "300");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	total = truth_total(e, names, 2, 1);
	for (size_t i = 0; i < 2; i++)
		e2e_assert_share(p, names[i], e2e_of_thread(p, names[i], RG_VALUE_SAMPLES),
				 (double)e2e_number(e, "truth", names[i], 1) / total);
	assert_true(e2e_self(p, "burn_reader", RG_VALUE_SAMPLES) <=
		    e2e_of_thread(p, "reader", RG_VALUE_SAMPLES));
}

/* --- Time ----------------------------------------------------------------------------------- */

static uint64_t sum_of_slices(const struct rg_profile *p)
{
	size_t count;
	const struct rg_slice *slices = rg_profile_slices(p, &count);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += slices[i].wall_ns;
	return sum;
}

static void test_the_window_is_cut_into_slices(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	const struct rg_sample *samples;
	size_t count, slice_count;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "1100ms", "--slice", "250ms",
	       "--warmup", "200ms", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0), 1100 * RG_NS_PER_MS);
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_WINDOW_NS, 0), 1100 * RG_NS_PER_MS);
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_WARMUP_NS, 0), 200 * RG_NS_PER_MS);
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_SLICE_NS, 0), 250 * RG_NS_PER_MS);
	assert_int_equal(sum_of_slices(p), 1100 * RG_NS_PER_MS);
	rg_profile_slices(p, &slice_count);
	assert_int_equal(slice_count, 5);
	samples = rg_profile_samples(p, &count);
	for (size_t i = 0; i < count; i++)
		assert_in_range(samples[i].slice, 0, 4);
	assert_true(e2e_total(p, RG_VALUE_SAMPLES) > 100);
}

static void test_a_target_that_ends_early_ends_the_window(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, UNTIL_IT_ENDS, "--", e2e_program(e, "burst"),
	       "200");
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "the target ended by itself");
	p = e2e_profile(e, "p.pb.gz");
	assert_in_range(rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0), 200 * RG_NS_PER_MS,
			39 * RG_NS_PER_S);
	assert_int_equal(sum_of_slices(p), rg_profile_fact_u64(p, RG_KEY_WALL_NS, 0));
	assert_null(rg_profile_fact(p, RG_KEY_INTERRUPTED));
}

static void test_a_target_that_does_nothing_is_said(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--window", "1s", "--warmup", "300ms", "--", "sleep",
	       "30");
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "warning: not one sample");
	assert_int_equal(e2e_total(e2e_profile(e, "p.pb.gz"), RG_VALUE_SAMPLES), 0);
}

/* --- The load ------------------------------------------------------------------------------- */

static void test_the_load_runs_and_is_not_profiled(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	char load[E2E_PATH_MAX];

	e2e_need_root();
	snprintf(load, sizeof(load), "echo $$ > load; exec '%s' 30000", e2e_program(e, "burst"));
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "1s", "--load", load, "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_true(e2e_self(p, "hash_order", RG_VALUE_SAMPLES) > 0);
	assert_int_equal(e2e_under(p, "burn_burst", RG_VALUE_SAMPLES), 0);
	e2e_sh(e, "! kill -0 $(cat load) 2>/dev/null");
}

static void test_a_load_that_ends_early_is_said(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "1s", "--load", "sleep 0.3", "--",
	       e2e_program(e, "steady"));
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "warning: the load ended");
}

static void test_a_failing_load_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--window", "20s", "--load",
	       "echo no such port; exit 7", "--", e2e_program(e, "steady"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "load 'echo no such port; exit 7': exited with status 7");
	e2e_assert_err(e, "no such port");
	assert_false(e2e_exists(e, "p.pb.gz"));
}

/* --- Under sudo ----------------------------------------------------------------------------- */

static void test_under_sudo_the_user_runs_and_owns(void **state)
{
	struct e2e *e = *state;
	const char *steady;

	e2e_need_root();
	steady = e2e_program_copy(e, "steady", "steady");
	e->env[0] = "SUDO_UID=65534";
	e->env[1] = "SUDO_GID=65534";
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "1s", "--load",
	       "id -u > load; id -g >> load; exec sleep 30", "--", "/bin/sh", "-c",
	       "id -u > target; id -G >> target; exec \"$0\"", steady);
	e2e_assert_status(e, 0);
	assert_string_equal(e2e_ask(e, "cat target | tr '\\n' ' '"), "65534 65534 ");
	assert_string_equal(e2e_ask(e, "cat load | tr '\\n' ' '"), "65534 65534 ");
	assert_string_equal(e2e_ask(e, "stat -c '%%u %%g %%a' p.pb.gz"), "65534 65534 600");
	assert_true(e2e_self(e2e_profile(e, "p.pb.gz"), "hash_order", RG_VALUE_SAMPLES) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_planted_shares_are_recovered),
		E2E_TEST(test_a_sleeper_is_not_led_by_the_sampling),
		E2E_TEST(test_functions_are_placed),
		E2E_TEST(test_stacks_are_whole_without_bpf_loop),
		E2E_TEST(test_kernel_time_has_names),
		E2E_TEST(test_threads_are_told_apart),
		E2E_TEST(test_the_window_is_cut_into_slices),
		E2E_TEST(test_a_target_that_ends_early_ends_the_window),
		E2E_TEST(test_a_target_that_does_nothing_is_said),
		E2E_TEST(test_the_load_runs_and_is_not_profiled),
		E2E_TEST(test_a_load_that_ends_early_is_said),
		E2E_TEST(test_a_failing_load_fails),
		E2E_TEST(test_under_sudo_the_user_runs_and_owns),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
