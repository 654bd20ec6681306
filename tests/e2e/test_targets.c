/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets that are told by what they are: who belongs to them, from when and until when. */
#include "cgroup.h"
#include "samples.h"

#include "rg/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FINE "--frequency", "999"

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * RG_NS_PER_S + (uint64_t)now.tv_nsec;
}

static uint64_t fact(const struct rg_profile *p, const char *key)
{
	return rg_profile_fact_u64(p, key, UINT64_MAX);
}

/* "load-4711": no other program's name on this machine, not even of another run of this test. */
struct name {
	char text[16];
};

static struct name own_name(const char *word)
{
	struct name name;
	int len = snprintf(name.text, sizeof(name.text), "%s-%d", word, (int)getpid());

	assert_true(len > 0 && (size_t)len < sizeof(name.text));
	return name;
}

/* --- Who is of it --------------------------------------------------------------------------- */

/* As when a service's own unit is profiled from a shell in it. */
static void test_the_capture_and_its_load_are_no_part_of_what_is_profiled(void **state)
{
	struct e2e *e = *state;
	const struct name gate = own_name("gate"), load = own_name("load");
	const struct rg_profile *p;

	e2e_need_root();
	/* Others may run captures and shells on this machine. */
	e2e_program_copy(e, "steady", load.text);
	e2e_sh(e, "cp \"$RG\" %s; ./%s capture -o p --frequency 999 --window 1s --load ./%s --all",
	       gate.text, gate.text, load.text);
	p = e2e_profile(e, "p");
	assert_int_equal(e2e_in_module(p, gate.text, RG_VALUE_SAMPLES), 0);
	assert_int_equal(e2e_of_thread(p, gate.text, RG_VALUE_SAMPLES), 0);
	assert_int_equal(e2e_in_module(p, load.text, RG_VALUE_SAMPLES), 0);
	assert_true(fact(p, RG_KEY_PROCESSES) > 1);
	assert_string_equal(rg_profile_fact(p, RG_KEY_TARGET_BY), "all processes");
}

static void test_a_cgroup_of_version_1(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	const char *below;

	e2e_need_root();
	below = e2e_cgroup_v1(e, "pids", "shop/worker");
	if (!below) {
		print_message("skipped: no controller 'pids' of version 1\n");
		return;
	}
	e2e_cgroup_enter(below, E2E_SPAWN(e, e2e_program(e, "steady")));
	E2E_RG(e, "capture", "-o", "p", FINE, "--window", "1s", "--cgroup",
	       e2e_ask(e, "echo '%s' | sed s,.*/rg-e2e,/rg-e2e,",
		       e2e_cgroup_v1(e, "pids", "shop")));
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p");
	assert_true(e2e_self(p, "hash_order", RG_VALUE_SAMPLES) > 0);
	assert_int_equal(fact(p, RG_KEY_PROCESSES), 1);
}

/* --- Joining and leaving -------------------------------------------------------------------- */

/*
 * When two threads, of which one runs and one sleeps, became part of the target, and ceased to be. One that sleeps was
 * part of it throughout.
 */
struct stay {
	uint64_t in_ns, in_by_ns, out_ns, out_by_ns;
};

static void assert_stay(const struct rg_profile *p, const struct stay *stay, uint64_t others_ns)
{
	double all = (double)fact(p, RG_KEY_ACCOUNT_THREAD_NS);
	double thread = all - (double)fact(p, RG_KEY_WALL_NS);
	double ran = (double)(fact(p, RG_KEY_ACCOUNT_CPU_NS) + fact(p, RG_KEY_ACCOUNT_RUNQ_NS));
	double least = (double)(stay->out_ns - stay->in_by_ns);
	double most = (double)(stay->out_by_ns - stay->in_ns + others_ns);

	print_message("thread %.1f ms, ran %.1f ms (cpu %.1f), stayed %.1f to %.1f ms\n",
		      thread / 1e6, ran / 1e6, (double)fact(p, RG_KEY_ACCOUNT_CPU_NS) / 1e6,
		      least / 1e6, most / 1e6);
	/* The scheduler's books may be behind by a tick. */
	assert_true(thread > 2 * least - 8e6 && thread < 2 * most + 8e6);
	assert_true(ran > least - 8e6 && ran < most + 8e6);
	assert_true(fabs(rg_profile_fact_real(p, RG_KEY_ACCOUNT_CLOSURE, NAN)) * all <
		    0.01 * all + 8e6);
	/* Each sample is one of the target's time: none from before or after. */
	assert_true(e2e_total(p, RG_VALUE_CPU_NS) > 0);
	assert_true((double)e2e_total(p, RG_VALUE_CPU_NS) < most * 1.1);
}

