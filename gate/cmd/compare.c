/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare.h"
#include "alternate.h"
#include "commits.h"
#include "control.h"
#include "kin.h"
#include "look.h"
#include "none.h"
#include "policy.h"
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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *pinned_of(const struct rg_settings *s)
{
	const char *name = s->pinned ? s->pinned : s->config.pinned;

	return name && strcmp(name, "none") != 0 && !rg_control_given(s) ? name : NULL;
}

/* What a given profile says of itself, if it is anything that may be looked up. */
static const char *commit_of(const struct rg_comparison *c)
{
	const char *id = NULL;

	if (c->settings->canary_count && c->canary.count)
		id = rg_profile_fact(c->canary.profiles[0], RG_KEY_COMMIT);
	return rg_commit_is_id(id) ? id : NULL;
}

/* Uncommitted changes: the commit itself is what was there before them. */
static int find_dirty(const struct rg_comparison *c, bool *dirty, struct rg_err *err)
{
	char *label, *commit;
	int rc;

	if (c->settings->canary_count) {
		*dirty =
			c->canary.count &&
			rg_version_is_dirty(rg_profile_fact(c->canary.profiles[0], RG_KEY_VERSION));
		return 0;
	}
	rc = rg_version_here(&label, &commit, err);
	if (rc)
		return rc;
	*dirty = rg_version_is_dirty(label);
	free(label);
	free(commit);
	return 0;
}

/* A profile that is given may be of another machine; 'baseline put' goes by what it says, too. */
static const char *arch_of(const struct rg_comparison *c, char here[65])
{
	const char *arch = NULL;

	if (c->canary.count)
		arch = rg_profile_fact(c->canary.profiles[0], RG_KEY_ARCH);
	return arch ? arch : rg_run_arch(here);
}

static int open_baselines(struct rg_comparison *c, bool commit_only, struct rg_err *err)
{
	const struct rg_settings *s = c->settings;
	struct rg_reference_query query = {
		.settings = s,
		.name = s->baseline,
		.commit = commit_of(c),
		.commit_only = commit_only,
	};
	char arch[65];
	int rc = find_dirty(c, &query.dirty, err);

	if (!rc)
		rc = rg_version_store(s, &c->store, err);
	if (rc)
		return rc;
	query.store = c->store;
	query.arch = arch_of(c, arch);
	rc = rg_reference_find(&query, &c->base, err);
	if (rc || !c->pinned)
		return rc;
	query.name = c->pinned;
	query.commit_only = false;
	return rg_reference_find(&query, &c->second, err);
}

static int check_interrupted(struct rg_err *err)
{
	if (!rg_signals_caught())
		return 0;
	return rg_err_set(err, RG_EINTERRUPTED,
			  "check: interrupted: no verdict is made of a part of the window");
}

static int take_canary(struct rg_comparison *c, struct rg_err *err)
{
	const struct rg_settings *s = c->settings;
	char id[RG_STORE_ID_MAX] = "";
	struct rg_profile *profile;
	int rc;

	for (size_t i = 0; i < s->canary_count; i++) {
		rc = rg_run_set_add_path(&c->canary, s->canary[i], s->sample_type, err);
		if (rc)
			return rc;
	}
	if (s->canary_count)
		return 0;
	rc = rg_look_window(c, &profile, err);
	if (rc)
		return rc;
	if (s->output) {
		rc = rg_take_write(profile, s->output, id, err);
		if (rc) {
			rg_profile_free(profile);
			return rc;
		}
	}
	rc = rg_run_set_add(&c->canary, profile, id, err);
	if (rc)
		return rc;
	return check_interrupted(err);
}

/* The profiles that a side is of, as far as they are known. */
static int name_profiles(const struct rg_run_set *set, struct rg_side *side, struct rg_arena *arena,
			 struct rg_err *err)
{
	const char **names = rg_arena_array(arena, set->count + 1, sizeof(*names));
	size_t count = 0;

	if (!names)
		return rg_err_nomem(err, "verdict");
	for (size_t i = 0; i < set->count; i++) {
		if (!*set->ids[i])
			continue;
		names[count] = rg_arena_strdup(arena, set->ids[i]);
		if (!names[count++])
			return rg_err_nomem(err, "verdict");
	}
	side->profiles = names;
	side->profile_count = count;
	return 0;
}

static int judge_against(const struct rg_comparison *c, const struct rg_reference *reference,
			 struct rg_verdict **out, struct rg_err *err)
{
	struct rg_runs base = rg_run_set_runs(&reference->runs);
	struct rg_runs canary = rg_run_set_runs(&c->canary);
	struct rg_policy policy = c->settings->config.policy;
	struct rg_verdict *verdict;

	policy.look = c->look;
	int rc = rg_kin_judge(&base, &canary, &policy, &verdict, err);

	if (rc)
		return rc;
	rg_policy_tell(c->settings, verdict);
	verdict->baseline_note = rg_arena_strdup(verdict->arena, reference->note);
	if (!verdict->baseline_note)
		rc = rg_err_nomem(err, "verdict");
	if (!rc)
		rc = name_profiles(&reference->runs, &verdict->base, verdict->arena, err);
	if (!rc)
		rc = name_profiles(&c->canary, &verdict->canary, verdict->arena, err);
	if (!rc && !reference->runs.count)
		rc = rg_none_tell(c->settings, c->store, reference, reference == &c->base, verdict,
				  err);
	if (rc)
		rg_verdict_free(verdict);
	else
		*out = verdict;
	return rc;
}

static int judge_second(const struct rg_comparison *c, struct rg_verdict *verdict,
			struct rg_err *err)
{
	struct rg_verdict *second = NULL;
	int rc = judge_against(c, &c->second, &second, err);

