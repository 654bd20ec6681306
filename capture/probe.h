/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PROBE_H
#define CAPTURE_PROBE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;

/* The place that --work-uprobe names: a file, held open, and an offset in it. */
struct rg_probe {
	int fd; /* -1: none */
	uint64_t offset;
	char name[256]; /* "orders:handle": the file's base name, and the place as it was given */
};

/* Whether it has the form BINARY:PLACE, the first colon behind the last slash being the one between them; RG_EUSAGE. */
int rg_probe_check(const char *spec, struct rg_err *err);

/* Where to look for the file: a command that is launched, or processes that run. */
struct rg_probe_scope {
	const char *program;   /* of the command; NULL: processes */
	const char *directory; /* where the command runs; NULL: where we are */
	const pid_t *pids;
	size_t pid_count;
};

/*
 * Finds it. A BINARY with a slash is a path as the target sees it: in the root of the first process that has it, or ours for a
 * command. Without one it is the base name of a file that the processes have mapped, of the command, or of a program
 * along PATH. RG_EUSAGE, as rg_elf_find_place() and when there is no such file; RG_ENOMEM.
 */
int rg_probe_open(const char *spec, const struct rg_probe_scope *scope, struct rg_probe *out,
		  struct rg_err *err);
void rg_probe_close(struct rg_probe *probe);

#endif
