/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_MARKER_H
#define REPORT_MARKER_H

#include "rg/verdict.h"

#include <stdbool.h>

struct rg_buf;

enum { MARKER_MAX = 64 };

/*
 * By what a comment of ours is found again: an HTML comment, which no forge shows, at its first byte. It
 * holds a hash of the scenario and the key, never their text: that may come from anybody.
 */
struct marker {
	char text[MARKER_MAX]; /* "<!-- regress-gate:v1:0123456789ab -->" */
};

struct marker marker_of(const char *scenario, const char *key);
/* Whether a comment's body begins with it. */
bool marker_matches(const struct marker *marker, const char *body);

/* The line a comment begins with: the marker, and the outcome for the next time. */
void marker_add_line(struct rg_buf *out, const struct marker *marker, enum rg_outcome outcome);
/* The outcome in the line of a body that matches; RG_OUTCOME_UNDECIDED when there is none. */
enum rg_outcome marker_outcome(const struct marker *marker, const char *body);

#endif
