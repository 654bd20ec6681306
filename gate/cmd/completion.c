/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell completions, made from the same tables as --help. */
#include "exit.h"
#include "plain.h"

#include "rg/cli.h"
#include "rg/commands.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* What the shell should offer for an option's value. */
enum kind {
	KIND_NONE,
	KIND_FILE,
	KIND_REVISION,
	KIND_WORDS, /* "a|b|c" */
};

static enum kind kind_of(const char *arg)
{
	if (!strcmp(arg, "FILE") || !strncmp(arg, "PATH", 4))
		return KIND_FILE;
	if (!strcmp(arg, "REF"))
		return KIND_REVISION;
	/* "ID|NAME" are no words to type. */
	return strchr(arg, '|') && islower((unsigned char)*arg) ? KIND_WORDS : KIND_NONE;
}

static bool takes_versions(const struct rg_command *command)
{
	return strstr(command->usage, "VERSION") != NULL;
}

static bool takes_files(const struct rg_command *command)
{
	return !takes_versions(command) || strstr(command->usage, "FILE…");
}

/* Calls fn for each option of a command. */
static void each_option(const struct rg_command *command,
			void (*fn)(const struct rg_command *command,
				   const struct rg_option *option))
{
	for (const struct rg_option_group *g = command->groups; g && g->title; g++)
		for (const struct rg_option *o = g->options; o->name; o++)
			fn(command, o);
}

static void print_words(const char *arg, const char *separator)
{
	for (const char *p = arg; *p; p++)
		fputs(*p == '|' ? separator : (char[]){*p, '\0'}, stdout);
}

/* The first line of a help text, fit to stand between single quotes. */
static void print_first_line(const char *help)
{
	for (const char *p = help; *p && *p != '\n'; p++)
		if (*p != '\'' && *p != '[' && *p != ']' && *p != ':')
			putchar(*p);
}

#define GIT_REVISIONS                                                                     \
	"git for-each-ref --format='%(refname:short)' refs/tags refs/heads refs/remotes " \
	"2>/dev/null"

/* --- bash ----------------------------------------------------------------------------------- */

static void bash_name(const struct rg_command *command, const struct rg_option *option)
{
	(void)command;
	printf("--%s ", option->name);
}

static void bash_value(const struct rg_command *command, const struct rg_option *option)
{
	if (!option->arg || kind_of(option->arg) == KIND_NONE)
		return;
	printf("\t'%s --%s'", command->name, option->name);
	if (option->letter)
		printf("|'%s -%c'", command->name, option->letter);
	printf(") ");
	switch (kind_of(option->arg)) {
	case KIND_FILE:
		printf("COMPREPLY=($(compgen -f -- \"$word\"));;\n");
		break;
	case KIND_REVISION:
		puts("_regress_gate_revisions;;");
		break;
	case KIND_WORDS:
		printf("COMPREPLY=($(compgen -W '");
		print_words(option->arg, " ");
		printf("' -- \"$word\"));;\n");
		break;
	case KIND_NONE:
		break;
	}
}

/* What stands where no option does. */
static void bash_words(const struct rg_command *command)
{
	if (kind_of(command->usage) == KIND_WORDS) {
		printf("COMPREPLY=($(compgen -W '");
		print_words(command->usage, " ");
		printf("' -- \"$word\"));");
		return;
	}
	if (takes_files(command))
		printf("COMPREPLY=($(compgen -f -- \"$word\"));");
	if (takes_versions(command))
		printf("_regress_gate_revisions;");
}

static void bash_commands(void)
{
	static const char group[] = "baseline ";

	printf("\t1\\ *) COMPREPLY=($(compgen -W 'help ");
	for (size_t i = 0; i < rg_command_count; i++)
		if (!strchr(rg_commands[i]->name, ' '))
			printf("%s ", rg_commands[i]->name);
	puts("baseline' -- \"$word\"));;");
	printf("\t2\\ baseline*) COMPREPLY=($(compgen -W '");
	for (size_t i = 0; i < rg_command_count; i++)
		if (!strncmp(rg_commands[i]->name, group, strlen(group)))
			printf("%s ", rg_commands[i]->name + strlen(group));
	puts("' -- \"$word\"));;");
}

