/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dir.h"

#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* No writer is at work for this long, also where there is no lock that would say so. */
enum { OLD_S = 3600 };

static bool has_manifest(int fd, const char *profile)
{
	char id[RG_STORE_ID_MAX], name[DIR_FILE_MAX];
	struct stat st;

	memcpy(id, profile, sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	dir_file_name(name, id, DIR_MANIFEST_SUFFIX);
	/* When it cannot be told, it is there: nothing stored may be swept. */
	return !fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || errno != ENOENT;
}

static bool is_left_over(int fd, const char *name)
{
	if (!strncmp(name, IO_TEMP_PREFIX, strlen(IO_TEMP_PREFIX)))
		return true;
	return dir_file_is(name, DIR_PROFILE_SUFFIX) && !has_manifest(fd, name);
}

static bool is_old(int fd, const char *name)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
		return false;
	return time(NULL) - st.st_mtim.tv_sec > OLD_S;
}

static bool visit(void *ctx, const char *name)
{
	const int fd = *(const int *)ctx;

	if (is_left_over(fd, name) && is_old(fd, name))
		unlinkat(fd, name, 0);
	return true;
}

void dir_sweep(int fd)
{
	dir_each(fd, visit, &fd);
}
