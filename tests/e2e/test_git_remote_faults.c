/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a git server may refuse, break and lie about. */
#include "remote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* --- What a server may do --------------------------------------------------------------------- */

static void test_a_refused_reference_is_a_failure(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start(e, &gitd);
	e2e_sh(e, "cd srv/shop.git/hooks; printf '#!/bin/sh\\necho not today >&2; exit 1\\n' >"
		  " pre-receive; chmod 755 pre-receive");
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "refuses 'refs/regress-gate/default/");
	e2e_assert_err(e, "hook declined");
	e2e_assert_out(e, "stored run");
	assert_no_token(e);
	e2e_sh(e, "rm srv/shop.git/hooks/pre-receive");
	E2E_RG(e, "baseline", "push", "v1.4");
	e2e_assert_status(e, 0);
	assert_there(e, "1");
}

/* As GitHub's does to a token that only reads. */
static void test_a_token_that_only_reads(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	gitd_configure(
		&gitd,
		"<Location /git/shop.git/git-receive-pack>\nRequire all denied\n</Location>");
	put_and_push(e, "p1.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "403");
	e2e_assert_err(e, "'contents: write'");
	forget(e);
	check(e);
	e2e_assert_status(e, 0);
	assert_there(e, "1");
}

/* Cut at each of several places, and nothing is half there. */
static void test_a_server_that_dies_midway(void **state)
{
	static const size_t limits[] = {0, 300, 700, 1100};
	struct e2e *e = *state;
	struct gitd gitd;

	start(e, &gitd);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		int port = gitd_between(e, gitd.port, limits[i]);

		snprintf(gitd.server, sizeof(gitd.server), "http://127.0.0.1:%d", port);
		gitd_env_token(&gitd, GITD_TOKEN);
		e2e_git(e, "remote set-url origin %s/git/shop.git", gitd.server);
		put_and_push(e, "p0.pb.gz");
		e2e_assert_status(e, 4);
		e2e_assert_err(e, "remote: ");
		check(e);
		e2e_assert_status(e, 0);
	}
	snprintf(gitd.server, sizeof(gitd.server), "http://127.0.0.1:%d", gitd.port);
	gitd_env_token(&gitd, GITD_TOKEN);
	e2e_git(e, "remote set-url origin %s", gitd.url);
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 0);
	assert_there(e, "1");
}

