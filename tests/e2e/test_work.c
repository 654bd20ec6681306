/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work is counted as the program itself counts it, and costs are per unit of it. */
#include "e2e.h"
#include "samples.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNTIL_IT_ENDS "--window", "40s"

static const char *fact(const struct rg_profile *p, const char *key)
{
	const char *value = rg_profile_fact(p, key);

	return value ? value : "";
}

/* --- Calls ---------------------------------------------------------------------------------- */

/* By slice they are as many as in all, and as many as the program made. */
static void assert_counted(struct e2e *e, const char *file, uint64_t calls)
{
	const struct rg_profile *p = e2e_profile(e, file);
	size_t slices;
	const struct rg_slice *slice = rg_profile_slices(p, &slices);
	uint64_t sum = 0;

	for (size_t i = 0; i < slices; i++)
		sum += slice[i].work_milli;
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_WORK_TOTAL, 0), calls);
	assert_int_equal(sum, calls * 1000);
	assert_string_equal(fact(p, RG_KEY_WORK_UNIT), "call");
	assert_true(rg_profile_fact_u64(p, RG_KEY_WORK_CALL_NS, 0) > 0);
}

/* Threads and children, as fast as they can; another process of the same file is nobody's work. */
static void test_calls_are_counted_to_the_last(void **state)
{
	struct e2e *e = *state;
	const char *program;

	e2e_need_root();
	program = e2e_program_copy(e, "counted", "counted");
	E2E_SPAWN(e, program, e2e_path(e, "other"), "1", "0", "100000000");
	E2E_RG(e, "capture", "-o", "p.pb.gz", UNTIL_IT_ENDS, "--slice", "100ms", "--work-uprobe",
	       "counted:unit_of_work", "--", program, "truth", "4", "3", "12345");
	e2e_assert_status(e, 0);
	assert_int_equal(e2e_number(e, "truth", "calls", 1), 7 * 12345);
	assert_counted(e, "p.pb.gz", 7 * 12345);
	assert_string_equal(fact(e2e_profile(e, "p.pb.gz"), RG_KEY_WORK_SOURCE),
			    "uprobe counted:unit_of_work");
	/* They do nothing else. */
	e2e_assert_err(e, "warning: counting 86415 calls took about");
	e2e_assert_err(e, "% of the target's CPU time or more: count something rarer");
}

/* In a mount namespace of its own, by its path there, and deleted since. */
static void test_the_file_is_the_one_the_target_runs(void **state)
{
	struct e2e *e = *state;
	char script[4 * E2E_PATH_MAX], pid[16];

	e2e_need_root();
	e2e_need_long();
	e2e_sh(e, "mkdir hidden");
	snprintf(script, sizeof(script),
		 "cd '%s' && mount -t tmpfs none hidden && cp '%s' hidden/counted && "
		 "exec hidden/counted truth 2 1 4000 stay",
		 e2e_path(e, "."), e2e_program(e, "counted"));
	snprintf(pid, sizeof(pid), "%d",
		 (int)E2E_SPAWN(e, "/usr/bin/unshare", "-m", "/bin/sh", "-c", script));
	e2e_sh(e, "until [ \"$(cat /proc/%s/comm)\" = counted ]; do sleep 0.01; done", pid);
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--window", "1500ms", "--slice", "100ms",
		     "--work-uprobe", e2e_path(e, "hidden/counted:unit_of_work+0x0"), "--pid", pid);
	e2e_rg_wait_for(e, "profiling for");
	e2e_sh(e, "kill -USR1 %s", pid);
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	assert_counted(e, "p.pb.gz", e2e_number(e, "truth", "calls", 1));
	e2e_sh(e, "nsenter -m -t %s rm '%s'", pid, e2e_path(e, "hidden/counted"));
	E2E_RG(e, "capture", "-o", "q.pb.gz", "--window", "1s", "--work-uprobe",
	       "counted:unit_of_work", "--comm", "counted");
	e2e_assert_status(e, 0);
	assert_int_equal(rg_profile_fact_u64(e2e_profile(e, "q.pb.gz"), RG_KEY_WORK_TOTAL, 9), 0);
	e2e_assert_err(e, "warning: no work was counted: its cost cannot be known");
}

