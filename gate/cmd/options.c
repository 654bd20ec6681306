/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that several commands share, and what they do to the settings. */
#include "values.h"

#include "rg/err.h"
#include "rg/units.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* --- General -------------------------------------------------------------------------------- */

static int set_color(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"auto", "always", "never", NULL};
	int choice = 0;
	int rc = rg_value_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->color = names[choice];
	return rc;
}

static int set_quiet(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->verbosity = -1;
	return 0;
}

static int set_verbose(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->verbosity = 1;
	return 0;
}

const struct rg_option rg_options_general[] = {
	{"config", 0, "FILE", "read FILE instead of regress-gate.json", RG_SETS_WORD(config_path)},
	{"color", 0, "auto|always|never", "colours (default auto: on a terminal)",
	 RG_SETS_BY(set_color)},
	{"quiet", 'q', NULL, "no progress, no remarks; results and errors only",
	 RG_SETS_BY(set_quiet)},
	{"verbose", 'v', NULL, "also show what the launched programs print",
	 RG_SETS_BY(set_verbose)},
	{0},
};

/* --- Target --------------------------------------------------------------------------------- */

static int set_off_cpu(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->no_off_cpu = false;
	return 0;
}

static int set_without(void *to, const char *value, struct rg_err *err)
{
	/* By the bits of enum rg_capture_feature. */
	static const char *const names[] = {"bpf-loop", "sched-exit", "switch-state", "tp-btf",
					    NULL};
	int choice = 0;
	int rc = rg_value_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->without |= 1U << choice;
	return rc;
}

const struct rg_option rg_options_target[] = {
	{"window", 'w', "TIME", "how long to profile (default 30s; under live load 5m tells\nmore)",
	 RG_SETS_DURATION(config.window_ns)},
	{"warmup", 0, "TIME", "let it run this long before the window (default 0)",
	 RG_SETS_DURATION(config.warmup_ns)},
	{"frequency", 'F', "HZ", "samples a second on each CPU (default 99)",
	 RG_SETS_NUMBER(config.frequency_hz)},
	{"slice", 0, "TIME", "the window is cut into slices to see how steady it is\n(default 1s)",
	 RG_SETS_DURATION(config.slice_ns)},
	{"off-cpu", 0, NULL, "follow what the threads wait for as well (default)",
	 RG_SETS_BY(set_off_cpu)},
	{"no-off-cpu", 0, NULL, "sample what runs on the CPUs only", RG_SETS_FLAG(no_off_cpu)},
	{"max-overhead", 0, "PERCENT",
	 "of the target's CPU time: above it fewer of the stacks\nthat wait are looked at (default "
	 "5%; 0%: no limit)",
	 RG_SETS_PERCENT(max_overhead)},
	{"without", 0, "bpf-loop|sched-exit|switch-state|tp-btf",
	 "do without a feature of newer kernels, to see what\nolder ones make of the target; "
	 "may be given again",
	 RG_SETS_BY(set_without)},
	{"load", 0, "COMMAND",
	 "a load generator to run beside the target, by /bin/sh;\nnot profiled",
	 RG_SETS_TEXT(config.load)},
	{0},
};

/* --- Store ---------------------------------------------------------------------------------- */

int rg_settings_set_scenario(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	s->scenario = value;
	return rg_settings_set_text(&s->config.scenario, value, err);
}

const struct rg_option rg_options_store[] = {
	{"store", 0, "git:PATH",
	 "where baselines are kept: in a bare git repository of\ntheir own, or with dir:PATH in "
	 "a folder (default:\nregress-gate.git in the .git directory)",
	 RG_SETS_TEXT(config.store)},
	{"scenario", 0, "NAME",
	 "which of the configuration's scenarios; baselines are\nkept by scenario (default: the "
	 "one it names, else default)",
	 RG_SETS_BY(rg_settings_set_scenario)},
	{0},
};

/* --- Policy: of both dimensions --------------------------------------------------------------- */

static int set_growth(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = rg_value_percent(&policy->growth, value, err);

	if (!rc)
		policy->off_cpu.growth = policy->growth;
	return rc;
}

static int set_total_growth(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = rg_value_percent(&policy->total_growth, value, err);

	if (!rc)
		policy->off_cpu.total_growth = policy->total_growth;
	return rc;
}

