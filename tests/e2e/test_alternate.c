/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing stored: the baseline is built, and both versions run in turns. */
#include "shop.h"
#include "stolen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* --- Verdicts ------------------------------------------------------------------------------- */

/* What jq prints of the verdict. */
static const char *ask_verdict(struct e2e *e, const char *query)
{
	return e2e_ask(e, "jq -r '%s' v.json", query);
}

/* No wait is the program's but those of its own, and none is lost. */
static void assert_waits_are_its_own(struct e2e *e)
{
	assert_string_equal(ask_verdict(e, "[.issues[] | select(.what | test(\"wait\"))] | length"),
			    "0");
	assert_string_equal(
		ask_verdict(e, "[.off_cpu.rows[] | select(.wait == \"pipe\")] | length"), "0");
	assert_string_equal(ask_verdict(e, "[.baseline, .canary | .losses[] | select(.key == "
					   "\"lost.waits\") | .count] | add // 0"),
			    "0");
}

/* By a user's own build, and with a round that was spoilt on the way. */
static void test_a_regression_is_found_without_a_store(void **state)
{
	struct e2e *e = *state;
	char *before;

	e2e_need_root();
	e2e_shop(e);
	e2e_shop_of_other(e);
	before = e2e_shop_state(e);
	e2e_own_stat(e);
	e2e_steal(e);
	E2E_RG_START(e, "check", "--baseline", "merge-base:v1.4", "--build",
		     "make -s; test $(id -u) = 65534", SHOP_ROUNDS, "--json-out", "../v.json", "--",
		     "./shop", "run");
	e2e_rg_wait_for(e, "round 1 is taken again: the ");
	e2e_end_helpers(e);
	e2e_rg_finish(e);
	e2e_assert_status(e, 1);
	e2e_assert_headline(e, "FAIL  ", "hash_order()");
	e2e_assert_out(e, "per run");
	e2e_assert_out(e, "2 paired rounds");
	e2e_assert_out(e, "was built here and run in turns");
	e2e_assert_err(e, "2 rounds in the order ");
	e2e_assert_err(e, "after more than 5 % of samples lost or 5 % of the CPUs stolen, up to 1 "
			  "time\n");
	e2e_assert_err(e, " ran while ");
	e2e_assert_err(e, " of the CPUs were stolen from the machine");
	e2e_write_text(e, "err", e->err);
	e2e_sh(e, "grep -qE 'round 2 of 2, canary, ([0-9]+m)?([0-9]+s)? left' err");
	assert_string_equal(ask_verdict(e, ".baseline.version"), "v1.4");
	assert_string_equal(
		ask_verdict(
			e, ".baseline_note | test(\"^v1.4 \\\\([0-9a-f]{12}\\\\) was built here.*; "
			   "v1.4 \\\\([0-9a-f]{12}\\\\) is the merge base with v1.4\")"),
		"true");
	assert_string_equal(ask_verdict(e, ".canary.version"), "v1.5-dirty");
	assert_string_equal(ask_verdict(e, ".baseline_note | test(\"; 1 thrown out: first the "
					   "[a-z]+ ran while [0-9.]+ % "
					   "of the CPUs were stolen\")"),
			    "true");
	/* Samples and the scheduler agree, though the program is started again and again. */
	assert_string_equal(
		ask_verdict(e, "[.. | strings | select(test(\"by samples against\"))] | length"),
		"0");
	assert_waits_are_its_own(e);
	e2e_assert_untouched(e, before);
}

/* One that nobody listens at. */
static void free_port(char out[8])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	snprintf(out, 8, "%u", (unsigned int)ntohs(address.sin_port));
}

/* The tree as it is against its own commit; what is stored is paired no more. */
static void compare_service(struct e2e *e)
{
	E2E_RG(e, "check", "--baseline", "v1.5", SHOP_MAKE, SHOP_ROUNDS, "--warmup", "200ms",
	       "--load", "./shop load {port}", "--ready-cmd",
	       "bash -c 'echo > /dev/tcp/127.0.0.1/{port}'", "--store-baseline", "--store",
	       "dir:../store", "--keep-runs", "../kept", "--", "./shop", "serve", "{port}");
	if (e->status != 0)
		e2e_assert_status(e, 3);
	e2e_assert_out(e, "2 paired rounds");
	e2e_assert_err(e, "stored 2 runs of v1.5");
}

