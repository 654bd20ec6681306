/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IO_H
#define IO_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

struct rg_buf;

/* Whole reads and writes on descriptors; failures are negative errnos unless said otherwise. */

/*
 * Opens a file for reading when it is a regular one (-EISDIR, else -EINVAL when not) and fills *st.
 * `flags` is 0 or O_NOFOLLOW. Returns the descriptor.
 */
int io_open_regular(int dir, const char *name, int flags, struct stat *st);

/*
 * Appends all that is left in fd. -EFBIG when that is more than max_bytes or than `out` may hold,
 * -ENOMEM; then `out` is as long as it was.
 */
int io_read_all(int fd, size_t max_bytes, struct rg_buf *out);

int io_write_all(int fd, const void *bytes, size_t len);

enum { IO_TEMP_NAME_MAX = 32 };
#define IO_TEMP_PREFIX ".tmp-"

/*
 * Writes a new file under a random name in `dir` and syncs it; it is given back to the sudo user. Then renames it to
 * `name` (replacing what is there), and syncs the directory. On failure what it wrote is gone again.
 */
int io_replace(int dir, const char *name, const void *bytes, size_t len, mode_t mode);

#endif
