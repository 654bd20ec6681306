/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "combination.h"
#include "alternate.h"
#include "control.h"
#include "counter.h"
#include "launching.h"
#include "settings.h"

#include "rg/err.h"

#include <stddef.h>

/* Where the canary is from. */
enum way {
	WAY_FILES = 1,    /* --canary */
	WAY_BESIDE = 2,   /* runs already, and so does the baseline */
	WAY_RUNNING = 4,  /* runs already */
	WAY_LAUNCHED = 8, /* a command, from here alone */
	WAY_TURNS = 16,   /* a command, in turns with the baseline unless runs of that are stored */
};

static enum way way_of(const struct rg_settings *s)
{
	if (s->canary_count)
		return WAY_FILES;
	if (rg_control_given(s))
		return WAY_BESIDE;
	if (s->pid_count || s->target.by)
		return WAY_RUNNING;
	return rg_alternate_possible(s) ? WAY_TURNS : WAY_LAUNCHED;
}

static const char *name_of(enum way way)
{
	switch (way) {
	case WAY_FILES:
		return "--canary";
	case WAY_BESIDE:
		return "a baseline that runs already";
	case WAY_RUNNING:
		return "a target that runs already";
	case WAY_LAUNCHED:
	case WAY_TURNS:
		break;
	}
	return "a command";
}

/* --- Options that one way or another has no use for ------------------------------------------- */

struct rule {
	const struct rg_option *options;
	unsigned int ways;  /* that they are for */
	const char *but;    /* one of them that is for all, or NULL */
	const char *are_of; /* "--NAME is …" */
};

enum {
	CAPTURING = WAY_BESIDE | WAY_RUNNING | WAY_LAUNCHED | WAY_TURNS,
	STORED = WAY_FILES | WAY_RUNNING | WAY_LAUNCHED | WAY_TURNS,
};

static const char of_capturing[] = "of capturing a profile";

static const struct rule rules[] = {
	{rg_options_target, CAPTURING, NULL, of_capturing},
	{rg_options_work, CAPTURING, NULL, of_capturing},
	{rg_options_ready, CAPTURING, NULL, of_capturing},
	{rg_options_input, WAY_FILES, NULL, "of profiles that are given by --canary"},
	{rg_options_store, STORED, "scenario", "of stored runs"},
	{rg_options_remote, STORED, NULL, "of stored runs"},
};

static int check_rule(const struct rule *rule, const struct rg_settings *s, enum way way,
		      struct rg_err *err)
{
	const struct rg_option *o =
		rule->ways & way ? NULL : rg_settings_given(s, rule->options, rule->but);

	if (!o)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "check: --%s is %s, and does nothing with %s: leave it out", o->name,
			  rule->are_of, name_of(way));
}

/* --- Options about running both versions ------------------------------------------------------ */

/* A command that is not run in turns: what keeps it from that. */
static int refuse_turns(const struct rg_settings *s, const char *name, struct rg_err *err)
{
	if (s->alternate == RG_ALTERNATE_NEVER)
		return rg_err_set(err, RG_EUSAGE,
				  "check: --%s is of running both versions in turns, and "
				  "--no-alternate goes by stored runs only: say one of them",
				  name);
	if (!s->config.alternate.build)
		return rg_err_set(err, RG_EUSAGE,
				  "check: --%s is of running both versions in turns: say how to "
				  "build one by --build COMMAND, --build '' when there is nothing "
				  "to build",
				  name);
	return rg_err_set(err, RG_EUSAGE,
			  "check: --%s is of running both versions in turns, which takes several "
			  "profiles, and --output keeps one: leave --output out (--keep-runs keeps "
			  "them)",
			  name);
}

static int check_turns(const struct rg_settings *s, enum way way, struct rg_err *err)
{
	const struct rg_option *o = rg_settings_given(s, rg_options_alternate, "no-alternate");

	if (!o || way == WAY_TURNS)
		return 0;
	if (way == WAY_LAUNCHED)
		return refuse_turns(s, o->name, err);
	return rg_err_set(err, RG_EUSAGE,
			  "check: --%s is of running both versions in turns, which launches them: "
			  "it goes with '-- COMMAND [ARGUMENT…]', not with %s",
			  o->name, name_of(way));
}

static int check_extending(const struct rg_settings *s, struct rg_err *err)
{
	if (!s->extend_given || !rg_alternate_always(s))
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "check: --extend-to prolongs one window, and both versions are run in "
			  "turns here: say --max-rounds N, or --no-alternate");
}

/* --- Together --------------------------------------------------------------------------------- */

int rg_combination_check(const struct rg_settings *s, struct rg_err *err)
{
	const enum way way = way_of(s);
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(rules) / sizeof(rules[0]); i++)
		rc = check_rule(&rules[i], s, way, err);
	if (!rc)
		rc = check_turns(s, way, err);
	if (!rc)
		rc = check_extending(s, err);
	/* What --ca-file says is for fetching, too. */
	if (!rc)
		rc = rg_post_check(s, "check", "ca-file", err);
	return rc || way == WAY_FILES ? rc : rg_launching_check(s, err);
}
