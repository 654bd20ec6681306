/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame.h"
#include "exit.h"
#include "kin.h"
#include "outcome.h"
#include "policy.h"
#include "runs.h"
#include "values.h"

#include "rg/err.h"
#include "rg/verdict.h"

static const struct rg_option own_options[] = {
	{"output", 'o', "FILE", "where the flame graph goes", RG_SETS_WORD(output)},
	{"svg", 0, NULL, "a picture of the first view, for documents, instead of a page",
	 RG_SETS_FLAG(svg)},
	{"scenario", 0, "NAME", "judge by the policy of this scenario of the configuration",
	 RG_SETS_BY(rg_settings_set_scenario)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"What to draw", own_options},
	{"Profiles of other tools", rg_options_input},
	{"Policy", rg_options_policy},
	{"General", rg_options_general},
	{0},
};

/* One profile a side; of one alone it is the canary. */
struct drawing {
	struct rg_run_set base, canary;
};

static int check_usage(const struct rg_settings *s, const struct rg_cli_rest *rest,
		       struct rg_err *err)
{
	if (rest->count < 1 || rest->count > 2 || rest->command)
		return rg_err_set(err, RG_EUSAGE,
				  "flame: takes one or two profile files: regress-gate flame "
				  "[BASE] CANARY -o FILE");
	if (!s->output)
		return rg_err_set(err, RG_EUSAGE,
				  "flame: say where the graph goes: --output FILE, such as "
				  "flame.html");
	return rg_outcome_check_outputs(s, err);
}

static int read_profiles(struct drawing *d, const struct rg_settings *s,
			 const struct rg_cli_rest *rest, struct rg_err *err)
{
	int rc = 0;

	if (rest->count == 2)
		rc = rg_run_set_add_path(&d->base, rest->words[0], s->sample_type, err);
	return rc ? rc
		  : rg_run_set_add_path(&d->canary, rest->words[rest->count - 1], s->sample_type,
					err);
}

static int draw(const struct drawing *d, const struct rg_settings *s, struct rg_err *err)
{
	const struct rg_flame_sides sides = {rg_run_set_runs(&d->base),
					     rg_run_set_runs(&d->canary)};
	struct rg_verdict *verdict = NULL;
	int rc = 0;

	if (d->base.count)
		rc = rg_kin_judge(&sides.base, &sides.canary, &s->config.policy, &verdict, err);
	if (!rc && verdict)
		rg_policy_tell(s, verdict);
	if (!rc)
		rc = rg_flame_write(s->output, s->svg, s, &sides, verdict, err);
	rg_verdict_free(verdict);
	return rc;
}

static int flame(const struct rg_settings *s, const struct rg_cli_rest *rest)
{
	struct drawing d = {0};
	struct rg_err err = {0};
	int rc = check_usage(s, rest, &err);

	if (!rc)
		rc = read_profiles(&d, s, rest, &err);
	if (!rc)
		rc = draw(&d, s, &err);
	rg_run_set_done(&d.base);
	rg_run_set_done(&d.canary);
	return rc ? rg_exit_error(&err) : RG_EXIT_PASS;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_settings_run(command, argc, argv, flame);
}

const struct rg_command rg_command_flame = {
	.name = "flame",
	.summary = "draw one profile or the difference of two as a flame graph",
	.usage = "[options] CANARY -o FILE\n[options] BASE CANARY -o FILE",
	.description = "Draws where the time goes, by call stack: an HTML page that needs no "
		       "other file and no\n"
		       "network, or a picture. Of two profiles it shows what grew and what "
		       "shrank, with the verdict\n"
		       "and the functions it is about. It judges nothing by its exit status: 0 "
		       "once the file is\n"
		       "written, 2 wrong usage, 4 could not do its work.",
	.examples = "  regress-gate flame v1.4.pb.gz v1.5.pb.gz -o flame.html\n"
		    "  regress-gate flame canary.pb.gz -o flame.html\n"
		    "  regress-gate flame --svg v1.4.pb.gz v1.5.pb.gz -o flame.svg\n",
	.groups = groups,
	.run = run,
};
