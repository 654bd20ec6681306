/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"
#include "plain.h"
#include "program.h"
#include "shell_word.h"
#include "templates.h"
#include "values.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"
#include "rg/repo.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int set_github(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->templates |= RG_TEMPLATES_GITHUB;
	return 0;
}

static int set_gitlab(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->templates |= RG_TEMPLATES_GITLAB;
	return 0;
}

static int set_kubernetes(void *to, const char *value, struct rg_err *err)
{
	(void)value;
	(void)err;
	((struct rg_settings *)to)->templates |= RG_TEMPLATES_KUBERNETES;
	return 0;
}

static const struct rg_option own_options[] = {
	{"github", 0, NULL, "write the workflows and the action for GitHub, too",
	 RG_SETS_BY(set_github)},
	{"gitlab", 0, NULL, "write the jobs for GitLab, too", RG_SETS_BY(set_gitlab)},
	{"kubernetes", 0, NULL, "write the capture's job and image for Kubernetes, too",
	 RG_SETS_BY(set_kubernetes)},
	{"force", 'f', NULL, "write over a file that is there", RG_SETS_FLAG(force)},
	{0},
};

static const struct rg_option_group groups[] = {
	{"Init", own_options},
	{"General", rg_options_general},
	{0},
};

/* --- What is here --------------------------------------------------------------------------- */

/* A project as it was found. */
struct project {
	char top[PATH_MAX]; /* of the work tree, else the current directory */
	char *tag;          /* the newest, or NULL */
	bool in_git;
	struct rg_program program;
	char path[PATH_MAX]; /* of the file to write */
};

static void project_done(struct project *project)
{
	free(project->tag);
	free(project->program.path);
}

/* Without a repository, or without tags in it, there is only less to say. */
static void look_at_repo(struct project *project, const char **top)
{
	struct rg_repo *repo;

	if (rg_repo_open(".", &repo, NULL))
		return;
	project->in_git = true;
	if (rg_repo_newest_tag(repo, &project->tag, NULL))
		project->tag = NULL;
	if (rg_repo_work_dir(repo) && realpath(rg_repo_work_dir(repo), project->top))
		*top = project->top;
	rg_repo_free(repo);
}

static int look(struct project *project, const char *config_path, struct rg_err *err)
{
	const char *top = NULL, *slash;
	int len;

	look_at_repo(project, &top);
	if (!top && !realpath(".", project->top))
		return rg_err_set(err, RG_EIO, "init: the current directory is gone");
	len = snprintf(project->path, sizeof(project->path), "%s%s",
		       config_path ? config_path : project->top,
		       config_path ? "" : "/" RG_CONFIG_NAME);
	if (len < 0 || len >= (int)sizeof(project->path))
		return rg_err_set(err, RG_EUSAGE, "init: the name of the file is too long");
	slash = strrchr(project->top, '/');
	return rg_program_find(project->top, slash ? slash + 1 : project->top, &project->program,
			       err);
}

static int write_config(const struct project *project, bool force, struct rg_err *err)
{
	struct rg_buf text;
	struct stat st;
	int rc;

	if (!force && lstat(project->path, &st) == 0)
		return rg_err_set(err, RG_EUSAGE,
				  "init: '%.800s' is there already: --force writes over it",
				  project->path);
	rg_buf_init(&text, RG_CONFIG_MAX_BYTES);
	rc = rg_config_write_start(project->program.path, &text, err);
	if (!rc)
		rc = rg_file_write_atomic(project->path, text.data, text.len, 0644, err);
	rg_buf_done(&text);
	return rc;
}

/* --- What it says --------------------------------------------------------------------------- */

/* A tag's name may hold what a shell acts on, and what a terminal does. */
static void print_word(const char *word)
{
	struct rg_buf quoted;

	rg_buf_init(&quoted, 1 << 16);
	rg_shell_word_add(&quoted, word);
	rg_cli_print(quoted.failed || !quoted.data ? "?" : quoted.data);
	rg_buf_done(&quoted);
}

static void print_target(const struct rg_program *program)
{
	fputs("  target    ", stdout);
	if (!program->path) {
		puts("none: no executable was found here; put yours in place of ./your-program");
		return;
	}
	rg_cli_print(program->path);
	if (program->found == 1)
		puts(" (the only executable here)");
	else
		printf(" (%s of %zu executables here)\n",
		       program->named ? "called like the directory, one" : "the likeliest",
		       program->found);
	if (program->cut)
		puts("            the tree is large, and was not looked through to its end");
}

