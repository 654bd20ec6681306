/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can go wrong where both versions are built and run in turns: each is told, and none passes. */
#include "shop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

struct failure {
	const char *sentence;
	const char *words[16];
	int status;
	const char *says, *and_says;
};

static const struct failure failures[] = {
	{"a build that fails names the side, and the end of what it printed",
	 {"--build", "echo no rule; false", "--", "./shop", "run"},
	 4,
	 "canary",
	 "no rule"},
	{"so does one that fails on the other side",
	 {"--build", "make -s; grep -q 'TIMES 4' shop.c || { echo too old; exit 7; }", "--",
	  "./shop", "run"},
	 4,
	 "baseline",
	 "too old"},
	{"a build that takes too long",
	 {"--build", "sleep 60", "--build-timeout", "1s", "--", "./shop", "run"},
	 4,
	 "canary",
	 "1s"},
	{"a program that is not built",
	 {"--build", "", "--", "./shop", "run"},
	 2,
	 "canary, before the first round",
	 "is it built"},
	{"a program that does not start on one side",
	 {"--build", "make -s; grep -q 'TIMES 4' shop.c || chmod -x shop", "--", "./shop", "run"},
	 2,
	 "baseline, before the first round",
	 "cannot run it"},
	{"a program that fails on one side",
	 {"--build",
	  "make -s; grep -q 'TIMES 4' shop.c || printf '#!/bin/sh\\necho lost; exit 3' > shop",
	  "--", "./shop", "run"},
	 4,
	 "baseline, before the first round",
	 "lost"},
	{"a service that is not up in time",
	 {SHOP_MAKE, "--ready-line", "up and running", "--ready-timeout", "400ms", "--", "./shop",
	  "serve", "{port}"},
	 4,
	 "not ready within 400ms",
	 "listening"},
	{"a command that never finds it up",
	 {SHOP_MAKE, "--ready-cmd", "false", "--ready-timeout", "400ms", "--", "./shop", "serve",
	  "{port}"},
	 4,
	 "'false' does not succeed",
	 "listening"},
	{"a port that somebody has",
	 {SHOP_MAKE, "--ready-port", "TAKEN", "--", "./shop", "serve", "TAKEN"},
	 4,
	 "accepts connections before the target has begun",
	 "{port}"},
	{"a revision that is not there",
	 {SHOP_MAKE, "-b", "v9", "--", "./shop", "run"},
	 2,
	 "v9",
	 ""},
	{"a label, though a tag is called so",
	 {SHOP_MAKE, "-b", "label:v1.4", "--alternate", "--", "./shop", "run"},
	 2,
	 "'v1.4' is a label that runs are stored under",
	 "name a tag, a branch or a commit"},
	{"a label that no run is stored under",
	 {SHOP_MAKE, "-b", "label:nightly", "--", "./shop", "run"},
	 2,
	 "'nightly' is a label that runs are stored under",
	 "--no-alternate"},
	{"a command of the user's own build",
	 {SHOP_MAKE, "--", "r/shop", "run"},
	 2,
	 "which would run as both versions",
	 "./server"},
	{"no command", {SHOP_MAKE, "--alternate"}, 2, "no target", "-- COMMAND"},
	{"no build", {"--alternate", "--", "./shop", "run"}, 2, "--build", "alternate"},
	{"a target that runs", {SHOP_MAKE, "--alternate", "--pid", "1"}, 2, "launches both", ""},
	{"a profile to keep",
	 {SHOP_MAKE, "--alternate", "-o", "x.pb.gz", "--", "./shop", "run"},
	 2,
	 "--store-baseline",
	 ""},
	{"nothing to store", {"--store-baseline", "--", "./shop", "run"}, 2, "--build", ""},
	{"runs that are kept nowhere",
	 {SHOP_MAKE, "--keep-runs", "absent/kept", "--", "./shop", "run"},
	 2,
	 "--keep-runs: 'absent/kept'",
	 "No such file"},
	{"one round", {SHOP_MAKE, "--rounds", "1", "--", "./shop", "run"}, 2, "2 to 100", ""},
};

/* A socket that listens, and its port. */
static int take_port(char out[8])
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(out, 8, "%u", (unsigned int)ntohs(address.sin_port));
	return fd;
}

/* r/shop stands for the whole path, TAKEN for the port: only the test under way knows them. */
static void fail_as_told(struct e2e *e, const struct failure *failure, const char *port)
{
	const char *words[24] = {"check", "--baseline", "v1.4", SHOP_ROUNDS};
	size_t count = 9;

	for (size_t i = 0; failure->words[i]; i++, count++) {
		words[count] = failure->words[i];
		if (!strcmp(failure->words[i], "r/shop"))
			words[count] = e2e_path(e, "r/shop");
		else if (!strcmp(failure->words[i], "TAKEN"))
			words[count] = port;
	}
	words[count] = NULL;
	print_message("%s\n", failure->sentence);
	e2e_rg(e, words);
	e2e_assert_status(e, failure->status);
	e2e_assert_err(e, failure->says);
	e2e_assert_err(e, failure->and_says);
	assert_string_equal(e->out, "");
	e2e_sh(e, "rm -rf tmp/*.log");
}

