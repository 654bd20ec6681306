/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_STICKY_H
#define REPORT_STICKY_H

#include "forge.h"
#include "marker.h"

/*
 * One comment a scenario, edited in place, whatever else happens on the forge at the same time: two jobs that
 * post at once, a comment that somebody deletes, a request that was served although it seemed to fail.
 */

enum { STICKY_FOUND_MAX = 16 };

struct sticky_found {
	char ids[STICKY_FOUND_MAX][24]; /* own comments with the marker, the oldest first */
	size_t count;
	enum rg_outcome outcome; /* what the first one says */
};

struct sticky {
	struct forge *forge;
	struct marker marker;
	const char *body;  /* with the marker's line */
	const char *reply; /* posted once when a pass becomes a failure; NULL: none is */
	int (*find)(struct sticky *sticky, struct sticky_found *out, struct rg_err *err);
	/* Sent once: forge_call() with POST. *id is "" when the answer does not have it. */
	int (*create)(struct sticky *sticky, const char *body, char id[24], struct rg_err *err);
	int (*update)(struct sticky *sticky, const char *id, struct rg_err *err);
	int (*remove)(struct sticky *sticky, const char *id, struct rg_err *err);
	void *context; /* of the four */
};

/* Makes the comment say `body`. */
int sticky_post(struct sticky *sticky, struct rg_err *err);

/* Adds an own comment's id when there is room; bodies that do not match are passed over. */
void sticky_note(const struct sticky *sticky, struct sticky_found *found, const char *id,
		 const char *body);

#endif
