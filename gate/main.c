/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/cli.h"
#include "rg/text.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_USAGE = 2 };

#define RG_COMMAND(name) extern const struct rg_command rg_command_##name;
#include "commands.inc"
#undef RG_COMMAND

static const struct rg_command *const commands[] = {
#define RG_COMMAND(name) &rg_command_##name,
#include "commands.inc"
#undef RG_COMMAND
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int print_help(FILE *out)
{
	fputs("usage: regress-gate COMMAND [options]\n"
	      "\n"
	      "Stops a deploy that spends more CPU time than the version before it, and names the\n"
	      "function.\n"
	      "\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n"
	      "'regress-gate COMMAND --help' says more. To begin: 'regress-gate doctor'.\n",
	      out);
	return fflush(out) ? 4 : 0;
}

/* How many words of argv the command's name takes up when it is this one; 0 when it is not. */
static int match(const struct rg_command *command, int argc, char **argv)
{
	const char *name = command->name;
	int words = 0;

	while (*name) {
		size_t len = strcspn(name, " ");

		if (words >= argc || strlen(argv[words]) != len ||
		    strncmp(argv[words], name, len) != 0)
			return 0;
		words++;
		name += len + (name[len] == ' ');
	}
	return words;
}

/* "baseline" alone is the beginning of several commands. */
static int list_beginning(const char *word)
{
	size_t len = strlen(word);
	bool any = false;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i]->name, word, len) != 0 || commands[i]->name[len] != ' ')
			continue;
		if (!any)
			fprintf(stderr, "usage:\n");
		any = true;
		fprintf(stderr, "  regress-gate %-16s %s\n", commands[i]->name,
			commands[i]->summary);
	}
	return any;
}

static int unknown(const char *word)
{
	const char *names[COMMANDS], *nearest;

	if (list_beginning(word))
		return EXIT_USAGE;
	for (size_t i = 0; i < COMMANDS; i++)
		names[i] = commands[i]->name;
	nearest = rg_text_nearest(word, names, COMMANDS);
	if (nearest)
		rg_cli_say("unknown command '%s' (did you mean '%s'?)", word, nearest);
	else
		rg_cli_say("unknown command '%s' (see 'regress-gate --help')", word);
	return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
	const struct rg_command *best = NULL;
	int taken = 0;

	for (size_t i = 0; i < COMMANDS; i++) {
		int words = match(commands[i], argc, argv);

		if (words > taken) {
			best = commands[i];
			taken = words;
		}
	}
	return best ? best->run(best, argc - taken, argv + taken) : unknown(argv[0]);
}

int main(int argc, char **argv)
{
	/* Messages of the system in the user's language; numbers stay as they are. */
	setlocale(LC_MESSAGES, "");
	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print_help(stdout);
	if (!strcmp(argv[1], "help")) {
		char help[] = "--help";

		if (argc == 2)
			return print_help(stdout);
		argv[argc++] = help; /* in place of the terminating NULL, which nobody looks for */
		return run(argc - 2, argv + 2);
	}
	if (!strcmp(argv[1], "--version")) {
		puts("regress-gate " RG_VERSION_TEXT);
		return fflush(stdout) ? 4 : 0;
	}
	return run(argc - 1, argv + 1);
}
