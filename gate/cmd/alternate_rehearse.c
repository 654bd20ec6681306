/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate_rehearse.h"
#include "alternate_sides.h"
#include "launching.h"
#include "settings.h"
#include "signals.h"

#include "rg/arena.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/units.h"

#include <unistd.h>

enum {
	BRIEFLY_MS = 1000, /* a rehearsal that is not to find out whether it ends by itself */
	SLOWER = 10,       /* what of the other side may take so many times what this one took */
};

static void say_trial(const struct alternate_trial *trial, enum alternate_side side,
		      uint64_t limit_ns)
{
	char limit[RG_UNITS_TEXT_MAX];

	if (trial->settings->verbosity >= 0)
		rg_cli_say("%s: a trial run, until it is up or has ended, or for %s",
			   trial->sides->version[side].name,
			   rg_format_duration_about(limit, limit_ns));
}

static int rehearse(const struct alternate_trial *trial, enum alternate_side side,
		    uint64_t limit_ns, struct rg_capture_rehearsal *out, struct rg_err *err)
{
	const struct alternate_version *version = &trial->sides->version[side];
	struct rg_arena *arena = rg_arena_new(0);
	struct rg_settings filled;
	struct rg_capture_options options = {
		.directory = version->directory,
		.helpers_directory = trial->sides->version[ALTERNATE_CANARY].directory,
		.user = trial->user,
		.output_fd = trial->settings->verbosity > 0 ? STDERR_FILENO : -1,
		.stop = rg_signals_flag(),
	};
	int rc;

	if (!arena)
		return rg_err_nomem(err, "command");
	say_trial(trial, side, limit_ns);
	rc = rg_launching_fill(trial->settings, arena, &filled, err);
	if (!rc) {
		options.argv = filled.command;
		rc = rg_launching_ready(&filled, &options.ready, err);
	}
	if (!rc)
		rc = rg_capture_rehearse(&options, limit_ns, out, err);
	rg_arena_free(arena);
	return rc ? rg_err_prefix(err, "%s, before the first round", version->name) : 0;
}

static int check_alike(const struct alternate_trial *trial, const struct rg_capture_rehearsal *out,
		       struct rg_err *err)
{
	bool base_ended = out[ALTERNATE_BASELINE].ended;

	if (base_ended == out[ALTERNATE_CANARY].ended)
		return 0;
	return rg_err_set(
		err, RG_ETARGET,
		"alternate: the command of the %s ended by itself, that of the %s did not: "
		"they do not do the same",
		trial->sides->version[base_ended ? ALTERNATE_BASELINE : ALTERNATE_CANARY].name,
		trial->sides->version[base_ended ? ALTERNATE_CANARY : ALTERNATE_BASELINE].name);
}

/* The canary begins, so that who works on it hears of its mistakes sooner. With a load nothing is known to end. */
int alternate_rehearse(const struct alternate_trial *trial, struct rg_capture_rehearsal *out,
		       struct rg_err *err)
{
	const struct rg_config *config = &trial->settings->config;
	const uint64_t briefly = BRIEFLY_MS * RG_NS_PER_MS;
	struct rg_capture_rehearsal *base = &out[ALTERNATE_BASELINE];
	struct rg_capture_rehearsal *canary = &out[ALTERNATE_CANARY];
	uint64_t whole = config->load ? briefly : config->window_ns;
	int rc = rehearse(trial, ALTERNATE_CANARY, briefly < whole ? briefly : whole, canary, err);

	if (!rc)
		rc = rehearse(trial, ALTERNATE_BASELINE,
			      canary->ended ? SLOWER * canary->took_ns + config->window_ns : whole,
			      base, err);
	if (!rc && base->ended && !canary->ended)
		rc = rehearse(trial, ALTERNATE_CANARY, SLOWER * base->took_ns + config->window_ns,
			      canary, err);
	return rc ? rc : check_alike(trial, out, err);
}
