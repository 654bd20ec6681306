/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options about when a target is up, and about running both versions. */
#include "alternate.h"
#include "settings.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/units.h"

#include <stdlib.h>
#include <string.h>

/* --- Readiness ------------------------------------------------------------------------------ */

/* The first on the command line goes over the file's, of whatever kind. */
static int set_ready(struct rg_settings *s, char **to, const char *value, struct rg_err *err)
{
	struct rg_config_ready *ready = &s->config.ready;
	char **const all[] = {&ready->port, &ready->line, &ready->command};

	if (!*value)
		return rg_err_set(err, RG_EUSAGE, "must not be empty");
	for (size_t i = 0; !s->ready_given && i < sizeof(all) / sizeof(all[0]); i++) {
		free(*all[i]);
		*all[i] = NULL;
	}
	s->ready_given = true;
	return rg_settings_set_text(to, value, err);
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

static int set_duration(uint64_t *to, const char *value, struct rg_err *err)
{
	if (rg_parse_duration(value, to))
		return rg_err_set(err, RG_EUSAGE, "must be a time such as '30s', '5m' or '250ms'");
	return 0;
}

static int set_ready_timeout(void *to, const char *value, struct rg_err *err)
{
	return set_duration(&((struct rg_settings *)to)->config.ready.timeout_ns, value, err);
}

const struct rg_option rg_options_ready[] = {
	{"ready-port", 0, "PORT",
	 "a launched target is up when this port accepts: window\nand load begin then. {port}, "
	 "here and in the command, is\na free one",
	 set_ready_port},
	{"ready-line", 0, "TEXT", "… when it has printed this", set_ready_line},
	{"ready-cmd", 0, "COMMAND", "… when COMMAND succeeds, run by /bin/sh again and again",
	 set_ready_command},
	{"ready-timeout", 0, "TIME", "how long to wait for it (default 60s)", set_ready_timeout},
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

static int set_build(void *to, const char *value, struct rg_err *err)
{
	return rg_settings_set_text(&((struct rg_settings *)to)->config.alternate.build, value,
				    err);
}

static int set_build_timeout(void *to, const char *value, struct rg_err *err)
{
	return set_duration(&((struct rg_settings *)to)->config.alternate.build_timeout_ns, value,
			    err);
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

static int set_store_baseline(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->store_baseline = true;
	return 0;
}

const struct rg_option rg_options_alternate[] = {
	{"build", 0, "COMMAND",
	 "how to build a version, by /bin/sh at the top of its\ntree; '' when there is nothing to "
	 "build. Where no run of\nthe baseline is stored it is built then, in a temporary\nfolder, "
	 "and run in turns with the work tree",
	 set_build},
	{"alternate", 0, NULL, "do so also when runs of it are stored", set_alternate},
	{"no-alternate", 0, NULL, "go by stored runs only", set_no_alternate},
	{"rounds", 0, "N", "rounds of one run of each version (default 4)", set_rounds},
	{"max-rounds", 0, "N",
	 "while it is undecided, go on up to N rounds (default: no\nmore than asked for)",
	 set_max_rounds},
	{"build-timeout", 0, "TIME", "how long a build may take (default 10m)", set_build_timeout},
	{"store-baseline", 0, NULL, "store the baseline's runs of these rounds",
	 set_store_baseline},
	{0},
};
