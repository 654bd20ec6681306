/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Off-CPU time is charged to the function that waits, by class, and the account closes. */
#include "samples.h"
#include "waits_judge.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static const struct e2e_wait_row ways[] = {
	{"kernel_waits", "nanosleep", "block_in_nanosleep", WAIT_ROOT, "sleep", 20, false},
	{"kernel_waits", "read", "block_in_read", WAIT_ROOT, "pipe", 20, false},
	{"kernel_waits", "poll", "block_in_poll", WAIT_ROOT, "poll", 20, false},
	{"kernel_waits", "epoll", "block_in_epoll", WAIT_ROOT, "poll", 20, false},
	{"kernel_waits", "fsync", "block_in_fsync", WAIT_ROOT, "disk", 1, true},
	{"kernel_waits", "flock", "block_in_flock", WAIT_ROOT, "lock", 20, true},
	{"kernel_waits", "waitpid", "block_in_waitpid", WAIT_ROOT, "child", 20, true},
	{"lock_waits", "mutex", "block_in_mutex", WAIT_ROOT, "lock", 20, true},
	{"lock_waits", "condition", "block_in_condition", WAIT_ROOT, "lock", 20, true},
	{"lock_waits", "semaphore", "block_in_semaphore", WAIT_ROOT, "lock", 20, false},
	{"lock_waits", "fault", "block_in_page_fault", WAIT_ROOT, "fault", 20, false},
	{"net_waits", "recv", "block_in_recv", WAIT_ROOT, "network", 20, false},
	{"net_waits", "connect", "block_in_connect", WAIT_ROOT, "network", 20, false},
	{"time_waits", "throughout", "block_throughout", WAIT_ROOT, "sleep", 1, false},
	{"time_waits", "edge", "block_over_the_edge", WAIT_ROOT, "sleep", 2, false},
	{"time_waits", "moves", "block_between_moves", WAIT_ROOT, "sleep", 50, false},
	{"time_waits", "twins", "block_as_elder_twin", " block_as_twins" WAIT_ROOT, "sleep", 50,
	 false},
	{"pool_waits", "idle", "run_idle_worker", " (lib)+", "lock", 20, true},
	{"pool_waits", "starving", "acquire_connection", " run_starving_worker (lib)+", "lock", 20,
	 true},
};

static void judge(struct e2e *e, const struct e2e_wait_row *rows, size_t count, const char *variant,
		  const char *window, const char *without)
{
	const struct rg_profile *profile;
	size_t wrong = 0;

	e2e_need_root();
	profile = e2e_waits_capture(e, rows, count, variant, window, without);
	for (size_t i = 0; i < count; i++)
		wrong += !e2e_wait_holds(e, profile, &rows[i], variant);
	if (wrong)
		fail_msg("%zu of %zu ways to wait are wrong", wrong, count);
	e2e_assert_account(profile);
}

/* --- Ways to wait --------------------------------------------------------------------------- */

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