static void bash_command(const struct rg_command *command)
{
	printf("\t*' %s') if [[ $word == -* ]]; then COMPREPLY=($(compgen -W '", command->name);
	each_option(command, bash_name);
	printf("--help' -- \"$word\")); else ");
	bash_words(command);
	puts(" fi;;");
}

static void bash(void)
{
	/* Not by compgen -W, which expands its words: a tag may be called "$(command)". */
	puts("# bash completion for regress-gate\n"
	     "_regress_gate_revisions() {\n"
	     "\tlocal revision\n"
	     "\twhile IFS= read -r revision; do\n"
	     "\t\t[[ $revision == \"$word\"* ]] && COMPREPLY+=(\"$revision\")\n"
	     "\tdone < <(" GIT_REVISIONS ")\n"
	     "}\n"
	     "_regress_gate() {\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
	     "command=${COMP_WORDS[1]}\n"
	     "\t[ \"$command\" = baseline ] && command=\"baseline ${COMP_WORDS[2]}\"\n"
	     "\tCOMPREPLY=()\n"
	     "\tcase \"$command $before\" in");
	for (size_t i = 0; i < rg_command_count; i++)
		each_option(rg_commands[i], bash_value);
	puts("\t*) case \"$COMP_CWORD $command\" in");
	bash_commands();
	for (size_t i = 0; i < rg_command_count; i++)
		bash_command(rg_commands[i]);
	puts("\tesac;;\n\tesac\n}\n"
	     "complete -o filenames -F _regress_gate regress-gate");
}

/* --- zsh ------------------------------------------------------------------------------------ */

static void zsh_option(const struct rg_command *command, const struct rg_option *option)
{
	(void)command;
	printf("\t\t'--%s[", option->name);
	print_first_line(option->help);
	putchar(']');
	if (option->arg) {
		switch (kind_of(option->arg)) {
		case KIND_FILE:
			printf(":file:_files");
			break;
		case KIND_REVISION:
			printf(":revision:_regress_gate_revisions");
			break;
		case KIND_WORDS:
			printf(":value:(");
			print_words(option->arg, " ");
			putchar(')');
			break;
		case KIND_NONE:
			printf(":value:");
			break;
		}
	}
	puts("' \\");
}

static void zsh_words(const struct rg_command *command)
{
	if (kind_of(command->usage) == KIND_WORDS) {
		printf("'*:value:(");
		print_words(command->usage, " ");
		printf(")'");
		return;
	}
	if (takes_versions(command))
		printf("'%s:version:_regress_gate_revisions' ", takes_files(command) ? "1" : "*");
	if (takes_files(command))
		printf("'*:file:_files'");
}

static void zsh(void)
{
	puts("#compdef regress-gate\n"
	     "_regress_gate_revisions() { compadd -- $(" GIT_REVISIONS ") }\n"
	     "_regress_gate() {\n"
	     "\tlocal command=$words[2] at=2\n"
	     "\tif [[ $command == baseline ]]; then command=\"baseline $words[3]\"; at=3; fi\n"
	     "\tif (( CURRENT == 2 )); then");
	printf("\t\tcompadd help baseline");
	for (size_t i = 0; i < rg_command_count; i++)
		if (!strchr(rg_commands[i]->name, ' '))
			printf(" %s", rg_commands[i]->name);
	printf("; return\n\tfi\n\tif (( CURRENT == 3 && at == 3 )); then\n\t\tcompadd");
	for (size_t i = 0; i < rg_command_count; i++)
		if (!strncmp(rg_commands[i]->name, "baseline ", 9))
			printf(" %s", rg_commands[i]->name + 9);
	puts("; return\n\tfi\n"
	     "\twords=($words[$at,-1]); (( CURRENT -= at - 1 ))\n"
	     "\tcase $command in");
	for (size_t i = 0; i < rg_command_count; i++) {
		printf("\t'%s') _arguments -s \\\n", rg_commands[i]->name);
		each_option(rg_commands[i], zsh_option);
		printf("\t\t'--help[say what the command does]' ");
		zsh_words(rg_commands[i]);
		puts(" ;;");
	}
	puts("\tesac\n}\n_regress_gate \"$@\"");
}

