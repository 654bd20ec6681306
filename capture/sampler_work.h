/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_SAMPLER_WORK_H
#define CAPTURE_SAMPLER_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;
struct rg_sampler;

/*
 * Counting calls of a function in the kernel (a uprobe: perf_event_open(2), PMU "uprobe"). Needs a sampler opened with
 * `work`.
 */

/* Whether the kernel has uprobes. */
bool rg_sampler_has_uprobes(void);

/*
 * Begins to count calls at an offset of the file, by all processes of the target. Nothing of it is left when the sampler is freed, or we
 * are killed. RG_EIO when the kernel has no uprobes or refuses the place, RG_EPRIVILEGE.
 */
int rg_sampler_count_calls(struct rg_sampler *sampler, int file_fd, uint64_t offset,
			   struct rg_err *err);

/*
 * Calls within the window so far, added to calls by slice: `count` of them. Windows of more than 131,072 slices have
 * the total alone. RG_EIO, RG_ENOMEM.
 */
int rg_sampler_calls(const struct rg_sampler *sampler, uint64_t *calls, size_t count,
		     uint64_t *total, struct rg_err *err);

/* The processes of the target as the kernel side has them now, at most `most`; returns how many. */
size_t rg_sampler_members(const struct rg_sampler *sampler, pid_t *pids, size_t most);

/* What one call costs the caller on this machine, measured on ourselves; 0 when it cannot be. Takes some milliseconds. */
uint64_t rg_sampler_call_cost(struct rg_sampler *sampler);

#endif
