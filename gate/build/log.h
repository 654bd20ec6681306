/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_LOG_H
#define BUILD_LOG_H

struct rg_buf;
struct rg_err;

/* Makes a new one, open for reading too; a negative rg_code in the descriptor's place. */
int log_open(const char *path, struct rg_err *err);

/* Appends its last lines, at most max_bytes of them. What cannot be read is left out. */
void log_add_end(int fd, unsigned int max_bytes, struct rg_buf *out);

/*
 * Moves it out of the folder it lies in, beside that one, under a name of its own. The new path, malloc'd; NULL when that
 * fails, or nothing is in it.
 */
char *log_keep(const char *path, const char *folder, const char *side);

#endif
