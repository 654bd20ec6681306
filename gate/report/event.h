/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_EVENT_H
#define REPORT_EVENT_H

#include <stddef.h>

struct rg_err;

enum { EVENT_NAME_MAX = 256 };

/*
 * What GitHub's event says of the pull request at hand; "" where it says nothing. In workflow_run, whose own
 * token may write, the pull request has to be asked for by head branch and commit: what the untrusted job
 * left behind is not believed.
 */
struct event {
	char number[24];
	char head_sha[72];
	/* Of workflow_run only. */
	char run_sha[72], run_branch[EVENT_NAME_MAX], run_owner[EVENT_NAME_MAX];
};

/* RG_EFORMAT when it is not a JSON object; a member of another type than it should be is "". */
int event_read(const char *bytes, size_t len, struct event *out, struct rg_err *err);

#endif
