/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io.h"

#include "rg/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

/* 64 random bits do not meet twice by chance; more failures than this are somebody's doing. */
enum { NAME_TRIES = 16 };

static int create(int dir, mode_t mode, char name[IO_TEMP_NAME_MAX])
{
	for (int i = 0; i < NAME_TRIES; i++) {
		uint64_t bits = 0;
		int fd;

		if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
			return -EIO;
		snprintf(name, IO_TEMP_NAME_MAX, IO_TEMP_PREFIX "%016" PRIx64, bits);
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int fill(int fd, const void *bytes, size_t len)
{
	int rc = io_write_all(fd, bytes, len);

	if (rc)
		return rc;
	if (rg_owner_give_back(fd) || fsync(fd))
		return -errno;
	return 0;
}

static int write_temp(int dir, const void *bytes, size_t len, mode_t mode,
		      char name[IO_TEMP_NAME_MAX])
{
	int fd = create(dir, mode, name);
	int rc;

	if (fd < 0)
		return fd;
	rc = fill(fd, bytes, len);
	/* Some file systems report a full disk or quota here only. */
	if (close(fd) && !rc)
		rc = -errno;
	if (rc)
		unlinkat(dir, name, 0);
	return rc;
}

int io_replace(int dir, const char *name, const void *bytes, size_t len, mode_t mode)
{
	char temp[IO_TEMP_NAME_MAX];
	int rc = write_temp(dir, bytes, len, mode, temp);

	if (rc)
		return rc;
	if (renameat(dir, temp, dir, name)) {
		rc = -errno;
		unlinkat(dir, temp, 0);
		return rc;
	}
	return fsync(dir) ? -errno : 0;
}
