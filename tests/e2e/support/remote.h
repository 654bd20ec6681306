/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_E2E_SUPPORT_REMOTE_H
#define TESTS_E2E_SUPPORT_REMOTE_H

/* A repository with a git server as its remote, and what is asked of both. */

#include "e2e.h"
#include "gitd.h"
#include "repo.h"
#include "selves.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The repository "r" with this origin, and profiles p0.pb.gz… that differ. */
static inline void make_clone(struct e2e *e, const char *origin, int profiles)
{
	e2e_repo(e);
	e2e_git(e, "remote add origin %s", origin);
	for (int i = 0; i < profiles; i++) {
		struct e2e_self selves[sizeof(steady) / sizeof(steady[0])];
		char name[32];

		memcpy(selves, steady, sizeof(steady));
		selves[0].samples += i;
		snprintf(name, sizeof(name), "p%d.pb.gz", i);
		e2e_make_profile(e, name, selves);
	}
}

static inline void start(struct e2e *e, struct gitd *gitd)
{
	gitd_start(e, gitd, false);
	make_clone(e, gitd->url, 3);
	gitd_env_token(gitd, GITD_TOKEN);
}

static inline int put_and_push(struct e2e *e, const char *profile)
{
	return E2E_RG(e, "baseline", "put", "--push", "v1.4", e2e_path(e, "%s", profile));
}

/* The same, and p0.pb.gz is stored here and there. */
static inline void start_with_run(struct e2e *e, struct gitd *gitd)
{
	start(e, gitd);
	put_and_push(e, "p0.pb.gz");
	e2e_assert_status(e, 0);
}

static inline int check(struct e2e *e)
{
	return E2E_RG(e, "check", "--baseline", "v1.4", "--canary", e2e_path(e, "p0.pb.gz"));
}

static inline void forget(struct e2e *e)
{
	e2e_sh(e, "rm -rf r/.git/regress-gate.git");
}

/* In the server's repository, which may be another user's. */
#define ON_SERVER                                                                            \
	"export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'\n" \
	"cd srv/shop.git\n"
#define SERVER_REFS "git for-each-ref --format='%%(refname)' refs/regress-gate"

/* How many runs there are on the server. */
static inline void assert_there(struct e2e *e, const char *runs)
{
	assert_string_equal(
		e2e_ask(e, ON_SERVER
			"git fsck --strict --no-dangling >&2\n" SERVER_REFS
			" | while read ref; do git ls-tree --name-only $ref; done | grep -c json"),
		runs);
}

static inline void assert_no_token(const struct e2e *e)
{
	e2e_assert_silent_at(e, e->out, GITD_TOKEN, __FILE__, __LINE__);
	e2e_assert_silent_at(e, e->err, GITD_TOKEN, __FILE__, __LINE__);
}

#endif
