/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"
#include "outcome.h"
#include "post.h"
#include "settings.h"
#include "verdict_file.h"

#include "rg/err.h"
#include "rg/verdict.h"

static const struct rg_option_group groups[] = {
	{"Report", rg_options_report},
	{"Posting", rg_options_post},
	{"General", rg_options_general},
	{0},
};

static int report(const struct rg_settings *settings, const struct rg_cli_rest *rest)
{
	struct rg_verdict *verdict = NULL;
	struct rg_err err = {0};
	int status;

	if (rest->count != 1 || rest->command)
		return rg_exit_usage("report: takes one verdict, as --json-out writes it: "
				     "regress-gate report verdict.json");
	if (rg_post_check(settings, "report", NULL, &err) ||
	    rg_verdict_read_file(rest->words[0], &verdict, &err))
		return rg_exit_error(&err);
	status = rg_outcome_report(settings, verdict, NULL);
	rg_verdict_free(verdict);
	return status;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_settings_run(command, argc, argv, report);
}

const struct rg_command rg_command_report = {
	.name = "report",
	.summary = "show or post a verdict again",
	.usage = "[options] VERDICT.json",
	.description =
		"Shows a verdict that 'check --json-out' or 'diff --json-out' wrote, writes it as "
		"other\n"
		"reports, and posts it. The file may be from a job that is not trusted: nothing in "
		"it says\n"
		"where the report goes. Exits by the verdict, whatever becomes of posting it.\n"
		"\n" RG_EXIT_HELP,
	.examples = "  regress-gate report verdict.json\n"
		    "  regress-gate report --post github verdict.json\n"
		    "  regress-gate report --post gitlab --pr 12 --dry-run verdict.json\n",
	.groups = groups,
	.run = run,
};
