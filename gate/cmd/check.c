/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate.h"
#include "combination.h"
#include "commits.h"
#include "compare.h"
#include "control.h"
#include "counter.h"
#include "exit.h"
#include "flame.h"
#include "outcome.h"
#include "remote.h"
#include "values.h"

#include "rg/err.h"
#include "rg/units.h"
#include "rg/verdict.h"

/* --- Options -------------------------------------------------------------------------------- */

static int set_canary(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	if (s->canary_count == RG_SETTINGS_CANARIES_MAX)
		return rg_err_set(err, RG_EUSAGE, "more than %d files", RG_SETTINGS_CANARIES_MAX);
	s->canary[s->canary_count++] = value;
	return 0;
}

static int set_extend_to(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	if (rg_parse_duration(value, &s->config.extend_to_ns))
		return rg_err_set(err, RG_EUSAGE, "must be a time such as '15m'");
	s->extend_given = true;
	return 0;
}

static const struct rg_option own_options[] = {
	{"baseline", 'b', "REF",
	 "the version to compare with: a tag, branch or commit, or a\nlabel; latest: the one "
	 "stored "
	 "last; previous-tag;\nmerge-base:main: where this branched off, or the nearest\nversion "
	 "before that is stored",
	 RG_SETS_WORD(baseline)},
	{"pinned", 0, "REF",
	 "compare with this version, too, which stays the same for\nlong: slow creep shows. The "
	 "worse of both counts. none: not\nwith the configuration's either",
	 RG_SETS_WORD(pinned)},
	{"canary", 0, "FILE",
	 "judge this profile, or each of a folder, instead of capturing\none; give it again "
	 "for more runs of the same version",
	 RG_SETS_BY(set_canary)},
	{"output", 'o', "FILE", "keep the captured profile", RG_SETS_WORD(output)},
	{"extend-to", 0, "TIME",
	 "while it is undecided, go on capturing until the window is\nthat long (default: no "
	 "longer than asked for)",
	 RG_SETS_BY(set_extend_to)},
	{0},
};

static const struct rg_option fetch_options[] = {
	{"no-fetch", 0, NULL, "go by what is stored here, and ask no remote",
	 RG_SETS_FLAG(no_fetch)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"What to compare", own_options},
	{"Profiles of other tools", rg_options_input},
	{"Target that runs already", rg_options_running},
	{"Baseline that runs beside it", rg_options_control},
	{"Target", rg_options_target},
	{"When the target is up", rg_options_ready},
	{"Building the baseline and running both in turns", rg_options_alternate},
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

/* --- Checking ------------------------------------------------------------------------------- */

/* Both sides, and how they are come by. */
static int check_sides(const struct rg_settings *s, struct rg_err *err)
{
	int rc = rg_control_check(s, err);

	if (rc || rg_control_given(s))
		return rc;
	if (s->canary_count && s->output)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --output keeps a captured profile; with --canary none is");
	if (s->canary_count && s->extend_given)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --extend-to goes on capturing; with --canary nothing is captured");
	if (s->canary_count && (rg_target_running(s) || s->command_given))
		return rg_err_set(err, RG_EUSAGE,
				  "check: say either --canary or a target to capture");
	if (s->canary_count)
		return rg_alternate_check(s, err);
	rc = rg_target_check(s, err);
	if (!rc)
		rc = rg_alternate_check(s, err);
	return rc ? rc : rg_counter_check(s, err);
}

static int check_usage(const struct rg_settings *s, const struct rg_cli_rest *rest,
		       struct rg_err *err)
{
	if (rest->count)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: unexpected argument '%s' (a command to run goes behind '--')",
			rest->words[0]);
	if (!s->baseline && !rg_control_given(s))
		return rg_err_set(err, RG_EUSAGE,
				  "check: say what to compare with: --baseline REF, such as v1.4");
	if (rg_control_given(s) && s->extend_given)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --extend-to goes on with the canary alone, and a baseline "
			"beside it runs for the same window: say a longer --window");
	int rc = check_sides(s, err);

	return rc ? rc : rg_combination_check(s, err);
}

/* --on-no-baseline is for what is known not to be there. */
static int report(const struct rg_comparison *comparison, const struct rg_verdict *verdict)
{
	const struct rg_flame_sides sides = {rg_run_set_runs(&comparison->base.runs),
					     rg_run_set_runs(&comparison->canary)};
	struct rg_settings settings = *comparison->settings;

	if (rg_comparison_missed(comparison) && settings.on_no_baseline == RG_MAPPING_PASS) {
		settings.on_no_baseline = RG_MAPPING_KEEP;
		rg_cli_say("--on-no-baseline does not apply: whether there is one is not known");
	}
	int status = rg_outcome_report(&settings, verdict, &sides);

	return comparison->unstored && status == RG_EXIT_PASS ? RG_EXIT_FAILURE : status;
}

static int finish(const struct rg_comparison *comparison, struct rg_verdict *verdict)
{
	int status;

	rg_commits_tell(verdict);
	if (verdict->pinned_decides)
		rg_commits_tell(verdict->pinned);
	status = report(comparison, verdict);
	rg_verdict_free(verdict);
	return status;
}

static int check(const struct rg_settings *s, const struct rg_cli_rest *rest)
{
	struct rg_comparison comparison;
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};
	int rc = check_usage(s, rest, &err), status;

	rg_comparison_init(&comparison, s);
	/* A verdict on a given profile costs nothing: it is worth having with whatever can be written. */
	if (!rc && !s->canary_count)
		rc = rg_outcome_check_outputs(s, &err);
	if (!rc)
		rc = rg_compare(&comparison, &verdict, &err);
	status = rc || !verdict ? rg_exit_error(&err) : finish(&comparison, verdict);
	rg_comparison_done(&comparison);
	return status;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_settings_run(command, argc, argv, check);
}

const struct rg_command rg_command_check = {
	.name = "check",
	.summary = "profile a canary, compare it with a baseline, pass or fail",
	.usage = "--baseline REF [options] [-- COMMAND [ARGUMENT…]]\n"
		 "--baseline REF [options] --canary FILE\n"
		 "--baseline-unit NAME [options] --unit NAME",
	.description =
		"Profiles the target for a window, compares where it spends CPU time and where it\n"
		"waits with the stored runs of the baseline version, prints the changes and exits\n"
		"by the verdict. Where none are stored, and --build says how to make one, the\n"
		"baseline is checked out and built in a temporary folder, and both versions run "
		"in\n"
		"turns; the work tree is only read.\n"
		"\n"
		"With --pinned the same canary is compared with a second version as well, and the\n"
		"worse of the two counts.\n"
		"\n" RG_EXIT_HELP,
	.examples =
		"  sudo regress-gate check --baseline v1.4 -- ./server --port 8080\n"
		"  sudo regress-gate check --baseline v1.4 --build make -- ./server -p {port}\n"
		"  sudo regress-gate check --baseline v1.4 --pid 4711 --window 5m\n"
		"  sudo regress-gate check --baseline-unit shop --unit shop-canary --window 5m\n"
		"  sudo regress-gate check --baseline merge-base:main --pinned v1.0 -- ./server\n"
		"  regress-gate check --baseline main --canary canary.pb.gz --json\n",
	.groups = groups,
	.run = run,
};
