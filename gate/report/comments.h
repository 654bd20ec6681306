/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_COMMENTS_H
#define REPORT_COMMENTS_H

#include "forge.h"

/* The comments below a pull or merge request, as both forges have them: a list to read and add to, and each by its id. */
struct comments {
	struct forge *forge;
	char list[FORGE_URL_MAX]; /* POST adds one */
	char item[FORGE_URL_MAX]; /* one of them is behind "/" and its id */
	const char *order;        /* of the query, so that the oldest come first: "a=b&" or "" */
	const char *edit;         /* the method that replaces a body */
	const char *permission;   /* that writing takes */
	/* Whether the token's owner wrote it: anybody may write what looks like ours. */
	bool (*is_own)(const struct comments *comments, const json_t *comment);
	const char *login; /* NULL: user_id says who that is */
	char user_id[24];
};

/* Called for each own comment, the oldest first. */
struct comments_visit {
	void (*each)(struct comments_visit *visit, const char *id, const char *body);
	/* Called before the first of them, and again should all be read once more. */
	void (*begin)(struct comments_visit *visit);
};

/* Reads them all. RG_ELIMIT: there are too many, or they are larger than any. Other errors as forge_call(). */
int comments_read(const struct comments *comments, struct comments_visit *visit,
		  struct rg_err *err);

/*
 * Sent once. *id is "" when the answer does not hold it. One that would not be found again, for it is by somebody
 * else than thought, is said.
 */
int comments_add(const struct comments *comments, const char *body, char id[24],
		 struct rg_err *err);
int comments_edit(const struct comments *comments, const char *id, const char *body,
		  struct rg_err *err);
int comments_remove(const struct comments *comments, const char *id, struct rg_err *err);

#endif
