/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_WORK_READER_H
#define CAPTURE_WORK_READER_H

#include "work_series.h"

#include <stdint.h>

struct rg_err;

/*
 * A thread that reads a counter while the window lasts: once before, now and then within it, once behind it. What it reads may
 * take its time to answer: the capture does not wait for it but at the end.
 */
struct rg_work_reader;

struct rg_work_reader_options {
	int (*read)(void *ctx, double *value, struct rg_err *err);
	void *ctx;
	uint64_t start_ns, end_ns; /* of the window, CLOCK_MONOTONIC */
	uint64_t slice_ns;
};

/* RG_ENOMEM; RG_EIO when there can be no thread. */
int rg_work_reader_start(const struct rg_work_reader_options *options, struct rg_work_reader **out,
			 struct rg_err *err);
/* The window is over: reads once more. Returns at once. */
void rg_work_reader_finish(struct rg_work_reader *reader);
/* Waits for that. What was read; *last says why the latest reading failed, "" when it did not. */
const struct rg_work_series *rg_work_reader_wait(struct rg_work_reader *reader, const char **last);
/* Ends it, after the reading that is under way. */
void rg_work_reader_free(struct rg_work_reader *reader);

#endif
