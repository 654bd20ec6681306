/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GIT_URL_H
#define GIT_URL_H

#include "rg/remote.h"

#include <stdbool.h>

struct rg_err;

enum { GS_ORIGIN_MAX = 320, GS_USER_INFO_MAX = 1024 };

enum gs_scheme {
	GS_SCHEME_NONE = 0,
	GS_SCHEME_HTTP,
	GS_SCHEME_HTTPS,
	GS_SCHEME_SSH,
	GS_SCHEME_FILE,
};

/* A remote's URL, taken apart as far as safety needs. */
struct gs_url {
	enum gs_scheme scheme;
	char plain
		[RG_REMOTE_URL_MAX]; /* without user name and password: what may be shown, and is used */
	char origin[GS_ORIGIN_MAX]; /* "https://host:port" in lower case; http and https only */
	char user_info
		[GS_USER_INFO_MAX]; /* "user:password" without escapes; http and https only; "" */
	bool loopback;              /* of http and https: this machine */
};

/*
 * RG_EUSAGE when git would run a program for it, take it for an option, or send over an open line; the
 * text shows no password.
 */
int gs_url_parse(const char *text, struct gs_url *out, struct rg_err *err);

#endif
