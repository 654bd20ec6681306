/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commits.h"
#include "counter.h"
#include "exit.h"
#include "flame.h"
#include "outcome.h"
#include "policy.h"
#include "remote.h"
#include "runs.h"
#include "settings.h"
#include "signals.h"
#include "take.h"
#include "unmatched.h"
#include "version.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/policy.h"
#include "rg/profile.h"
#include "rg/store.h"
#include "rg/verdict.h"

#include <stdlib.h>

/* --- Options -------------------------------------------------------------------------------- */

static int set_baseline(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->baseline = value;
	return 0;
}

static int set_canary(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	if (s->canary_count == RG_SETTINGS_CANARIES_MAX)
		return rg_err_set(err, RG_EUSAGE, "more than %d files", RG_SETTINGS_CANARIES_MAX);
	s->canary[s->canary_count++] = value;
	return 0;
}

static int set_output(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->output = value;
	return 0;
}

static int set_no_fetch(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->no_fetch = true;
	return 0;
}

static const struct rg_option own_options[] = {
	{"baseline", 'b', "REF",
	 "the version to compare with: a tag, branch or commit, or a\nlabel", set_baseline},
	{"canary", 0, "FILE",
	 "judge this profile, or each of a folder, instead of capturing\none; give it again "
	 "for more runs of the same version",
	 set_canary},
	{"output", 'o', "FILE", "keep the captured profile", set_output},
	{0},
};

static const struct rg_option fetch_options[] = {
	{"no-fetch", 0, NULL, "go by what is stored here, and ask no remote", set_no_fetch},
	{0},
};

static const struct rg_option_group groups[] = {
	{"What to compare", own_options},
	{"Profiles of other tools", rg_options_input},
	{"Target that runs already", rg_options_running},
	{"Target", rg_options_target},
	{"Work", rg_options_work},
	{"Store", rg_options_store},
	{"Remote", rg_options_remote},
	{"Fetching", fetch_options},
	{"Policy", rg_options_policy},
	{"Report", rg_options_report},
	{"Flame graph", rg_options_flame},
	{"Posting", rg_options_post},
	{"General", rg_options_general},
	{0},
};

/* --- Comparing ------------------------------------------------------------------------------ */

/* One check: the two sides and where the baseline is kept. */
struct check {
	const struct rg_settings *settings;
	struct rg_version version;
	struct rg_store *store;
	struct rg_fetched fetched;
	struct rg_run_set base, canary;
};

/* A profile that is given may be of another machine; 'baseline put' goes by what it says, too. */
static const char *arch_of(const struct check *c, char here[65])
{
	const char *arch = NULL;

	if (c->canary.count)
		arch = rg_profile_fact(c->canary.profiles[0], RG_KEY_ARCH);
	return arch ? arch : rg_run_arch(here);
}

static int open_baseline(struct check *c, struct rg_err *err)
{
	const struct rg_settings *s = c->settings;
	struct rg_store_key key = {.scenario = s->config.scenario};
	char arch[65];
	int rc;

	rc = rg_version_resolve(s->baseline, &c->version, err);
	if (rc)
		return rc;
	rc = rg_version_store(s, &c->store, err);
	if (rc)
		return rc;
	key.version = c->version.key;
	key.arch = arch_of(c, arch);
	rc = rg_remote_fetch_baseline(s, c->store, &key, c->version.label, &c->fetched, err);
	if (rc)
		return rc;
	return rg_run_set_add_stored(&c->base, c->store, &key, err);
}

static int take_canary(struct check *c, struct rg_err *err)
{
	const struct rg_settings *s = c->settings;
	struct rg_profile *profile;
	int rc;

	for (size_t i = 0; i < s->canary_count; i++) {
		rc = rg_run_set_add_path(&c->canary, s->canary[i], s->sample_type, err);
		if (rc)
			return rc;
	}
	if (s->canary_count)
		return 0;
	rc = rg_take_profile(s, &profile, err);
	if (rc)
		return rc;
	rc = rg_run_set_add(&c->canary, profile, err);
	if (rc)
		return rc;
	if (s->output) {
		rc = rg_take_write(profile, s->output, err);
		if (rc)
			return rc;
	}
	if (rg_signals_caught())
		return rg_err_set(err, RG_EINTERRUPTED,
				  "check: interrupted: no verdict is made of a part of the window");
	return 0;
}

/* Whether there is a baseline may not be known: that must not read as though there were none. */
static const char *why_none(const struct check *c, struct rg_arena *arena)
{
	const struct rg_fetched *fetched = &c->fetched;

	if (!fetched->asked)
		return "";
	return rg_arena_printf(arena, fetched->failed ? ": %s" : ", nor at %s",
			       fetched->failed ? fetched->why : fetched->shown);
}