static void print_assumed(const struct project *project)
{
	fputs("wrote ", stdout);
	rg_cli_print(project->path);
	puts("\n\nassumed:");
	print_target(&project->program);
	puts("  window    30s after 2s of warm-up, 99 samples a second on each CPU\n"
	     "  policy    a function whose part of the CPU time grows by more than 15% fails;\n"
	     "            the total is judged as well where \"work\" is counted, or\n"
	     "            \"basis\" is \"second\"");
	fputs("  baseline  ", stdout);
	if (project->tag) {
		rg_cli_print(project->tag);
		puts(", the newest tag");
	} else {
		puts(project->in_git
			     ? "none: there are no tags; name a commit or a branch"
			     : "none: this is no git repository; name versions as you like");
	}
}

static void print_next(const struct project *project)
{
	const char *version = project->tag ? project->tag : "VERSION";

	puts("\nnext:\n"
	     "  1. read the file; a program that waits for work needs a \"load\" beside it:\n"
	     "     \"load\": \"the command of a load generator\"\n"
	     "  2. see whether this machine can profile:\n"
	     "       regress-gate doctor\n"
	     "  3. profile the version to compare with, and keep that:");
	fputs("       git checkout ", stdout);
	print_word(version);
	puts("   # and build it\n"
	     "       sudo regress-gate capture -o base.pb.gz");
	fputs("       regress-gate baseline put ", stdout);
	print_word(version);
	puts(" base.pb.gz\n"
	     "  4. check the version that is to be deployed:\n"
	     "       git checkout -   # and build it");
	fputs("       sudo regress-gate check --baseline ", stdout);
	print_word(version);
	fputs("\n\nor, in place of 3 and 4, keep nothing, and have both built and run in turns:\n"
	      "       sudo regress-gate check --baseline ",
	      stdout);
	print_word(version);
	puts(" --build make   # or what builds it");
}

static void tell(const struct rg_settings *s, const struct project *project, bool configured)
{
	if (configured)
		print_assumed(project);
	if (s->templates) {
		fputs(configured ? "\n" : "", stdout);
		rg_templates_tell(s->templates);
	} else {
		print_next(project);
	}
}

/* With templates the configuration is written where there is none, and left alone where there is. */
static int write_files(const struct rg_settings *s, const struct project *project, bool *configured,
		       struct rg_err *err)
{
	struct stat st;
	int rc;

	*configured = !s->templates || lstat(project->path, &st) != 0;
	rc = s->templates ? rg_templates_write(project->top, s->templates, s->force, err) : 0;
	if (rc || !*configured)
		return rc;
	return write_config(project, s->force, err);
}

static int init(const void *settings, const struct rg_cli_rest *rest)
{
	const struct rg_settings *s = settings;
	bool configured;
	struct project project = {0};
	struct rg_err err = {0};
	int rc, status = 0;

	if (rest->count || rest->command)
		return rg_exit_usage("init: takes no argument");
	rc = look(&project, s->config_path, &err);
	if (!rc)
		rc = write_files(s, &project, &configured, &err);
	if (rc)
		status = rg_exit_error(&err);
	else if (s->verbosity >= 0)
		tell(s, &project, configured);
	project_done(&project);
	return status;
}

/* The file that may be there is not read: it need not be a good one to be written over. */
static int run(const struct rg_command *command, int argc, char **argv)
{
	struct rg_settings settings = {0};

	return rg_plain_run(command, argc, argv, &settings, init);
}

const struct rg_command rg_command_init = {
	.name = "init",
	.summary = "write a configuration to begin with, and the files for CI",
	.usage = "[options]",
	.description =
		"Looks at the repository, writes regress-gate.json at its top, and says what it "
		"assumed\n"
		"and what to do next. No file is written over without --force. With --github, "
		"--gitlab\n"
		"or --kubernetes it also writes the files for that; a configuration that is "
		"there already\n"
		"stays as it is.\n"
		"\n"
		"Exit status: 0 when it was written; 2 when there is one already; 4 when it could "
		"not "
		"be.",
	.examples = "  regress-gate init\n"
		    "  regress-gate init --github\n",
	.groups = groups,
	.run = run,
};
