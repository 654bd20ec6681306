/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternate.h"
#include "counter.h"
#include "exit.h"
#include "launching.h"
#include "outcome.h"
#include "signals.h"
#include "take.h"
#include "values.h"

#include "rg/err.h"
#include "rg/profile.h"
#include "rg/units.h"

static const struct rg_option own_options[] = {
	{"output", 'o', "FILE", "the profile to write", RG_SETS_WORD(output)},
	{"as", 0, "VERSION", "what the profile calls its version (default: as git\ndescribe says)",
	 RG_SETS_WORD(label)},
	{"scenario", 0, "NAME",
	 "which of the configuration's scenarios it is a run of\n(default: the one it names, else "
	 "default)",
	 RG_SETS_BY(rg_settings_set_scenario)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"Capture", own_options},
	{"Target that runs already", rg_options_running},
	{"Target", rg_options_target},
	{"When the target is up", rg_options_ready},
	{"Work", rg_options_work},
	{"General", rg_options_general},
	{0},
};

static int capture(const struct rg_settings *s, const struct rg_cli_rest *rest, struct rg_err *err)
{
	char samples[RG_UNITS_TEXT_MAX];
	struct rg_profile *profile;
	int rc;

	if (rest->count)
		return rg_err_set(err, RG_EUSAGE,
				  "capture: unexpected argument '%s' (a command to run goes behind "
				  "'--')",
				  rest->words[0]);
	if (!s->output)
		return rg_err_set(err, RG_EUSAGE, "capture: say where to write: --output FILE");
	rc = rg_target_check(s, err);
	if (!rc)
		rc = rg_launching_check(s, err);
	if (!rc)
		rc = rg_counter_check(s, err);
	if (!rc)
		rc = rg_outcome_check_outputs(s, err);
	if (!rc)
		rc = rg_take_profile(s, &profile, err);
	if (rc)
		return rc;
	rc = rg_take_write(profile, s->output, NULL, err);
	if (!rc && s->verbosity >= 0)
		rg_cli_say("wrote %s samples to '%s'",
			   rg_format_count(samples,
					   (uint64_t)rg_profile_total(profile, RG_VALUE_SAMPLES)),
			   s->output);
	rg_profile_free(profile);
	return rc;
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	struct rg_settings settings;
	struct rg_cli_rest rest;
	struct rg_err err = {0};
	int status;

	if (rg_settings_read(&settings, command, argc, argv, &rest, &status))
		return status;
	status = capture(&settings, &rest, &err) ? rg_exit_error(&err) : 0;
	rg_settings_done(&settings, &rest);
	if (!status && rg_signals_caught())
		return RG_EXIT_SIGNAL + rg_signals_caught();
	return status;
}

const struct rg_command rg_command_capture = {
	.name = "capture",
	.summary = "profile a program for a window, write a profile file",
	.usage = "-o FILE [options] -- COMMAND [ARGUMENT…]\n"
		 "-o FILE [options] --pid PID,… | --comm NAME | --all\n"
		 "-o FILE [options] --cgroup PATH | --container ID\n"
		 "-o FILE [options] --pod NAMESPACE/NAME | --unit NAME",
	.description =
		"Samples the target's stacks on every CPU and writes a pprof file, which 'go tool "
		"pprof'\n"
		"and other viewers open as well. A launched command is ended with its children "
		"when the\n"
		"window is over. Ctrl-C ends the window early and keeps what was sampled, marked "
		"as\n"
		"interrupted. What the command prints is not shown, but its end where it fails.\n"
		"\n"
		"Needs root, or CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE. Under sudo the command "
		"runs as\n"
		"the user who called it.\n"
		"\n"
		"Exit status: 0 written; 2 wrong usage; 4 could not do its work; 128+n ended by\n"
		"signal n (the profile is written, marked interrupted).",
	.examples =
		"  sudo regress-gate capture -o v1.4.pb.gz --window 30s -- ./server --port 8080\n"
		"  sudo regress-gate capture -o canary.pb.gz --window 5m --pid 4711\n"
		"  sudo regress-gate capture -o canary.pb.gz --window 5m --unit shop\n",
	.groups = groups,
	.run = run,
};