static void test_an_unchanged_service_does_not_fail(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_shop(e);
	compare_service(e);
	E2E_RG(e, "check", "--baseline", "v1.5", SHOP_MAKE, "--store", "dir:../store", "--",
	       "./absent");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "cannot run it");
	e2e_assert_no_err(e, "make");
	e2e_assert_err(e, "--build does not apply: 2 runs of v1.5 are stored, so nothing is built");
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
	E2E_RG(e, "diff", "../kept/baseline", "../kept/canary");
	e2e_assert_out(e, "2 paired rounds");
	E2E_RG(e, "check", "--alternate", "--baseline", "v1.5", SHOP_MAKE, "--keep-runs", "../kept",
	       "--", "./shop", "run");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "'../kept/baseline' is there already");
}

/* A dearer one against what is stored and against what is built anew, at a port that is always the same. */
static void test_what_is_stored_is_compared_beside_what_is_built(void **state)
{
	struct e2e *e = *state;
	char port[8], load[32];

	e2e_need_long();
	e2e_need_root();
	e2e_shop(e);
	compare_service(e);
	free_port(port);
	snprintf(load, sizeof(load), "./shop load %s", port);
	e2e_sh(e, "sed -i 's/HASH_TIMES 4/HASH_TIMES 16/' r/shop.c");
	E2E_RG(e, "check", "--alternate", "--baseline", "v1.5", "--pinned", "v1.5", SHOP_MAKE,
	       SHOP_ROUNDS, "--warmup", "200ms", "--load", load, "--ready-port", port, "--store",
	       "dir:../store", "--json-out", "../v.json", "--", "./shop", "serve", port);
	e2e_assert_status(e, 1);
	e2e_assert_headline(e, "FAIL  ", "hash_order()");
	e2e_assert_out(e, "was built here and run in turns");
	assert_string_equal(ask_verdict(e, ".pinned.outcome"), "fail");
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

static void test_too_little_decides_nothing(void **state)
{
	struct e2e *e = *state;

	e2e_need_long();
	e2e_need_root();
	e2e_shop(e);
	E2E_RG(e, "check", "--baseline", "v1.4", SHOP_MAKE, "--rounds", "2", "--max-rounds", "4",
	       "--window", "1s", "--frequency", "20", "--", "./shop", "run");
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "round 2 of 2, ");
	e2e_assert_err(e, "going on to 4 rounds");
	e2e_assert_err(e, "round 3 of 4, ");
	e2e_assert_out(e, "4 paired rounds");
	e2e_assert_out(e, "looked 2 times, 2 at most");
	assert_null(strstr(e->out, "PASS"));
}

/* What was found in minutes is told all the same, and is no pass. */
static void test_a_store_that_cannot_be_written_hides_no_verdict(void **state)
{
	struct e2e *e = *state;

	e2e_need_long();
	e2e_need_root();
	e2e_shop(e);
	e2e_sh(e, "mkdir full");
	for (int same = 0; same < 2; same++) {
		e2e_sh(e,
		       "cd r; %s unshare -m sh -c 'mount -t tmpfs -o size=16k,nr_inodes=7 none "
		       "../full\n"
		       "\"$RG\" check --baseline %s --build \"make -s\" --rounds 2 --window 1200ms "
		       "--frequency 2999 --no-off-cpu --store-baseline --on-undecided pass --store "
		       "dir:../full/store -- ./shop run > ../out 2> ../err; echo $? > ../status'",
		       e->env[0], same ? "v1.5" : "v1.4");
		assert_string_equal(e2e_ask(e, "cat status"), same ? "4" : "1");
		e2e_sh(e, "grep -q 'No space left on device' err; grep -q '2 paired rounds' out");
	}
}

