/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"
#include "container.h"
#include "values.h"

#include "rg/arena.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/units.h"

#include <limits.h>
#include <string.h>

/* --- Options -------------------------------------------------------------------------------- */

static int add_pid(const char *text, size_t len, pid_t *pids, size_t *count, struct rg_err *err)
{
	char word[24];
	uint64_t pid;

	if (len < sizeof(word))
		memcpy(word, text, len);
	word[len < sizeof(word) ? len : 0] = '\0';
	if (rg_parse_u64(word, &pid) || pid == 0 || pid > INT_MAX)
		return rg_err_set(err, RG_EUSAGE, "must be process ids, separated by commas");
	if (*count == RG_SETTINGS_PIDS_MAX)
		return rg_err_set(err, RG_EUSAGE, "more than %d process ids", RG_SETTINGS_PIDS_MAX);
	pids[(*count)++] = (pid_t)pid;
	return 0;
}

int rg_target_add_pids(const char *list, pid_t *pids, size_t *count, struct rg_err *err)
{
	int rc;

	do {
		size_t len = strcspn(list, ",");

		rc = add_pid(list, len, pids, count, err);
		list += len;
	} while (!rc && *list++);
	return rc;
}

static int set_pid(void *to, const char *value, struct rg_err *err)
{
	struct rg_settings *s = to;

	return rg_target_add_pids(value, s->pids, &s->pid_count, err);
}

int rg_target_name(struct rg_target_settings *target, enum rg_target_by by, const char *name,
		   const char *what, struct rg_err *err)
{
	if (target->by)
		return rg_err_set(err, RG_EUSAGE, "one %s at a time: another is named already",
				  what);
	if (name && !*name)
		return rg_err_set(err, RG_EUSAGE, "must not be empty");
	*target = (struct rg_target_settings){.by = by, .name = name};
	return 0;
}

static int set_comm(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_COMM, value, "target", err);
}

static int set_cgroup(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_CGROUP, value, "target", err);
}

static int set_container(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_CONTAINER, value, "target", err);
}

static int set_pod(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_POD, value, "target", err);
}

static int set_unit(void *to, const char *value, struct rg_err *err)
{
	return rg_target_name(to, RG_TARGET_BY_UNIT, value, "target", err);
}

static int set_all(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	return rg_target_name(to, RG_TARGET_BY_ALL, NULL, "target", err);
}

const struct rg_option rg_options_running[] = {
	{"pid", 'p', "PID[,PID…]", "profile running processes and their descendants",
	 RG_SETS_BY(set_pid)},
	{"comm", 0, "NAME",
	 "profile the processes called NAME, while they are, and\nthose that come to be", set_comm,
	 RG_SETTING(struct rg_target_settings, target)},
	{"cgroup", 0, "PATH|NUMBER",
	 "profile the processes in a cgroup and below, those that\nenter it included: its "
	 "directory, its path as in\n/proc/PID/cgroup, or its number",
	 set_cgroup, RG_SETTING(struct rg_target_settings, target)},
	{"container", 0, "ID|NAME",
	 "profile a container of docker, podman, containerd, CRI-O,\nLXC or systemd-nspawn",
	 set_container, RG_SETTING(struct rg_target_settings, target)},
	{"pod", 0, "NAMESPACE/NAME|UID", "profile a pod that runs on this node", set_pod,
	 RG_SETTING(struct rg_target_settings, target)},
	{"unit", 0, "NAME", "profile a unit of systemd", set_unit,
	 RG_SETTING(struct rg_target_settings, target)},
	{"all", 0, NULL, "profile every process there is", set_all,
	 RG_SETTING(struct rg_target_settings, target)},
	{0},
};

/* --- Whether there is one ------------------------------------------------------------------- */

bool rg_target_running(const struct rg_settings *s)
{
	return s->pid_count || (s->target.by && !s->target.configured);
}

