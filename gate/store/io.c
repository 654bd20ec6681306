/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io.h"

#include "rg/buf.h"
#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { READ_CHUNK_BYTES = 1 << 16 };

static int not_regular(const struct stat *st)
{
	return S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL;
}

int io_open_regular(int dir, const char *name, int flags, struct stat *st)
{
	int at_flags = flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0;
	struct stat found;
	int fd;

	/* Looked at before it is opened: opening some devices does things. */
	if (fstatat(dir, name, &found, at_flags))
		return -errno;
	if (!S_ISREG(found.st_mode))
		return not_regular(&found);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &found) || !S_ISREG(found.st_mode)) {
		close(fd);
		return -EINVAL;
	}
	*st = found;
	return fd;
}

static int buf_errno(const struct rg_buf *out)
{
	return out->failed == RG_ENOMEM ? -ENOMEM : -EFBIG;
}

int io_read_all(int fd, size_t max_bytes, struct rg_buf *out)
{
	char chunk[READ_CHUNK_BYTES];
	const size_t before = out->len;
	int rc = 0;

	while (!rc) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = -errno;
		if (n <= 0)
			break;
		if ((size_t)n > max_bytes - (out->len - before))
			rc = -EFBIG;
		else
			rg_buf_add(out, chunk, (size_t)n);
		if (out->failed)
			rc = buf_errno(out);
	}
	if (rc)
		rg_buf_cut(out, before);
	return rc;
}

int io_write_all(int fd, const void *bytes, size_t len)
{
	const char *next = bytes;

	while (len > 0) {
		ssize_t n = write(fd, next, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		next += n;
		len -= (size_t)n;
	}
	return 0;
}