static int set_limit(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = rg_value_percent(&policy->limit, value, err);

	if (!rc)
		policy->off_cpu.limit = policy->limit;
	return rc;
}

static int set_top(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = rg_value_number(&policy->top_k, value, err);

	if (!rc)
		policy->off_cpu.top_k = policy->top_k;
	return rc;
}

static int set_rule(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"statistical", "literal", NULL};
	int choice = 0;
	int rc = rg_value_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->config.policy.rule = (enum rg_rule)choice;
	return rc;
}

static int set_basis(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"auto", "second", "share", "work", NULL};
	int choice = 0;
	int rc = rg_value_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->config.policy.basis = (enum rg_basis)choice;
	return rc;
}

const struct rg_option rg_options_policy[] = {
	{"growth", 0, "PERCENT", "a function may grow by this much (default 15%)",
	 RG_SETS_BY(set_growth)},
	{"total-growth", 0, "PERCENT", "the total may grow by this much (default 15%)",
	 RG_SETS_BY(set_total_growth)},
	{"limit", 0, "PERCENT",
	 "no pass while growth beyond this is still possible\n(default 30%, of waits 100%)",
	 RG_SETS_BY(set_limit)},
	{"min-share", 0, "PERCENT", "smaller functions never fail (default 1%)",
	 RG_SETS_PERCENT(config.policy.min_share)},
	{"top", 'k', "N", "judge the N most expensive functions (default 5)", RG_SETS_BY(set_top)},
	{"basis", 0, "BASIS",
	 "work: cost per unit of work; second: per wall second, for\nload at a fixed rate; "
	 "share: part of the total; auto (default):\nwork where both sides counted it, else "
	 "share",
	 RG_SETS_BY(set_basis)},
	{"rule", 0, "statistical|literal",
	 "literal: new in the top N, or a share grown beyond the\nthreshold, without statistics "
	 "(default statistical)",
	 RG_SETS_BY(set_rule)},
	{"policy-from", 0, "REF",
	 "read policy, functions and ignore from the configuration\nas it is in this revision, or "
	 "work-tree: as it is here\n(default; in CI for a pull request, the branch it is for)",
	 RG_SETS_WORD(policy_rev)},
	{0},
};

/* --- Report --------------------------------------------------------------------------------- */

static int set_mapping(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"keep", "pass", "fail", NULL};
	int choice = 0;
	int rc = rg_value_choice(&choice, value, names, err);

	if (!rc)
		*(enum rg_mapping *)to = (enum rg_mapping)choice;
	return rc;
}

const struct rg_option rg_options_report[] = {
	{"json", 0, NULL, "print the verdict as JSON instead of the table", RG_SETS_FLAG(json)},
	{"json-out", 0, "FILE", "write the verdict as JSON", RG_SETS_WORD(json_out)},
	{"markdown-out", 0, "FILE", "write the report as markdown", RG_SETS_WORD(markdown_out)},
	{"junit-out", 0, "FILE", "write a JUnit test report", RG_SETS_WORD(junit_out)},
	{"codequality-out", 0, "FILE", "write a code quality report for GitLab",
	 RG_SETS_WORD(codequality_out)},
	{"metrics-out", 0, "FILE", "write growth and outcome as OpenMetrics",
	 RG_SETS_WORD(metrics_out)},
	{"on-undecided", 0, "keep|pass|fail",
	 "keep (default): exit 3; pass: exit 0; fail: exit 1. pass\ndoes not apply where nothing "
	 "was compared: a run without\nCPU samples, nothing tested, a growth that is no number",
	 set_mapping, RG_SETTING(enum rg_mapping, on_undecided)},
	{"on-no-baseline", 0, "keep|pass|fail",
	 "the same, when no baseline is stored. pass does not apply\nwhere that is not known: a "
	 "remote does not answer, the store\nthat is named does not exist; nor to a canary run "
	 "without CPU\nsamples",
	 set_mapping, RG_SETTING(enum rg_mapping, on_no_baseline)},
	{0},
};

/* --- Profiles of other tools ------------------------------------------------------------------ */

const struct rg_option rg_options_input[] = {
	{"sample-type", 0, "TYPE",
	 "which values of another tool's profile are CPU time or\nsamples: a sample type of a "
	 "pprof file, "
	 "the event of perf\nscript, the unit of folded stacks ('cpu/microseconds')",
	 RG_SETS_WORD(sample_type)},
	{0},
};
