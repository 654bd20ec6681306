/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "launch_plan.h"

#include "rg/arena.h"
#include "rg/capture.h"
#include "rg/err.h"
#include "rg/launch.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum {
	ENTRY_MIN_BYTES = 1024, /* of a user's entry, with all its texts */
	ENTRY_MAX_BYTES = 1 << 20,
	GROUPS_MIN = 64,
	GROUPS_MAX = 1 << 16, /* NGROUPS_MAX of Linux */
	OWN_MAX = 5,          /* variables that are not as they were */
};

/* --- The user ------------------------------------------------------------------------------- */

/* In the arena. Success without an entry: nobody is called so, or nobody knows. */
static int find_user(uid_t uid, struct rg_arena *arena, const struct passwd **out)
{
	struct passwd *entry = rg_arena_alloc(arena, sizeof(*entry)), *found = NULL;

	*out = NULL;
	for (size_t size = ENTRY_MIN_BYTES; entry && size <= ENTRY_MAX_BYTES; size *= 2) {
		char *texts = rg_arena_alloc(arena, size);

		if (!texts)
			return RG_ENOMEM;
		if (getpwuid_r(uid, entry, texts, size, &found) != ERANGE) {
			*out = found;
			return 0;
		}
	}
	return entry ? 0 : RG_ENOMEM;
}

static int find_groups(const struct passwd *user, gid_t group, struct rg_launch_plan *plan)
{
	for (int room = GROUPS_MIN; room <= GROUPS_MAX; room *= 2) {
		gid_t *groups = rg_arena_array(plan->arena, (size_t)room, sizeof(*groups));
		int count = room;

		if (!groups)
			return RG_ENOMEM;
		if (getgrouplist(user->pw_name, group, groups, &count) < 0)
			continue;
		plan->groups = groups;
		plan->group_count = (size_t)count;
		return 0;
	}
	/* More than there may be: his own alone. */
	return 0;
}

static int plan_groups(const struct passwd *user, struct rg_launch_plan *plan)
{
	plan->groups = &plan->options->user->gid;
	plan->group_count = 1;
	return user ? find_groups(user, plan->options->user->gid, plan) : 0;
}

/* --- The environment ------------------------------------------------------------------------ */

struct variables {
	char **list;
	size_t count;
};

static bool is_called(const char *variable, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(variable, name, len) == 0 && variable[len] == '=';
}

/* In its own place, or behind all others. */
static int set(struct variables *to, const char *name, char *variable)
{
	size_t i = 0;

	if (!variable)
		return RG_ENOMEM;
	while (i < to->count && !is_called(to->list[i], name))
		i++;
	to->list[i] = variable;
	to->count += i == to->count;
	return 0;
}

/* sudo left root's here. */
static int set_user(struct variables *to, const struct passwd *user, struct rg_arena *arena)
{
	const struct {
		const char *name, *value;
	} own[] = {
		{"HOME", user->pw_dir},
		{"USER", user->pw_name},
		{"LOGNAME", user->pw_name},
		{"SHELL", user->pw_shell},
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(own) / sizeof(own[0]); i++)
		rc = set(to, own[i].name,
			 rg_arena_printf(arena, "%s=%s", own[i].name, own[i].value));
	return rc;
}

/* Where it will be is not known by another name than the one we have until it is there, as that user. */
static int set_directory(struct variables *to, struct rg_launch_plan *plan)
{
	static const char name[] = "PWD";
	char *variable = rg_arena_alloc(plan->arena, sizeof(name) + PATH_MAX);

	if (!variable)
		return RG_ENOMEM;
	memcpy(variable, name, strlen(name));
	variable[strlen(name)] = '=';
	plan->directory = variable + sizeof(name);
	*plan->directory = '\0';
	return set(to, name, variable);
}

static int plan_environment(const struct passwd *user, struct rg_launch_plan *plan)
{
	char *const *from = plan->options->environment ? plan->options->environment : environ;
	struct variables to = {0};
	size_t count = 0;
	int rc = 0;

	while (from && from[count])
		count++;
	/* NULL at the end, too. */
	to.list = rg_arena_array(plan->arena, count + OWN_MAX + 1, sizeof(*to.list));
	if (!to.list)
		return RG_ENOMEM;
	for (; to.count < count; to.count++)
		to.list[to.count] = from[to.count];
	if (user)
		rc = set_user(&to, user, plan->arena);
	if (!rc && plan->options->directory)
		rc = set_directory(&to, plan);
	plan->environment = to.list;
	return rc;
}

/* --- The whole ------------------------------------------------------------------------------ */

static int make(struct rg_launch_plan *plan)
{
	const struct rg_capture_user *wanted = plan->options->user;
	const struct passwd *user = NULL;
	int rc = wanted ? find_user(wanted->uid, plan->arena, &user) : 0;

	if (!rc && wanted)
		rc = plan_groups(user, plan);
	return rc ? rc : plan_environment(user, plan);
}

int rg_launch_plan_make(const struct rg_launch_options *options, struct rg_launch_plan *out,
			struct rg_err *err)
{
	struct rg_launch_plan plan = {.options = options, .arena = rg_arena_new(0)};

	if (!plan.arena || make(&plan)) {
		rg_arena_free(plan.arena);
		return rg_err_nomem(err, options->what);
	}
	*out = plan;
	return 0;
}

void rg_launch_plan_done(struct rg_launch_plan *plan)
{
	rg_arena_free(plan->arena);
	*plan = (struct rg_launch_plan){0};
}
