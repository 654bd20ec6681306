/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Baselines by way of a git server, over http, https and ssh. */
#include "remote.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- What it is for --------------------------------------------------------------------------- */

static void test_two_clones_and_one_remote(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	e2e_assert_out(e, "pushed v1.4 to http://127.0.0.1:");
	E2E_RG(e, "baseline", "put", "--push", "v1.4", e2e_path(e, "p1.pb.gz"),
	       e2e_path(e, "p2.pb.gz"));
	e2e_assert_status(e, 0);
	assert_there(e, "3");
	/* The other one is shallow, as CI's is. */
	e2e_sh(e,
	       "git clone -q --depth 1 --branch v1.4 file://$PWD/r b 2>/dev/null;"
	       " git -C b remote set-url origin %s",
	       gitd.url);
	e->directory = "b";
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "fetched 3 runs of v1.4 (");
	e2e_assert_err(e, "from http://127.0.0.1:");
	e2e_assert_out(e, "3 runs");
	assert_no_token(e);
	/* What is here is not asked for again. */
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_no_err(e, "fetched");
	E2E_RG(e, "baseline", "push", "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "already");
}

/* Whoever has git alone can read them, and nothing of it gets into a clone. */
static void test_plain_git_reads_them(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	e2e_sh(e,
	       "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader"
	       " GIT_CONFIG_VALUE_0=\"Authorization: Basic $(printf x-access-token:%s | base64)\"\n"
	       "git init -q c; cd c; git remote add origin %s; git fetch -q origin;"
	       " [ -z \"$(git for-each-ref)\" ]\n"
	       "git fetch -q origin 'refs/regress-gate/*:refs/regress-gate/*'\n"
	       "ref=$(git for-each-ref --format='%%(refname)'); git show $ref:$(git ls-tree "
	       "--name-only"
	       " $ref | grep pb.gz) | cmp - ../p0.pb.gz",
	       GITD_TOKEN, gitd.url);
}

static void test_a_version_is_fetched_alone(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start(e, &gitd);
	E2E_RG(e, "baseline", "put", "--push", "v1.4", e2e_path(e, "p0.pb.gz"));
	E2E_RG(e, "baseline", "put", "--push", "v1.5", e2e_path(e, "p1.pb.gz"),
	       e2e_path(e, "p2.pb.gz"));
	forget(e);
	E2E_RG(e, "baseline", "fetch", "v1.4");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "fetched 1 run of v1.4 (");
	E2E_RG(e, "baseline", "list");
	e2e_assert_out(e, "1 run, ");
	E2E_RG(e, "baseline", "fetch");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "fetched 2 runs of all versions (");
	E2E_RG(e, "baseline", "fetch", "v1.3");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no run of v1.3 is stored for scenario 'default' at http://");
	/* What is fetched leaves nothing behind. */
	assert_string_equal(e2e_ask(e, "ls r/.git/regress-gate.git | tr '\\n' ' '"),
			    "HEAD config objects refs ");
}

/* A mended run, and one that the other side never had. */
static void test_both_sides_keep_what_they_have(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	forget(e);
	E2E_RG(e, "baseline", "put", "v1.4", e2e_path(e, "p1.pb.gz"));
	E2E_RG(e, "check", "--remote", "origin", "--baseline", "v1.4", "--canary",
	       e2e_path(e, "p0.pb.gz"));
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "fetched 1 run of v1.4");
	e2e_assert_out(e, "2 runs");
	assert_there(e, "1");
	E2E_RG(e, "baseline", "push");
	e2e_assert_status(e, 0);
	assert_there(e, "2");
}

/* Old runs are gone there, too, and nothing brings them back. */
static void test_what_is_there_is_removed(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start(e, &gitd);
	E2E_RG(e, "baseline", "put", "--push", "v1.4", e2e_path(e, "p0.pb.gz"),
	       e2e_path(e, "p1.pb.gz"));
	E2E_RG(e, "baseline", "put", "--push", "v1.5", e2e_path(e, "p2.pb.gz"));
	assert_there(e, "3");
	forget(e);
	E2E_RG(e, "baseline", "prune", "--push", "--dry-run", "--keep-runs", "1");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "would remove run ");
	assert_there(e, "3");
	E2E_RG(e, "baseline", "prune", "--push", "--keep-runs", "1");
	e2e_assert_status(e, 0);
	e2e_assert_out(e, "0 runs removed, 0 B\nat the remote:\nremoved run ");
	e2e_assert_out(e, "changed 1 reference at http://");
	assert_there(e, "2");
	E2E_RG(e, "baseline", "rm", "--push", "v1.5");
	e2e_assert_status(e, 0);
	assert_there(e, "1");
	E2E_RG(e, "baseline", "rm", "--push", "v1.5");
	e2e_assert_status(e, 2);
	e2e_assert_err(e, "no run of v1.5 is stored");
}

