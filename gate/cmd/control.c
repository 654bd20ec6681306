/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"
#include "alternate.h"
#include "compare.h"
#include "counter.h"
#include "progress.h"
#include "reference_parts.h"
#include "signals.h"
#include "take.h"
#include "version.h"
#include "values.h"

#include "rg/capture.h"
#include "rg/err.h"
#include "rg/metric.h"
#include "rg/owner.h"
#include "rg/profile.h"

#include <stdio.h>
#include <string.h>

/* --- Options -------------------------------------------------------------------------------- */

static int set_pid(void *to, const char *value, struct rg_err *err)
{
	struct rg_control_settings *control = &((struct rg_settings *)to)->control;

	return rg_target_add_pids(value, control->pids, &control->pid_count, err);
}

static int set_cgroup(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_CGROUP, value, "baseline", err);
}

static int set_container(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_CONTAINER, value, "baseline", err);
}

static int set_pod(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_POD, value, "baseline", err);
}

static int set_unit(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_UNIT, value, "baseline", err);
}

static int set_work_metric(void *to, const char *value, struct rg_err *err)
{
	((struct rg_settings *)to)->control.work_metric = value;
	return rg_metric_check(value, err);
}

const struct rg_option rg_options_control[] = {
	{"baseline-pid", 0, "PID[,PID…]",
	 "compare with these processes, which run beside the canary\nunder the same load: both are "
	 "captured in the same window,\nand nothing needs to be stored. --baseline REF then says\n"
	 "which version they are",
	 RG_SETS_BY(set_pid)},
	{"baseline-cgroup", 0, "PATH|NUMBER", "the same with a cgroup", set_cgroup,
	 RG_SETTING(struct rg_target_settings, control.target)},
	{"baseline-container", 0, "ID|NAME", "the same with a container", set_container,
	 RG_SETTING(struct rg_target_settings, control.target)},
	{"baseline-pod", 0, "NAMESPACE/NAME|UID", "the same with a pod on this node", set_pod,
	 RG_SETTING(struct rg_target_settings, control.target)},
	{"baseline-unit", 0, "NAME", "the same with a unit of systemd", set_unit,
	 RG_SETTING(struct rg_target_settings, control.target)},
	{"baseline-work-metric", 0, "URL#NAME",
	 "what counts the baseline's work where --work-metric does\nthe canary's",
	 RG_SETS_BY(set_work_metric)},
	{"baseline-work-cmd", 0, "COMMAND",
	 "what counts the baseline's work where --work-cmd does the\ncanary's",
	 RG_SETS_WORD(control.work_command)},
	{"baseline-output", 0, "FILE", "keep the baseline's captured profile",
	 RG_SETS_WORD(control.output)},
	{0},
};

/* --- Whether there is one ------------------------------------------------------------------- */

static bool is_named(const struct rg_settings *s)
{
	return s->control.pid_count || s->control.target.by;
}

static bool is_configured(const struct rg_settings *s)
{
	for (size_t i = 0; i < RG_CONFIG_RUNNING_COUNT; i++)
		if (s->config.control.running[i])
			return true;
	return false;
}

bool rg_control_given(const struct rg_settings *s)
{
	return is_named(s) || (!s->baseline && !s->canary_count && is_configured(s));
}

/* The configuration's is for a canary that is counted in that way, which the command line may have changed. */
static const char *counter_of(const char *given, const char *configured, const char *canary)
{
	return given ? given : canary ? configured : NULL;
}

/* The settings as they were if the baseline were what is captured. */
static int settings_of_baseline(const struct rg_settings *s, struct rg_settings *out,
				struct rg_err *err)
{
	static const enum rg_target_by ways[RG_CONFIG_RUNNING_COUNT] = {
		[RG_CONFIG_CGROUP] = RG_TARGET_BY_CGROUP,
		[RG_CONFIG_CONTAINER] = RG_TARGET_BY_CONTAINER,
		[RG_CONFIG_POD] = RG_TARGET_BY_POD,
		[RG_CONFIG_UNIT] = RG_TARGET_BY_UNIT,
	};
	const struct rg_config_control *config = &s->config.control;

	*out = *s;
	out->command = NULL;
	out->target = s->control.target;
	memcpy(out->pids, s->control.pids, sizeof(out->pids));
	out->pid_count = s->control.pid_count;
	out->config.work.metric = (char *)counter_of(s->control.work_metric, config->work_metric,
						     s->config.work.metric);
	out->config.work.command = (char *)counter_of(s->control.work_command, config->work_command,
						      s->config.work.command);
	for (size_t i = 0; !is_named(s) && i < RG_CONFIG_RUNNING_COUNT; i++) {
		if (!config->running[i])
			continue;
		if (out->target.by)
			return rg_err_set(err, RG_EUSAGE,
					  "config: \"control\" names two: a scenario's is added to "
					  "the one at the top");
		out->target =
			(struct rg_target_settings){.by = ways[i], .name = config->running[i]};
	}
	return 0;
}

