/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/file.h"

#include "io.h"
#include "oserr.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static int read_failed(struct rg_err *err, int error, const char *path, size_t max_bytes)
{
	switch (error) {
	case EFBIG:
		return rg_err_set(err, RG_ELIMIT, "file: read '%.800s': larger than %zu bytes",
				  path, max_bytes);
	case EISDIR:
	case EINVAL:
		return rg_err_set(err, RG_EFORMAT, "file: read '%.800s': %s", path,
				  error == EISDIR ? "is a directory" : "is not a regular file");
	default:
		return os_fail(err, error, "file: read", path);
	}
}

int rg_file_read(const char *path, size_t max_bytes, struct rg_buf *out, struct rg_err *err)
{
	struct stat st;
	int fd = io_open_regular(AT_FDCWD, path, 0, &st);
	int rc;

	if (fd < 0)
		return read_failed(err, -fd, path, max_bytes);
	/* What is known to be too large is not read to find it out. */
	rc = (uintmax_t)st.st_size > max_bytes ? -EFBIG : io_read_all(fd, max_bytes, out);
	close(fd);
	return rc ? read_failed(err, -rc, path, max_bytes) : 0;
}