static int judge(struct check *c, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_runs base = rg_run_set_runs(&c->base), canary = rg_run_set_runs(&c->canary);
	const struct rg_settings *s = c->settings;
	struct rg_verdict *verdict;
	const char *more;
	int rc = rg_diff_judge(&base, &canary, &s->config.policy, &verdict, err);

	if (!rc) {
		rg_policy_tell(s, verdict);
		rg_unmatched_tell(s, &base, &canary);
	}
	if (rc || c->base.count) {
		if (!rc)
			*out = verdict;
		return rc;
	}
	verdict->outcome = RG_OUTCOME_NO_BASELINE;
	more = why_none(c, verdict->arena);
	verdict->reason = rg_arena_printf(
		verdict->arena, "%sno run of %s is stored for scenario '%s' on this architecture%s",
		c->fetched.failed ? "whether there is a baseline is not known: " : "",
		c->version.label, s->config.scenario, more ? more : "");
	verdict->advice = rg_arena_printf(
		verdict->arena,
		"on %s, run 'regress-gate capture -o base.pb.gz …', then 'regress-gate baseline "
		"put %s base.pb.gz'; 'regress-gate baseline list' shows what is stored",
		c->version.label, c->version.label);
	if (!more || !verdict->reason || !verdict->advice) {
		rg_verdict_free(verdict);
		return rg_err_nomem(err, "verdict");
	}
	*out = verdict;
	return 0;
}

/*
 * What can fail without a window of profiling fails before it. Without a baseline nothing is captured either, unless
 * the profile was asked for.
 */
static int compare(struct check *c, struct rg_verdict **out, struct rg_err *err)
{
	const bool given = c->settings->canary_count > 0;
	int rc = given ? take_canary(c, err) : 0;

	if (!rc)
		rc = open_baseline(c, err);
	if (!rc && !given && (c->base.count || c->settings->output))
		rc = take_canary(c, err);
	return rc ? rc : judge(c, out, err);
}

static int check_usage(const struct rg_settings *s, const struct rg_cli_rest *rest,
		       struct rg_err *err)
{
	if (rest->count)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: unexpected argument '%s' (a command to run goes behind '--')",
			rest->words[0]);
	if (!s->baseline)
		return rg_err_set(err, RG_EUSAGE,
				  "check: say what to compare with: --baseline REF, such as v1.4");
	if (s->canary_count && s->output)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --output keeps a captured profile; with --canary none is");
	if (s->canary_count && (rg_target_running(s) || s->command_given))
		return rg_err_set(err, RG_EUSAGE,
				  "check: say either --canary or a target to capture");
	if (s->canary_count)
		return 0;
	int rc = rg_target_check(s, err);

	return rc ? rc : rg_counter_check(s, err);
}

/* --on-no-baseline is for what is known not to be there. */
static int report(const struct check *c, const struct rg_verdict *verdict,
		  const struct rg_flame_sides *sides)
{
	struct rg_settings settings = *c->settings;

	if (c->fetched.failed && verdict->outcome == RG_OUTCOME_NO_BASELINE &&
	    settings.on_no_baseline == RG_MAPPING_PASS) {
		settings.on_no_baseline = RG_MAPPING_KEEP;
		rg_cli_say("--on-no-baseline does not apply: whether there is one is not known");
	}
	return rg_outcome_report(&settings, verdict, sides);
}

static int check(const struct rg_settings *s, const struct rg_cli_rest *rest)
{
	struct check c = {.settings = s};
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};
	int rc = check_usage(s, rest, &err), status;

	/* A verdict on a given profile costs nothing: it is worth having with whatever can be written. */
	if (!rc && !s->canary_count)
		rc = rg_outcome_check_outputs(s, &err);
	if (!rc)
		rc = compare(&c, &verdict, &err);
	if (rc || !verdict) {
		status = rg_exit_error(&err);
	} else {
		const struct rg_flame_sides sides = {rg_run_set_runs(&c.base),
						     rg_run_set_runs(&c.canary)};

		rg_commits_tell(verdict);
		status = report(&c, verdict, &sides);
		rg_verdict_free(verdict);
	}
	rg_run_set_done(&c.base);
	rg_run_set_done(&c.canary);
	rg_store_close(c.store);
	rg_version_done(&c.version);
	return status;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	struct rg_settings settings;
	struct rg_cli_rest rest;
	int status;

	if (rg_settings_read(&settings, command, argc, argv, &rest, &status))
		return status;
	status = check(&settings, &rest);
	rg_settings_done(&settings, &rest);
	return status;
}

const struct rg_command rg_command_check = {
	.name = "check",
	.summary = "profile a canary, compare it with a baseline, pass or fail",
	.usage = "--baseline REF [options] [-- COMMAND [ARGUMENT…]]",
	.description =
		"Profiles the target for a window, compares where it spends CPU time and where it\n"
		"waits with the stored runs of the baseline version, prints the changes and exits\n"
		"by the verdict.\n"
		"\n" RG_EXIT_HELP,
	.examples = "  sudo regress-gate check --baseline v1.4 -- ./server --port 8080\n"
		    "  sudo regress-gate check --baseline v1.4 --pid 4711 --window 5m\n"
		    "  regress-gate check --baseline main --canary canary.pb.gz --json\n",
	.groups = groups,
	.run = run,
};