int rg_target_configure(struct rg_settings *s, struct rg_err *err)
{
	static const enum rg_target_by ways[RG_CONFIG_RUNNING_COUNT] = {
		[RG_CONFIG_COMM] = RG_TARGET_BY_COMM,
		[RG_CONFIG_CGROUP] = RG_TARGET_BY_CGROUP,
		[RG_CONFIG_CONTAINER] = RG_TARGET_BY_CONTAINER,
		[RG_CONFIG_POD] = RG_TARGET_BY_POD,
		[RG_CONFIG_UNIT] = RG_TARGET_BY_UNIT,
	};
	size_t named = s->config.command != NULL;

	if (s->command_given || rg_target_running(s))
		return 0;
	for (size_t i = 0; i < RG_CONFIG_RUNNING_COUNT; i++) {
		if (!s->config.running[i])
			continue;
		named++;
		s->target = (struct rg_target_settings){
			.by = ways[i], .name = s->config.running[i], .configured = true};
	}
	if (named < 2)
		return 0;
	return rg_err_set(
		err, RG_EUSAGE,
		"config: \"target\" names two: a scenario's is added to the one at the top");
}

int rg_target_check(const struct rg_settings *s, struct rg_err *err)
{
	if (s->pid_count && s->target.by && !s->target.configured)
		return rg_err_set(err, RG_EUSAGE,
				  "two targets: say either --pid or one of --comm, --cgroup, "
				  "--container, --pod, --unit, --all");
	if (s->command_given && rg_target_running(s))
		return rg_err_set(err, RG_EUSAGE, "two targets: say either %s or '-- COMMAND'",
				  s->pid_count ? "--pid" : "one that runs");
	if (s->command && !s->command[0])
		return rg_err_set(err, RG_EUSAGE, "nothing behind '--': name the command to run");
	if (!s->command && !s->pid_count && !s->target.by)
		return rg_err_set(err, RG_EUSAGE,
				  "no target: say '-- COMMAND [ARGUMENT…]', '--pid PID', or "
				  "\"target\" in " RG_CONFIG_NAME);
	return 0;
}

/* --- Finding it ----------------------------------------------------------------------------- */

/* Finds the cgroup and says how the target was named. */
static int enter_cgroup(const struct rg_settings *s, enum rg_cgroup_name kind, const char *word,
			const char *name, struct rg_capture_options *o, struct rg_err *err)
{
	char *directory = rg_arena_alloc(s->arena, PATH_MAX);
	int rc;

	if (!directory)
		return rg_err_nomem(err, "target");
	rc = rg_cgroup_find(kind, name, directory, err);
	if (rc)
		return rc;
	o->cgroup = directory;
	o->target_text = rg_arena_printf(s->arena, "%s %s", word, s->target.name);
	return o->target_text ? 0 : rg_err_nomem(err, "target");
}

static int enter_container(const struct rg_settings *s, struct rg_capture_options *o,
			   struct rg_err *err)
{
	const char *name = s->target.name;
	char id[RG_CONTAINER_ID_MAX];
	int rc = rg_container_id(name, id, err);

	if (rc)
		return rc;
	return enter_cgroup(s, RG_CGROUP_CONTAINER, "container", *id ? id : name, o, err);
}

static int enter_pod(const struct rg_settings *s, struct rg_capture_options *o, struct rg_err *err)
{
	char uid[RG_POD_UID_MAX];
	int rc = rg_pod_uid(s->target.name, uid, err);

	return rc ? rc : enter_cgroup(s, RG_CGROUP_POD, "pod", uid, o, err);
}

static int enter_named(const struct rg_settings *s, struct rg_capture_options *o,
		       struct rg_err *err)
{
	switch (s->target.by) {
	case RG_TARGET_BY_COMM:
		o->comm = s->target.name;
		return 0;
	case RG_TARGET_BY_ALL:
		o->all = true;
		return 0;
	case RG_TARGET_BY_CGROUP:
		return enter_cgroup(s, RG_CGROUP_DIRECTORY, "cgroup", s->target.name, o, err);
	case RG_TARGET_BY_UNIT:
		return enter_cgroup(s, RG_CGROUP_UNIT, "unit", s->target.name, o, err);
	case RG_TARGET_BY_CONTAINER:
		return enter_container(s, o, err);
	case RG_TARGET_BY_POD:
		return enter_pod(s, o, err);
	case RG_TARGET_BY_NOTHING:
		break;
	}
	return 0;
}

/* What runs outranks the configuration's command. */
int rg_target_enter(const struct rg_settings *s, struct rg_capture_options *o, struct rg_err *err)
{
	if (s->pid_count) {
		o->pids = s->pids;
		o->pid_count = s->pid_count;
	} else if (!s->target.by) {
		o->argv = s->command;
	}
	return enter_named(s, o, err);
}
