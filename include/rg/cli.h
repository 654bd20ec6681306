/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_CLI_H
#define RG_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct rg_err;

/*
 * The command line: tables of options that the parser and --help are both made from.
 */

/* One option. In a table; the last entry has a NULL name. */
struct rg_option {
	const char *name; /* without dashes */
	char letter;      /* short form, or 0 */
	const char *arg;  /* what its argument is called, or NULL when it takes none */
	const char *help; /* wrapped where it is shown; completions show its first line */
	/*
	 * Takes the value in (NULL without an argument). `to` is what rg_cli_parse() was given, and `at` bytes further.
	 * Returns 0, or an rg_code with the reason ("must be …"); the option's name is put before it.
	 */
	int (*set)(void *to, const char *value, struct rg_err *err);
	size_t at;
};

/* A titled group of options in --help; the last of a list has a NULL title. */
struct rg_option_group {
	const char *title;
	const struct rg_option *options;
};

/* A command. One file gate/cmd/NAME.c defines `const struct rg_command rg_command_NAME`. */
struct rg_command {
	const char *name;    /* "check", "baseline put" */
	const char *summary; /* one line, for the list of commands */
	const char *usage;   /* what follows the name, one form a line */
	const char *
		description; /* paragraphs, a blank line between two; wrapped where they are shown */
	const char *examples; /* or NULL */
	const struct rg_option_group *groups;
	/* Runs it; returns the exit status. argv as main() has it, from the first word behind the name. */
	int (*run)(const struct rg_command *command, int argc, char **argv);
};

/* What is left of the command line when the options are taken out. Borrows argv; end it with rg_cli_rest_done(). */
struct rg_cli_rest {
	char **words; /* positional arguments */
	size_t count;
	char **command; /* what follows "--", NULL-terminated, or NULL when there is no "--" */
	/* Every option that was said, once, of the command's tables; NULL-terminated. */
	const struct rg_option **given;
	bool help; /* --help was asked for: nothing else matters */
};

/*
 * Reads options up to "--", in any order with words, each `--name=value`, `--name value`, `-x value` or `-xvalue`; an
 * unambiguous beginning of a long name will do. Unknown ones are RG_EUSAGE with the nearest known name.
 */
int rg_cli_parse(const struct rg_command *command, int argc, char **argv, void *to,
		 struct rg_cli_rest *rest, struct rg_err *err);
void rg_cli_rest_done(struct rg_cli_rest *rest);

/* The text of `regress-gate COMMAND --help`. */
void rg_cli_help(const struct rg_command *command, FILE *out);

/* Whether to use colour on a stream: mode "always", "never", or "auto" (a terminal, no NO_COLOR, TERM not dumb). */
bool rg_cli_color(const char *mode, int fd);
/* Columns of the terminal on fd; 0 when it is none. COLUMNS overrides. */
size_t rg_cli_columns(int fd);
/* Whether the locale's character set is UTF-8 (LC_ALL, LC_CTYPE, LANG). */
bool rg_cli_unicode(void);

/* Prints a text from outside to stdout, made safe for a terminal; "?" where that takes too much memory. */
void rg_cli_print(const char *text);

/*
 * Prints one message to stderr, made safe for a terminal, as "regress-gate: text". Lines of a longer text are kept,
 * behind "  | ": a CI's log runner takes no line of it for a command.
 */
void rg_cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