static void test_a_silent_server_is_given_up(void **state)
{
	struct e2e *e = *state;
	time_t before = time(NULL);

	make_clone(e, "http://127.0.0.1:1/x.git", 1);
	e2e_git(e, "remote set-url origin http://127.0.0.1:%d/x.git", gitd_between(e, 0, 0));
	E2E_RG(e, "check", "--remote-timeout", "1s", "--baseline", "v1.4", "--canary",
	       e2e_path(e, "p0.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "nothing was heard for 1s: given up");
	assert_true(time(NULL) - before < 20);
}

/* What talks to it does not outlive the program, and what that left is swept up when it is old. */
static void test_a_kill_while_it_fetches(void **state)
{
	struct e2e *e = *state;

	make_clone(e, "http://127.0.0.1:1/x.git", 1);
	e2e_git(e, "remote set-url origin http://127.0.0.1:%d/x.git", gitd_between(e, 0, 0));
	E2E_RG_START(e, "baseline", "fetch", "v1.4");
	e2e_wait_for_file(e, "sink");
	e2e_rg_end_by(e, SIGKILL);
	e2e_sh(e, "for i in $(seq 100); do pgrep -f \"^$RG baseline fetch v1.4\" > /dev/null || "
		  "exit 0;"
		  " sleep 0.05; done; exit 1");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p0.pb.gz"));
	e2e_sh(e, "cd r/.git/regress-gate.git; mkdir -p incoming-0/objects/pack incoming-1/refs;"
		  " echo x > incoming-0/objects/pack/x; touch -d '2 hours ago' incoming-0");
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
	assert_false(e2e_exists(e, "r/.git/regress-gate.git/incoming-0"));
	assert_true(e2e_exists(e, "r/.git/regress-gate.git/incoming-1"));
	check(e);
	e2e_assert_status(e, 0);
}

/* What is stored is good enough; that the remote was not asked is said. */
static void test_without_a_remote_what_is_stored_is_used(void **state)
{
	struct e2e *e = *state;

	make_clone(e, "http://127.0.0.1:1/x.git", 1);
	check(e);
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "warning: no baselines were fetched: ");
	E2E_RG(e, "check", "--no-fetch", "--baseline", "v1.4", "--canary", e2e_path(e, "p0.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_no_err(e, "fetched");
	e2e_assert_out(e, "NO BASELINE  no run of v1.4 is stored");
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p0.pb.gz"));
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "fetched");
	E2E_RG(e, "check", "--remote", "origin", "--baseline", "v1.4", "--canary",
	       e2e_path(e, "p0.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "warning: no baselines were fetched: ");
	E2E_RG(e, "baseline", "push", "v1.4");
	e2e_assert_status(e, 4);
	E2E_RG(e, "baseline", "push", "--remote", "none", "v1.4");
	e2e_assert_status(e, 2);
	E2E_RG(e, "baseline", "push", "--remote", "elsewhere", "v1.4");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "there is no remote 'elsewhere'");
}

/* Under a starter that ignores SIGCHLD nobody is told how the git program ended. */
static void test_a_dead_remote_is_no_empty_one_whoever_starts_it(void **state)
{
	struct e2e *e = *state;

	make_clone(e, "file:///nonexistent", 1);
	e2e_sh(e,
	       "cd r && status=0\n"
	       "env --ignore-signal=CHLD %s check --on-no-baseline pass --baseline v1.4 --canary "
	       "../p0.pb.gz > ../out 2> ../err || status=$?\n"
	       "echo $status > ../status",
	       getenv("RG"));
	assert_string_equal(e2e_ask(e, "cat status"), "3");
	assert_string_equal(e2e_ask(e, "grep -c 'no baselines were fetched: .*/nonexistent' err"),
			    "1");
	assert_string_equal(e2e_ask(e, "grep -c 'on-no-baseline does not apply' err"), "1");
}

static void test_urls_that_would_run_something(void **state)
{
	static const char *const urls[] = {
		"ext::sh -c touch% ran",    "ssh://-oProxyCommand=touch", "-u:x",
		"http://example.org/x.git", "git://localhost/x",          "fd::17"};
	struct e2e *e = *state;

	make_clone(e, "x", 1);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p0.pb.gz"));
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		const char *option = e2e_path(e, "--remote=%s", urls[i]) + strlen(e->root) + 1;

		E2E_RG(e, "baseline", "push", option, "v1.4");
		e2e_assert_status(e, 2);
		e2e_assert_err(e, "remote: ");
	}
	assert_false(e2e_exists(e, "r/ran"));
}

/* --- Lies ------------------------------------------------------------------------------------- */

#define COMMIT_TREE "git -c user.name=a -c user.email=a@b commit-tree "

/* Makes the runs on the server the commit that `script` prints; $ref is what they were. */
static void forge_commit(struct e2e *e, const char *script)
{
	e2e_sh(e,
	       ON_SERVER "ref=$(" SERVER_REFS ")\n"
			 "git update-ref $ref $(%s)\n"
			 "[ $(id -u) != 0 ] || chown -R nobody .",
	       script);
}

/* Makes the run on the server what `edit` makes of its tree, checked out. */
static void forge_run(struct e2e *e, const char *edit)
{
	e2e_sh(e,
	       ON_SERVER "rm -rf ../tree; mkdir ../tree\n"
			 "git --work-tree=../tree checkout -q -f $(" SERVER_REFS ") -- .\n"
			 "cd ../tree; f=$(ls *.pb.gz); m=$(ls *.json); %s\n"
			 "git --git-dir=../shop.git --work-tree=. add -A -f .\n"
			 "git --git-dir=../shop.git write-tree > ../forged",
	       edit);
	forge_commit(e, "echo x | " COMMIT_TREE "$(cat ../forged)");
}

static void test_runs_that_are_not_what_they_say(void **state)
{
	static const char *const edits[] = {
		"echo more >> $f",
		"echo hello > README; rm $m",
		"rm $f; ln -s /etc/passwd $f",
		"rm $f",
		"sed -i s/default/other/ $m",
		"sed -i 's/\"bytes\": .*/\"bytes\": 99999999999,/' $m",
	};
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	e2e_sh(e, "cp -a srv/shop.git srv/good.git");
	for (size_t i = 0; i < (e2e_is_long() ? sizeof(edits) / sizeof(edits[0]) : 3); i++) {
		e2e_sh(e, "rm -rf srv/shop.git; cp -a srv/good.git srv/shop.git");
		forget(e);
		forge_run(e, edits[i]);
		check(e);
		e2e_assert_status(e, 4);
		e2e_assert_err(e, "cannot be read");
		assert_string_equal(e->out, "");
	}
	e2e_sh(e, "rm -rf srv/shop.git; cp -a srv/good.git srv/shop.git");
	forget(e);
	forge_run(e, edits[0]);
	E2E_RG(e, "baseline", "fetch", "v1.4");
	e2e_assert_status(e, 4);
	/* What is there is not overwritten by what would lose it. */
	put_and_push(e, "p1.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "would be lost");
	E2E_RG(e, "baseline", "rm", "--damaged", "--push", "v1.4");
	e2e_assert_status(e, 0);
	E2E_RG(e, "baseline", "push", "v1.4");
	e2e_assert_status(e, 0);
	assert_there(e, "1");
}

/* A history would keep removed runs alive in every store that takes it. */
static void test_a_history_is_not_taken_over(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	forge_commit(e, "echo x | " COMMIT_TREE "-p $ref $ref^{tree}");
	forget(e);
	check(e);
	e2e_assert_status(e, 0);
	assert_string_equal(e2e_ask(e, "cd r/.git/regress-gate.git; git rev-list --all | wc -l"),
			    "1");
	E2E_RG(e, "baseline", "prune");
	e2e_assert_status(e, 0);
}

/* What comes in a pack is no larger than what may be read, whatever it says to be. */
static void test_an_object_that_is_too_large(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	forge_commit(e, "head -c 200000 /dev/zero | tr '\\0' x | " COMMIT_TREE "$ref^{tree}");
	forget(e);
	check(e);
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "is larger than what may be read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_a_refused_reference_is_a_failure),
		E2E_TEST(test_a_token_that_only_reads),
		E2E_TEST(test_a_server_that_dies_midway),
		E2E_TEST(test_a_silent_server_is_given_up),
		E2E_TEST(test_a_kill_while_it_fetches),
		E2E_TEST(test_without_a_remote_what_is_stored_is_used),
		E2E_TEST(test_a_dead_remote_is_no_empty_one_whoever_starts_it),
		E2E_TEST(test_urls_that_would_run_something),
		E2E_TEST(test_runs_that_are_not_what_they_say),
		E2E_TEST(test_a_history_is_not_taken_over),
		E2E_TEST(test_an_object_that_is_too_large),
	};

	return cmocka_run_group_tests_name("git_remote_faults", tests, NULL, NULL);
}
