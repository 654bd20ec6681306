/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"
#include "signals.h"

#include "rg/cli.h"
#include "rg/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int rg_exit_error(const struct rg_err *err)
{
	rg_cli_say("%s", err->text[0] ? err->text : "failed, and did not say why");
	switch (err->code) {
	case RG_EUSAGE:
	case RG_ENOTFOUND:
		return RG_EXIT_USAGE;
	case RG_EINTERRUPTED:
		return RG_EXIT_SIGNAL + rg_signals_caught();
	default:
		return RG_EXIT_FAILURE;
	}
}

int rg_exit_usage(const char *fmt, ...)
{
	char text[RG_ERR_TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	rg_cli_say("%s", text);
	return RG_EXIT_USAGE;
}

int rg_exit_flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	rg_cli_say("write to standard output: %s", strerror(errno));
	return status == RG_EXIT_PASS ? RG_EXIT_FAILURE : status;
}
