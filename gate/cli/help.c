/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/cli.h"
#include "rg/text.h"

#include <string.h>

enum {
	HELP_COLUMN = 26, /* where the explanations begin */
	LAST_COLUMN = 80,
};

/* One word behind those that the line has; returns what is used of the line behind its indentation. */
static size_t print_word(FILE *out, const char *word, size_t len, size_t used, int indent)
{
	size_t columns = rg_text_columns(word, len);

	if (used && (size_t)indent + used + 1 + columns > LAST_COLUMN) {
		fprintf(out, "\n%*s", indent, "");
		used = 0;
	}
	fprintf(out, "%s%.*s", used ? " " : "", (int)len, word);
	return used + (used > 0) + columns;
}

/* From where the line is, broken at words as fits and at blank lines; ends the line. */
static void print_wrapped(FILE *out, const char *text, int indent)
{
	size_t used = 0;

	while (*text) {
		size_t len = strcspn(text, " \n");

		used = print_word(out, text, len, used, indent);
		text += len;
		if (!strncmp(text, "\n\n", 2)) {
			fprintf(out, "\n\n%*s", indent, "");
			used = 0;
		}
		text += strspn(text, " \n");
	}
	fputc('\n', out);
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
	print_wrapped(out, o->help, HELP_COLUMN);
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
	fputc('\n', out);
	print_wrapped(out, command->description, 0);
	for (const struct rg_option_group *g = command->groups; g && g->title; g++) {
		fprintf(out, "\n%s:\n", g->title);
		for (const struct rg_option *o = g->options; o->name; o++)
			print_option(out, o);
	}
	if (command->examples)
		fprintf(out, "\nExamples:\n%s", command->examples);
}
