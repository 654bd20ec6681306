/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose samples a capture takes: children, other processes, and code that comes and goes. */
#include "e2e.h"
#include "samples.h"

#include "rg/units.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define FINE "--frequency", "999"

/* --- Children ------------------------------------------------------------------------------- */

/*
 * The children live for 30 ms: who found them by looking now and then would miss much of that. Tenths
 * are left for what is not theirs to account: the kernel charges part of fork and exit elsewhere.
 */
static void test_short_lived_children_are_counted_from_the_first(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	double truth, sampled;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "40s", "--", "/bin/sh", "-c",
	       "\"$0\" truth 40 30 \"$1\"; exit $?", e2e_program(e, "brood"),
	       e2e_program(e, "burst"));
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	truth = (double)e2e_number(e, "truth", "children", 1);
	sampled = (double)(e2e_self(p, "burn_forked", RG_VALUE_CPU_NS) +
			   e2e_self(p, "burn_burst", RG_VALUE_CPU_NS));
	if (fabs(sampled / truth - 1) > 0.1)
		fail_msg("%.0f ms of %.0f ms were sampled", sampled / 1e6, truth / 1e6);
	/* The shell, brood, and its children. */
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_PROCESSES, 0), 42);
	assert_string_equal(rg_profile_fact(p, RG_KEY_LOST_EVENTS), "0");
}

static void test_forked_and_executed_children_are_named(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	int64_t forked, executed;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "40s", "--",
	       e2e_program(e, "brood"), "truth", "10", "40", e2e_program(e, "burst"));
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	forked = e2e_self(p, "burn_forked", RG_VALUE_SAMPLES);
	executed = e2e_self(p, "burn_burst", RG_VALUE_SAMPLES);
	e2e_assert_share(p, "forked", forked, (double)forked / (double)(forked + executed));
	assert_in_range(forked * 100 / (forked + executed), 35, 65);
	assert_true(e2e_in_module(p, "brood", RG_VALUE_SAMPLES) >= forked);
	assert_true(e2e_in_module(p, "burst", RG_VALUE_SAMPLES) >= executed);
	assert_true(e2e_of_thread(p, "burst", RG_VALUE_SAMPLES) >= executed);
	assert_string_equal(rg_profile_fact(p, RG_KEY_TARGET), "brood");
}

/* --- Running processes ---------------------------------------------------------------------- */

static void capture_pid(struct e2e *e, const char *pids)
{
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "1s", "--pid", pids);
}

static void test_attaching_takes_existing_children_too(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	char pid[32];

	e2e_need_root();
	snprintf(pid, sizeof(pid), "%d", (int)E2E_SPAWN(e, e2e_program(e, "family"), "truth"));
	e2e_wait_for_file(e, "truth");
	capture_pid(e, pid);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_true(e2e_self(p, "burn_parent", RG_VALUE_SAMPLES) > 50);
	assert_true(e2e_self(p, "burn_child", RG_VALUE_SAMPLES) > 50);
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_PROCESSES, 0), 2);
	/* Attaching does not end what it found. */
	assert_int_equal(kill(e->helpers[0], 0), 0);
	assert_int_equal(kill((pid_t)e2e_number(e, "truth", "child", 1), 0), 0);
}

static void test_several_processes_are_profiled_and_no_other(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	char pids[64];
	pid_t steady;

	e2e_need_root();
	steady = E2E_SPAWN(e, e2e_program(e, "steady"));
	snprintf(pids, sizeof(pids), "%d,%d", (int)steady,
		 (int)E2E_SPAWN(e, e2e_program(e, "zeroes"), "600000"));
	E2E_SPAWN(e, e2e_program(e, "family"), "truth");
	e2e_wait_for_file(e, "truth");
	capture_pid(e, pids);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_true(e2e_self(p, "hash_order", RG_VALUE_SAMPLES) > 0);
	assert_true(e2e_in_module(p, "[kernel]", RG_VALUE_SAMPLES) > 50);
	assert_int_equal(e2e_in_module(p, "family", RG_VALUE_SAMPLES), 0);
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_PROCESSES, 0), 2);
}

