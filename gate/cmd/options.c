/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that several commands share, and what they do to the settings. */
#include "settings.h"

#include "rg/err.h"
#include "rg/units.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Values --------------------------------------------------------------------------------- */

static int set_duration(uint64_t *to, const char *value, struct rg_err *err)
{
	if (rg_parse_duration(value, to))
		return rg_err_set(err, RG_EUSAGE, "must be a time such as '30s', '5m' or '250ms'");
	return 0;
}

static int set_percent(double *to, const char *value, struct rg_err *err)
{
	if (rg_parse_percent(value, to))
		return rg_err_set(err, RG_EUSAGE, "must be a percentage such as '15%%'");
	return 0;
}

static int set_u32(uint32_t *to, const char *value, struct rg_err *err)
{
	uint64_t number;

	if (rg_parse_u64(value, &number) || number > UINT32_MAX)
		return rg_err_set(err, RG_EUSAGE, "must be a whole number");
	*to = (uint32_t)number;
	return 0;
}

/* Sets *to to the index of value in names, which end with NULL. */
static int set_choice(int *to, const char *value, const char *const *names, struct rg_err *err)
{
	char known[128] = "";

	for (int i = 0; names[i]; i++) {
		size_t len = strlen(known);

		if (!strcmp(value, names[i])) {
			*to = i;
			return 0;
		}
		snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "", names[i]);
	}
	return rg_err_set(err, RG_EUSAGE, "must be one of: %s", known);
}

/* --- General -------------------------------------------------------------------------------- */

static int set_config(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->config_path = value;
	return 0;
}

static int set_color(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"auto", "always", "never", NULL};
	int choice = 0;
	int rc = set_choice(&choice, value, names, err);

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
	{"config", 0, "FILE", "read FILE instead of regress-gate.json", set_config},
	{"color", 0, "auto|always|never", "colours (default auto: on a terminal)", set_color},
	{"quiet", 'q', NULL, "no progress, no remarks; results and errors only", set_quiet},
	{"verbose", 'v', NULL, "also show what the launched programs print", set_verbose},
	{0},
};

/* --- Target --------------------------------------------------------------------------------- */

static int set_window(void *to, const char *value, struct rg_err *err)
{
	return set_duration(&((struct rg_settings *)to)->config.window_ns, value, err);
}

static int set_warmup(void *to, const char *value, struct rg_err *err)
{
	return set_duration(&((struct rg_settings *)to)->config.warmup_ns, value, err);
}

static int set_slice(void *to, const char *value, struct rg_err *err)
{
	return set_duration(&((struct rg_settings *)to)->config.slice_ns, value, err);
}

static int set_frequency(void *to, const char *value, struct rg_err *err)
{
	return set_u32(&((struct rg_settings *)to)->config.frequency_hz, value, err);
}

static int set_load(void *to, const char *value, struct rg_err *err)
{
	return rg_settings_set_text(&((struct rg_settings *)to)->config.load, value, err);
}

static int set_off_cpu(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->no_off_cpu = false;
	return 0;
}

static int set_no_off_cpu(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->no_off_cpu = true;
	return 0;
}

static int set_max_overhead(void *to, const char *value, struct rg_err *err)
{
	return set_percent(&((struct rg_settings *)to)->max_overhead, value, err);
}

static int set_without(void *to, const char *value, struct rg_err *err)
{
	/* By the bits of enum rg_capture_feature. */
	static const char *const names[] = {"bpf-loop", "sched-exit", "switch-state", "tp-btf",
					    NULL};
	int choice = 0;
	int rc = set_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->without |= 1U << choice;
	return rc;
}

const struct rg_option rg_options_target[] = {
	{"window", 'w', "TIME", "how long to profile (default 30s; 5m on a canary)", set_window},
	{"warmup", 0, "TIME", "let it run this long before the window (default 0)", set_warmup},
	{"frequency", 'F', "HZ", "samples a second on each CPU (default 99)", set_frequency},
	{"slice", 0, "TIME", "the window is cut into slices to see how steady it is\n(default 1s)",
	 set_slice},
	{"off-cpu", 0, NULL, "follow what the threads wait for as well (default)", set_off_cpu},
	{"no-off-cpu", 0, NULL, "sample what runs on the CPUs only", set_no_off_cpu},
	{"max-overhead", 0, "PERCENT",
	 "of the target's CPU time: above it fewer of the stacks\nthat wait are looked at (default "
	 "5%; 0%: no limit)",
	 set_max_overhead},
	{"without", 0, "bpf-loop|sched-exit|switch-state|tp-btf",
	 "do without a feature of newer kernels, to see what\nolder ones make of the target; "
	 "may be given again",
	 set_without},
	{"load", 0, "COMMAND",
	 "a load generator to run beside the target, by /bin/sh;\nnot profiled", set_load},
	{0},
};

/* --- Store ---------------------------------------------------------------------------------- */

static int set_store(void *to, const char *value, struct rg_err *err)
{
	return rg_settings_set_text(&((struct rg_settings *)to)->config.store, value, err);
}

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
	 set_store},
	{"scenario", 0, "NAME",
	 "which of the configuration's scenarios; baselines are\nkept by scenario (default: the "
	 "one it names, else default)",
	 rg_settings_set_scenario},
	{0},
};

/* --- Policy: of both dimensions --------------------------------------------------------------- */

