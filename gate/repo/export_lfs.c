/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "export_lfs.h"

#include "rg/units.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "version https://git-lfs.github.com/spec/v1\n";

/* What stands behind `key` up to the end of its line; false when there is no such line or it is too long. */
static bool value_of(const char *text, const char *key, char *out, size_t size)
{
	const char *at = strstr(text, key);
	size_t len;

	if (!at)
		return false;
	at += strlen(key);
	len = strcspn(at, "\n");
	if (len >= size)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

bool lfs_parse(const char *text, size_t len, struct lfs_pointer *out)
{
	char copy[LFS_POINTER_MAX_BYTES + 1], size[24];
	struct lfs_pointer found;

	if (len > LFS_POINTER_MAX_BYTES || len < strlen(head) ||
	    memcmp(text, head, strlen(head)) != 0)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!value_of(copy, "\noid sha256:", found.id, sizeof(found.id)) ||
	    strspn(found.id, "0123456789abcdef") != LFS_ID_MAX - 1 ||
	    !value_of(copy, "\nsize ", size, sizeof(size)) || rg_parse_u64(size, &found.bytes))
		return false;
	*out = found;
	return true;
}

bool lfs_parse_file(int fd, struct lfs_pointer *out)
{
	char text[LFS_POINTER_MAX_BYTES + 1];
	ssize_t n = pread(fd, text, sizeof(text), 0);

	return n > 0 && lfs_parse(text, (size_t)n, out);
}

static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int open_at(const char *folder, const char *path)
{
	char whole[PATH_MAX];
	int n = snprintf(whole, sizeof(whole), "%s/%s", folder, path);

	return n > 0 && n < (int)sizeof(whole) ? open_regular(whole) : -1;
}

/* False where there is no such file. */
static bool looked_at(const char *folder, const char *path, bool *is_pointer)
{
	struct lfs_pointer pointer;
	int fd = open_at(folder, path);

	if (fd < 0)
		return false;
	*is_pointer = lfs_parse_file(fd, &pointer);
	close(fd);
	return true;
}

bool lfs_is_pointer_at(const char *folder, const char *path)
{
	bool is_pointer = false;

	return looked_at(folder, path, &is_pointer) && is_pointer;
}

bool lfs_is_other_at(const char *folder, const char *path)
{
	bool is_pointer = false;

	return looked_at(folder, path, &is_pointer) && !is_pointer;
}

bool lfs_is_used(const char *common_dir)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/lfs/objects", common_dir);

	return n > 0 && n < (int)sizeof(path) && !access(path, F_OK);
}

int lfs_open(const char *common_dir, const struct lfs_pointer *pointer)
{
	char path[PATH_MAX];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/lfs/objects/%.2s/%.2s/%s", common_dir, pointer->id,
			 pointer->id + 2, pointer->id);
	int fd = n > 0 && n < (int)sizeof(path) ? open_regular(path) : -1;

	/* One that was cut short is as good as none. */
	if (fd >= 0 && (fstat(fd, &st) || (uint64_t)st.st_size != pointer->bytes)) {
		close(fd);
		return -1;
	}
	return fd;
}
