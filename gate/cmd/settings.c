/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"
#include "exit.h"
#include "policy.h"

#include "rg/arena.h"
#include "rg/err.h"
#include "rg/repo.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int init(struct rg_settings *s, struct rg_err *err)
{
	*s = (struct rg_settings){.color = "auto", .max_overhead = 0.05, .arena = rg_arena_new(0)};
	rg_config_init(&s->config);
	return s->arena ? 0 : rg_err_nomem(err, "settings");
}

static bool takes(const struct rg_command *command, const struct rg_option *options)
{
	for (const struct rg_option_group *g = command->groups; g && g->title; g++)
		if (g->options == options)
			return true;
	return false;
}

/* What the first reading of the command line says of where to find the rest. */
struct beginning {
	const char *config_path;
	struct rg_config_wanted wanted;
};

/* The top of the work tree, where the configuration file belongs; else the current directory. */
static int load_config(struct rg_settings *s, const struct beginning *beginning, struct rg_err *err)
{
	struct rg_repo *repo = NULL;
	const char *top = NULL;
	int rc;

	/* A repository that cannot be read is reported when it is needed. */
	if (!beginning->config_path && rg_repo_open(".", &repo, NULL) == 0)
		top = rg_repo_work_dir(repo);
	rc = rg_config_load(&s->config, beginning->config_path, top ? top : ".", &beginning->wanted,
			    err);
	rg_repo_free(repo);
	return rc;
}

/* The configuration, and the policy where it belongs: before the command line goes over them. */
static int load(struct rg_settings *s, const struct rg_command *command,
		const struct beginning *beginning, const char *policy_rev, struct rg_err *err)
{
	int rc = load_config(s, beginning, err);

	if (rc || !takes(command, rg_options_policy))
		return rc;
	s->config_path = beginning->config_path;
	s->policy_rev = policy_rev;
	s->scenario = beginning->wanted.scenario;
	return rg_policy_from_target(s, err);
}

int rg_settings_set_text(char **to, const char *value, struct rg_err *err)
{
	char *copy = strdup(value);

	if (!copy)
		return rg_err_nomem(err, "command line");
	free(*to);
	*to = copy;
	return 0;
}

/* The engine has no clock: by this day it tells what has expired. */
static uint32_t today(void)
{
	const time_t now = time(NULL);

	return now > 0 ? (uint32_t)(now / (24L * 60 * 60)) : 0;
}

/*
 * The file's values were checked when it was read: one that is out of its range now is an option's, and is to be
 * called by the option's name. Keys are called like their options, but for "top_k".
 */
static int name_the_option(const struct rg_err *found, struct rg_err *err)
{
	static const char key_is[] = "config: \"";
	const char *key = found->text + strlen(key_is), *quote;
	char name[32];
	size_t len;

	quote = strncmp(found->text, key_is, strlen(key_is)) ? NULL : strchr(key, '"');
	len = quote ? (size_t)(quote - key) : 0;
	if (!len || len >= sizeof(name))
		return rg_err_set(err, found->code, "%s", found->text);
	for (size_t i = 0; i < len; i++)
		name[i] = (char)(key[i] == '_' ? '-' : key[i]);
	name[len] = '\0';
	return rg_err_set(err, found->code, "option '--%s': %s",
			  strcmp(name, "top-k") ? name : "top", key - 1);
}

/* A command that runs or judges by a scenario must know which. */
static int check(const struct rg_settings *s, const struct rg_command *command, struct rg_err *err)
{
	struct rg_err found = {0};

	if (rg_config_check(&s->config, &found))
		return name_the_option(&found, err);
	if (!takes(command, rg_options_target))
		return 0;
	return rg_config_need_scenario(&s->config, err);
}

const struct rg_option *rg_settings_given(const struct rg_settings *s,
					  const struct rg_option *options, const char *but)
{
	for (size_t i = 0; s->given && s->given[i]; i++)
		for (const struct rg_option *o = options; o->name; o++)
			if (o == s->given[i] && (!but || strcmp(o->name, but) != 0))
				return o;
	return NULL;
}

/* The command line over the file: it is read once to learn of --config and --help, and again over the file's values. */
static int read_all(struct rg_settings *s, const struct rg_command *command, int argc, char **argv,
		    struct rg_cli_rest *rest, struct rg_err *err)
{
	struct beginning beginning;
	const char *policy_rev;
	int rc = init(s, err);

	if (!rc)
		rc = rg_cli_parse(command, argc, argv, s, rest, err);
	if (rc || rest->help)
		return rc;
	policy_rev = s->policy_rev;
	beginning = (struct beginning){
		.config_path = s->config_path,
		.wanted.scenario = s->scenario,
		/* Baselines outlive the scenarios of the file. */
		.wanted.may_be_unknown =
			!takes(command, rg_options_target) && !takes(command, rg_options_policy),
	};
	rg_settings_done(s, rest);
	rc = init(s, err);
	if (!rc)
		rc = load(s, command, &beginning, policy_rev, err);
	s->config.policy.today = today();
	if (!rc)
		rc = rg_cli_parse(command, argc, argv, s, rest, err);
	if (!rc)
		rc = check(s, command, err);
	s->given = rest->given;
	s->command_given = rest->command != NULL;
	s->command = rest->command ? rest->command : s->config.command;
	return rc ? rc : rg_target_configure(s, err);
}

int rg_settings_read(struct rg_settings *s, const struct rg_command *command, int argc, char **argv,
		     struct rg_cli_rest *rest, int *status)
{
	struct rg_err err = {0};
	int rc;

	*rest = (struct rg_cli_rest){0};
	rc = read_all(s, command, argc, argv, rest, &err);
	if (!rc && !rest->help)
		return 0;
	if (rc) {
		*status = rg_exit_error(&err);
	} else {
		rg_cli_help(command, stdout);
		*status = rg_exit_flushed(0);
	}
	rg_settings_done(s, rest);
	return -1;
}

void rg_settings_done(struct rg_settings *s, struct rg_cli_rest *rest)
{
	rg_config_done(&s->config);
	rg_arena_free(s->arena);
	s->arena = NULL;
	rg_cli_rest_done(rest);
}

int rg_settings_run(const struct rg_command *command, int argc, char **argv,
		    int (*body)(const struct rg_settings *settings, const struct rg_cli_rest *rest))
{
	struct rg_settings settings;
	struct rg_cli_rest rest;
	int status;

	if (rg_settings_read(&settings, command, argc, argv, &rest, &status))
		return status;
	status = body(&settings, &rest);
	rg_settings_done(&settings, &rest);
	return status;
}
