/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"
#include "exit.h"

#include "rg/err.h"
#include "rg/repo.h"

#include <stdlib.h>

static void init(struct rg_settings *s)
{
	*s = (struct rg_settings){.color = "auto"};
	rg_config_init(&s->config);
}

/* The top of the work tree, where the configuration file belongs; else the current directory. */
static int load_config(struct rg_settings *s, const char *path, struct rg_err *err)
{
	struct rg_repo *repo = NULL;
	const char *top = NULL;
	int rc;

	/* A repository that cannot be read is reported when it is needed. */
	if (!path && rg_repo_open(".", &repo, NULL) == 0)
		top = rg_repo_work_dir(repo);
	rc = rg_config_load(&s->config, path, top ? top : ".", err);
	rg_repo_free(repo);
	return rc;
}

/* The command line over the file: it is read once to learn of --config and --help, and again over the file's values. */
static int read_all(struct rg_settings *s, const struct rg_command *command, int argc, char **argv,
		    struct rg_cli_rest *rest, struct rg_err *err)
{
	const char *path;
	int rc;

	init(s);
	rc = rg_cli_parse(command, argc, argv, s, rest, err);
	if (rc || rest->help)
		return rc;
	path = s->config_path;
	rg_settings_done(s, rest);
	init(s);
	rc = load_config(s, path, err);
	if (!rc)
		rc = rg_cli_parse(command, argc, argv, s, rest, err);
	if (!rc)
		rc = rg_config_check(&s->config, err);
	s->command_given = rest->command != NULL;
	s->command = rest->command ? rest->command : s->config.command;
	return rc;
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
	free(rest->words);
	*rest = (struct rg_cli_rest){0};
}
