/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain.h"
#include "exit.h"

#include "rg/err.h"

int rg_plain_run(const struct rg_command *command, int argc, char **argv, void *to,
		 int (*body)(const void *to, const struct rg_cli_rest *rest))
{
	struct rg_cli_rest rest = {0};
	struct rg_err err = {0};
	int status = 0;

	if (rg_cli_parse(command, argc, argv, to, &rest, &err))
		status = rg_exit_error(&err);
	else if (rest.help)
		rg_cli_help(command, stdout);
	else
		status = body(to, &rest);
	rg_cli_rest_done(&rest);
	return rg_exit_flushed(status);
}
