/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_WORK_H
#define CAPTURE_WORK_H

#include "probe.h"
#include "work_command.h"

#include <stdbool.h>
#include <stdint.h>

struct rg_capture_result;
struct rg_err;
struct rg_profile_builder;
struct rg_session;
struct rg_work_reader;

/* Counting what the target does, by whichever means the options name. */
struct rg_work {
	struct rg_probe probe;
	uint64_t call_ns; /* what counting a call costs; 0: not known */
	struct rg_work_command command;
	struct rg_work_reader *reader; /* or NULL */
};

/* What it came to. */
struct rg_work_result {
	bool asked;   /* else nothing was to be counted, and nothing is known */
	bool counted; /* total is known */
	double total;
	uint64_t *slice_milli; /* by slice, thousandths; NULL: not known by slice. Owned. */
	const char *unit;
	char source[320]; /* RG_KEY_WORK_SOURCE */
	char lost[256];   /* why it could not be counted; "" if it was */
};

/* The target is tracked, and does not run yet where it is launched. RG_EUSAGE, RG_EIO, RG_EPRIVILEGE: what cannot be counted here is said before the window. */
int rg_work_open(struct rg_session *session, struct rg_err *err);
/* The window is set. */
int rg_work_begin(struct rg_session *session, struct rg_err *err);
/* The window is over; returns at once. */
void rg_work_end(struct rg_session *session);
/* Waits for the last reading, for which the target must still be there. RG_ENOMEM, RG_EIO. */
int rg_work_take(struct rg_session *session, struct rg_work_result *out, struct rg_err *err);
void rg_work_result_done(struct rg_work_result *result);
void rg_work_done(struct rg_session *session);

/* Its facts. */
int rg_work_facts(const struct rg_session *session, const struct rg_work_result *result,
		  struct rg_profile_builder *builder, struct rg_err *err);
/* What a user should know of it. */
void rg_work_summarise(const struct rg_session *session, const struct rg_work_result *work,
		       struct rg_capture_result *result);

#endif
