/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing stored: the baseline is built, and both versions run in turns. */
#include "e2e.h"
#include "remains.h"
#include "repo.h"
#include "samples.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { INTERRUPTS = 5, INTERRUPTS_LONG = 100, INTERRUPT_WITHIN_MS = 1600 };

#define ROUNDS "--rounds", "2", "--window", "1200ms", "--frequency", "2999"
#define MAKE   "--build", "make -s"

/*
 * A repository of a program in two versions, v1.4 and the four times dearer v1.5, with everything in it that a check must leave
 * alone: what is staged, stashed, untracked, ignored. Others may run beside a test for some of its runs, which are short.
 */
static void make_repo(struct e2e *e)
{
	static char temporary[E2E_PATH_MAX + 16];
	char *here = getcwd(NULL, 0);

	e2e_sh(e,
	       "mkdir tmp; chmod 1777 tmp; git init -q -b main r; cp %s/tests/e2e/alternate/shop.c "
	       "r; cd r\n"
	       "git config user.name a; git config user.email a@example.org\n"
	       "printf 'shop: shop.c\\n\\tcc -O1 -g $< -o $@\\n' > Makefile; echo shop > "
	       ".gitignore\n"
	       "echo '{\"policy\": {\"comparable\": {\"max_starved\": \"100%%\"}}}' > "
	       "regress-gate.json\n"
	       "mkdir sub; echo x > sub/x; git add -A; git commit -q -m one; git tag v1.4\n"
	       "sed -i 's/HASH_TIMES 1/HASH_TIMES 4/' shop.c; git commit -q -a -m two; git tag "
	       "v1.5\n"
	       "echo s >> sub/x; git stash -q; echo staged > staged; git add staged; echo u > "
	       "untracked",
	       here);
	free(here);
	e->directory = "r";
	snprintf(temporary, sizeof(temporary), "TMPDIR=%s/tmp", e->root);
	e->env[0] = temporary;
}

/* Every file's name, kind, mode, owner, time and content, those of .git among them. */
static char *state_of(struct e2e *e)
{
	return strdup(e2e_ask(
		e, "cd r; { find . ! -type d -printf '%%p %%y %%m %%U %%s %%T@ %%l\\n' | sort; "
		   "find . -type d -printf '%%p %%m\\n' | sort;"
		   " find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum"));
}

static void assert_untouched(struct e2e *e, char *before)
{
	char *after = state_of(e);

	assert_string_equal(after, before);
	free(before);
	free(after);
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

/* The repository is another user's, whom the build and the program have to run as. */
static void as_under_sudo(struct e2e *e)
{
	e2e_sh(e, "chown -R 65534:65534 r");
	e->env[1] = "SUDO_UID=65534";
	e->env[2] = "SUDO_GID=65534";
}

static bool is_long(void)
{
	const char *wish = getenv("RG_LONG");

	return wish && !strcmp(wish, "1");
}

static void need_long(void)
{
	if (is_long())
		return;
	print_message("skipped: needs RG_LONG=1\n");
	skip();
}

/* --- Verdicts ------------------------------------------------------------------------------- */

static void test_a_regression_is_found_without_a_store(void **state)
{
	struct e2e *e = *state;
	char *before;

	e2e_need_root();
	make_repo(e);
	as_under_sudo(e);
	before = state_of(e);
	E2E_RG(e, "check", "--baseline", "v1.4", "--build", "make -s; test $(id -u) = 65534",
	       ROUNDS, "--json-out", "../v.json", "--", "./shop", "run");
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  hash_order()");
	e2e_assert_out(e, "per run");
	e2e_assert_out(e, "2 paired rounds");
	e2e_assert_out(e, "was built here and run in turns");
	e2e_assert_err(e, "2 rounds in the order ");
	e2e_assert_err(e, "round 2 of 2, canary");
	assert_string_equal(e2e_ask(e,
				    "jq -r '.baseline.version + \" \" + .canary.version' v.json"),
			    "v1.4 v1.5-dirty");
	/* Samples and the scheduler agree, though the program is started again and again. */
	assert_string_equal(
		e2e_ask(e, "jq -r '[.. | strings | select(test(\"by samples against\"))] | length' "
			   "v.json"),
		"0");
	assert_untouched(e, before);
}

/* The tree as it is against its own commit; the order is balanced, and what is stored is paired no more. */
static void test_an_unchanged_service_does_not_fail(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	make_repo(e);
	E2E_RG(e, "check", "--baseline", "v1.5", MAKE, ROUNDS, "--warmup", "200ms", "--load",
	       "./shop load {port}", "--store-baseline", "--store", "dir:../store", "--", "./shop",
	       "serve", "{port}");
	if (e->status != 0)
		e2e_assert_status(e, 3);
	e2e_assert_out(e, "2 paired rounds");
	e2e_assert_err(e, "stored 2 runs of v1.5");
	E2E_RG(e, "baseline", "list", "--store", "dir:../store");
	e2e_assert_out(e, "v1.5");
	E2E_RG(e, "check", "--baseline", "v1.5", MAKE, "--store", "dir:../store", "--", "./absent");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "cannot run it");
	assert_null(strstr(e->err, "make"));
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

static void test_too_little_decides_nothing(void **state)
{
	struct e2e *e = *state;

	need_long();
	e2e_need_root();
	make_repo(e);
	E2E_RG(e, "check", "--baseline", "v1.4", MAKE, "--rounds", "2", "--max-rounds", "3",
	       "--window", "1s", "--frequency", "20", "--", "./shop", "run");
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "going on to 3 rounds");
	e2e_assert_out(e, "3 paired rounds");
	e2e_assert_out(e, "looked 2 times, 2 at most");
	assert_null(strstr(e->out, "PASS"));
}

