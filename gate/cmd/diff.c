/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commits.h"
#include "exit.h"
#include "flame.h"
#include "kin.h"
#include "outcome.h"
#include "policy.h"
#include "runs.h"
#include "unmatched.h"
#include "values.h"

#include "rg/err.h"
#include "rg/verdict.h"

static const struct rg_option own_options[] = {
	{"scenario", 0, "NAME", "judge by the policy of this scenario of the configuration",
	 RG_SETS_BY(rg_settings_set_scenario)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"What to compare", own_options},  {"Profiles of other tools", rg_options_input},
	{"Policy", rg_options_policy},     {"Report", rg_options_report},
	{"Flame graph", rg_options_flame}, {"Posting", rg_options_post},
	{"General", rg_options_general},   {0},
};

static int compare(const struct rg_settings *s, const struct rg_cli_rest *rest,
		   struct rg_run_set *base, struct rg_run_set *canary, struct rg_verdict **out,
		   struct rg_err *err)
{
	int rc;

	if (rest->count != 2 || rest->command)
		return rg_err_set(
			err, RG_EUSAGE,
			"diff: takes two profile files, or folders of them: regress-gate diff "
			"BASE CANARY");
	rc = rg_post_check(s, "diff", NULL, err);
	if (!rc)
		rc = rg_run_set_add_path(base, rest->words[0], s->sample_type, err);
	if (!rc)
		rc = rg_run_set_add_path(canary, rest->words[1], s->sample_type, err);
	if (!rc) {
		struct rg_runs b = rg_run_set_runs(base), c = rg_run_set_runs(canary);

		rc = rg_kin_judge(&b, &c, &s->config.policy, out, err);
		if (!rc) {
			rg_policy_tell(s, *out);
			rg_unmatched_tell(s, &b, &c);
		}
	}
	return rc;
}

static int diff(const struct rg_settings *settings, const struct rg_cli_rest *rest)
{
	struct rg_run_set base = {0}, canary = {0};
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};
	int status;

	if (compare(settings, rest, &base, &canary, &verdict, &err)) {
		status = rg_exit_error(&err);
	} else {
		const struct rg_flame_sides sides = {rg_run_set_runs(&base),
						     rg_run_set_runs(&canary)};

		rg_commits_tell(verdict);
		status = rg_outcome_report(settings, verdict, &sides);
		rg_verdict_free(verdict);
	}
	rg_run_set_done(&base);
	rg_run_set_done(&canary);
	return status;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_settings_run(command, argc, argv, diff);
}

const struct rg_command rg_command_diff = {
	.name = "diff",
	.summary = "compare two profile files",
	.usage = "[options] BASE CANARY",
	.description = "Compares two profile files and exits by the verdict: this program's, pprof "
		       "files of\n"
		       "other tools, folded stacks, or the text of perf script. A folder is a set "
		       "of runs of\n"
		       "one version, each file one run: several captures, or one of each of many "
		       "hosts. Needs\n"
		       "no privileges and no store.\n"
		       "\n" RG_EXIT_HELP,
	.examples = "  regress-gate diff v1.4.pb.gz v1.5.pb.gz\n"
		    "  regress-gate diff --basis share --growth 10% base.pb.gz canary.pb.gz\n"
		    "  regress-gate diff hosts-on-v1.4/ hosts-on-v1.5/\n",
	.groups = groups,
	.run = run,
};
