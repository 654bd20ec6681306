/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate_keep.h"
#include "take.h"

#include "rg/err.h"
#include "rg/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[ALTERNATE_SIDES] = {
	[ALTERNATE_BASELINE] = "baseline",
	[ALTERNATE_CANARY] = "canary",
};

static int refuse(const char *path, int error, struct rg_err *err)
{
	if (error == EEXIST)
		return rg_err_set(err, RG_EUSAGE,
				  "check: --keep-runs: '%s' is there already, and runs that are "
				  "compared are all that is in it: name another folder",
				  path);
	return rg_err_set(err, error == ENOENT ? RG_EUSAGE : RG_EIO, "check: --keep-runs: '%s': %s",
			  path, strerror(error));
}

/* Whether it may be there already. */
static int make(const char *path, bool there, struct rg_err *err)
{
	int fd, rc;

	if (mkdir(path, 0777))
		return there && errno == EEXIST ? 0 : refuse(path, errno, err);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return refuse(path, errno, err);
	rc = rg_owner_give_back(fd) ? refuse(path, errno, err) : 0;
	close(fd);
	return rc;
}

static int name_of(const char *folder, enum alternate_side side, char out[PATH_MAX],
		   struct rg_err *err)
{
	int len = snprintf(out, PATH_MAX, "%s/%s", folder, names[side]);

	return len < PATH_MAX ? 0 : refuse(folder, ENAMETOOLONG, err);
}

int alternate_keep_begin(const char *folder, struct rg_err *err)
{
	char path[PATH_MAX];
	int rc = make(folder, true, err);

	for (int i = 0; !rc && i < ALTERNATE_SIDES; i++) {
		rc = name_of(folder, i, path, err);
		if (!rc)
			rc = make(path, false, err);
	}
	return rc;
}

int alternate_keep_round(const char *folder, uint32_t round,
			 struct rg_profile *const runs[ALTERNATE_SIDES], struct rg_err *err)
{
	char path[PATH_MAX], file[PATH_MAX + 32];
	int rc = 0;

	for (int i = 0; !rc && i < ALTERNATE_SIDES; i++) {
		rc = name_of(folder, i, path, err);
		if (rc)
			return rc;
		snprintf(file, sizeof(file), "%s/round-%03u.pb.gz", path, round);
		rc = rg_take_write(runs[i], file, NULL, err);
	}
	return rc;
}
