/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GUARD_H
#define GUARD_H

#include <git2.h>

/*
 * libgit2 1.5 waits for ever for the rest of a loose object that was cut short, and takes what memory an
 * object says it needs. The guard goes before the repository's other object stores: it reads
 * each loose object through once, before libgit2 does, and refuses those that are damaged. Those that
 * a pack holds as well are read from there, and pass.
 *
 * Returns what libgit2 does. The guard lives as long as the repository.
 */
int guard_install(git_repository *repo);

#endif
