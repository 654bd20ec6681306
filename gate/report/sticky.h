/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_STICKY_H
#define REPORT_STICKY_H

#include "comments.h"

/*
 * One comment a scenario, edited in place, whatever else happens on the forge at the same time: two jobs that
 * post at once, a comment that somebody deletes, a request that was served although it seemed to fail.
 */

enum {
	/* A comment may have 65,536 characters on GitHub, a million on GitLab. */
	STICKY_BODY_MAX = 65000,
};

/*
 * Makes the comment of the post's scenario and key say what the verdict does; once a pass has become a failure, a
 * reply tells. `web` is the repository's address for people, or "".
 */
int sticky_post(const struct comments *comments, const char *web, struct rg_err *err);

#endif
