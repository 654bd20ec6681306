/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_FILES_H
#define CAPTURE_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct rg_err;
struct rg_jitmaps;
struct rg_mapping_record;
struct rg_object;

/*
 * The files the target's code comes from, each opened once, at the moment it is mapped: later it may be
 * deleted, replaced, or out of reach because its process has ended.
 */
struct rg_files;

struct rg_files *rg_files_new(void);
void rg_files_free(struct rg_files *files);

#define RG_FILE_NONE UINT32_MAX /* memory without a file: code made at run time */

/*
 * The file behind a mapping, opened if need be: by /proc/PID/map_files, else by its path in the process's root, else by its path,
 * checked against the record's build-id or inode. A file that cannot be had gives an object without symbols,
 * until a later mapping of it leads to the file.
 * Sets *file to an index or RG_FILE_NONE. Returns 0 or RG_ENOMEM.
 */
int rg_files_open(struct rg_files *files, const struct rg_mapping_record *record, uint32_t *file,
		  struct rg_err *err);

/* Names of code in memory without a file, of the processes that were seen to have some. Borrowed. */
struct rg_jitmaps *rg_files_jitmaps(const struct rg_files *files);

size_t rg_files_count(const struct rg_files *files);
/* Borrowed. */
const char *rg_files_path(const struct rg_files *files, uint32_t file);
struct rg_object *rg_files_object(const struct rg_files *files, uint32_t file);

#endif
