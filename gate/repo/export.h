/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_EXPORT_H
#define REPO_EXPORT_H

#include "rg/export.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

struct rg_err;

/*
 * The writing end of an export. Everything is made new, in directories that are open, so that neither a name nor a link
 * leads out of the folder. Functions that return a descriptor return a negative rg_code in its place.
 */
struct exporter {
	const struct rg_export *plan;
	struct timespec time; /* of every file */
	char path[PATH_MAX];  /* of the entry at hand, below the folder */
	size_t path_len;
	unsigned int depth;
	uint64_t entries;
	bool measuring;        /* the first time through: nothing is written */
	uint64_t needed_bytes; /* by what was measured so far */
	struct rg_export_result result;
	struct rg_err *err;
};

/* Begins by measuring: every file is found, and none is written. */
void exporter_init(struct exporter *x, const struct rg_export *plan, struct rg_err *err);
/* What the entry at hand will take, being measured. RG_ELIMIT. */
int export_measure(struct exporter *x, uint64_t bytes);
/* Ends the measuring, and begins anew to write. RG_EIO when there is no room, with what is needed and what is free. */
int exporter_begin(struct exporter *x);

/*
 * Steps to a name in the folder at hand, and back. RG_EFORMAT for what is no name of a file, RG_ELIMIT,
 * RG_EINTERRUPTED.
 */
int export_enter(struct exporter *x, const char *name);
void export_leave(struct exporter *x);

/* The entry at hand in `at`, the folder it lies in. Of a folder that is only measured there is no descriptor: -1. */
int export_make_folder(struct exporter *x, int at, const char *name);
int export_make_file(struct exporter *x, int at, const char *name, mode_t mode);
int export_make_link(struct exporter *x, int at, const char *name, const char *target);

int export_write(struct exporter *x, int fd, const void *bytes, size_t len);
/* What is left of `from`, up to so many bytes: one that grows all the time would have no end. */
int export_copy(struct exporter *x, int from, int fd, uint64_t max_bytes);
/* Takes the descriptor of a file that is written. */
int export_end_file(struct exporter *x, int fd);

/* Notes what the entry at hand lacks. */
void export_note_lack(struct exporter *x, enum rg_export_lack lack);

/* "export: ACTION 'PATH': reason" of errno, and what to do about a full disk: RG_EIO. */
int export_fail(const struct exporter *x, const char *action);
/* "export: 'PATH' WHAT". */
int export_refuse(const struct exporter *x, int code, const char *what);

#endif