	return rc ? rc : rg_verdict_pin(verdict, second, c->pinned, err);
}

int rg_comparison_judge(const struct rg_comparison *c, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_verdict *verdict = NULL;
	int rc = judge_against(c, &c->base, &verdict, err);

	if (!rc && c->pinned)
		rc = judge_second(c, verdict, err);
	if (rc)
		rg_verdict_free(verdict);
	else
		*out = verdict;
	return rc;
}

static int judge(const struct rg_comparison *c, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_runs base = rg_run_set_runs(&c->base.runs);
	struct rg_runs canary = rg_run_set_runs(&c->canary);
	int rc = rg_comparison_judge(c, out, err);

	if (!rc)
		rg_unmatched_tell(c->settings, &base, &canary);
	return rc;
}

/* --- Running both ----------------------------------------------------------------------------- */

static int alternate_with(struct rg_comparison *c, struct rg_alternation *alternation,
			  struct rg_err *err)
{
	char how[sizeof(c->base.note) / 2], *whole;
	int rc = rg_look_rounds(c, alternation, err);

	if (rc)
		return rc;
	if (c->settings->store_baseline)
		rg_comparison_store_baseline(c);
	rg_alternation_note(alternation, how, sizeof(how));
	if (asprintf(&whole, "%s%s%s", how, *c->base.note ? "; " : "", c->base.note) < 0)
		return rg_err_nomem(err, "note");
	snprintf(c->base.note, sizeof(c->base.note), "%s", whole);
	free(whole);
	return 0;
}

/* The trees are gone before the verdict is shown. */
static int alternate(struct rg_comparison *c, struct rg_verdict **out, struct rg_err *err)
{
	struct rg_alternation *alternation;
	int rc;

	if (!c->base.version.key)
		return rg_err_set(err, RG_EUSAGE, "alternate: there is no version to build: %s%s%s",
				  c->base.why, *c->base.mend ? "; " : "", c->base.mend);
	if (c->settings->verbosity >= 0)
		rg_cli_say("building %s and the canary, to run them in turns",
			   c->base.version.label);
	if (c->settings->extend_given && c->settings->verbosity >= 0)
		rg_cli_say("--extend-to does not apply: rounds go on by --max-rounds");
	rc = rg_alternation_begin(c->settings, &c->base.version, &alternation, err);
	if (rc)
		return rc;
	rc = alternate_with(c, alternation, err);
	rg_alternation_end(alternation);
	if (!rc)
		rc = check_interrupted(err);
	return rc ? rc : judge(c, out, err);
}

static void warn_of_store(const struct rg_comparison *c)
{
	const struct rg_settings *s = c->settings;

	/* Rounds that are to be stored make it. */
	if (!s->store_baseline && rg_none_store_missing(s, c->store, &c->base))
		rg_cli_say("warning: the store '%s' does not exist", s->config.store);
}

/* What was said of running both in turns, where stored runs keep it from that. */
static void remark_stored(const struct rg_comparison *c)
{
	const struct rg_settings *s = c->settings;
	const struct rg_option *o = rg_settings_given(s, rg_options_alternate, "no-alternate");
	const size_t count = c->base.runs.count;

	if (o && s->verbosity >= 0)
		rg_cli_say("--%s does not apply: %zu run%s of %s %s stored, so nothing is built "
			   "(--alternate runs both in turns all the same)",
			   o->name, count, count == 1 ? "" : "s", c->base.version.label,
			   count == 1 ? "is" : "are");
}

/* Nothing is stored: the version is found anew, for a merge base may have been looked for further back. */
static int find_anew(struct rg_comparison *c, struct rg_err *err)
{
	rg_reference_done(&c->base);
	rg_reference_done(&c->second);
	rg_store_close(c->store);
	c->store = NULL;
	return open_baselines(c, true, err);
}

/*
 * What can fail without a window of profiling fails before it. Without a baseline nothing is captured either, unless
 * the profile was asked for.
 */
int rg_compare(struct rg_comparison *c, struct rg_verdict **out, struct rg_err *err)
{
	const bool given = c->settings->canary_count > 0;
	bool both = !given && rg_alternate_always(c->settings);
	bool beside = rg_control_given(c->settings);
	int rc = given ? take_canary(c, err) : beside ? rg_control_take(c, err) : 0;

	if (!rc && beside)
		rc = check_interrupted(err);
	if (!rc && beside)
		return judge(c, out, err);
	if (!rc)
		rc = open_baselines(c, both, err);
	if (!rc)
		warn_of_store(c);
	if (!rc && !both && c->base.runs.count)
		remark_stored(c);
	if (!rc && !both && !c->base.runs.count && rg_alternate_possible(c->settings)) {
		both = true;
		rc = find_anew(c, err);
	}
	if (!rc && both)
		return alternate(c, out, err);
	if (!rc && !given && (c->base.runs.count || c->second.runs.count || c->settings->output))
		rc = take_canary(c, err);
	return rc ? rc : judge(c, out, err);
}

void rg_comparison_init(struct rg_comparison *c, const struct rg_settings *settings)
{
	*c = (struct rg_comparison){.settings = settings,
				    .pinned = pinned_of(settings),
				    .canary = {.named = true},
				    .look = settings->config.policy.look};
}

void rg_comparison_done(struct rg_comparison *c)
{
	rg_reference_done(&c->base);
	rg_reference_done(&c->second);
	rg_run_set_done(&c->canary);
	rg_store_close(c->store);
	c->store = NULL;
}

bool rg_comparison_missed(const struct rg_comparison *c)
{
	return rg_none_unknown(c->settings, c->store, &c->base) ||
	       (c->pinned && rg_none_unknown(c->settings, c->store, &c->second));
}