static void test_the_end_of_an_attached_process_ends_the_window(void **state)
{
	struct e2e *e = *state;
	char pid[32];

	e2e_need_root();
	snprintf(pid, sizeof(pid), "%d", (int)E2E_SPAWN(e, e2e_program(e, "burst"), "1000"));
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "40s", "--pid", pid);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "the target ended by itself");
	assert_true(e2e_self(e2e_profile(e, "p.pb.gz"), "burn_burst", RG_VALUE_SAMPLES) > 0);
	/* Beside one that lived: nobody knows why it ended. */
	snprintf(pid, sizeof(pid), "%d", (int)E2E_SPAWN(e, e2e_program(e, "burst"), "100000"));
	E2E_RG(e, "capture", "-o", "lived.pb.gz", "--frequency", "4999", "--window", "1s", "--pid",
	       pid);
	e2e_assert_status(e, 0);
	E2E_RG(e, "diff", "lived.pb.gz", "p.pb.gz");
	e2e_assert_status(e, 3);
	e2e_assert_out(e, "ended in the window: baseline 0 of 1 runs, canary 1 of 1 runs");
	E2E_RG(e, "diff", "p.pb.gz", "p.pb.gz");
	assert_null(strstr(e->out, "ended in the window"));
}

/* --- Files that come and go ----------------------------------------------------------------- */

static const struct rg_profile *capture_helper(struct e2e *e, pid_t helper)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)helper);
	capture_pid(e, pid);
	e2e_assert_status(e, 0);
	return e2e_profile(e, "p.pb.gz");
}

static void assert_mostly(const struct rg_profile *p, int64_t samples)
{
	assert_true(e2e_total(p, RG_VALUE_SAMPLES) > 50);
	assert_true(samples * 10 > e2e_total(p, RG_VALUE_SAMPLES) * 9);
}

static int64_t steady_samples(const struct rg_profile *p)
{
	return e2e_self(p, "parse_order", RG_VALUE_SAMPLES) +
	       e2e_self(p, "check_order", RG_VALUE_SAMPLES) +
	       e2e_self(p, "hash_order", RG_VALUE_SAMPLES) +
	       e2e_self(p, "print_order", RG_VALUE_SAMPLES);
}

static void test_a_deleted_program_is_named(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	pid_t pid;

	e2e_need_root();
	pid = E2E_SPAWN(e, e2e_program_copy(e, "steady", "steady"));
	e2e_sleep_ms(200);
	e2e_sh(e, "rm steady");
	p = capture_helper(e, pid);
	assert_mostly(p, steady_samples(p));
	assert_string_equal(rg_profile_fact(p, RG_KEY_TARGET), "steady");
}

/* The new file's functions lie elsewhere: to read it would give wrong names, not none. */
static void test_a_replaced_program_is_named_by_what_runs(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	pid_t pid;

	e2e_need_root();
	pid = E2E_SPAWN(e, e2e_program_copy(e, "steady", "server"));
	e2e_sleep_ms(200);
	e2e_program_copy(e, "shares", "new");
	e2e_sh(e, "mv new server");
	p = capture_helper(e, pid);
	assert_mostly(p, steady_samples(p));
	assert_null(e2e_frame(p, "burn_alpha"));
	assert_string_equal(e2e_module_of(p, e2e_frame(p, "hash_order"))->name, "server");
}

static void test_a_program_deleted_in_the_window_is_named(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	const char *burst;

	e2e_need_root();
	burst = e2e_program_copy(e, "burst", "burst");
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "40s", "--", "/bin/sh", "-c",
	       "\"$0\" 400 & sleep 0.2; rm \"$0\"; wait", burst);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	assert_true(e2e_self(p, "burn_burst", RG_VALUE_SAMPLES) > 300);
}

/* A program that loads the library made of this source when so many milliseconds are over. */
static const struct rg_profile *capture_plugin(struct e2e *e, const char *compiler,
					       const char *source, const char *after_ms)
{
	e2e_write_text(e, "library.src", source);
	e2e_sh(e, "%s -shared -fPIC -O1 -g -fno-omit-frame-pointer -o library.so library.src",
	       compiler);
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "40s", "--",
	       e2e_program(e, "plugin"), e2e_path(e, "library.so"), after_ms, "400");
	e2e_assert_status(e, 0);
	return e2e_profile(e, "p.pb.gz");
}