static void test_who_enters_a_cgroup_or_one_below_counts_until_it_leaves(void **state)
{
	struct e2e *e = *state;
	const char *group, *below;
	struct stay stay;
	pid_t worker, sleeper;

	e2e_need_root();
	group = e2e_cgroup(e, "shop");
	below = e2e_cgroup(e, "shop/worker");
	e2e_cgroup_enter(below, E2E_SPAWN(e, "/bin/sleep", "100"));
	/* A sibling whose name begins alike. */
	e2e_cgroup_enter(e2e_cgroup(e, "shop2"), E2E_SPAWN(e, "/bin/sleep", "100"));
	worker = E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	sleeper = E2E_SPAWN(e, "/bin/sleep", "100");
	E2E_RG_START(e, "capture", "-o", "p", FINE, "--window", "1s", "--cgroup",
		     e2e_ask(e, "stat -c %%i '%s'", group));
	e2e_rg_wait_for(e, "profiling for");
	e2e_sleep_ms(250);
	stay.in_ns = now_ns();
	e2e_cgroup_enter(group, worker);
	e2e_cgroup_enter(below, sleeper);
	stay.in_by_ns = now_ns();
	e2e_sleep_ms(400);
	stay.out_ns = now_ns();
	e2e_cgroup_leave(group, worker);
	e2e_cgroup_leave(group, sleeper);
	stay.out_by_ns = now_ns();
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	assert_stay(e2e_profile(e, "p"), &stay, 0);
	assert_int_equal(fact(e2e_profile(e, "p"), RG_KEY_PROCESSES), 3);
	assert_true(e2e_self(e2e_profile(e, "p"), "burn_burst", RG_VALUE_SAMPLES) > 0);
}

static void assert_by_name(const struct rg_profile *p, const struct name *name)
{
	char text[32];

	snprintf(text, sizeof(text), "comm %s", name->text);
	assert_string_equal(rg_profile_fact(p, RG_KEY_TARGET_BY), text);
}

/* One that takes the name, and one that is started under it in the window by who is no part of the target. */
static void test_who_takes_a_name_counts_until_it_takes_another(void **state)
{
	struct e2e *e = *state;
	const struct name holder = own_name("holder");
	const struct rg_profile *p;
	struct stay stay;
	uint64_t others_ns;

	e2e_need_root();
	e2e_program_copy(e, "burst", holder.text);
	e2e_sh(e, "mkdir other; cp /bin/sleep other/%s", holder.text);
	E2E_SPAWN(e, e2e_path(e, "other/%s", holder.text), "100");
	E2E_RG_START(e, "capture", "-o", "p", FINE, "--window", "1s", "--comm", holder.text);
	e2e_rg_wait_for(e, "profiling for");
	E2E_SPAWN(e, e2e_program(e, "namer"), "truth", holder.text, "150", "400");
	others_ns = now_ns();
	e2e_sh(e, "for i in 1 2 3 4; do ./%s 20; done", holder.text);
	others_ns = now_ns() - others_ns;
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p");
	stay.in_ns = e2e_number(e, "truth", "in", 1);
	stay.in_by_ns = e2e_number(e, "truth", "in", 2);
	stay.out_ns = e2e_number(e, "truth", "out", 1);
	stay.out_by_ns = e2e_number(e, "truth", "out", 2);
	/* The others run one after the other, and not all of that time. */
	assert_stay(p, &stay, others_ns);
	assert_int_equal(fact(p, RG_KEY_PROCESSES), 6);
	assert_true(e2e_self(p, "burn_namer", RG_VALUE_SAMPLES) > 50);
	assert_true(e2e_self(p, "burn_burst", RG_VALUE_CPU_NS) > (int64_t)(60 * RG_NS_PER_MS));
	/* Before their exec they were the shell's. */
	assert_int_equal(e2e_of_thread(p, "sh", RG_VALUE_SAMPLES), 0);
	assert_by_name(p, &holder);
}