/* --- Credentials ------------------------------------------------------------------------------ */

static void test_a_wrong_token_is_said_and_passes_nothing(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	start_with_run(e, &gitd);
	forget(e);
	gitd_env_token(&gitd, "wrong-token");
	E2E_RG(e, "check", "--on-no-baseline", "pass", "--baseline", "v1.4", "--canary",
	       e2e_path(e, "p0.pb.gz"));
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "warning: no baselines were fetched: ");
	e2e_assert_err(e, "does not take the credentials of GITHUB_TOKEN");
	e2e_assert_err(e, "--on-no-baseline does not apply");
	e2e_assert_out(e, "NO BASELINE  whether there is a baseline is not known");
	put_and_push(e, "p1.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "GITHUB_TOKEN");
	e2e_assert_silent_at(e, e->err, "wrong-token", __FILE__, __LINE__);
	assert_there(e, "1");
}

static void test_a_token_goes_to_its_host_alone(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;
	char *log;

	start(e, &gitd);
	snprintf(gitd.server, sizeof(gitd.server), "https://github.example.org");
	gitd_env_token(&gitd, GITD_TOKEN);
	check(e);
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "GITHUB_TOKEN or GITLAB_TOKEN");
	log = gitd_log(&gitd);
	assert_non_null(strstr(log, "- GET /git/shop.git/info/refs 401"));
	assert_null(strstr(log, "x-access-token"));
	free(log);
	/* What git knows by itself: here the user's credential helper. */
	e2e_sh(e, "git config -f helper credential.helper"
		  " '!f() { echo username=x-access-token; echo password=" GITD_TOKEN "; }; f'");
	e->env[2] = e2e_ask(e, "echo GIT_CONFIG_GLOBAL=$PWD/helper");
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 0);
	assert_no_token(e);
	assert_there(e, "1");
}

static void test_a_redirect_gets_no_token(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;
	char text[256];

	gitd_start(e, &gitd, false);
	snprintf(text, sizeof(text), "Redirect 302 /moved/ http://localhost:%d/git/",
		 gitd_between(e, 0, 0));
	gitd_configure(&gitd, text);
	make_clone(e, gitd.url, 1);
	e2e_git(e, "remote set-url origin %s/moved/shop.git", gitd.server);
	gitd_env_token(&gitd, GITD_TOKEN);
	check(e);
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "no baselines were fetched");
	e2e_assert_err(e, "name the address it leads to");
	assert_no_token(e);
	assert_false(e2e_exists(e, "sink"));
}

/* GitLab's origin, as its runner sets it. */
static void test_a_password_in_the_url_is_used_and_never_shown(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	gitd_start(e, &gitd, false);
	make_clone(e, gitd.url, 1);
	e2e_git(e,
		"remote set-url origin http://x-access-token:" GITD_TOKEN
		"@127.0.0.1:%d/git/shop.git",
		gitd.port);
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 0);
	assert_no_token(e);
	forget(e);
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "from http://127.0.0.1:");
	assert_no_token(e);
}

/* --- Other ways ------------------------------------------------------------------------------- */

static void test_a_private_authority(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	gitd_start(e, &gitd, true);
	make_clone(e, gitd.url, 2);
	gitd_env_token(&gitd, GITD_TOKEN);
	E2E_RG(e, "baseline", "put", "--push", "v1.4", e2e_path(e, "p0.pb.gz"));
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "certificate");
	E2E_RG(e, "baseline", "push", "--ca-file", e2e_path(e, "srv/ca.pem"), "v1.4");
	e2e_assert_status(e, 0);
	assert_there(e, "1");
	forget(e);
	e->env[2] = e2e_path(e, "SSL_CERT_FILE=%s/srv/ca.pem", e->root) + strlen(e->root) + 1;
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "fetched 1 run of v1.4");
	/* libgit2 with mbedTLS 2 knows 1.2 at most; then git does it, with the same token. */
	gitd_configure(&gitd, "SSLProtocol TLSv1.3");
	forget(e);
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "fetched 1 run of v1.4");
	put_and_push(e, "p1.pb.gz");
	e2e_assert_status(e, 0);
	assert_no_token(e);
	assert_there(e, "2");
}