/* --- fish ----------------------------------------------------------------------------------- */

static void print_fish_condition(const struct rg_command *command)
{
	if (strncmp(command->name, "baseline ", 9) != 0)
		printf("__fish_seen_subcommand_from %s", command->name);
	else
		printf("__fish_seen_subcommand_from baseline; and __fish_seen_subcommand_from %s",
		       command->name + 9);
}

static void fish_option(const struct rg_command *command, const struct rg_option *option)
{
	printf("complete -c regress-gate -n '");
	print_fish_condition(command);
	printf("' -l %s", option->name);
	if (option->letter)
		printf(" -s %c", option->letter);
	if (option->arg) {
		switch (kind_of(option->arg)) {
		case KIND_FILE:
			printf(" -r -F");
			break;
		case KIND_REVISION:
			fputs(" -x -a \"(" GIT_REVISIONS ")\"", stdout);
			break;
		case KIND_WORDS:
			printf(" -x -a '");
			print_words(option->arg, " ");
			putchar('\'');
			break;
		case KIND_NONE:
			printf(" -x");
			break;
		}
	}
	printf(" -d '");
	print_first_line(option->help);
	puts("'");
}

static void fish_words(const struct rg_command *command)
{
	bool words = kind_of(command->usage) == KIND_WORDS;

	if (!words && !takes_versions(command))
		return;
	printf("complete -c regress-gate -n '");
	print_fish_condition(command);
	printf("' %s-a ", takes_files(command) && !words ? "" : "-f ");
	if (!words) {
		puts("\"(" GIT_REVISIONS ")\"");
		return;
	}
	putchar('\'');
	print_words(command->usage, " ");
	puts("'");
}

static void fish(void)
{
	puts("# fish completion for regress-gate\n"
	     "complete -c regress-gate -n __fish_use_subcommand -f -a baseline -d 'the stored "
	     "runs'");
	for (size_t i = 0; i < rg_command_count; i++) {
		const char *name = rg_commands[i]->name;

		if (strncmp(name, "baseline ", 9) != 0)
			printf("complete -c regress-gate -n __fish_use_subcommand -f -a %s -d '",
			       name);
		else
			printf("complete -c regress-gate -n '__fish_seen_subcommand_from baseline' "
			       "-f -a %s -d '",
			       name + 9);
		print_first_line(rg_commands[i]->summary);
		puts("'");
	}
	for (size_t i = 0; i < rg_command_count; i++) {
		fish_words(rg_commands[i]);
		each_option(rg_commands[i], fish_option);
	}
}

/* --- The command ---------------------------------------------------------------------------- */

static const struct rg_option_group groups[] = {{0}};

static int completion(const void *nothing, const struct rg_cli_rest *rest)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

	(void)nothing;
	for (size_t i = 0; rest->count == 1 && i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(rest->words[0], shells[i].name) != 0)
			continue;
		shells[i].print();
		return 0;
	}
	return rg_exit_usage("completion: say which shell: bash, zsh or fish");
}

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_plain_run(command, argc, argv, NULL, completion);
}

const struct rg_command rg_command_completion = {
	.name = "completion",
	.summary = "print completions for a shell",
	.usage = "bash|zsh|fish",
	.description =
		"Prints a script that completes commands, options, their values and versions.\n"
		"'make install' puts them where the shells look.",
	.examples = "  source <(regress-gate completion bash)\n",
	.groups = groups,
	.run = run,
};