static void test_what_cannot_be_counted_is_said_before_the_window(void **state)
{
	static const struct {
		const char *spec, *words;
	} rows[] = {
		{"counted", "option '--work-uprobe counted': must be BINARY:FUNCTION"},
		{"counted:unit_of_wrk",
		 "no function 'unit_of_wrk' in 'counted'; there is 'unit_of_work'"},
		{"counted:0x3", "no code at 0x3 in 'counted'"},
		{"absent:unit_of_work", "open 'absent': No such file or directory: say its path"},
		{"/etc/passwd:root", "'/etc/passwd': not an ELF file of this machine"},
	};
	struct e2e *e = *state;

	e2e_need_root();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		E2E_RG(e, "capture", "-o", "p.pb.gz", "--work-uprobe", rows[i].spec, "--",
		       e2e_program(e, "counted"), "truth", "1", "0", "1");
		e2e_assert_status(e, 2);
		e2e_assert_err(e, rows[i].words);
		assert_false(e2e_exists(e, "p.pb.gz"));
		assert_false(e2e_exists(e, "truth"));
	}
}

/* As on a kernel that was built without them. */
static void test_a_kernel_without_uprobes_says_so(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_sh(e,
	       "unshare -m sh -c 'mount -t tmpfs none /sys/bus/event_source/devices/uprobe && "
	       "\"$@\"; "
	       "echo $? > status' sh '%s' capture -o p.pb.gz --work-uprobe '%s':unit_of_work "
	       "-- '%s' truth 1 0 1 2> words",
	       getenv("RG"), e2e_program(e, "counted"), e2e_program(e, "counted"));
	e2e_sh(e, "[ \"$(cat status)\" = 4 ] && grep -q 'this kernel has no uprobes' words && "
		  "grep -q -e '--work-metric' words && [ ! -e p.pb.gz ] && [ ! -e truth ]");
}

/* --- Completions ---------------------------------------------------------------------------- */

static void test_a_command_that_ends_is_one_run(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "a.pb.gz", UNTIL_IT_ENDS, "--frequency", "2999", "--slice",
	       "100ms", "--", e2e_program(e, "shares"), "truth", "300");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "a.pb.gz");
	assert_string_equal(fact(p, RG_KEY_WORK_TOTAL), "1");
	assert_string_equal(fact(p, RG_KEY_WORK_UNIT), "run");
	assert_string_equal(fact(p, RG_KEY_WORK_SOURCE), RG_WORK_COMPLETION);
	E2E_RG(e, "diff", "a.pb.gz", "a.pb.gz");
	e2e_assert_out(e, "s/run BEFORE");
	e2e_assert_out(e, "1 run");
	if (!e2e_is_long())
		return;
	E2E_RG(e, "capture", "-o", "cut.pb.gz", "--window", "1s", "--frequency", "2999", "--slice",
	       "100ms", "--", e2e_program(e, "shares"), "truth", "4000");
	e2e_assert_status(e, 0);
	assert_null(rg_profile_fact(e2e_profile(e, "cut.pb.gz"), RG_KEY_WORK_TOTAL));
	E2E_RG(e, "diff", "a.pb.gz", "cut.pb.gz");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "completion");
}

/* --- Cost at several loads ------------------------------------------------------------------ */

struct total {
	double growth, low, high, cost_base, cost_canary;
	char outcome[32];
};

static double member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

/* The total of a comparison of two files. */
static struct total compare(struct e2e *e, const char *base, const char *canary, const char *basis)
{
	struct total total;
	json_t *root;

	E2E_RG(e, "diff", "--json", "--basis", basis, base, canary);
	root = json_loads(e->out, 0, NULL);
	assert_non_null(root);
	const json_t *of = json_object_get(root, "total");

