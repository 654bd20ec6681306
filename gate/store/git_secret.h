/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_SECRET_H
#define GIT_SECRET_H

#include <stddef.h>

struct gs_url;
struct rg_err;

enum { GS_SECRET_MAX = 4096 };

/* What proves to a server who we are. "" when there is nothing. */
struct gs_secret {
	char header[GS_SECRET_MAX];   /* "Authorization: Basic …" (RFC 7617) */
	char password[GS_SECRET_MAX]; /* as it is in there, to be kept out of messages */
	const char *origin;           /* where it is from, for messages: "GITHUB_TOKEN" */
};

/*
 * The credentials for a URL, as rg/remote.h says where they come from. RG_EUSAGE when they hold
 * characters that no token has. None is no error.
 */
int gs_secret_find(const struct gs_url *url, struct gs_secret *out, struct rg_err *err);

/* Puts "***" where a text, a server's or a program's, quotes the secret. */
void gs_secret_hide(const struct gs_secret *secret, char *text);

#endif
