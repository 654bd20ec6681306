/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate.h"
#include "settings.h"

#include "rg/err.h"

bool rg_alternate_always(const struct rg_settings *s)
{
	if (s->alternate != RG_ALTERNATE_AUTO)
		return s->alternate == RG_ALTERNATE_ALWAYS;
	return s->config.alternate.always && rg_alternate_possible(s);
}

bool rg_alternate_possible(const struct rg_settings *s)
{
	return s->alternate != RG_ALTERNATE_NEVER && s->config.alternate.build && s->command &&
	       !s->canary_count && !s->pid_count && !s->target.by && !s->output;
}

/* --alternate, which builds and launches both whatever is stored. */
static int check_always(const struct rg_settings *s, struct rg_err *err)
{
	if (s->canary_count || s->pid_count || (s->target.by && !s->target.configured))
		return rg_err_set(err, RG_EUSAGE,
				  "check: --alternate launches both versions: it goes with neither "
				  "--canary nor a target that runs already");
	if (!s->command)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --alternate runs a command of both versions: say it behind "
			"'--', or as \"target\": {\"command\": […]} in " RG_CONFIG_NAME);
	if (!s->config.alternate.build)
		return rg_err_set(err, RG_EUSAGE,
				  "check: --alternate builds both versions: say how by --build "
				  "COMMAND or \"alternate\": {\"build\": …} in " RG_CONFIG_NAME
				  "; --build '' when there is nothing to build");
	if (s->output)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --output keeps one profile, and --alternate takes several: "
			"--keep-runs keeps them, and --store-baseline stores the baseline's");
	return 0;
}

int rg_alternate_check(const struct rg_settings *s, struct rg_err *err)
{
	/* What --output has to do with it is asked of all options together: rg_combination_check(). */
	if (s->store_baseline && !s->output && !rg_alternate_always(s) && !rg_alternate_possible(s))
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --store-baseline stores the baseline's runs of rounds: these take "
			"a command to launch ('-- COMMAND [ARGUMENT…]') and a way to build it "
			"(--build COMMAND)");
	if (s->alternate == RG_ALTERNATE_AUTO && s->config.alternate.always &&
	    !s->config.alternate.build)
		return rg_err_set(
			err, RG_EUSAGE,
			"config: \"alternate\": {\"always\": true} builds the baseline: say how by "
			"\"build\" beside it, or --no-alternate");
	return s->alternate == RG_ALTERNATE_ALWAYS ? check_always(s, err) : 0;
}