#define WAYS(variant, without, name)                                       \
	static void test_##variant##_##name(void **state)                  \
	{                                                                  \
		judge(*state, ways, COUNT(ways), #variant, "1s", without); \
	}

WAYS(o2, NULL, all)
WAYS(o0fp, NULL, all)
WAYS(static, NULL, all)
WAYS(o2, "sched-exit", before_sched_exit)
WAYS(o2, "switch-state", before_switch_state)
WAYS(o2, "tp-btf sched-exit", without_types_before_sched_exit)

#define LONG_WAYS(variant, without, name)                                  \
	static void test_##variant##_##name(void **state)                  \
	{                                                                  \
		if (!e2e_is_long())                                        \
			skip();                                            \
		judge(*state, ways, COUNT(ways), #variant, "1s", without); \
	}

LONG_WAYS(o0, NULL, all)
LONG_WAYS(o2fp, NULL, all)
LONG_WAYS(staticfp, NULL, all)
LONG_WAYS(static, "sched-exit", before_sched_exit)
LONG_WAYS(o0, "sched-exit", before_sched_exit)
LONG_WAYS(o0fp, "sched-exit", before_sched_exit)
LONG_WAYS(o2fp, "sched-exit", before_sched_exit)
LONG_WAYS(staticfp, "sched-exit", before_sched_exit)
LONG_WAYS(o2, "tp-btf", without_types)
LONG_WAYS(static, "tp-btf", without_types)
LONG_WAYS(o0fp, "tp-btf", without_types)
LONG_WAYS(static, "tp-btf sched-exit", without_types_before_sched_exit)
LONG_WAYS(o0fp, "tp-btf sched-exit", without_types_before_sched_exit)
LONG_WAYS(o2, "tp-btf switch-state", without_types_before_switch_state)
LONG_WAYS(o2, "bpf-loop sched-exit", before_bpf_loop)
LONG_WAYS(o0, "switch-state", before_switch_state)
LONG_WAYS(o0fp, "switch-state", before_switch_state)
LONG_WAYS(o2fp, "switch-state", before_switch_state)
LONG_WAYS(static, "switch-state", before_switch_state)
LONG_WAYS(staticfp, "switch-state", before_switch_state)

/* --- Those that want the machine for themselves ---------------------------------------------- */

static const struct e2e_wait_row lengths[] = {
	{"time_waits", "short", "block_shortly", WAIT_ROOT, "sleep", 4000, false},
	{"time_waits", "long", "block_for_long", WAIT_ROOT, "sleep", 1, false},
};

static void test_short_waits_do_not_hide_a_long_one(void **state)
{
	judge(*state, lengths, COUNT(lengths), "o2", "2s", NULL);
}

static const struct e2e_wait_row children[] = {
	{"time_waits", "children", "block_in_a_child", " have_a_child" WAIT_ROOT, "sleep", 200,
	 false},
};

static void test_hundreds_of_children_are_accounted_for(void **state)
{
	judge(*state, children, COUNT(children), "o2", "1500ms", NULL);
}

static const struct e2e_wait_row crowd = {"time_waits", "crowd", "spin_in_a_crowd", WAIT_ROOT, "",
					  80,           false};

/* Against the threads' own schedstat; the shell that waits for them is blocked, and nothing else. */
static void test_contention_is_run_queue_time(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *profile;
	struct e2e_wait_truth truth;
	double run_queue, cpu;

	e2e_need_root();
	profile = e2e_waits_capture(e, &crowd, 1, "o2", "1s", NULL);
	truth = e2e_wait_truth(e, profile, &crowd);
	run_queue = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_RUNQ_NS, 0);
	cpu = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_CPU_NS, 0);
	assert_true(truth.waits >= crowd.at_least);
	if (fabs(run_queue - (double)truth.run_queue_ns) > 0.02 * (double)truth.run_queue_ns ||
	    fabs(cpu - (double)truth.cpu_ns) > 0.02 * (double)truth.cpu_ns)
		fail_msg("in the run queue %.1f ms, truth %.1f; on a CPU %.1f ms, truth %.1f",
			 run_queue / 1e6, (double)truth.run_queue_ns / 1e6, cpu / 1e6,
			 (double)truth.cpu_ns / 1e6);
	assert_true(100 * e2e_under(profile, crowd.function, RG_VALUE_OFF_CPU_NS) <
		    (int64_t)run_queue);
	e2e_assert_account(profile);
}

static const struct e2e_wait_row pollers = {
	"time_waits", "pollers", "block_in_short_poll", "", "poll", 1000, false};
static const struct e2e_wait_row twins = {
	"time_waits", "twins", "block_as_elder_twin", " block_as_twins" WAIT_ROOT, "sleep",
	50,           false};