/* --- What does not go together ---------------------------------------------------------------- */

static int check_canary(const struct rg_settings *s, struct rg_err *err)
{
	if (s->canary_count)
		return rg_err_set(err, RG_EUSAGE,
				  "check: --canary is a profile; a baseline that runs is captured "
				  "together with a canary that runs");
	if (s->command_given || (!s->pid_count && !s->target.by))
		return rg_err_set(err, RG_EUSAGE,
				  "check: beside a baseline that runs the canary runs already: say "
				  "--pid, --cgroup, --container, --pod or --unit");
	int rc = rg_target_check(s, err);

	return rc ? rc : rg_alternate_check(s, err);
}

static int check_baseline(const struct rg_settings *s, struct rg_err *err)
{
	if (s->control.pid_count && s->control.target.by)
		return rg_err_set(err, RG_EUSAGE,
				  "two baselines: say either --baseline-pid or one of "
				  "--baseline-cgroup, --baseline-container, --baseline-pod, "
				  "--baseline-unit");
	if (s->pinned && strcmp(s->pinned, "none") != 0)
		return rg_err_set(
			err, RG_EUSAGE,
			"check: --pinned compares with stored runs: leave it out beside a "
			"baseline that runs");
	if (s->baseline && (!strcmp(s->baseline, "latest") || reference_is_in_history(s->baseline)))
		return rg_err_set(err, RG_EUSAGE,
				  "check: --baseline %.200s chooses among stored runs: beside a "
				  "baseline that runs, name its version",
				  s->baseline);
	return 0;
}

/* The canary's metric or command would count its own work as the baseline's. */
static int check_counted(const char *canary, const char *baseline, const char *option,
			 struct rg_err *err)
{
	if (!canary == !baseline)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "check: only the %s's work is counted: say --%swork-%s as well",
			  canary ? "canary" : "baseline", canary ? "baseline-" : "", option);
}

static int check_work(const struct rg_settings *s, const struct rg_settings *base,
		      struct rg_err *err)
{
	const struct rg_config_work *ours = &s->config.work, *theirs = &base->config.work;
	int rc = check_counted(ours->metric, theirs->metric, "metric", err);

	if (!rc)
		rc = check_counted(ours->command, theirs->command, "cmd", err);
	if (!rc)
		rc = rg_counter_check(s, err);
	if (rc || !theirs->metric)
		return rc;
	rc = rg_metric_check(theirs->metric, err);
	return rc ? rg_err_prefix(err, "config: \"control\": \"work_metric\"") : 0;
}

/* Of one that is not there nothing is kept or counted. */
static int check_none(const struct rg_settings *s, struct rg_err *err)
{
	const struct rg_control_settings *control = &s->control;

	if (!control->output && !control->work_metric && !control->work_command)
		return 0;
	return rg_err_set(err, RG_EUSAGE,
			  "check: --baseline-%s is for a baseline that runs: name it by "
			  "--baseline-pid, --baseline-cgroup, --baseline-container, "
			  "--baseline-pod or --baseline-unit",
			  control->output        ? "output"
			  : control->work_metric ? "work-metric"
						 : "work-cmd");
}

int rg_control_check(const struct rg_settings *s, struct rg_err *err)
{
	struct rg_settings base;
	int rc = rg_control_given(s) ? check_canary(s, err) : check_none(s, err);

	if (rc || !rg_control_given(s))
		return rc;
	rc = check_baseline(s, err);
	if (!rc)
		rc = settings_of_baseline(s, &base, err);
	return rc ? rc : check_work(s, &base, err);
}

/* --- Capturing ------------------------------------------------------------------------------ */

struct taking {
	const struct rg_settings *settings[RG_CAPTURE_SIDES];
	struct rg_version version; /* of the baseline; NULLs: not said */
	struct rg_capture_options options[RG_CAPTURE_SIDES];
	struct rg_capture_result result[RG_CAPTURE_SIDES];
	struct rg_counter counter[RG_CAPTURE_SIDES];
	struct rg_profile_builder *builder[RG_CAPTURE_SIDES];
	struct rg_progress progress;
	struct rg_capture_user user;
};

