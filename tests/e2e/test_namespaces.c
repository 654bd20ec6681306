/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs in namespaces and cgroups of their own, as containers are made of, seen from outside. */
#include "cgroup.h"
#include "samples.h"

#include "rg/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FINE "--frequency", "999"
#define ID   "0b5f7e0dd4c1a2b36978695a4b3c2d1e0f1e2d3c4b5a69788796a5b4c3d2e1f0"
#define UID  "1f2e3d4c-5b6a-7988-a7b6-c5d4e3f2a1b0"

/*
 * Makes a root directory with a program and the libraries it needs, at paths that lead to nothing outside: "/inside/server".
 */
static void make_root(struct e2e *e, const char *program)
{
	e2e_sh(e,
	       "mkdir -p root/inside root/proc root/tmp; cp '%s' root/inside/server\n"
	       "ldd '%s' | grep -o '/[^ ]*' | while read -r f; do\n"
	       "	mkdir -p \"root$(dirname \"$f\")\"; cp -L \"$f\" \"root$f\"\n"
	       "done",
	       e2e_program(e, program), e2e_program(e, program));
}

/* The arguments are the program's. Returns unshare's own number, whose child it is. */
static pid_t contain(struct e2e *e, const char *const *arguments)
{
	const char *argv[24] = {"/usr/bin/unshare",
				"--user",
				"--map-root-user",
				"--mount",
				"--pid",
				"--uts",
				"--ipc",
				"--net",
				"--fork",
				"--mount-proc",
				"--root",
				e2e_path(e, "root"),
				"/inside/server"};
	size_t count = 13;

	for (; *arguments; count++)
		argv[count] = *arguments++;
	argv[count] = NULL;
	return e2e_spawn(e, argv);
}
#define CONTAIN(e, ...) contain(e, (const char *const[]){__VA_ARGS__, NULL})

static void assert_named(struct e2e *e, const char *profile)
{
	const struct rg_profile *p = e2e_profile(e, profile);
	int64_t named = e2e_self(p, "parse_order", RG_VALUE_SAMPLES) +
			e2e_self(p, "check_order", RG_VALUE_SAMPLES) +
			e2e_self(p, "hash_order", RG_VALUE_SAMPLES) +
			e2e_self(p, "print_order", RG_VALUE_SAMPLES);

	assert_true(e2e_total(p, RG_VALUE_SAMPLES) > 50);
	assert_true(named * 10 > e2e_total(p, RG_VALUE_SAMPLES) * 9);
	assert_string_equal(e2e_module_of(p, e2e_frame(p, "hash_order"))->name, "server");
}

/* Several captures at a time: one by each way to name it. A shell's word a line. */
static void test_a_contained_program_is_profiled_by_whatever_names_it(void **state)
{
	struct e2e *e = *state;
	const char *group, *pod;
	pid_t outer;

	e2e_need_root();
	make_root(e, "steady");
	pod = e2e_cgroup(e, "kubepods-burstable-pod1f2e3d4c_5b6a_7988_a7b6_c5d4e3f2a1b0.slice");
	group = e2e_cgroup(e, "kubepods-burstable-pod1f2e3d4c_5b6a_7988_a7b6_c5d4e3f2a1b0.slice/"
			      "cri-containerd-" ID ".scope");
	assert_non_null(pod);
	outer = CONTAIN(e, "rg");
	e2e_cgroup_enter(group, outer);
	/* Its child began in the cgroup it was forked in. */
	e2e_sleep_ms(300);
	e2e_cgroup_enter(group, (pid_t)strtol(e2e_ask(e, "cat /proc/%d/task/*/children", outer),
					      NULL, 10));
	e2e_sh(e,
	       "take() { \"$RG\" capture -o \"$1\" --frequency 499 --window 1s \"$2\" \"$3\"; }\n"
	       "mkdir -p logs\n"
	       "take by-pid --pid %d & a=$!\n"
	       "take by-cgroup --cgroup '%s' & b=$!\n"
	       "take by-container --container %.12s & c=$!\n"
	       "take by-pod --pod " UID " & d=$!\n"
	       "wait $a; wait $b; wait $c; wait $d",
	       outer, group, ID);
	assert_named(e, "by-pid");
	assert_named(e, "by-cgroup");
	assert_named(e, "by-container");
	assert_named(e, "by-pod");
	assert_string_equal(rg_profile_fact(e2e_profile(e, "by-pod"), RG_KEY_TARGET_BY),
			    "pod " UID);
	E2E_RG(e, "capture", "-o", "p", "--container", "0b5f7e0dd4c2");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "no container '0b5f7e0dd4c2' has a cgroup here; is it '0b5f7e0dd4c1'?");
}