/* Threads that have nothing to do cost too much: their polls are met at random, and nothing else is. */
static void test_polls_are_thinned_before_other_waits(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *profile;
	struct e2e_wait_truth truth;
	double period, told, blocked;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--window", "3s", "--warmup", "300ms",
	       "--max-overhead", "1%", "--", "/bin/sh", "-c",
	       e2e_ask(e,
		       "p=%s/o2/time_waits; echo \"$p pollers pollers.truth & $p twins "
		       "twins.truth & wait\"",
		       e2e_program(e, "waits")));
	e2e_assert_status(e, 0);
	profile = e2e_profile(e, "p.pb.gz");
	e2e_assert_account(profile);
	period = (double)rg_profile_fact_u64(profile, RG_KEY_OFF_CPU_POLL_THRESHOLD_NS, 0);
	assert_true(period > 1e6);
	assert_int_equal(rg_profile_fact_u64(profile, RG_KEY_OFF_CPU_THRESHOLD_NS, 0), 1000000);
	assert_true(e2e_wait_holds(e, profile, &twins, "o2"));
	truth = e2e_wait_truth(e, profile, &pollers);
	blocked = (double)truth.blocked_ns;
	told = (double)e2e_under(profile, pollers.function, RG_VALUE_OFF_CPU_NS);
	if (told < 0.99 * blocked - 4 * sqrt(period * blocked) ||
	    told > 1.01 * blocked + (double)truth.unsure_ns + 4 * sqrt(period * blocked))
		fail_msg("polls for %.1f ms, and the profile says %.1f, one in %.1f ms",
			 blocked / 1e6, told / 1e6, period / 1e6);
}

static const struct e2e_wait_row handover = {"lock_waits", "handover", "await_turn", "",
					     "lock",       0,          false};

/* More waits than stacks could be walked: those that are remembered leave none without. */
static void judge_handover(struct e2e *e, const char *without)
{
	const struct rg_profile *profile;
	double blocked, told, handed;

	e2e_need_root();
	profile = e2e_waits_capture(e, &handover, 1, "o2", "1s", without);
	e2e_assert_account(profile);
	blocked = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_BLOCKED_NS, 0);
	told = (double)e2e_total(profile, RG_VALUE_OFF_CPU_NS);
	handed = (double)e2e_under(profile, handover.function, RG_VALUE_OFF_CPU_NS);
	assert_true(e2e_under(profile, handover.function, RG_VALUE_WAITS) > 40000);
	if (fabs(told - blocked) > 0.01 * blocked + 4 * sqrt(1e6 * handed))
		fail_msg("blocked for %.1f ms, and stacks tell of %.1f, %.1f of them handed over",
			 blocked / 1e6, told / 1e6, handed / 1e6);
	assert_true(e2e_under(profile, "hand_back", RG_VALUE_OFF_CPU_NS) > 0);
	assert_true(e2e_under(profile, "hand_over", RG_VALUE_OFF_CPU_NS) > 0);
}

static void test_no_stack_is_missing_at_full_rate(void **state)
{
	judge_handover(*state, "sched-exit");
}

static void test_no_stack_is_missing_at_full_rate_without_types(void **state)
{
	judge_handover(*state, "sched-exit tp-btf");
}

/* Leaves the capture little time, and none where it matters: it is late at whatever it does. */
static void hold_up(const struct e2e *e)
{
	pid_t pid = e2e_rg_pid(e);
	const struct timespec held = {.tv_nsec = 150 * 1000000}, free = {.tv_nsec = 30 * 1000000};

	while (kill(pid, SIGSTOP) == 0) {
		siginfo_t ended = {0};

		nanosleep(&held, NULL);
		kill(pid, SIGCONT);
		nanosleep(&free, NULL);
		if (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) || ended.si_pid)
			return;
	}
}

static void test_the_account_closes_though_the_capture_is_late(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *profile;
	double cpu, thread;

	e2e_need_root();
	E2E_RG_START(e, "capture", "-o", "p.pb.gz", "--window", "1s", "--warmup", "300ms", "--",
		     e2e_program(e, "waits/o2/lock_waits"), "handover", "handover.truth");
	/* The kernel gives up loading a program when a signal comes, and a few tries are all there are. */
	e2e_rg_wait_for(e, "warming up");
	hold_up(e);
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	profile = e2e_profile(e, "p.pb.gz");
	e2e_assert_account(profile);
	cpu = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_CPU_NS, 0);
	thread = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_THREAD_NS, 0);
	if (fabs(thread - 2e9) > 0.01 * 2e9 || cpu > thread / 2)
		fail_msg("two threads for a second: %.1f ms, %.1f of them on a CPU", thread / 1e6,
			 cpu / 1e6);
}

