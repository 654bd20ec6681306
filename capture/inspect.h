/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_INSPECT_H
#define CAPTURE_INSPECT_H

#include <stddef.h>
#include <stdint.h>

struct rg_err;
struct rg_object;
struct rg_pids;

/* What of a target's code can be unwound and named, without running a capture. */

/* A file with code of the target. */
struct rg_inspected {
	const char *name; /* borrowed: the inspection's */
	uint64_t bytes;   /* of code */
	double unwound;   /* part of it that has unwind information, */
	double named;     /* and that has a function's name */
};

struct rg_inspection {
	struct rg_files *files;
	struct rg_inspected *found; /* largest first; each file once */
	size_t count;
	uint64_t own_bytes; /* code without a file, of all processes: made at run time */
	size_t own_processes,
		mapped_processes; /* that have some; whose JIT compiler writes a map */
	char own_program[64];     /* one of them */
};

/* Looks at all processes. RG_ENOMEM. Free with rg_inspection_done(), also on failure. */
int rg_inspect(struct rg_inspection *out, const struct rg_pids *pids, struct rg_err *err);
void rg_inspection_done(struct rg_inspection *inspection);

#endif
