/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/cli.h"

#include "rg/cli.h"
#include "rg/err.h"
#include "rg/text.h"

#include <stdlib.h>
#include <string.h>

static const struct rg_option help_option = {.name = "help", .letter = 'h'};

/* The n-th option of a command over all its groups, or NULL behind the last. */
static const struct rg_option *nth_option(const struct rg_command *command, size_t n)
{
	for (const struct rg_option_group *g = command->groups; g && g->title; g++)
		for (const struct rg_option *o = g->options; o->name; o++)
			if (n-- == 0)
				return o;
	return NULL;
}

/* --- Finding an option ---------------------------------------------------------------------- */

/* As nth_option(), with --help at the end of every command's. */
static const struct rg_option *option_or_help(const struct rg_command *command, size_t n)
{
	const struct rg_option *o = nth_option(command, n);

	if (o)
		return o;
	return n == 0 || nth_option(command, n - 1) ? &help_option : NULL;
}

/* NULL, for the finders to return. */
static const struct rg_option *unknown_option(const struct rg_command *command, const char *word,
					      size_t len, struct rg_err *err)
{
	const char *names[128], *nearest;
	char name[64];
	size_t count = 0;
	const struct rg_option *o;

	while (count < 128 && (o = option_or_help(command, count)))
		names[count++] = o->name;
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, word, len);
	name[len] = '\0';
	nearest = rg_text_nearest(name, names, count);
	if (nearest)
		rg_err_set(err, RG_EUSAGE, "unknown option '--%s' (did you mean '--%s'?)", name,
			   nearest);
	else
		rg_err_set(err, RG_EUSAGE, "unknown option '--%s' (see 'regress-gate %s --help')",
			   name, command->name);
	return NULL;
}

/* The shortest name that begins so; NULL: none does. */
static const struct rg_option *find_beginning(const struct rg_command *command, const char *word,
					      size_t len)
{
	const struct rg_option *o, *shortest = NULL;

	for (size_t n = 0; len > 0 && (o = option_or_help(command, n)); n++) {
		if (strncmp(o->name, word, len) != 0)
			continue;
		if (!shortest || strlen(o->name) < strlen(shortest->name))
			shortest = o;
	}
	return shortest;
}

/*
 * An exact name wins; else the one that begins so, if it is one only, or the one all others go on from: "--baselin" is
 * --baseline, though --baseline-pid begins so too. NULL: RG_EUSAGE, said in err.
 */
static const struct rg_option *find_long(const struct rg_command *command, const char *word,
					 size_t len, struct rg_err *err)
{
	const struct rg_option *o, *shortest = find_beginning(command, word, len);

	if (!shortest)
		return unknown_option(command, word, len, err);
	for (size_t n = 0; (o = option_or_help(command, n)); n++) {
		if (strncmp(o->name, word, len) != 0 ||
		    strncmp(o->name, shortest->name, strlen(shortest->name)) == 0)
			continue;
		rg_err_set(err, RG_EUSAGE, "option '--%.*s' may be '--%s' or '--%s'", (int)len,
			   word, shortest->name, o->name);
		return NULL;
	}
	return shortest;
}

static const struct rg_option *find_short(const struct rg_command *command, char letter,
					  struct rg_err *err)
{
	const struct rg_option *o;

	for (size_t n = 0; (o = nth_option(command, n)); n++)
		if (o->letter == letter)
			return o;
	if (letter == help_option.letter)
		return &help_option;
	rg_err_set(err, RG_EUSAGE, "unknown option '-%c' (see 'regress-gate %s --help')", letter,
		   command->name);
	return NULL;
}

/* --- Taking it in --------------------------------------------------------------------------- */

/* Where the parser stands. */
struct cursor {
	int argc;
	char **argv;
	int at;
};

static int apply(const struct rg_option *o, const char *value, void *to, struct rg_err *err)
{
	int rc = o->set((char *)to + o->at, value, err);

	if (rc && value)
		rg_err_prefix(err, "option '--%s %s'", o->name, value);
	else if (rc)
		rg_err_prefix(err, "option '--%s'", o->name);
	return rc;
}

