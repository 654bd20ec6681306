/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/config.h"

#include "keys.h"
#include "texts.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/units.h"

#include <stdlib.h>
#include <string.h>

void rg_config_init(struct rg_config *config)
{
	*config = (struct rg_config){
		.scenario = strdup("default"),
		.baseline_runs = 4,
		.window_ns = 30 * RG_NS_PER_S,
		.slice_ns = RG_NS_PER_S,
		.frequency_hz = 99,
		.ready.timeout_ns = 60 * RG_NS_PER_S,
		.alternate = {.build_timeout_ns = 600 * RG_NS_PER_S},
	};
	rg_policy_init(&config->policy);
}

void rg_config_done(struct rg_config *config)
{
	free(config->path);
	free(config->scenario);
	free(config->load);
	free(config->work.uprobe);
	free(config->work.metric);
	free(config->work.command);
	free(config->work.unit);
	free(config->ready.port);
	free(config->ready.line);
	free(config->ready.command);
	free(config->alternate.build);
	free(config->store);
	free(config->remote);
	for (size_t i = 0; i < RG_CONFIG_RUNNING_COUNT; i++)
		free(config->running[i]);
	for (size_t i = 0; i < RG_CONFIG_RUNNING_COUNT; i++)
		free(config->control.running[i]);
	free(config->control.work_metric);
	free(config->control.work_command);
	free(config->pinned);
	text_free_argv(config->command);
	text_free_argv(config->scenarios);
	rg_arena_free(config->arena);
	*config = (struct rg_config){0};
}

static int count_counters(const struct rg_config_work *work)
{
	return (work->uprobe != NULL) + (work->metric != NULL) + (work->command != NULL);
}

static int count_ready(const struct rg_config_ready *ready)
{
	return (ready->port != NULL) + (ready->line != NULL) + (ready->command != NULL);
}

bool rg_config_port_ok(const char *text)
{
	uint64_t port;

	if (strcmp(text, RG_CONFIG_PORT) == 0)
		return true;
	return rg_parse_u64(text, &port) == 0 && port > 0 && port <= UINT16_MAX;
}

/* What goes on goes beyond where it stands when it is looked at first. */
static int check_growth(const struct rg_config *config, struct rg_err *err)
{
	uint32_t rounds = config->alternate.rounds ? config->alternate.rounds : RG_ROUNDS_DEFAULT;
	char most[RG_UNITS_TEXT_MAX], window[RG_UNITS_TEXT_MAX];

	if (config->extend_to_ns && config->extend_to_ns <= config->window_ns)
		return rg_err_set(err, RG_EUSAGE,
				  "config: \"extend_to\" (%s) must be longer than the window (%s)",
				  rg_format_duration(most, config->extend_to_ns),
				  rg_format_duration(window, config->window_ns));
	if (config->alternate.max_rounds && config->alternate.max_rounds <= rounds)
		return rg_err_set(err, RG_EUSAGE,
				  "config: \"max_rounds\" (%u) must be more than the rounds (%u)",
				  config->alternate.max_rounds, rounds);
	return 0;
}

int rg_config_check(const struct rg_config *config, struct rg_err *err)
{
	char slice[RG_UNITS_TEXT_MAX], window[RG_UNITS_TEXT_MAX];
	int rc;

	if (!config->scenario)
		return rg_err_nomem(err, "config");
	if (!key_name_ok(config->scenario))
		return rg_err_set(err, RG_EUSAGE, "config: scenario '%.64s': must be %s",
				  config->scenario, KEY_NAME_RULE);
	if (count_counters(&config->work) > 1)
		return rg_err_set(err, RG_EUSAGE,
				  "config: work is counted by one of \"uprobe\", \"metric\" and "
				  "\"command\"");
	if (count_ready(&config->ready) > 1)
		return rg_err_set(err, RG_EUSAGE,
				  "config: the target is ready by one of \"port\", \"line\" and "
				  "\"command\"");
	rc = key_check_ranges(&key_root, config, err);
	if (!rc)
		rc = check_growth(config, err);
	if (rc || config->slice_ns <= config->window_ns)
		return rc;
	return rg_err_set(err, RG_EUSAGE, "config: the slice (%s) is longer than the window (%s)",
			  rg_format_duration(slice, config->slice_ns),
			  rg_format_duration(window, config->window_ns));
}

void rg_config_take_policy(struct rg_config *to, struct rg_config *from)
{
	rg_arena_free(to->arena);
	to->policy = from->policy;
	to->arena = from->arena;
	from->arena = NULL;
	rg_policy_init(&from->policy);
}

int rg_config_set_path(struct rg_config *config, const char *path, struct rg_err *err)
{
	return text_set(&config->path, path, err);
}
