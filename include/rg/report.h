/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_REPORT_H
#define RG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct rg_err;
struct rg_net;
struct rg_verdict;

/*
 * Where reports are posted. A destination only tells what became of the verdict: nothing that happens
 * here changes it. Everything a service answers is untrusted, and so is a verdict read from a file.
 */

/* What the verdict comes to, with --on-undecided and --on-no-baseline applied. Zero is not a pass. */
enum rg_standing {
	RG_STANDING_UNDECIDED = 0,
	RG_STANDING_PASS = 1,
	RG_STANDING_FAIL = 2,
	RG_STANDING_EXCUSED = 3, /* undecided, and the user lets that through */
};

/* What a destination is given. All is borrowed; NULL means: as the environment says. */
struct rg_post {
	const struct rg_verdict *verdict;
	enum rg_standing standing;
	struct rg_net *net;
	const char *repo;      /* OWNER/NAME; on GitLab the project's number or path */
	const char *number;    /* of the pull or merge request */
	const char *commit;    /* full id, of checks and statuses */
	const char *api_url;   /* without a slash at the end */
	const char *login;     /* who the token's comments are by */
	const char *flame_url; /* of the flame graph; NULL: there is none to link to */
	const char *key;   /* tells comments of one scenario apart; NULL: one of each scenario */
	const char *token; /* read from a file */
	const char *event; /* the JSON of CI's event; NULL: none */
	size_t event_len;
	const char *summary_path; /* NULL: $GITHUB_STEP_SUMMARY */
	bool dry_run;             /* print the requests instead of sending them */
	/* A variable of the environment, NULL when it is not set. */
	const char *(*env)(const char *name);
	/* One line for the user, without a newline; it may quote what a service said. */
	void (*tell)(const char *text);
	/* Whole lines for CI's log or, in a dry run, for the user. */
	void (*print)(const char *text, size_t len);
	bool summary_written; /* kept by the destinations: it is written once */
};

/* A destination: one file of gate/report/ that defines `const struct rg_reporter rg_reporter_NAME`. */
struct rg_reporter {
	const char *name;    /* what --post calls it */
	const char *summary; /* a line of help */
	bool needs_net;
	/* Whether "--post auto" means it, here. */
	bool (*detect)(const struct rg_post *post);
	/*
	 * RG_EUSAGE: something has to be said or set first; RG_EPRIVILEGE: the token lacks a permission;
	 * RG_ENOTFOUND: there is no such request; RG_EIO, RG_EFORMAT, RG_ELIMIT of the service's answers.
	 */
	int (*post)(struct rg_post *post, struct rg_err *err);
};

/* Every destination, sorted by file name; made by the Makefile from gate/report/. */
extern const struct rg_reporter *const rg_reporters[];
extern const size_t rg_reporter_count;

/* NULL when there is none of that name. */
const struct rg_reporter *rg_reporter_find(const char *name);

/* Sends the report there. Errors as rg_reporter.post has them, with the destination's name before. */
int rg_report_post(const struct rg_reporter *reporter, struct rg_post *post, struct rg_err *err);

#endif
