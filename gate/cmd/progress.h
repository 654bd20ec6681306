/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PROGRESS_H
#define CMD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buf;
struct rg_capture_status;
struct rg_settings;

/* How a capture goes, on stderr: a line that is redrawn on a terminal, a plain line now and then elsewhere. */
struct rg_progress {
	bool quiet, terminal;
	bool drawn;         /* a line is on the screen, without its end */
	char label[64];     /* which of several captures it is; or "" */
	uint64_t length_ns; /* that a window is likely to have; 0: what it has at most */
	int phase;          /* last seen, -1 before the first */
	uint64_t next_ns;   /* elapsed time of the next plain line */
};

void rg_progress_init(struct rg_progress *progress, const struct rg_settings *settings);
/* For rg_capture_options.progress; ctx is the rg_progress. */
void rg_progress_update(void *ctx, const struct rg_capture_status *status);
/* What a terminal shows: in at most so many columns, the bar only where there is room for it. */
void rg_progress_line(const struct rg_progress *progress, const struct rg_capture_status *status,
		      size_t columns, struct rg_buf *out);
/* Takes the line off the screen. */
void rg_progress_done(struct rg_progress *progress);

#endif