/* --- A program of others -------------------------------------------------------------------- */

/* Where install.sh puts it. Skips without it, but where everything is required. */
static const char *jansson_source(char *path, size_t size)
{
	const char *sources = getenv("RG_SOURCES_CACHE"), *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME"), *required = getenv("RG_REQUIRE_BPF");

	if (sources)
		snprintf(path, size, "%s/jansson.tar.gz", sources);
	else
		snprintf(path, size, "%s%s/regress-gate/sources/jansson.tar.gz",
			 cache ? cache : home, cache ? "" : "/.cache");
	if (access(path, R_OK) == 0)
		return path;
	if (required && !strcmp(required, "1"))
		fail_msg("'%s' is missing: tests/e2e/alternate/install.sh fetches it", path);
	print_message("skipped: tests/e2e/alternate/install.sh fetches jansson's source\n");
	skip();
	return NULL;
}

/* With one configuration file, and nothing stored. */
static void make_jansson(struct e2e *e, const char *here)
{
	char path[E2E_PATH_MAX];
	const char *source = jansson_source(path, sizeof(path));

	e2e_sh(e, "'%s/tests/e2e/alternate/jansson.sh' make '%s' j", here, source);
	e->directory = "j";
}

static void test_a_regression_in_a_program_of_others(void **state)
{
	char *here = getcwd(NULL, 0);
	struct e2e *e = *state;
	struct timespec from, to;

	need_long();
	e2e_need_root();
	make_jansson(e, here);
	e2e_sh(e, "'%s/tests/e2e/alternate/jansson.sh' plant j", here);
	free(here);
	clock_gettime(CLOCK_MONOTONIC, &from);
	E2E_RG(e, "check", "--baseline", "v1");
	clock_gettime(CLOCK_MONOTONIC, &to);
	e2e_assert_status(e, 1);
	e2e_assert_out(e, "FAIL  strbuffer_append_bytes()");
	e2e_assert_out(e, "src/strbuffer.c");
	assert_true(to.tv_sec - from.tv_sec < 120);
	e2e_sh(e, "git -C j checkout -q .");
	E2E_RG(e, "check", "--baseline", "v1");
	assert_int_not_equal(e->status, 1);
	if (e->status != 0)
		e2e_assert_status(e, 3);
}

/* --- What can go wrong ---------------------------------------------------------------------- */

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
	 {MAKE, "--ready-line", "up and running", "--ready-timeout", "400ms", "--", "./shop",
	  "serve", "{port}"},
	 4,
	 "not ready within 400ms",
	 "listening"},
	{"a revision that is not there", {MAKE, "-b", "v9", "--", "./shop", "run"}, 2, "v9", ""},
	{"a command of the user's own build",
	 {MAKE, "--", "r/shop", "run"},
	 2,
	 "which would run as both versions",
	 "./server"},
	{"no command", {MAKE, "--alternate"}, 2, "no target", "-- COMMAND"},
	{"no build", {"--alternate", "--", "./shop", "run"}, 2, "--build", "alternate"},
	{"a target that runs", {MAKE, "--alternate", "--pid", "1"}, 2, "launches both", ""},
	{"a profile to keep",
	 {MAKE, "--alternate", "-o", "x.pb.gz", "--", "./shop", "run"},
	 2,
	 "--store-baseline",
	 ""},
	{"nothing to store", {"--store-baseline", "--", "./shop", "run"}, 2, "--build", ""},
	{"one round", {MAKE, "--rounds", "1", "--", "./shop", "run"}, 2, "2 to 100", ""},
};

