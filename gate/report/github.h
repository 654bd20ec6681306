/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_GITHUB_H
#define REPORT_GITHUB_H

#include "event.h"
#include "forge.h"

/* GitHub's REST API, version 2022-11-28; GitHub Enterprise by GITHUB_API_URL. */

enum { GITHUB_SHA_MAX = 72 };

struct github {
	struct forge forge;
	struct event event;
	char repo[FORGE_URL_MAX / 4]; /* OWNER/NAME, checked */
	char web[FORGE_URL_MAX];      /* address of the repository for people; "" when not known */
};

int github_open(struct github *github, struct rg_post *post, struct rg_err *err);
void github_done(struct github *github);

/* BASE/repos/OWNER/NAME/… RG_EUSAGE when it does not fit. */
int github_url(const struct github *github, char out[FORGE_URL_MAX], struct rg_err *err,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The commit that a check or a status is for: the pull request's own, not its merge with the target. */
int github_commit(const struct github *github, char out[GITHUB_SHA_MAX], struct rg_err *err);

/* github_pull.c: the pull request's number, by whatever tells it. */
int github_pull(struct github *github, char out[24], struct rg_err *err);

/* github_summary.c: appends the report to the step's summary, once. RG_EUSAGE: there is none. */
int github_summary_write(struct rg_post *post, struct rg_err *err);

/* Whether it runs in a workflow. */
bool github_is_here(const struct rg_post *post);

/* 40 or 64 hex digits. */
bool github_is_sha(const char *text);

#endif