/* All of it slower alike, which shares do not show: that it ends is known by the baseline, and what an end costs is compared. */
static void test_what_no_longer_ends_within_the_window_fails(void **state)
{
	struct e2e *e = *state;

	e2e_need_long();
	e2e_need_root();
	e2e_shop(e);
	e2e_sh(e, "cd r; printf '#!/bin/sh\\ni=0; while [ $i -lt 300000 ]; do i=$((i + 1)); "
		  "done\\n' > job; chmod +x job; git add job; git commit -q -m job job; git tag "
		  "quick; sed -i s/300000/1500000/ job");
	E2E_RG(e, "check", "--baseline", "quick", "--build", "", "--rounds", "2", "--window", "1s",
	       "--frequency", "2999", "--json-out", "../v.json", "--", "./job");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "per run");
	assert_string_equal(ask_verdict(e, ".total.status"), "regressed");
}

/* --- Programs of others ----------------------------------------------------------------------- */

struct package {
	const char *name, *says, *file;
};

/* Where install.sh puts it. Skips without it, but where everything is required. */
static const char *source_of(const struct package *package, char *path, size_t size)
{
	const char *sources = getenv("RG_SOURCES_CACHE"), *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME"), *required = getenv("RG_REQUIRE_BPF");

	if (sources)
		snprintf(path, size, "%s/%s.orig.tar", sources, package->name);
	else
		snprintf(path, size, "%s%s/regress-gate/sources/%s.orig.tar", cache ? cache : home,
			 cache ? "" : "/.cache", package->name);
	if (access(path, R_OK) == 0)
		return path;
	if (required && !strcmp(required, "1"))
		fail_msg("'%s' is missing: tests/e2e/alternate/install.sh fetches it", path);
	print_message("skipped: tests/e2e/alternate/install.sh fetches the source of %s\n",
		      package->name);
	skip();
	return NULL;
}

/* Two minutes are what a developer waits for it. */
enum { PACKAGE_LIMIT_S = 120 };

/* With one configuration file, and nothing stored. */
static void compare_package(struct e2e *e, const struct package *package)
{
	char path[E2E_PATH_MAX], *here = getcwd(NULL, 0);
	const char *source = source_of(package, path, sizeof(path));
	struct timespec from, to;

	e2e_sh(e,
	       "package='%s/tests/e2e/alternate/package.sh'\n"
	       "\"$package\" make %s '%s' p; \"$package\" plant %s p",
	       here, package->name, source, package->name);
	free(here);
	e->directory = "p";
	e->limit_s = PACKAGE_LIMIT_S;
	clock_gettime(CLOCK_MONOTONIC, &from);
	E2E_RG(e, "check", "--baseline", "v1");
	clock_gettime(CLOCK_MONOTONIC, &to);
	e2e_assert_status(e, 1);
	e2e_assert_headline(e, "FAIL  ", package->says);
	e2e_assert_out(e, package->file);
	assert_true(to.tv_sec - from.tv_sec < PACKAGE_LIMIT_S);
	e2e_sh(e, "git -C p checkout -q .");
	E2E_RG(e, "check", "--baseline", "v1");
	if (e->status != 0)
		e2e_assert_status(e, 3);
}

static void test_a_regression_in_jansson(void **state)
{
	static const struct package jansson = {"jansson", "strbuffer_append_bytes()",
					       "src/strbuffer.c"};

	e2e_need_long();
	e2e_need_root();
	compare_package(*state, &jansson);
}

/* Its function is static, and the compiler might have put it into its callers. */
static void test_a_regression_in_zlib(void **state)
{
	static const struct package zlib = {"zlib", "longest_match()", "deflate.c"};

	e2e_need_long();
	e2e_need_root();
	compare_package(*state, &zlib);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_regression_is_found_without_a_store),
		E2E_TEST(test_an_unchanged_service_does_not_fail),
		E2E_TEST(test_what_is_stored_is_compared_beside_what_is_built),
		E2E_TEST(test_too_little_decides_nothing),
		E2E_TEST(test_what_no_longer_ends_within_the_window_fails),
		E2E_TEST(test_a_store_that_cannot_be_written_hides_no_verdict),
		E2E_TEST(test_a_regression_in_jansson),
		E2E_TEST(test_a_regression_in_zlib),
	};

	return cmocka_run_group_tests_name("alternate", tests, NULL, NULL);
}
