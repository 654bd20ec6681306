/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "folder.h"

#include "rg/units.h"

#include <errno.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

/*
 * A write takes milliseconds: a holder this slow is stopped or stuck. Waiting for many writers takes longer,
 * but then the lock changes hands, which each that takes it shows by the directory's time.
 */
enum { WAIT_MS = 30000, STEP_MS = 5 };

/* NFS without a lock service, or whose locks want a descriptor open for writing. */
static bool unsupported(int error)
{
	return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EBADF ||
	       error == EINVAL;
}

/* Whether the lock was taken by another since the last look. */
static bool changed_hands(int fd, struct stat *last)
{
	struct stat now = {0};
	bool changed;

	if (fstat(fd, &now))
		return false;
	changed = now.st_ctim.tv_sec != last->st_ctim.tv_sec ||
		  now.st_ctim.tv_nsec != last->st_ctim.tv_nsec;
	*last = now;
	return changed;
}

int folder_lock(int fd)
{
	const struct timespec step = {.tv_nsec = (long)(STEP_MS * RG_NS_PER_MS)};
	struct stat last = {0};

	for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
		if (!flock(fd, LOCK_EX | LOCK_NB)) {
			/* Who may not set it is not waited for so patiently. */
			futimens(fd, NULL);
			return 0;
		}
		if (unsupported(errno))
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (changed_hands(fd, &last))
			waited = 0;
		nanosleep(&step, NULL);
	}
	return -ETIMEDOUT;
}
