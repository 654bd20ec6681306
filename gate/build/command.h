/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_COMMAND_H
#define BUILD_COMMAND_H

struct rg_build_options;
struct rg_err;

/* How a build command ended; text for a sentence that begins with its name. */
enum { COMMAND_END_MAX = 128 };

struct command {
	const struct rg_build_options *options;
	const char *tree;
	char *const *environment;
	int log_fd; /* all that it prints */
	char end[COMMAND_END_MAX];
	char *output; /* malloc'd: the end of what it printed, also where no log can be written; or NULL */
};

/*
 * Runs it to its end, and ends what it left running. RG_ETARGET: it failed, and `end` says how ("exited with status 2"), without
 * a text in err; RG_EUSAGE: it cannot be run; RG_EINTERRUPTED; RG_ELIMIT; as rg_launch_start().
 */
int command_run(struct command *command, struct rg_err *err);

#endif
