/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_MODEL_PERF_LINE_H
#define RG_MODEL_PERF_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lines.h"

/* The first line of a sample as `perf script` prints it, see rg/formats.h. */
struct rg_perf_head {
	struct rg_span comm;
	uint64_t time_ns; /* of perf's clock, whose zero is not known */
	bool has_period;
	uint64_t period;
	struct rg_span event; /* without the colon behind it; empty: a record that is no sample */
	struct rg_span rest;  /* behind the event: a frame, or what a tracepoint tells */
};

struct rg_perf_frame {
	struct rg_span function; /* empty: not known */
	struct rg_span module;   /* empty: not known */
	bool inlined;            /* into the frame that follows */
};

/* Both say false when the line is none, and leave `out` alone then. */
bool rg_perf_head_parse(struct rg_span line, struct rg_perf_head *out);
bool rg_perf_frame_parse(struct rg_span line, struct rg_perf_frame *out);

#endif