	total = (struct total){
		.growth = member(of, "growth_fraction"),
		.low = member(of, "growth_low_fraction"),
		.high = member(of, "growth_high_fraction"),
		.cost_base = member(of, "cost_base"),
		.cost_canary = member(of, "cost_canary"),
	};
	snprintf(total.outcome, sizeof(total.outcome), "%s",
		 json_string_value(json_object_get(root, "outcome")));
	assert_string_equal(json_string_value(json_object_get(root, "basis")), basis);
	json_decref(root);
	return total;
}

/* A request costs the same, the second of one side `times` as much as that of the other. */
static void assert_same_per_request(struct e2e *e, const char *base, const char *canary,
				    double times)
{
	struct total work = compare(e, base, canary, "work");
	struct total second = compare(e, base, canary, "second");

	print_message(
		"%s to %s: %.1f to %.1f us per request (%+.1f to %+.1f %%), per second x%.2f\n",
		base, canary, 1e6 * work.cost_base, 1e6 * work.cost_canary, 100 * work.low,
		100 * work.high, 1 + second.growth);
	if (!(work.low <= 0 && work.high >= 0))
		fail_msg("cost per request changed by %+.1f %%", 100 * work.growth);
	if (fabs((1 + second.growth) / times - 1) > 0.35)
		fail_msg("cost per second is %.2f times as much", 1 + second.growth);
}

static void capture_served(struct e2e *e, const char *file, const char *rate, const char *dear)
{
	E2E_RG(e, "capture", "-o", file, "--window", "1500ms", "--warmup", "100ms", "--slice",
	       "100ms", "--frequency", "997", "--work-uprobe", "served:serve_request",
	       "--work-unit", "request", "--", e2e_program(e, "served"), rate, dear);
	e2e_assert_status(e, 0);
}

static void test_cost_per_request_is_the_same_at_twice_the_load(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_disregard_steal(e);
	capture_served(e, "half.pb.gz", "300", "cheap");
	capture_served(e, "full.pb.gz", "600", "cheap");
	assert_same_per_request(e, "half.pb.gz", "full.pb.gz", 2);
	if (!e2e_is_long())
		return;
	capture_served(e, "dear.pb.gz", "300", "dear");
	E2E_RG(e, "diff", "full.pb.gz", "dear.pb.gz");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "hash_request() uses");
	e2e_assert_out(e, "more CPU per request");
}

static void build_orders(struct e2e *e)
{
	char top[E2E_PATH_MAX];

	assert_non_null(getcwd(top, sizeof(top)));
	e2e_sh(e, "mkdir orders && make -s -C '%s/examples/orders' BUILD=$PWD/orders", top);
}

static void capture_orders(struct e2e *e, const char *file, const char *rate)
{
	char load[2 * E2E_PATH_MAX];

	snprintf(load, sizeof(load), "'%s' --port 18099 --rate %s",
		 e2e_path(e, "orders/orders-load"), rate);
	E2E_RG(e, "capture", "-o", file, "--window", "20s", "--warmup", "2s", "--frequency", "499",
	       "--work-uprobe", "orders:route", "--work-unit", "request", "--load", load, "--",
	       e2e_path(e, "orders/orders"), "--port", "18099");
	e2e_assert_status(e, 0);
}

static void test_cost_per_order_is_the_same_at_half_and_double_load(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_need_long();
	build_orders(e);
	capture_orders(e, "half.pb.gz", "1500");
	capture_orders(e, "full.pb.gz", "3000");
	capture_orders(e, "double.pb.gz", "6000");
	assert_same_per_request(e, "half.pb.gz", "full.pb.gz", 2);
	assert_same_per_request(e, "full.pb.gz", "double.pb.gz", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_calls_are_counted_to_the_last),
		E2E_TEST(test_the_file_is_the_one_the_target_runs),
		E2E_TEST(test_what_cannot_be_counted_is_said_before_the_window),
		E2E_TEST(test_a_kernel_without_uprobes_says_so),
		E2E_TEST(test_a_command_that_ends_is_one_run),
		E2E_TEST(test_cost_per_request_is_the_same_at_twice_the_load),
		E2E_TEST(test_cost_per_order_is_the_same_at_half_and_double_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
