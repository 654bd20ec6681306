/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_PLAIN_H
#define CMD_PLAIN_H

#include "rg/cli.h"

/*
 * A command that no configuration file has a say in: reads the command line into `to`, helps where that is asked for, else calls
 * body, which returns the exit status. Returns that of the whole.
 */
int rg_plain_run(const struct rg_command *command, int argc, char **argv, void *to,
		 int (*body)(const void *to, const struct rg_cli_rest *rest));

#endif