static void test_a_library_loaded_in_the_window_is_named(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	p = capture_plugin(e, "gcc -x c",
			   "unsigned long plugin_burn(unsigned long x);\n"
			   "unsigned long plugin_burn(unsigned long x)\n"
			   "{\n"
			   "	for (int i = 0; i < 1000000; i++) { x = x * 7 + 1; __asm__(\"\" : "
			   "\"+r\"(x)); }\n"
			   "	return x;\n"
			   "}\n",
			   "300");
	assert_mostly(p, e2e_self(p, "plugin_burn", RG_VALUE_SAMPLES));
	assert_string_equal(e2e_module_of(p, e2e_frame(p, "plugin_burn"))->name, "library.so");
	assert_int_equal(e2e_frame(p, "plugin_burn")->start_line, 2);
}

static void test_cplusplus_is_demangled(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	p = capture_plugin(
		e, "g++ -x c++",
		"namespace shop { struct Basket {\n"
		"	__attribute__((noinline)) unsigned long sum(unsigned long x) const;\n"
		"}; }\n"
		"unsigned long shop::Basket::sum(unsigned long x) const\n"
		"{\n"
		"	for (int i = 0; i < 1000000; i++) { x = x * 7 + 1; asm(\"\" : \"+r\"(x)); "
		"}\n"
		"	return x;\n"
		"}\n"
		"extern \"C\" unsigned long plugin_burn(unsigned long x)\n"
		"{ return shop::Basket().sum(x) + 1; }\n",
		"0");
	assert_mostly(p, e2e_self(p, "shop::Basket::sum(unsigned long) const", RG_VALUE_SAMPLES));
}

/* Of samples whose leaf is a function with this in its name. */
static int64_t self_like(const struct rg_profile *p, const char *part)
{
	size_t count;
	const struct rg_frame *frame = rg_profile_frames(p, &count);
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (strstr(frame[i].function, part))
			sum += e2e_self(p, frame[i].function, RG_VALUE_SAMPLES);
	}
	return sum;
}

/* By CPU time, so that starting up is a small part of it on a busy machine, too. */
#define NODE_PROGRAM                                                                               \
	"function hotLoop(n) { let s = 0; for (let i = 0; i < n; i++) s = (s * 31 + i) % 1000003;" \
	" return s; }"                                                                             \
	"let s = 0; while (process.cpuUsage().user < 3500000) s += hotLoop(300000);"

/* Its file of names is in a /tmp of its own, by a number of its own, and both are gone when it is asked for. */
static void test_generated_code_is_named_by_its_compiler(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", FINE, "--window", "40s", "--", "/bin/sh", "-c",
	       "exec unshare --mount --pid --fork --mount-proc sh -c 'mount -t tmpfs none /tmp && "
	       "cd / && exec node --perf-basic-prof --logfile=/tmp/v8.log "
	       "--no-concurrent-recompilation -e \"$0\"' \"$0\"",
	       NODE_PROGRAM);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p.pb.gz");
	/* In itself, and in the script, which has it inlined from some round on. */
	assert_true(self_like(p, "hotLoop [eval]:") > 0);
	assert_mostly(p, self_like(p, " [eval]:"));
	assert_string_equal(rg_profile_fact(p, RG_KEY_LOST_EVENTS), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_short_lived_children_are_counted_from_the_first),
		E2E_TEST(test_forked_and_executed_children_are_named),
		E2E_TEST(test_attaching_takes_existing_children_too),
		E2E_TEST(test_several_processes_are_profiled_and_no_other),
		E2E_TEST(test_the_end_of_an_attached_process_ends_the_window),
		E2E_TEST(test_a_deleted_program_is_named),
		E2E_TEST(test_a_replaced_program_is_named_by_what_runs),
		E2E_TEST(test_a_program_deleted_in_the_window_is_named),
		E2E_TEST(test_a_library_loaded_in_the_window_is_named),
		E2E_TEST(test_cplusplus_is_demangled),
		E2E_TEST(test_generated_code_is_named_by_its_compiler),
	};

	return cmocka_run_group_tests_name("capture_processes", tests, NULL, NULL);
}