/* What the engines and the kubelet keep on disk is made up in a mount namespace of the capture's own. */
static void test_names_are_looked_up_where_engines_keep_them(void **state)
{
	static const char *const names[] = {"--container web", "--container db",
					    "--container batch", "--pod shop/web"};
	struct e2e *e = *state;
	const char *group;

	e2e_need_root();
	group = e2e_cgroup(e, "pod" UID "/docker-" ID ".scope");
	e2e_cgroup_enter(group, E2E_SPAWN(e, e2e_program(e, "steady")));
	e2e_write_text(e, "setup",
		       "mount -t tmpfs none /var/lib; mount -t tmpfs none /var/log\n"
		       /* A user says that the system's container is one of theirs. */
		       "mount -t tmpfs none /home\n"
		       "own=/home/mallory/.local/share/containers/storage/overlay-containers\n"
		       "mkdir -p $own\n"
		       "echo '[{\"id\": \"ff\", \"names\": [\"web\", \"db\", \"batch\"]}]' >"
		       " $own/containers.json\n"
		       "mkdir -p /var/lib/docker/containers/" ID
		       " /var/lib/containers/storage/overlay-containers"
		       " /var/lib/nerdctl/1935db59/names/default"
		       " /var/log/pods/shop_web_" UID
		       " /var/log/pods/shop_web_aaaaaaaa-5b6a-7988-a7b6-c5d4e3f2a1b0"
		       " /var/log/pods/shop_web2_bbbbbbbb-5b6a-7988-a7b6-c5d4e3f2a1b0\n"
		       "touch -d '2001-01-01' /var/log/pods/*aaaaaaaa*\n"
		       "echo '{\"ID\": \"" ID "\", \"Name\": \"/web\"}' >"
		       " /var/lib/docker/containers/" ID "/config.v2.json\n"
		       "echo '[{\"id\": \"" ID "\", \"names\": [\"x\", \"db\"]}, 7, {\"names\": 1},"
		       " {\"id\": \"../..\", \"names\": [\"evil\"]},"
		       " {\"id\": \"aa\", \"names\": [\"two\"]}, {\"id\": \"bb\", \"names\": "
		       "[\"two\"]}]' >"
		       " /var/lib/containers/storage/overlay-containers/containers.json\n"
		       "mkdir /var/lib/docker/containers/bad\n"
		       "echo '{\"ID\": ' > /var/lib/docker/containers/bad/config.v2.json\n"
		       "printf %s " ID " > /var/lib/nerdctl/1935db59/names/default/batch\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		e2e_sh(e,
		       "unshare --mount sh -ec '. ./setup; exec \"$RG\" capture -q -o p%zu "
		       "--no-off-cpu "
		       "--window 1s %s' & echo $! >> pids",
		       i, names[i]);
	e2e_sh(e, "for i in 0 1 2 3; do n=0; until test -s p$i; do n=$((n+1)); test $n -lt 200; "
		  "sleep 0.05; done; done");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(e2e_self(e2e_profile(e, e2e_path(e, "p%zu", i) + strlen(e->root) + 1),
				     "hash_order", RG_VALUE_SAMPLES) > 0);
	e2e_sh(e, "unshare --mount sh -ec '. ./setup; for name in two evil; do\n"
		  "\"$RG\" capture -q -o q --window 1s --container $name 2>> said && exit 1; done; "
		  ":'");
	e2e_sh(e, "grep -q \"several containers are called 'two'\" said");
	e2e_sh(e, "grep -q \"no container 'evil'\" said");
}

/* --- Many children -------------------------------------------------------------------------- */

/*
 * Each executes its program in a root of its own, burns 2 ms and sleeps for 18: who looks for them now and then misses most.
 */
static void test_a_thousand_short_lived_children_are_accounted_for_and_named(void **state)
{
	struct e2e *e = *state;
	const struct rg_profile *p;
	double account, truth;
	const char *count = e2e_is_long() ? "1000" : "150";

	e2e_need_root();
	make_root(e, "swarm");
	e2e_sh(e, "chmod 777 root/tmp");
	E2E_RG(e, "capture", "-o", "p", FINE, "--window", "50s", "--", "/usr/bin/unshare",
	       "--mount", "--pid", "--fork", "--mount-proc", "--root", e2e_path(e, "root"),
	       "/inside/server", "/tmp/truth", count, "20", "2000", "18000");
	e2e_assert_status(e, 0);
	p = e2e_profile(e, "p");
	assert_int_equal(rg_profile_fact_u64(p, RG_KEY_PROCESSES, 0),
			 strtoull(count, NULL, 10) + 2);
	assert_string_equal(rg_profile_fact(p, RG_KEY_LOST_EVENTS), "0");
	assert_true(fabs(rg_profile_fact_real(p, RG_KEY_ACCOUNT_CLOSURE, NAN)) < 0.02);
	/* The kernel's own count, to which the parents add a little. */
	truth = (double)e2e_number(e, "root/tmp/truth", "children", 1);
	account = (double)rg_profile_fact_u64(p, RG_KEY_ACCOUNT_CPU_NS, 0);
	print_message("children %.0f ms, account %.0f ms, named %.0f ms on CPU, %.0f ms asleep\n",
		      truth / 1e6, account / 1e6,
		      (double)e2e_self(p, "burn_swarm", RG_VALUE_CPU_NS) / 1e6,
		      (double)e2e_under(p, "nap_swarm", RG_VALUE_OFF_CPU_NS) / 1e6);
	assert_true(account > truth * 0.95);
	/* Nearly all of what they burn and sleep has the right name. */
	assert_true((double)e2e_self(p, "burn_swarm", RG_VALUE_CPU_NS) >
		    0.85 * 2e6 * strtod(count, NULL));
	assert_true((double)e2e_under(p, "nap_swarm", RG_VALUE_OFF_CPU_NS) >
		    0.95 * 18e6 * strtod(count, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_CGROUP_TEST(test_a_contained_program_is_profiled_by_whatever_names_it),
		E2E_CGROUP_TEST(test_names_are_looked_up_where_engines_keep_them),
		E2E_TEST(test_a_thousand_short_lived_children_are_accounted_for_and_named),
	};

	return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
