/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_VERDICT_FILE_H
#define CMD_VERDICT_FILE_H

struct rg_err;
struct rg_verdict;

/* Reads what --json-out wrote. The file may come from a job that anybody can start: it is read as such. */
int rg_verdict_read_file(const char *path, struct rg_verdict **out, struct rg_err *err);

#endif
