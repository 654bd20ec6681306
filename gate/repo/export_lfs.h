/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPO_EXPORT_LFS_H
#define REPO_EXPORT_LFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Git LFS keeps small texts in the place of large files (its docs/spec.md, "The Pointer"). */

enum {
	LFS_POINTER_MAX_BYTES = 1023, /* longer ones are none, by the specification */
	LFS_ID_MAX = 65,              /* SHA-256 in hex, and NUL */
};

struct lfs_pointer {
	char id[LFS_ID_MAX];
	uint64_t bytes;
};

/* Whether a whole file of that text is a pointer. */
bool lfs_parse(const char *text, size_t len, struct lfs_pointer *out);
/* The same of an open file, whose position stays. */
bool lfs_parse_file(int fd, struct lfs_pointer *out);
/* Whether there is a file whose text is a pointer, or one of another text. */
bool lfs_is_pointer_at(const char *folder, const char *path);
bool lfs_is_other_at(const char *folder, const char *path);

/* Whether the repository with this directory keeps contents. */
bool lfs_is_used(const char *common_dir);

/* Its content as the repository with this directory keeps it, open; -1 when it does not. */
int lfs_open(const char *common_dir, const struct lfs_pointer *pointer);

#endif