static void test_every_failure_is_told_and_none_passes(void **state)
{
	struct e2e *e = *state;
	char *before, port[8];
	int fd = take_port(port);

	e2e_need_root();
	e2e_shop(e);
	before = e2e_shop_state(e);
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		fail_as_told(e, &failures[i], port);
	close(fd);
	e2e_assert_untouched(e, before);
}

/* The version has a pointer of Git LFS, without a filter that would say so; the work tree has what it stands for. */
static void test_content_that_only_the_work_tree_has(void **state)
{
	struct e2e *e = *state;
	char *before;

	e2e_need_root();
	e2e_shop(e);
	e2e_sh(e, "cd r; printf 'version https://git-lfs.github.com/spec/v1\noid "
		  "sha256:%%064d\nsize 6\n' 0 > prices; git add prices; git commit -q -m lfs; git "
		  "tag v1.6; echo real > prices");
	before = e2e_shop_state(e);
	E2E_RG(e, "check", "--baseline", "v1.6", SHOP_MAKE, SHOP_ROUNDS, "--", "./shop", "run");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "baseline: export: 'prices' is a pointer of Git LFS in that version");
	e2e_assert_err(e, "Name another version");
	assert_string_equal(e->out, "");
	e2e_assert_untouched(e, before);
}

/* The folder goes away with the first run: no verdict is shown without what was to be kept of it. */
static void test_runs_that_cannot_be_kept(void **state)
{
	static char script[E2E_PATH_MAX + 64];
	struct e2e *e = *state;

	e2e_need_root();
	e2e_shop(e);
	snprintf(script, sizeof(script), "./shop run; rm -rf '%s'", e2e_path(e, "kept"));
	E2E_RG(e, "check", "--baseline", "v1.4", SHOP_MAKE, SHOP_ROUNDS, "--keep-runs",
	       e2e_path(e, "kept"), "--", "sh", "-c", script);
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "round-001.pb.gz': No such file or directory");
	assert_string_equal(e->out, "");
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

static void test_a_disk_that_is_too_small(void **state)
{
	struct e2e *e = *state;
	char *before;

	e2e_need_root();
	/* Mounts of our own, which end with us. */
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	e2e_shop(e);
	e2e_sh(e, "cd r; head -c 3000000 /dev/zero > stock; git add stock; git commit -q -m stock; "
		  "git tag v1.6; mount -t tmpfs -o size=2M,mode=1777 none ../tmp");
	before = e2e_shop_state(e);
	E2E_RG(e, "check", "--baseline", "v1.6", SHOP_MAKE, SHOP_ROUNDS, "--", "./shop", "run");
	e2e_sh(e, "ls -A tmp | grep . && exit 1; umount tmp");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "canary: export: its files take 2.9 MiB, and ");
	e2e_assert_err(e, " are free in '");
	assert_string_equal(e->out, "");
	e2e_assert_untouched(e, before);
}

static void test_a_shallow_clone_is_told_what_to_fetch(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	e2e_shop(e);
	e2e_sh(e, "git -C r reset -q --hard; git -C r checkout -q -b topic; cd r; echo t > t; git "
		  "add t; "
		  "git commit -q -m t; cd ..; git clone -q --depth=1 -b topic file://$PWD/r s");
	e->directory = "s";
	E2E_RG(e, "check", "--baseline", "merge-base:main", SHOP_MAKE, SHOP_ROUNDS, "--", "./shop",
	       "run");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "git fetch");
}

/* Its path begins as that of the work tree that its repository names. */
static void test_a_folder_beside_the_work_tree(void **state)
{
	struct e2e *e = *state;
	char *before;

	e2e_need_root();
	e2e_shop(e);
	e2e_sh(e, "mkdir r2; cp -a r/.git r2; git -C r2 config core.worktree \"$PWD/r\"");
	before = e2e_shop_state(e);
	e->directory = "r2";
	E2E_RG(e, "check", "--baseline", "v1.4", SHOP_MAKE, SHOP_ROUNDS, "--", "./shop", "run");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "alternate: run it in the work tree '");
	e2e_assert_no_err(e, "make -s");
	e2e_assert_untouched(e, before);
}

static void test_a_configuration_that_cannot_build_what_it_always_builds(void **state)
{
	struct e2e *e = *state;

	e2e_shop(e);
	e2e_write_text(e, "r/regress-gate.json", "{\"alternate\": {\"always\": true}}");
	E2E_RG(e, "check", "--baseline", "v1.4", "--", "./shop", "run");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "\"alternate\": {\"always\": true} builds the baseline: say how");
	assert_string_equal(e->out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_every_failure_is_told_and_none_passes),
		E2E_TEST(test_content_that_only_the_work_tree_has),
		E2E_TEST(test_a_shallow_clone_is_told_what_to_fetch),
		E2E_TEST(test_a_folder_beside_the_work_tree),
		E2E_TEST(test_a_configuration_that_cannot_build_what_it_always_builds),
		E2E_TEST(test_runs_that_cannot_be_kept),
		E2E_TEST(test_a_disk_that_is_too_small),
	};

	return cmocka_run_group_tests_name("alternate_failures", tests, NULL, NULL);
}