static int prepare(struct taking *t, struct rg_err *err)
{
	const char *name = t->settings[RG_CAPTURE_CANARY]->baseline;
	bool user = rg_owner_user(&t->user.uid, &t->user.gid);
	int rc = name ? rg_version_resolve(name, &t->version, err) : 0;

	for (size_t i = 0; !rc && i < RG_CAPTURE_SIDES; i++) {
		const struct rg_settings *s = t->settings[i];

		t->builder[i] = rg_profile_builder_new();
		if (!t->builder[i])
			return rg_err_nomem(err, "profile");
		t->options[i] = rg_take_options(s, &t->progress);
		if (user)
			t->options[i].user = &t->user;
		rc = rg_target_enter(s, &t->options[i], err);
		if (rc && i == RG_CAPTURE_BASELINE)
			return rg_err_prefix(err, "baseline");
		if (!rc)
			rc = rg_counter_open(s, &t->counter[i], &t->options[i].work, err);
	}
	return rc;
}

static void remark(const struct taking *t)
{
	const struct rg_settings *s = t->settings[RG_CAPTURE_CANARY];
	const struct rg_capture_result *base = &t->result[RG_CAPTURE_BASELINE];

	rg_take_remark(s, &t->result[RG_CAPTURE_CANARY]);
	rg_counter_remark(s, &t->result[RG_CAPTURE_CANARY]);
	if (*base->work_lost)
		rg_cli_say("warning: baseline: work was not counted: %s", base->work_lost);
	if (!base->samples && !base->waits && s->verbosity >= 0)
		rg_cli_say("warning: baseline: not one sample: it used no CPU");
}

static int capture(struct taking *t, struct rg_err *err)
{
	int rc;

	rg_progress_init(&t->progress, t->settings[RG_CAPTURE_CANARY]);
	rg_signals_hold();
	rc = rg_capture_run_pair(t->options, t->builder, t->result, err);
	rg_signals_release();
	rg_progress_done(&t->progress);
	if (rc)
		return rc;
	remark(t);
	return 0;
}

/* Outside of a repository a version is kept by its label. */
static bool is_commit(const char *key)
{
	size_t len = strlen(key);

	return (len == 40 || len == 64) && strspn(key, "0123456789abcdef") == len;
}

/* What is checked out here is the canary's, not the baseline's. */
static int add_facts(const struct taking *t, struct rg_err *err)
{
	const struct rg_settings *s = t->settings[RG_CAPTURE_CANARY];
	struct rg_profile_builder *base = t->builder[RG_CAPTURE_BASELINE];
	const struct rg_version *version = &t->version;
	int rc = rg_take_facts(s, base, err);

	if (!rc)
		rc = rg_take_facts(s, t->builder[RG_CAPTURE_CANARY], err);
	if (!rc)
		rc = rg_take_version(s, t->builder[RG_CAPTURE_CANARY], err);
	if (!rc && version->label)
		rc = rg_profile_builder_fact(base, RG_KEY_VERSION, version->label, err);
	if (!rc && version->key && is_commit(version->key))
		rc = rg_profile_builder_fact(base, RG_KEY_COMMIT, version->key, err);
	return rc;
}

static int keep(struct rg_run_set *set, struct rg_profile_builder *builder, const char *path,
		struct rg_err *err)
{
	char id[RG_STORE_ID_MAX] = "";
	struct rg_profile *profile;
	int rc = rg_profile_builder_finish(builder, &profile, err);

	if (rc)
		return rc;
	rc = path ? rg_take_write(profile, path, id, err) : 0;
	if (rc) {
		rg_profile_free(profile);
		return rc;
	}
	return rg_run_set_add(set, profile, id, err);
}

static int take(struct taking *t, struct rg_comparison *c, struct rg_err *err)
{
	const struct rg_settings *s = c->settings;
	int rc = prepare(t, err);

	if (!rc)
		rc = capture(t, err);
	if (!rc)
		rc = add_facts(t, err);
	if (!rc)
		rc = keep(&c->base.runs, t->builder[RG_CAPTURE_BASELINE], s->control.output, err);
	if (!rc)
		rc = keep(&c->canary, t->builder[RG_CAPTURE_CANARY], s->output, err);
	if (rc)
		return rc;
	snprintf(c->base.note, sizeof(c->base.note),
		 "%.300s, running beside the canary in the same window",
		 rg_profile_fact(c->canary.profiles[0], RG_KEY_CONTROL_WITH));
	return 0;
}

int rg_control_take(struct rg_comparison *c, struct rg_err *err)
{
	struct rg_settings base;
	struct taking t = {.settings = {&base, c->settings}};
	int rc = settings_of_baseline(c->settings, &base, err);

	if (!rc)
		rc = take(&t, c, err);
	for (size_t i = 0; i < RG_CAPTURE_SIDES; i++) {
		rg_counter_close(&t.counter[i]);
		rg_profile_builder_free(t.builder[i]);
	}
	rg_version_done(&t.version);
	return rc;
}