/* One after the other, each killed as it runs: what is dead is charged with nothing more. */
static void test_who_is_killed_under_a_name_is_accounted_for_once(void **state)
{
	struct e2e *e = *state;
	const struct name mortal = own_name("mortal");
	const struct rg_profile *p;
	double wall;

	e2e_need_root();
	e2e_program_copy(e, "burst", mortal.text);
	E2E_SPAWN(e, "/bin/sh", "-c",
		  "while :; do timeout -s KILL 0.15 ./$0 100000; done 2> /dev/null", mortal.text);
	e2e_sh(e, "until pgrep -x %s > /dev/null; do sleep 0.02; done", mortal.text);
	E2E_RG(e, "capture", "-o", "p", FINE, "--window", "1s", "--comm", mortal.text);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p");
	wall = (double)fact(p, RG_KEY_WALL_NS);
	print_message("%.1f ms: thread %.1f, cpu %.1f, closure %+.4f, %d processes\n", wall / 1e6,
		      (double)fact(p, RG_KEY_ACCOUNT_THREAD_NS) / 1e6,
		      (double)fact(p, RG_KEY_ACCOUNT_CPU_NS) / 1e6,
		      rg_profile_fact_real(p, RG_KEY_ACCOUNT_CLOSURE, NAN),
		      (int)fact(p, RG_KEY_PROCESSES));
	assert_true(fact(p, RG_KEY_PROCESSES) >= 3);
	assert_true((double)fact(p, RG_KEY_ACCOUNT_THREAD_NS) < 1.02 * wall);
	assert_true((double)fact(p, RG_KEY_ACCOUNT_CPU_NS) < 1.02 * wall);
	assert_true(fabs(rg_profile_fact_real(p, RG_KEY_ACCOUNT_CLOSURE, NAN)) < 0.02);
}

/* By its name alone: another user, other numbers, and a file that is nowhere to be seen from outside. */
static void test_a_name_is_found_in_namespaces_of_its_own(void **state)
{
	struct e2e *e = *state;
	const struct name apart = own_name("apart");
	const struct rg_profile *p;

	e2e_need_root();
	e2e_program_copy(e, "burst", apart.text);
	e2e_sh(e, "mkdir apart");
	E2E_SPAWN(e, "/usr/bin/unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork",
		  "--kill-child", "/bin/sh", "-c",
		  "mount -t tmpfs none apart && cp $0 apart && touch apart/own && "
		  "exec apart/$0 100000",
		  apart.text);
	e2e_sh(e, "until pgrep -x %s > /dev/null; do sleep 0.02; done", apart.text);
	E2E_RG(e, "capture", "-o", "p", FINE, "--window", "1s", "--comm", apart.text);
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p");
	assert_false(e2e_exists(e, "apart/own"));
	assert_int_equal(fact(p, RG_KEY_PROCESSES), 1);
	/* However little of the machine it got. */
	assert_true(e2e_self(p, "burn_burst", RG_VALUE_SAMPLES) > 5);
	assert_true(10 * e2e_self(p, "burn_burst", RG_VALUE_SAMPLES) >
		    9 * rg_profile_total(p, RG_VALUE_SAMPLES));
	assert_by_name(p, &apart);
}

/* --- Nobody --------------------------------------------------------------------------------- */

