/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Manual pages, made from the same tables as --help; for man(1), by way of `make install`. */
#include "exit.h"
#include "plain.h"

#include "rg/cli.h"
#include "rg/commands.h"

#include <stdio.h>
#include <string.h>

/* Text as roff(7) takes it literally: no escapes, no requests at the start of a line, no hyphens for minus signs. */
static void print_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		bool starts = i == 0 || text[i - 1] == '\n';

		if (starts && (text[i] == '.' || text[i] == '\''))
			fputs("\\&", stdout);
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else
			putchar(text[i]);
	}
}

static void print_line(const char *text)
{
	print_text(text, strlen(text));
	putchar('\n');
}

/* Paragraphs that man(1) fills. */
static void print_paragraphs(const char *text)
{
	const char *end;

	for (; (end = strstr(text, "\n\n")); text = end + 2) {
		print_text(text, (size_t)(end - text));
		puts("\n.PP");
	}
	print_line(text);
}

/* As it stands, lines kept. */
static void print_kept(const char *text)
{
	puts(".nf");
	print_text(text, strlen(text));
	if (*text && text[strlen(text) - 1] != '\n')
		putchar('\n');
	puts(".fi");
}

/* "regress-gate-baseline-put", the page's name. */
static void print_page_name(const struct rg_command *command)
{
	fputs("regress\\-gate", stdout);
	if (!command)
		return;
	fputs("\\-", stdout);
	for (const char *p = command->name; *p; p++)
		if (*p == ' ')
			fputs("\\-", stdout);
		else
			putchar(*p);
}

static void print_head(const struct rg_command *command, const char *summary)
{
	fputs(".TH \"", stdout);
	print_page_name(command);
	puts("\" 1 \"\" \"regress\\-gate " RG_VERSION_TEXT "\"");
	puts(".SH NAME");
	print_page_name(command);
	fputs(" \\- ", stdout);
	print_line(summary);
}

static void print_usage(const struct rg_command *command)
{
	const char *line = command->usage;

	puts(".SH SYNOPSIS\n.nf");
	do {
		size_t len = strcspn(line, "\n");

		printf("\\fBregress\\-gate %s\\fR ", command->name);
		print_text(line, len);
		putchar('\n');
		line += len + (line[len] == '\n');
	} while (*line);
	puts(".fi");
}

static void print_option(const struct rg_option *o)
{
	puts(".TP");
	fputs("\\fB", stdout);
	if (o->letter)
		printf("\\-%c\\fR, \\fB", o->letter);
	fputs("\\-\\-", stdout);
	print_text(o->name, strlen(o->name));
	fputs("\\fR", stdout);
	if (o->arg) {
		fputs(" \\fI", stdout);
		print_text(o->arg, strlen(o->arg));
		fputs("\\fR", stdout);
	}
	putchar('\n');
	print_line(o->help);
}

static void print_page(const struct rg_command *command)
{
	print_head(command, command->summary);
	print_usage(command);
	puts(".SH DESCRIPTION");
	print_paragraphs(command->description);
	for (const struct rg_option_group *g = command->groups; g && g->title; g++) {
		printf(".SH \"%s\"\n", g->title);
		for (const struct rg_option *o = g->options; o->name; o++)
			print_option(o);
	}
	if (command->examples) {
		puts(".SH EXAMPLES");
		print_kept(command->examples);
	}
	puts(".SH SEE ALSO\n.BR regress\\-gate (1)");
}

static void print_overview(void)
{
	print_head(NULL, "stop a deploy that spends more CPU time than the version before it");
	puts(".SH SYNOPSIS\n\\fBregress\\-gate\\fR \\fICOMMAND\\fR [options]\n.SH COMMANDS");
	for (size_t i = 0; i < rg_command_count; i++) {
		printf(".TP\n\\fB%s\\fR\n", rg_commands[i]->name);
		print_line(rg_commands[i]->summary);
	}
	puts(".SH \"EXIT STATUS\"");
	print_paragraphs(RG_EXIT_HELP);
	puts(".SH FILES\n.TP\n\\fIregress\\-gate.json\\fR\n"
	     "configuration, at the top of the repository; the command line overrides it");
}

static const struct rg_command *find(const char *name)
{
	for (size_t i = 0; i < rg_command_count; i++)
		if (!strcmp(rg_commands[i]->name, name))
			return rg_commands[i];
	return NULL;
}

static int manual(const void *nothing, const struct rg_cli_rest *rest)
{
	const struct rg_command *command;

	(void)nothing;
	if (rest->count == 0) {
		print_overview();
		return 0;
	}
	command = rest->count == 1 ? find(rest->words[0]) : NULL;
	if (!command)
		return rg_exit_usage("manual: takes the name of one command, such as 'check' or "
				     "\"baseline put\"");
	print_page(command);
	return 0;
}

static const struct rg_option_group groups[] = {{0}};

static int run(const struct rg_command *command, int argc, char **argv)
{
	return rg_plain_run(command, argc, argv, NULL, manual);
}

const struct rg_command rg_command_manual = {
	.name = "manual",
	.summary = "print a manual page as man(1) reads it",
	.usage = "[COMMAND]",
	.description = "Prints the manual page of a command, or of the whole program, in roff.",
	.examples = "  regress-gate manual check | man -l -\n",
	.groups = groups,
	.run = run,
};
