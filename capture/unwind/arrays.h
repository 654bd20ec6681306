/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_ARRAYS_H
#define CAPTURE_UNWIND_ARRAYS_H

#include "../../bpf/unwind.h"
#include "../../bpf/wire.h"

#include <stdint.h>

/*
 * The memory that stack walks read (bpf/wire.h says what is in it): the kernel side's own, mapped here. Zeroed at first.
 * The functions return 0, or NULL for success and failure as such; what is missing is counted as lost by whoever asked.
 */
struct rg_unwind_arrays {
	struct rgw_table *tables;      /* RGW_MAX_TABLES */
	struct rgw_unwind_rule *rules; /* RGW_MAX_RULES */
	struct rgw_range *ranges;      /* RGW_MAX_RANGES */
	/* Makes chunk `number` of the words; they are asked for in order. NULL: there is no memory for it. */
	uint64_t *(*new_chunk)(void *ctx, uint32_t number);
	/* From now on the image has these ranges; NULL: none. Returns 0, or -1 when it could not be entered. */
	int (*set_space)(void *ctx, rgw_image_id image, const struct rgw_space *space);
	void *ctx;
};

#endif