/* r/shop stands for the whole path, which only the scratch directory knows. */
static void fail_as_told(struct e2e *e, const struct failure *failure)
{
	const char *words[24] = {"check", "--baseline", "v1.4", ROUNDS};
	size_t count = 9;

	for (size_t i = 0; failure->words[i]; i++)
		words[count++] = strcmp(failure->words[i], "r/shop") ? failure->words[i]
								     : e2e_path(e, "r/shop");
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
	char *before;

	e2e_need_root();
	make_repo(e);
	before = state_of(e);
	for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		fail_as_told(e, &failures[i]);
	assert_untouched(e, before);
}

static void test_a_shallow_clone_is_told_what_to_fetch(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	make_repo(e);
	e2e_sh(e, "git -C r reset -q --hard; git -C r checkout -q -b topic; cd r; echo t > t; git "
		  "add t; "
		  "git commit -q -m t; cd ..; git clone -q --depth=1 -b topic file://$PWD/r s");
	e->directory = "s";
	E2E_RG(e, "check", "--baseline", "merge-base:main", MAKE, ROUNDS, "--", "./shop", "run");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "git fetch");
}

/* --- Interruptions -------------------------------------------------------------------------- */

static void send_after(struct e2e *e, int sig, unsigned int ms)
{
	struct e2e_remains remains = {0};

	E2E_RG_START(e, "check", "--baseline", "v1.4", MAKE, "--window", "8s", "--json-out",
		     "../v.json", "--load", "./shop load {port}", "--", "./shop", "serve",
		     "{port}");
	e2e_rg_wait_for(e, "building");
	for (unsigned int waited = 0; waited < ms; waited += 20) {
		e2e_sleep_ms(20);
		e2e_remains_note(&remains, e2e_rg_pid(e));
	}
	kill(e2e_rg_pid(e), sig);
	e2e_rg_finish(e);
	e2e_assert_status(e, 128 + sig);
	assert_string_equal(e->out, "");
	assert_false(e2e_exists(e, "v.json"));
	e2e_assert_gone(&remains);
}

static void test_interrupted_at_any_moment_it_leaves_no_trace(void **state)
{
	int count = is_long() ? INTERRUPTS_LONG : INTERRUPTS;
	unsigned int within = count == INTERRUPTS ? INTERRUPT_WITHIN_MS : 6 * INTERRUPT_WITHIN_MS;
	unsigned int seed = (unsigned int)getpid();
	struct e2e *e = *state;

	e2e_need_root();
	make_repo(e);
	for (int i = 0; i < count; i++) {
		unsigned int ms = (unsigned int)rand_r(&seed) % within;
		char *before = state_of(e);

		print_message("interrupted after %u ms\n", ms);
		send_after(e, ms % 2 ? SIGINT : SIGTERM, ms);
		assert_untouched(e, before);
	}
}

/* Then its programs are gone, and the next check takes away the folder. */
static void test_killed_it_leaves_a_folder_for_the_next_to_remove(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	make_repo(e);
	send_after(e, SIGKILL, 900);
	assert_string_not_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
	E2E_RG(e, "check", "--baseline", "v1.4", "--build", "", "--", "./absent");
	e2e_assert_status(e, 2);
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_regression_is_found_without_a_store),
		E2E_TEST(test_an_unchanged_service_does_not_fail),
		E2E_TEST(test_too_little_decides_nothing),
		E2E_TEST(test_a_regression_in_a_program_of_others),
		E2E_TEST(test_every_failure_is_told_and_none_passes),
		E2E_TEST(test_a_shallow_clone_is_told_what_to_fetch),
		E2E_TEST(test_interrupted_at_any_moment_it_leaves_no_trace),
		E2E_TEST(test_killed_it_leaves_a_folder_for_the_next_to_remove),
	};

	return cmocka_run_group_tests_name("alternate", tests, NULL, NULL);
}
