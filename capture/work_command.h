/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_WORK_COMMAND_H
#define CAPTURE_WORK_COMMAND_H

struct rg_capture_user;
struct rg_err;

/* A shell command that prints a number. */
struct rg_work_command {
	const char *command;
	const struct rg_capture_user *user; /* or NULL */
	const char *directory;              /* or NULL */
};

/*
 * Runs it, and reads the last line of what it prints. RG_ETARGET: it failed, or took longer than ten seconds; RG_EFORMAT:
 * the line is no number; as rg_launch_start(). Whatever it started is ended.
 */
int rg_work_command_read(const struct rg_work_command *command, double *value, struct rg_err *err);

#endif
