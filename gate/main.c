/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/cli.h"
#include "rg/commands.h"
#include "rg/text.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	EXIT_USAGE = 2,
	EXIT_FAILURE_OF_OURS = 4,
	MAX_COMMANDS = 64, /* looked through for a similar name */
};

static int print_help(FILE *out)
{
	fputs("usage: regress-gate COMMAND [options]\n"
	      "\n"
	      "Stops a deploy that spends more CPU time than the version before it, or waits\n"
	      "longer, and names the function.\n"
	      "\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; i < rg_command_count; i++)
		fprintf(out, "  %-16s %s\n", rg_commands[i]->name, rg_commands[i]->summary);
	fputs("\n"
	      "'regress-gate COMMAND --help' says more. To begin: 'regress-gate doctor'.\n",
	      out);
	return fflush(out) ? EXIT_FAILURE_OF_OURS : 0;
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

/* "baseline" alone is the beginning of several commands. Whether a word is one. */
static bool list_beginning(const char *word, FILE *out)
{
	size_t len = strlen(word);
	bool any = false;

	for (size_t i = 0; i < rg_command_count; i++) {
		if (strncmp(rg_commands[i]->name, word, len) != 0 ||
		    rg_commands[i]->name[len] != ' ')
			continue;
		if (!any)
			fprintf(out, "usage:\n");
		any = true;
		fprintf(out, "  regress-gate %-16s %s\n", rg_commands[i]->name,
			rg_commands[i]->summary);
	}
	return any;
}

static bool asks_for_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

static int unknown(const char *word)
{
	const char *names[MAX_COMMANDS], *nearest;
	size_t count = 0;

	for (; count < rg_command_count && count < MAX_COMMANDS; count++)
		names[count] = rg_commands[count]->name;
	nearest = rg_text_nearest(word, names, count);
	if (nearest)
		rg_cli_say("unknown command '%s' (did you mean '%s'?)", word, nearest);
	else
		rg_cli_say("unknown command '%s' (see 'regress-gate --help')", word);
	return EXIT_USAGE;
}

/* argv[0] is no command; it may be the first word of some, and the second the wrong one. */
static int incomplete(int argc, char **argv)
{
	bool help = argc > 1 && asks_for_help(argv[1]);
	char both[64];

	if (!list_beginning(argv[0], help ? stdout : stderr))
		return unknown(argv[0]);
	if (help)
		return fflush(stdout) ? EXIT_FAILURE_OF_OURS : 0;
	if (argc == 1)
		return EXIT_USAGE;
	snprintf(both, sizeof(both), "%s %s", argv[0], argv[1]);
	return unknown(both);
}

static int run(int argc, char **argv)
{
	const struct rg_command *best = NULL;
	int taken = 0;

	for (size_t i = 0; i < rg_command_count; i++) {
		int words = match(rg_commands[i], argc, argv);

		if (words > taken) {
			best = rg_commands[i];
			taken = words;
		}
	}
	return taken ? best->run(best, argc - taken, argv + taken) : incomplete(argc, argv);
}

/*
 * A descriptor 0 to 2 that came closed would be given to the next file opened, and messages written
 * into it. Read-only: a result that goes nowhere must fail, not vanish.
 */
static int open_missing_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

int main(int argc, char **argv)
{
	if (open_missing_streams())
		return EXIT_FAILURE_OF_OURS;
	/* Messages of the system in the user's language; numbers stay as they are. */
	setlocale(LC_MESSAGES, "");
	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (asks_for_help(argv[1]))
		return print_help(stdout);
	if (!strcmp(argv[1], "help")) {
		char help[] = "--help";
		int words = 2;

		if (argc == 2)
			return print_help(stdout);
		/* Behind the command's name, so that no option and no "--" comes before it. */
		while (words < argc && argv[words][0] != '-')
			words++;
		argv[words] =
			help; /* the last may be the terminating NULL, which nobody looks for */
		return run(words - 1, argv + 2);
	}
	if (!strcmp(argv[1], "--version")) {
		puts("regress-gate " RG_VERSION_TEXT);
		return fflush(stdout) ? EXIT_FAILURE_OF_OURS : 0;
	}
	return run(argc - 1, argv + 1);
}