static void test_ssh_with_an_agent(void **state)
{
	struct e2e *e = *state;
	struct gitd gitd;

	gitd_start_ssh(e, &gitd);
	make_clone(e, gitd.url, 1);
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 0);
	assert_there(e, "1");
	forget(e);
	check(e);
	e2e_assert_status(e, 0);
	e2e_assert_err(e, "fetched 1 run of v1.4");
	/* A host that is not known, or another one, is not talked to. */
	e2e_sh(e, "ssh-keygen -q -t ed25519 -N '' -f srv/other;"
		  " sed -i \"s|ssh-ed25519 .*|$(cut -d' ' -f1,2 srv/other.pub)|\" srv/known");
	forget(e);
	check(e);
	e2e_assert_status(e, 3);
	e2e_assert_err(e, "Host key verification failed");
}

/* As root in a repository of somebody else the owner's hooks, configuration and helpers are the owner's. */
static void test_root_acts_as_the_owner(void **state)
{
	struct e2e *e = *state;

	e2e_need_root();
	gitd_make_repository(e);
	make_clone(e, e2e_path(e, "srv/shop.git"), 1);
	e2e_sh(e,
	       "printf '#!/bin/sh\\nid -u > %s/ran\\n' > srv/shop.git/hooks/post-receive;"
	       " chmod 755 srv/shop.git/hooks/post-receive; chown -R nobody:nogroup srv r",
	       e->root);
	e2e_sh(e,
	       "printf '#!/bin/sh\\nid -u > %s/ran-here\\n' | tee r/.git/hooks/pre-push >"
	       " r/.git/hooks/reference-transaction; chmod 755 r/.git/hooks/*",
	       e->root);
	/* Root without a word of who called it makes a store of root's own, and git trusts nobody's repository. */
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 4);
	e2e_assert_err(e, "dubious ownership");
	assert_false(e2e_exists(e, "ran"));
	forget(e);
	e->env[0] = e2e_ask(e, "echo SUDO_UID=$(id -u nobody)");
	e->env[1] = e2e_ask(e, "echo SUDO_GID=$(id -g nobody)");
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 0);
	assert_string_equal(e2e_ask(e, "cat ran"), e2e_ask(e, "id -u nobody"));
	assert_false(e2e_exists(e, "ran-here"));
	forget(e);
	check(e);
	e2e_assert_status(e, 0);
	assert_string_equal(e2e_ask(e, "find r/.git/regress-gate.git ! -user nobody | wc -l"), "0");
}

/* --- Many ------------------------------------------------------------------------------------- */

static void test_writers_at_once_lose_no_run(void **state)
{
	const int writers = e2e_is_long() ? 20 : 5;
	struct e2e *e = *state;
	struct gitd gitd;
	char count[16];

	gitd_start(e, &gitd, false);
	make_clone(e, gitd.url, writers);
	e2e_sh(e,
	       "export GITHUB_SERVER_URL=%s GITHUB_TOKEN=" GITD_TOKEN "\n"
	       "for i in $(seq 0 %d); do git clone -q -s r c$i; git -C c$i remote set-url origin "
	       "%s; done\n"
	       "for i in $(seq 0 %d); do (cd c$i; %s baseline put --push v1.4 ../p$i.pb.gz > out "
	       "2>&1"
	       " || echo failed >> out) & done; wait\n"
	       "! grep -h -B1 failed c*/out >&2",
	       gitd.server, writers - 1, gitd.url, writers - 1, getenv("RG"));
	snprintf(count, sizeof(count), "%d", writers);
	assert_there(e, count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		E2E_TEST(test_two_clones_and_one_remote),
		E2E_TEST(test_plain_git_reads_them),
		E2E_TEST(test_a_version_is_fetched_alone),
		E2E_TEST(test_both_sides_keep_what_they_have),
		E2E_TEST(test_what_is_there_is_removed),
		E2E_TEST(test_a_wrong_token_is_said_and_passes_nothing),
		E2E_TEST(test_a_token_goes_to_its_host_alone),
		E2E_TEST(test_a_redirect_gets_no_token),
		E2E_TEST(test_a_password_in_the_url_is_used_and_never_shown),
		E2E_TEST(test_a_private_authority),
		E2E_TEST(test_ssh_with_an_agent),
		E2E_TEST(test_root_acts_as_the_owner),
		E2E_TEST(test_writers_at_once_lose_no_run),
	};

	return cmocka_run_group_tests_name("git_remote", tests, NULL, NULL);
}
