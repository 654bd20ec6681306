/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/cli.h"
#include "rg/text.h"

#include <string.h>

enum { HELP_COLUMN = 26 }; /* where the explanations begin */

static void print_indented(FILE *out, const char *text, int indent)
{
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		fprintf(out, "%*s%.*s\n", line == text ? 0 : indent, "", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void print_option(FILE *out, const struct rg_option *o)
{
	const char *arg = o->arg ? o->arg : "";
	int used = fprintf(out, "  %s%c%s--%s%s", o->letter ? "-" : "", o->letter ? o->letter : ' ',
			   o->letter ? ", " : "   ", o->name, o->arg ? " " : "");

	fputs(arg, out);
	used += (int)rg_text_columns(arg, strlen(arg));
	if (used + 2 > HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	else
		fprintf(out, "%*s", HELP_COLUMN - used, "");
	print_indented(out, o->help, HELP_COLUMN);
}

static void print_usage(FILE *out, const struct rg_command *command)
{
	const char *line = command->usage;

	do {
		size_t len = strcspn(line, "\n");

		fprintf(out, "%s regress-gate %s%s%.*s\n",
			line == command->usage ? "usage:" : "   or:", command->name, len ? " " : "",
			(int)len, line);
		line += len + (line[len] == '\n');
	} while (*line);
}

void rg_cli_help(const struct rg_command *command, FILE *out)
{
	print_usage(out, command);
	fprintf(out, "\n%s\n", command->description);
	for (const struct rg_option_group *g = command->groups; g && g->title; g++) {
		fprintf(out, "\n%s:\n", g->title);
		for (const struct rg_option *o = g->options; o->name; o++)
			print_option(out, o);
	}
	if (command->examples)
		fprintf(out, "\nExamples:\n%s", command->examples);
}
