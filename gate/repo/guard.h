/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUARD_H
#define GUARD_H

#include <git2.h>
#include <stdint.h>

enum {
	/* Commits, trees and tags are read, and files of RG_CONFIG_MAX_BYTES. */
	GUARD_MAX_BYTES = 1 << 28,
	/* What libgit2 returns for a loose object that is larger than may be read. */
	GUARD_TOO_LARGE = GIT_EUSER,
};

/*
 * libgit2 1.5 waits for ever for the rest of a loose object that was cut short, and takes what memory an
 * object says it needs. The guard goes before the repository's other object stores: it reads
 * each loose object through once, before libgit2 does, and refuses those that are damaged or hold more than max_bytes.
 * Those that a pack holds as well are read from there, and pass.
 *
 * Returns what libgit2 does. The guard lives as long as the repository.
 */
int guard_install(git_repository *repo, uint64_t max_bytes);

#endif