static int set_growth(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = set_percent(&policy->growth, value, err);

	if (!rc)
		policy->off_cpu.growth = policy->growth;
	return rc;
}

static int set_total_growth(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = set_percent(&policy->total_growth, value, err);

	if (!rc)
		policy->off_cpu.total_growth = policy->total_growth;
	return rc;
}

static int set_limit(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = set_percent(&policy->limit, value, err);

	if (!rc)
		policy->off_cpu.limit = policy->limit;
	return rc;
}

static int set_min_share(void *to, const char *value, struct rg_err *err)
{
	return set_percent(&((struct rg_settings *)to)->config.policy.min_share, value, err);
}

static int set_top(void *to, const char *value, struct rg_err *err)
{
	struct rg_policy *policy = &((struct rg_settings *)to)->config.policy;
	int rc = set_u32(&policy->top_k, value, err);

	if (!rc)
		policy->off_cpu.top_k = policy->top_k;
	return rc;
}

static int set_rule(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"statistical", "literal", NULL};
	int choice = 0;
	int rc = set_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->config.policy.rule = (enum rg_rule)choice;
	return rc;
}

static int set_basis(void *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"auto", "second", "share", "work", NULL};
	int choice = 0;
	int rc = set_choice(&choice, value, names, err);

	if (!rc)
		((struct rg_settings *)to)->config.policy.basis = (enum rg_basis)choice;
	return rc;
}

static int set_policy_from(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->policy_rev = value;
	return 0;
}

const struct rg_option rg_options_policy[] = {
	{"growth", 0, "PERCENT", "a function may grow by this much (default 15%)", set_growth},
	{"total-growth", 0, "PERCENT", "the total may grow by this much (default 15%)",
	 set_total_growth},
	{"limit", 0, "PERCENT",
	 "no pass while growth beyond this is still possible\n(default 30%, of waits 100%)",
	 set_limit},
	{"min-share", 0, "PERCENT", "smaller functions never fail (default 1%)", set_min_share},
	{"top", 'k', "N", "judge the N most expensive functions (default 5)", set_top},
	{"basis", 0, "BASIS",
	 "work: cost per unit of work; second: per wall second, for\nload at a fixed rate; "
	 "share: part of the total; auto (default):\nwork where both sides counted it, else "
	 "share",
	 set_basis},
	{"rule", 0, "statistical|literal",
	 "literal: new in the top N, or a share grown beyond the\nthreshold, without statistics "
	 "(default statistical)",
	 set_rule},
	{"policy-from", 0, "REF",
	 "read policy, functions and ignore from the configuration\nas it is in this revision, or "
	 "work-tree: as it is here\n(default; in CI for a pull request, the branch it is for)",
	 set_policy_from},
	{0},
};

/* --- Report --------------------------------------------------------------------------------- */

static int set_json(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->json = true;
	return 0;
}

static int set_json_out(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->json_out = value;
	return 0;
}

static int set_markdown_out(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->markdown_out = value;
	return 0;
}

static int set_junit_out(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->junit_out = value;
	return 0;
}

static int set_codequality_out(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->codequality_out = value;
	return 0;
}

static int set_metrics_out(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->metrics_out = value;
	return 0;
}

static int set_mapping(enum rg_mapping *to, const char *value, struct rg_err *err)
{
	static const char *const names[] = {"keep", "pass", "fail", NULL};
	int choice = 0;
	int rc = set_choice(&choice, value, names, err);

	if (!rc)
		*to = (enum rg_mapping)choice;
	return rc;
}

static int set_on_undecided(void *to, const char *value, struct rg_err *err)
{
	return set_mapping(&((struct rg_settings *)to)->on_undecided, value, err);
}

static int set_on_no_baseline(void *to, const char *value, struct rg_err *err)
{
	return set_mapping(&((struct rg_settings *)to)->on_no_baseline, value, err);
}

const struct rg_option rg_options_report[] = {
	{"json", 0, NULL, "print the verdict as JSON instead of the table", set_json},
	{"json-out", 0, "FILE", "write the verdict as JSON", set_json_out},
	{"markdown-out", 0, "FILE", "write the report as markdown", set_markdown_out},
	{"junit-out", 0, "FILE", "write a JUnit test report", set_junit_out},
	{"codequality-out", 0, "FILE", "write a code quality report for GitLab",
	 set_codequality_out},
	{"metrics-out", 0, "FILE", "write growth and outcome as OpenMetrics", set_metrics_out},
	{"on-undecided", 0, "keep|pass|fail", "keep (default): exit 3; pass: exit 0; fail: exit 1",
	 set_on_undecided},
	{"on-no-baseline", 0, "keep|pass|fail", "the same, when no baseline is stored",
	 set_on_no_baseline},
	{0},
};

/* --- Profiles of other tools ------------------------------------------------------------------ */

static int set_sample_type(void *to, const char *value, struct rg_err *err)
{
	(void)err;
	((struct rg_settings *)to)->sample_type = value;
	return 0;
}

const struct rg_option rg_options_input[] = {
	{"sample-type", 0, "TYPE",
	 "which values of another tool's profile are CPU time or\nsamples: a sample type of a "
	 "pprof file, "
	 "the event of perf\nscript, the unit of folded stacks ('cpu/microseconds')",
	 set_sample_type},
	{0},
};
