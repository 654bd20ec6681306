/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about when a target is up, and about running both versions. */
#include "alternate.h"
#include "values.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/units.h"

#include <stdlib.h>

/* --- Readiness ------------------------------------------------------------------------------ */

static int set_ready(struct rg_settings *s, char **to, const char *value, struct rg_err *err)
{
	struct rg_config_ready *ready = &s->config.ready;
	char **const all[] = {&ready->port, &ready->line, &ready->command, NULL};

	if (!*value)
		return rg_err_set(err, RG_EUSAGE, "must not be empty");
	return rg_value_one_of(all, &s->ready_given, to, value, err);
}

static int set_ready_port(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	if (!rg_config_port_ok(value))
		return rg_err_set(err, RG_EUSAGE,
				  "must be " RG_CONFIG_PORT " or a number from 1 to 65535");
	return set_ready(s, &s->config.ready.port, value, err);
}

static int set_ready_line(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	return set_ready(s, &s->config.ready.line, value, err);
}

static int set_ready_command(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	return set_ready(s, &s->config.ready.command, value, err);
}

const struct rg_option rg_options_ready[] = {
	{"ready-port", 0, "PORT",
	 "a launched target is up when this port accepts: window\nand load begin then. {port}, "
	 "here and in the command, is\na free one",
	 RG_SETS_BY(set_ready_port)},
	{"ready-line", 0, "TEXT", "… when it has printed this", RG_SETS_BY(set_ready_line)},
	{"ready-cmd", 0, "COMMAND", "… when COMMAND succeeds, run by /bin/sh again and again",
	 RG_SETS_BY(set_ready_command)},
	{"ready-timeout", 0, "TIME", "how long to wait for it (default 60s)",
	 RG_SETS_DURATION(config.ready.timeout_ns)},
	{0},
};

/* --- Running both --------------------------------------------------------------------------- */

static int set_alternate(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->alternate = RG_ALTERNATE_ALWAYS;
	return 0;
}

static int set_no_alternate(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->alternate = RG_ALTERNATE_NEVER;
	return 0;
}

static int set_rounds(void *to, const char *value, struct rg_err *err)
{
	uint64_t number;

	if (rg_parse_u64(value, &number) || number < 2 || number > RG_ROUNDS_MAX)
		return rg_err_set(err, RG_EUSAGE, "must be a number from 2 to %d", RG_ROUNDS_MAX);
	((struct rg_settings *)to)->config.alternate.rounds = (uint32_t)number;
	return 0;
}

static int set_max_rounds(void *to, const char *value, struct rg_err *err)
{
	uint64_t number;

	if (rg_parse_u64(value, &number) || number > RG_ROUNDS_MAX)
		return rg_err_set(err, RG_EUSAGE, "must be a number up to %d; 0: no more rounds",
				  RG_ROUNDS_MAX);
	((struct rg_settings *)to)->config.alternate.max_rounds = (uint32_t)number;
	return 0;
}

const struct rg_option rg_options_alternate[] = {
	{"build", 0, "COMMAND",
	 "how to build a version, by /bin/sh at the top of its\ntree; '' when there is nothing to "
	 "build. Where no run of\nthe baseline is stored it is built then, in a temporary\nfolder, "
	 "and run in turns with the work tree",
	 RG_SETS_TEXT(config.alternate.build)},
	{"alternate", 0, NULL, "do so also when runs of it are stored", RG_SETS_BY(set_alternate)},
	{"no-alternate", 0, NULL, "go by stored runs only", RG_SETS_BY(set_no_alternate)},
	{"rounds", 0, "N",
	 "rounds of one run of each version, 2 to 100 (default 4; up\nto 20 short ones of a "
	 "command that ends by itself)",
	 RG_SETS_BY(set_rounds)},
	{"max-rounds", 0, "N",
	 "while it is undecided, go on up to N rounds (default: no\nmore than asked for)",
	 RG_SETS_BY(set_max_rounds)},
	{"build-timeout", 0, "TIME", "how long a build may take (default 10m)",
	 RG_SETS_DURATION(config.alternate.build_timeout_ns)},
	{"keep-runs", 0, "DIR",
	 "keep the profiles of these rounds in DIR/baseline and\nDIR/canary, as diff takes them",
	 RG_SETS_TEXT(keep_runs)},
	{"store-baseline", 0, NULL, "store the baseline's runs of these rounds",
	 RG_SETS_FLAG(store_baseline)},
	{0},
};
