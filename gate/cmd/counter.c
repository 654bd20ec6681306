/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "counter.h"
#include "values.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/metric.h"
#include "rg/profile.h"
#include "rg/text.h"

#include <stdio.h>

/* What counting calls may take of the target's CPU time before a word is said of it. */
#define COST_MAX 0.01

/* --- Options -------------------------------------------------------------------------------- */

static int set_counter(struct rg_settings *s, char **to, const char *value, struct rg_err *err)
{
	struct rg_config_work *work = &s->config.work;
	char **const all[] = {&work->uprobe, &work->metric, &work->command, NULL};

	return rg_value_one_of(all, &s->work_given, to, value, err);
}

static int set_work_uprobe(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;
	int rc = rg_capture_check_uprobe(value, err);

	return rc ? rc : set_counter(s, &s->config.work.uprobe, value, err);
}

static int set_work_metric(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;
	int rc = rg_metric_check(value, err);

	return rc ? rc : set_counter(s, &s->config.work.metric, value, err);
}

static int set_work_command(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	return set_counter(s, &s->config.work.command, value, err);
}

static int set_work_unit(void *to, const char *value, struct rg_err *err)
{
	if (!rg_text_is_label(value))
		return rg_err_set(err, RG_EUSAGE, "must be a plain name such as 'request'");
	return rg_settings_set_text(&((struct rg_settings *)to)->config.work.unit, value, err);
}

const struct rg_option rg_options_work[] = {
	{"work-uprobe", 0, "BINARY:FUNCTION",
	 "work is calls of a function, counted in the kernel: cost\nis known per call",
	 RG_SETS_BY(set_work_uprobe)},
	{"work-metric", 0, "URL#NAME",
	 "work is what a counter grows by that is served in the\nPrometheus format; NAME may have "
	 "{label=\"value\"}",
	 RG_SETS_BY(set_work_metric)},
	{"work-cmd", 0, "COMMAND",
	 "work is what a number grows by that COMMAND prints, run\nby /bin/sh before, within and "
	 "after the window",
	 RG_SETS_BY(set_work_command)},
	{"work-unit", 0, "NAME", "what a unit of work is called in reports, as request",
	 RG_SETS_BY(set_work_unit)},
	{0},
};

/* --- For a capture -------------------------------------------------------------------------- */

/* Those on the command line were checked when they were read. */
int rg_counter_check(const struct rg_settings *s, struct rg_err *err)
{
	const struct rg_config_work *work = &s->config.work;
	int rc = work->uprobe ? rg_capture_check_uprobe(work->uprobe, err) : 0;

	if (rc)
		return rg_err_prefix(err, "config: \"work\": \"uprobe\"");
	rc = work->metric ? rg_metric_check(work->metric, err) : 0;
	return rc ? rg_err_prefix(err, "config: \"work\": \"metric\"") : 0;
}

int rg_counter_open(const struct rg_settings *s, struct rg_counter *counter,
		    struct rg_capture_work *out, struct rg_err *err)
{
	const struct rg_config_work *work = &s->config.work;
	int rc;

	*counter = (struct rg_counter){0};
	*out = (struct rg_capture_work){
		.uprobe = work->uprobe, .command = work->command, .unit = work->unit};
	if (!work->metric)
		return 0;
	rc = rg_metric_open(work->metric, &counter->metric, err);
	if (rc)
		return rc;
	snprintf(counter->name, sizeof(counter->name), RG_WORK_METRIC " %s",
		 rg_metric_name(counter->metric));
	out->read = rg_metric_read;
	out->read_ctx = counter->metric;
	out->read_name = counter->name;
	return 0;
}

void rg_counter_close(struct rg_counter *counter)
{
	rg_metric_close(counter->metric);
	counter->metric = NULL;
}

void rg_counter_remark(const struct rg_settings *s, const struct rg_capture_result *result)
{
	char cost[32];

	if (*result->work_lost)
		rg_cli_say("warning: work was not counted: %s", result->work_lost);
	else if (result->work_counted && !(result->work > 0))
		rg_cli_say("warning: no work was counted: its cost cannot be known");
	if (!(result->work_cost > COST_MAX) || s->verbosity < 0)
		return;
	snprintf(cost, sizeof(cost), "%.1f", 100 * result->work_cost);
	rg_cli_say(
		"warning: counting %.0f calls took about %s %% of the target's CPU time or more: "
		"count something rarer",
		result->work, cost);
}
