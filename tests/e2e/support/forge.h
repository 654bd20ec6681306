/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_FORGE_H
#define E2E_FORGE_H

#include "e2e.h"

/*
 * A forge of our own for the tests of posting (tests/e2e/forge/forge.mjs): GitHub's and GitLab's comments in memory, with
 * faults on demand. Each test starts its own.
 */

#define FORGE_TOKEN "secret-token"

struct forge {
	struct e2e *e;
	int port;
	char name[16];               /* of its files in the scratch directory */
	char url[64];                /* "http://127.0.0.1:PORT" */
	char gitlab[80];             /* the same with GitLab's path */
	char *answer;                /* of the last forge_ask() */
	char settings[E2E_ENV][256]; /* the environment given to the program */
};

/*
 * Starts one; the test is skipped without node, and fails where CI=true. `tls`: https, with a certificate
 * that is made for it ("NAME.pem").
 */
void forge_start(struct e2e *e, struct forge *forge, const char *name);
void forge_start_tls(struct e2e *e, struct forge *forge, const char *name);
void forge_done(struct forge *forge);

/* Sets an environment variable of the next runs. */
void forge_env(struct forge *forge, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Repository, token and address as GitHub's, or GitLab's, CI sets them. */
void forge_env_github(struct forge *forge);
void forge_env_gitlab(struct forge *forge);

/* Changes what it knows, and which requests fail: JSON, as forge.mjs describes. */
void forge_state(struct forge *forge, const char *json);
void forge_fault(struct forge *forge, const char *json);
/* Its state as JSON. Valid until the next call. */
const char *forge_ask(struct forge *forge);

/* How many requests came that begin with "METHOD /path". */
size_t forge_requests(struct forge *forge, const char *beginning);
/* All that came, one JSON a line; free it. */
char *forge_log(struct forge *forge);

/* How often `text` occurs in `in`. */
size_t forge_count(const char *in, const char *text);

/* Files "fail.json" and "pass.json" in the scratch directory: verdicts as the program writes them. */
void forge_make_verdicts(struct e2e *e);

/* GitHub, its environment, and these verdicts. */
void forge_start_github(struct e2e *e, struct forge *forge);

/* Runs `report --post WHERE FILE` with the words between, and checks that the token is in no output. */
int forge_report(struct forge *forge, const char *const *words);
#define FORGE_REPORT(forge, ...) forge_report(forge, (const char *const[]){__VA_ARGS__, NULL})
/*
 * Posts the failing verdict to pull request 7, trying for so long ("1s"); whatever happens to the comment, the report says
 * FAIL, and so does the status.
 */
void forge_post_failing(struct forge *forge, const char *retry_for);
/* How many comments there are now. */
void forge_assert_comments(struct forge *forge, size_t count);

#endif
