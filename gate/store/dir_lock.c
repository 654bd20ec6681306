/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "rg/units.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

/* A write takes milliseconds; a holder this slow is stopped or stuck. */
enum { WAIT_MS = 30000, STEP_MS = 5 };

/* NFS without a lock service, or whose locks want a descriptor open for writing. */
static bool unsupported(int error)
{
	return error == ENOLCK || error == EOPNOTSUPP || error == ENOSYS || error == EBADF ||
	       error == EINVAL;
}

int dir_lock(int root)
{
	const struct timespec step = {.tv_nsec = (long)(STEP_MS * RG_NS_PER_MS)};

	for (int waited = 0; waited < WAIT_MS; waited += STEP_MS) {
		if (!flock(root, LOCK_EX | LOCK_NB) || unsupported(errno))
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		nanosleep(&step, NULL);
	}
	return -ETIMEDOUT;
}
