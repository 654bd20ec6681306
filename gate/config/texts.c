/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "texts.h"

#include "rg/arena.h"
#include "rg/config.h"
#include "rg/err.h"

#include <stdlib.h>
#include <string.h>

void text_free_argv(char **argv)
{
	for (char **arg = argv; arg && *arg; arg++)
		free(*arg);
	free(argv);
}

void text_take_argv(char ***argv, char **taken)
{
	text_free_argv(*argv);
	*argv = taken;
}

bool text_copy(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

int text_set(char **text, const char *from, struct rg_err *err)
{
	char *copy;

	if (!text_copy(&copy, from))
		return rg_err_nomem(err, "config");
	free(*text);
	*text = copy;
	return 0;
}

static bool copy_argv(char ***to, char *const *from)
{
	size_t count = 0;

	while (from && from[count])
		count++;
	*to = from ? calloc(count + 1, sizeof(**to)) : NULL;
	for (size_t i = 0; *to && i < count; i++) {
		if (!text_copy(&(*to)[i], from[i]))
			return false;
	}
	return *to || !from;
}

static bool copy_work(struct rg_config_work *copy, const struct rg_config_work *work)
{
	return text_copy(&copy->uprobe, work->uprobe) && text_copy(&copy->metric, work->metric) &&
	       text_copy(&copy->command, work->command) && text_copy(&copy->unit, work->unit);
}

static bool copy_rounds(struct rg_config *copy, const struct rg_config *config)
{
	const struct rg_config_ready *ready = &config->ready;

	return text_copy(&copy->ready.port, ready->port) &&
	       text_copy(&copy->ready.line, ready->line) &&
	       text_copy(&copy->ready.command, ready->command) &&
	       text_copy(&copy->alternate.build, config->alternate.build);
}

static bool copy_running(struct rg_config *copy, const struct rg_config *config)
{
	bool ok = true;

	for (size_t i = 0; i < RG_CONFIG_RUNNING_COUNT; i++)
		ok &= text_copy(&copy->running[i], config->running[i]);
	return ok;
}

static bool copy_control(struct rg_config_control *copy, const struct rg_config_control *control)
{
	bool ok = true;

	for (size_t i = 0; i < RG_CONFIG_RUNNING_COUNT; i++)
		ok &= text_copy(&copy->running[i], control->running[i]);
	ok &= text_copy(&copy->work_metric, control->work_metric);
	return ok & text_copy(&copy->work_command, control->work_command);
}

static bool copy_policy(struct rg_config *copy, const struct rg_config *config)
{
	copy->arena = rg_arena_new(0);
	return copy->arena && rg_policy_copy(&copy->policy, &config->policy, copy->arena) == 0;
}

int texts_copy(struct rg_config *copy, const struct rg_config *config)
{
	bool ok, running, control;

	*copy = *config;
	copy->path = copy->scenario = copy->load = copy->store = copy->remote = NULL;
	copy->pinned = NULL;
	copy->command = copy->scenarios = NULL;
	copy->work = (struct rg_config_work){0};
	copy->ready.port = copy->ready.line = copy->ready.command = NULL;
	copy->alternate.build = NULL;
	copy->arena = NULL;
	/* All of them are the copy's own from here on, whatever fails. */
	running = copy_running(copy, config);
	control = copy_control(&copy->control, &config->control);
	ok = text_copy(&copy->path, config->path) && text_copy(&copy->scenario, config->scenario) &&
	     text_copy(&copy->load, config->load) && text_copy(&copy->store, config->store) &&
	     text_copy(&copy->remote, config->remote) && copy_work(&copy->work, &config->work) &&
	     copy_rounds(copy, config) && text_copy(&copy->pinned, config->pinned) &&
	     copy_argv(&copy->command, config->command) && running && control &&
	     copy_argv(&copy->scenarios, config->scenarios) && copy_policy(copy, config);
	if (ok)
		return 0;
	rg_config_done(copy);
	return RG_ENOMEM;
}