static void test_a_target_that_is_nobody_is_an_error(void **state)
{
	const struct name steady = own_name("steady"), stedy = own_name("stedy");
	char nearest[80];
	const struct {
		const char *option, *value, *says;
		int status;
	} rows[] = {
		{"--comm", stedy.text, nearest, 4},
		{"--comm", "\xff\xfe nothing of the kind", "no process is called", 4},
		{"--cgroup", "/rg-e2e-none", "no cgroup '/rg-e2e-none'", 4},
		{"--cgroup", "1", "", 4},
		{"--cgroup", "999999999999999", "no cgroup '999999999999999' has a cgroup here", 4},
		{"--cgroup", "relative/path", "say its directory", 2},
		{"--cgroup", "/etc", "'/etc' is no cgroup", 2},
		{"--container", "0123456789abcdef", "no container '0123456789abcdef'", 4},
		{"--pod", "shop", "say NAMESPACE/NAME", 2},
		{"--pod", "a/b/c", "say NAMESPACE/NAME", 2},
		{"--pod", "default/shop", "no pod 'default/shop' in '/var/log/pods'", 4},
		{"--pod", "12345678-1234-1234-1234-123456789abc", "no pod '12345678-1234", 4},
		{"--unit", "rg-e2e-none", "no unit 'rg-e2e-none.service'", 4},
		{"--unit", "", "must not be empty", 2},
	};
	struct e2e *e = *state;

	e2e_need_root();
	snprintf(nearest, sizeof(nearest), "no process is called '%s'; is it '%s'?", stedy.text,
		 steady.text);
	E2E_SPAWN(e, e2e_program_copy(e, "steady", steady.text));
	e2e_sleep_ms(100);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		E2E_RG(e, "capture", "-o", "p", rows[i].option, rows[i].value);
		e2e_assert_status(e, rows[i].status);
		e2e_assert_err(e, rows[i].says);
	}
	assert_false(e2e_exists(e, "p"));
}

static void test_the_configuration_names_a_target_that_runs(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_write_text(e, "regress-gate.json", "{\"target\": {\"unit\": \"rg-e2e-none\"}}");
	E2E_RG(e, "capture", "-o", "p");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "no unit 'rg-e2e-none.service'");
	/* The command line goes over it. */
	E2E_RG(e, "capture", "-o", "p", "--comm", "rg-e2e-nobody");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "no process is called 'rg-e2e-nobody'");
	E2E_RG(e, "capture", "-o", "p", "--", "/bin/false");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "target '/bin/false': exited with status 1");
	e2e_write_text(e, "regress-gate.json",
		       "{\"target\": {\"command\": [\"a\"], \"pod\": \"x/y\"}}");
	E2E_RG(e, "capture", "-o", "p");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "\"target\" names two");
}

static void test_an_empty_cgroup_is_an_error_and_one_that_goes_away_an_end(void **state)
{
	struct e2e *e = *state;
	const char *group;
	pid_t worker;

	e2e_need_root();
	group = e2e_cgroup(e, "shop");
	E2E_RG(e, "capture", "-o", "p", "--window", "1s", "--cgroup", group);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "no process is in cgroup");
	worker = E2E_SPAWN(e, e2e_program(e, "burst"), "100000");
	e2e_cgroup_enter(group, worker);
	E2E_RG_START(e, "capture", "-o", "p", FINE, "--window", "40s", "--cgroup", group);
	e2e_rg_wait_for(e, "profiling for");
	e2e_sleep_ms(300);
	e2e_end_helpers(e);
	e2e_sh(e, "until rmdir '%s' 2>/dev/null; do sleep 0.02; done", group);
	e2e_rg_finish(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "the target ended by itself");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_the_capture_and_its_load_are_no_part_of_what_is_profiled),
		E2E_TEST(test_who_is_killed_under_a_name_is_accounted_for_once),
		E2E_TEST(test_a_name_is_found_in_namespaces_of_its_own),
		E2E_CGROUP_TEST(test_a_cgroup_of_version_1),
		E2E_CGROUP_TEST(test_who_enters_a_cgroup_or_one_below_counts_until_it_leaves),
		E2E_TEST(test_who_takes_a_name_counts_until_it_takes_another),
		E2E_TEST(test_a_target_that_is_nobody_is_an_error),
		E2E_TEST(test_the_configuration_names_a_target_that_runs),
		E2E_CGROUP_TEST(test_an_empty_cgroup_is_an_error_and_one_that_goes_away_an_end),
	};

	return cmocka_run_group_tests_name("targets", tests, NULL, NULL);
}
