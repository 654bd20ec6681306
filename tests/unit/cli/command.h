/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_COMMAND_H
#define TEST_COMMAND_H

/* A command with options of every kind, and what they set. */

#include "base/unit.h"

#include "rg/cli.h"
#include "rg/err.h"

#include <stdlib.h>

struct settings {
	const char *window, *format;
	int quiet, verbose, times_set;
};

static int set_window(void *to, const char *value, struct rg_err *err)
{
	struct settings *settings = to;

	if (!strcmp(value, "never"))
		return rg_err_set(err, RG_EUSAGE, "must be a time such as '30s'");
	settings->window = value;
	settings->times_set++;
	return 0;
}

static int set_format(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct settings *)to)->format = value;
	return 0;
}

static int set_quiet(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	assert_null(value);
	((struct settings *)to)->quiet++;
	return 0;
}

static int set_verbose(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	assert_null(value);
	((struct settings *)to)->verbose++;
	return 0;
}

static int refuse(void *to, const char *value, struct rg_err *err)
{
	(void)to;
	(void)value;
	return rg_err_set(err, RG_ELIMIT, "too often");
}

static int refuse_silently(void *to, const char *value, struct rg_err *err)
{
	(void)to;
	(void)value;
	(void)err;
	return RG_EIO;
}

static const struct rg_option capture_options[] = {
	{"window", 'w', "TIME", "how long to look\n(30s)", set_window, 0},
	{"window-slice", 0, "TIME", "length of a slice", set_window, 0},
	{0},
};

static const struct rg_option output_options[] = {
	{"format", 'f', "NAME", "text or json", set_format, 0},
	{"quiet", 'q', NULL, "say nothing", set_quiet, 0},
	{"verbose", 'v', NULL, "say all", set_verbose, 0},
	{"an-option-with-a-long-name", 0, NULL, "on a line of its own", refuse, 0},
	{"silent", 0, NULL, "fails and says nothing", refuse_silently, 0},
	{"silver", 0, NULL, "is refused, too", refuse, 0},
	{0},
};

static const struct rg_option_group groups[] = {
	{"Capture", capture_options},
	{"Output", output_options},
	{0},
};

static const struct rg_command command = {
	.name = "check",
	.summary = "checks",
	.usage = "[options] -- PROGRAM\n--pid PID",
	.description = "Looks twice.\nThen decides.",
	.examples = "  regress-gate check -- ./orders\n",
	.groups = groups,
};

#endif
