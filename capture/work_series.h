/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_WORK_SERIES_H
#define CAPTURE_WORK_SERIES_H

#include <stddef.h>
#include <stdint.h>

struct rg_err;

/* A counter's values over time, as they were read: from outside, now and then. */
struct rg_work_series {
	struct rg_work_point {
		uint64_t time_ns;
		double value;
	} * point;
	size_t count, cap;
};

/* Points come in the order of their times. A value that is not finite is RG_EFORMAT; RG_ENOMEM. */
int rg_work_series_add(struct rg_work_series *series, uint64_t time_ns, double value,
		       struct rg_err *err);
void rg_work_series_done(struct rg_work_series *series);

/*
 * How much it grew within [start, end), the growth between two readings being spread evenly, and what was not seen
 * of the window being taken to be as the rest. RG_EFORMAT, with the reason, when it ever fell (a counter that was reset), or
 * when too little of the window lies between the first and the last reading.
 */
int rg_work_series_growth(const struct rg_work_series *series, uint64_t start_ns, uint64_t end_ns,
			  double *growth, struct rg_err *err);
/* The same of each slice; only after it succeeded. The last slice may be shorter. */
void rg_work_series_slices(const struct rg_work_series *series, uint64_t start_ns, uint64_t end_ns,
			   uint64_t slice_ns, double *growth, size_t count);

#endif
