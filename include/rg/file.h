/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_FILE_H
#define RG_FILE_H

#include <stddef.h>
#include <sys/types.h>

struct rg_buf;
struct rg_err;

/*
 * Appends a regular file of at most max_bytes to `out`. Symbolic links are followed; a FIFO or a
 * device is refused before it can block. "-" is a file's name like any other. On error `out` is as
 * long as it was.
 * Errors: RG_ENOTFOUND, RG_EPRIVILEGE, RG_EFORMAT (not a regular file), RG_ELIMIT (larger than
 * max_bytes or than what `out` may hold), RG_EIO, RG_ENOMEM.
 */
int rg_file_read(const char *path, size_t max_bytes, struct rg_buf *out, struct rg_err *err);

/*
 * Writes a whole file: readers see the old bytes or the new ones, also after a crash or with a full
 * disk. `mode` is subject to the umask. Under sudo the file is the sudo user's (rg/owner.h).
 *
 * Safe in directories that others may write to: a new file of a new name is renamed over `path`,
 * and a symbolic link at `path` itself is followed only when its owner is root or the effective
 * user (so "/dev/stdout" works and a planted link does not). A character device, pipe or socket at
 * `path` is written to as it is; a directory or a block device is refused.
 * Errors: RG_ENOTFOUND (its directory is missing), RG_EPRIVILEGE, RG_EIO, RG_ENOMEM.
 */
int rg_file_write_atomic(const char *path, const void *bytes, size_t len, mode_t mode,
			 struct rg_err *err);

#endif