static void test_what_ended_in_the_warm_up_is_not_in_the_account(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *profile;
	double cpu;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--window", "1s", "--warmup", "1500ms", "--",
	       "/bin/sh", "-c", "\"$0\" 300; exec sleep 4", e2e_program(e, "burst"));
	e2e_assert_status(e, 0);
	profile = e2e_profile(e, "p.pb.gz");
	e2e_assert_account(profile);
	cpu = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_CPU_NS, UINT64_MAX);
	if (cpu > 0.1e9)
		fail_msg("%.1f ms on a CPU", cpu / 1e6);
}

/* A process may outlive its first thread, which is on the list of tasks until the last has ended. */
static void test_a_thread_that_has_ended_waits_for_nothing(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *profile;
	double thread;

	e2e_need_root();
	E2E_RG(e, "capture", "-o", "p.pb.gz", "--window", "1s", "--warmup", "300ms", "--",
	       e2e_program(e, "headless"));
	e2e_assert_status(e, 0);
	profile = e2e_profile(e, "p.pb.gz");
	e2e_assert_account(profile);
	thread = (double)rg_profile_fact_u64(profile, RG_KEY_ACCOUNT_THREAD_NS, 0);
	if (fabs(thread - 1e9) > 0.01 * 1e9)
		fail_msg("one thread for a second: %.1f ms", thread / 1e6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_o0_all),
		E2E_TEST(test_o2_all),
		E2E_TEST(test_o0fp_all),
		E2E_TEST(test_o2fp_all),
		E2E_TEST(test_static_all),
		E2E_TEST(test_staticfp_all),
		E2E_TEST(test_o2_before_sched_exit),
		E2E_TEST(test_static_before_sched_exit),
		E2E_TEST(test_o2_before_switch_state),
		E2E_TEST(test_o2_without_types_before_sched_exit),
		E2E_TEST(test_o2_without_types),
		E2E_TEST(test_static_without_types),
		E2E_TEST(test_o0fp_without_types),
		E2E_TEST(test_static_without_types_before_sched_exit),
		E2E_TEST(test_o0fp_without_types_before_sched_exit),
		E2E_TEST(test_o2_without_types_before_switch_state),
		E2E_TEST(test_o2_before_bpf_loop),
		E2E_TEST(test_o0_before_sched_exit),
		E2E_TEST(test_o0fp_before_sched_exit),
		E2E_TEST(test_o2fp_before_sched_exit),
		E2E_TEST(test_staticfp_before_sched_exit),
		E2E_TEST(test_o0_before_switch_state),
		E2E_TEST(test_o0fp_before_switch_state),
		E2E_TEST(test_o2fp_before_switch_state),
		E2E_TEST(test_static_before_switch_state),
		E2E_TEST(test_staticfp_before_switch_state),
		E2E_TEST(test_short_waits_do_not_hide_a_long_one),
		E2E_TEST(test_hundreds_of_children_are_accounted_for),
		E2E_TEST(test_contention_is_run_queue_time),
		E2E_TEST(test_polls_are_thinned_before_other_waits),
		E2E_TEST(test_the_account_closes_though_the_capture_is_late),
		E2E_TEST(test_what_ended_in_the_warm_up_is_not_in_the_account),
		E2E_TEST(test_a_thread_that_has_ended_waits_for_nothing),
		E2E_TEST(test_no_stack_is_missing_at_full_rate),
		E2E_TEST(test_no_stack_is_missing_at_full_rate_without_types),
	};

	return cmocka_run_group_tests_name("waits", tests, NULL, NULL);
}