static void note_given(struct rg_cli_rest *rest, const struct rg_option *o)
{
	size_t i = 0;

	while (rest->given[i] && rest->given[i] != o)
		i++;
	rest->given[i] = o;
}

/* `attached` is the value behind '=' or the letter, or NULL. */
static int take(const struct rg_option *o, const char *attached, struct cursor *c, void *to,
		struct rg_cli_rest *rest, struct rg_err *err)
{
	if (o == &help_option) {
		rest->help = true;
		return 0;
	}
	note_given(rest, o);
	if (!o->arg) {
		if (attached)
			return rg_err_set(err, RG_EUSAGE, "option '--%s' takes no value", o->name);
		return apply(o, NULL, to, err);
	}
	if (attached)
		return apply(o, attached, to, err);
	if (c->at + 1 >= c->argc || !strcmp(c->argv[c->at + 1], "--"))
		return rg_err_set(err, RG_EUSAGE, "option '--%s' needs a value: --%s %s", o->name,
				  o->name, o->arg);
	return apply(o, c->argv[++c->at], to, err);
}

static int take_long(const struct rg_command *command, struct cursor *c, void *to,
		     struct rg_cli_rest *rest, struct rg_err *err)
{
	const char *word = c->argv[c->at] + 2, *equals = strchr(word, '=');
	const struct rg_option *o =
		find_long(command, word, equals ? (size_t)(equals - word) : strlen(word), err);

	return o ? take(o, equals ? equals + 1 : NULL, c, to, rest, err) : RG_EUSAGE;
}

static int take_short(const struct rg_command *command, struct cursor *c, void *to,
		      struct rg_cli_rest *rest, struct rg_err *err)
{
	for (const char *p = c->argv[c->at] + 1; *p; p++) {
		const struct rg_option *o = find_short(command, *p, err);
		int rc;

		if (!o)
			return RG_EUSAGE;
		if (o->arg)
			return take(o, p[1] ? p + 1 : NULL, c, to, rest, err);
		rc = take(o, NULL, c, to, rest, err);
		if (rc || rest->help)
			return rc;
	}
	return 0;
}

static int take_word(const struct rg_command *command, struct cursor *c, void *to,
		     struct rg_cli_rest *rest, struct rg_err *err)
{
	char *word = c->argv[c->at];

	if (!strncmp(word, "--", 2))
		return take_long(command, c, to, rest, err);
	if (word[0] == '-' && word[1])
		return take_short(command, c, to, rest, err);
	rest->words[rest->count++] = word;
	return 0;
}

static size_t count_options(const struct rg_command *command)
{
	size_t count = 0;

	while (nth_option(command, count))
		count++;
	return count;
}

int rg_cli_parse(const struct rg_command *command, int argc, char **argv, void *to,
		 struct rg_cli_rest *rest, struct rg_err *err)
{
	struct rg_cli_rest got = {
		.words = calloc((size_t)argc + 1, sizeof(*got.words)),
		.given = calloc(count_options(command) + 1, sizeof(*got.given)),
	};
	struct cursor c = {.argc = argc, .argv = argv};

	if (!got.words || !got.given) {
		rg_cli_rest_done(&got);
		return rg_err_nomem(err, "command line");
	}
	for (; c.at < argc && !got.help; c.at++) {
		int rc;

		if (!strcmp(argv[c.at], "--")) {
			got.command = &argv[c.at + 1];
			break;
		}
		rc = take_word(command, &c, to, &got, err);
		if (rc) {
			rg_cli_rest_done(&got);
			return rc;
		}
	}
	*rest = got;
	return 0;
}

void rg_cli_rest_done(struct rg_cli_rest *rest)
{
	free(rest->words);
	free(rest->given);
	*rest = (struct rg_cli_rest){0};
}
