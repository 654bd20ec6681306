/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_GITD_H
#define E2E_GITD_H

#include "e2e.h"

/*
 * Git servers that others wrote, on this machine, serving the bare repository "srv/shop.git" of the scratch directory:
 * Apache with git-http-backend and a password, OpenSSH's server. And what is in between.
 */

#define GITD_TOKEN "git-token-0123456789"

struct gitd {
	struct e2e *e;
	int port;
	char server[64]; /* "http://127.0.0.1:PORT" */
	char url[128];   /* of the repository */
	char env[4][E2E_PATH_MAX];
};

/*
 * Starts one; skipped where the server is not installed, failed where CI=true. `tls`: https, with a certificate of an
 * authority of its own, "srv/ca.pem". It takes GITD_TOKEN from "x-access-token".
 */
void gitd_start(struct e2e *e, struct gitd *gitd, bool tls);
/* The same repository by ssh; the key is in an agent that SSH_AUTH_SOCK names then. Needs root. */
void gitd_start_ssh(struct e2e *e, struct gitd *gitd);

/* Adds this to how Apache is set up, in place of what was added before; no quotes. Requests that come then are served by it. */
void gitd_configure(struct gitd *gitd, const char *text);

/* Makes the repository alone. */
void gitd_make_repository(struct e2e *e);

/* Gives the program the token, as GitHub's runner does. */
void gitd_env_token(struct gitd *gitd, const char *token);

/* Requests that came, as Apache logs them: "USER METHOD PATH STATUS" a line; free it. */
char *gitd_log(struct gitd *gitd);

/*
 * Passes connections on to a port of this machine, and cuts each that has sent more than `limit` bytes, or has been
 * sent more than that. 0 for `to`: takes connections, notes what comes in the file "sink", and never answers. Returns
 * its port.
 */
int gitd_between(struct e2e *e, int to, size_t limit);

#endif
