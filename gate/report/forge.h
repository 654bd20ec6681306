/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_FORGE_H
#define REPORT_FORGE_H

#include "rg/net.h"
#include "rg/report.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Talking JSON to a forge's API with a token, whichever forge it is. */

enum {
	FORGE_URL_MAX = 2048,
	FORGE_TOKEN_MAX = 4096,
	FORGE_HEADERS_MAX = 6,
	FORGE_TEXT_MAX = 1024, /* of a message to the user */
};

struct forge {
	const char *title; /* "GitHub" */
	struct rg_post *post;
	char base[FORGE_URL_MAX];
	char token[FORGE_TOKEN_MAX];
	char authorization[FORGE_TOKEN_MAX + 16]; /* a header's value */
	struct rg_net_header headers[FORGE_HEADERS_MAX];
	size_t header_count;
	const char *secret_header; /* the one that holds the token: not printed */
	size_t max_reply_bytes;    /* of the next calls; 0: what is usual */
	struct rg_net_reply reply; /* of the last call */
};

/* The value of an environment variable, or NULL when it is not set or empty. */
const char *forge_env(const struct rg_post *post, const char *name);

/*
 * Takes the token (the post's, else the first variable of the NULL-terminated list that is set) and the
 * base address. RG_EUSAGE when there is no token, it cannot be one, or the address cannot; the text never holds
 * a secret.
 */
int forge_open(struct forge *forge, const char *title, struct rg_post *post,
	       const char *const *token_names, const char *base, struct rg_err *err);
/* The token is wiped. */
void forge_done(struct forge *forge);
void forge_add_header(struct forge *forge, const char *name, const char *value);

/*
 * One request; `body` (or NULL) is borrowed. What may be served twice is retried, POST is not. Returns 0 when
 * a status of success came, with the reply's JSON in *answer if that is not NULL (json_decref() it;
 * NULL for an empty reply). `permission` names what a 403 lacks.
 */
int forge_call(struct forge *forge, const char *method, const char *url, const json_t *body,
	       const char *permission, json_t **answer, struct rg_err *err);

/* A POST that is retried: for what does no harm when served twice. */
int forge_post_again(struct forge *forge, const char *url, const json_t *body,
		     const char *permission, struct rg_err *err);

/* A failure as it was, and why it was not tried again. */
int forge_fail(const struct forge *forge, int code, const struct rg_err *failure,
	       struct rg_err *err);

/* Says one line, with the token blotted out should somebody have echoed it. */
void forge_tell(const struct forge *forge, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* A text within JSON, or "". */
const char *forge_text(const json_t *object, const char *name);
/* A positive integer within JSON as digits, or "" when it is none. */
const char *forge_id(const json_t *object, const char *name, char out[24]);

/* Decimal digits without a leading zero. */
bool forge_is_number(const char *text);

/* dry.c: prints a request as it would be sent, without the token. */
void forge_print_request(const struct forge *forge, const char *method, const char *url,
			 const char *body);
/* What the forge would answer in the simplest case: no comments yet, everything accepted. */
json_t *forge_imagined_answer(const char *method);

#endif
