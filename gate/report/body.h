/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_BODY_H
#define REPORT_BODY_H

#include "marker.h"

#include "rg/buf.h"
#include "rg/report.h"

/* The text that is posted. */

enum { BODY_NAME_MAX = 1024 };

/* The comment: the marker's line and the report, in at most max_bytes. `web` is the repository's address or "". */
int body_comment(struct rg_buf *out, const struct rg_post *post, const struct marker *marker,
		 const char *web, size_t max_bytes, struct rg_err *err);
/* The report alone. */
int body_report(struct rg_buf *out, const struct rg_post *post, const char *web, size_t max_bytes,
		struct rg_err *err);
/* What is said below a comment that turned from pass to fail. */
int body_reply(struct rg_buf *out, const struct rg_post *post, struct rg_err *err);
/*
 * What a check or a status is called: the key or "regress-gate", and the scenario unless it is the default one. The
 * last one of a name counts, so that scenarios must not share it: the pass of one would cover the other's failure.
 */
int body_name(struct rg_buf *out, const struct rg_post *post, struct rg_err *err);
/* A line of at most max_bytes without markup: "FAIL: f() uses …". */
int body_line(struct rg_buf *out, const struct rg_post *post, size_t max_bytes, struct rg_err *err);

#endif
