/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

enum { MAX_WORDS = 12 };

/* A command line, parsed; the error is empty when rc is 0. */
struct parsed {
	char *argv[MAX_WORDS + 1];
	struct settings settings;
	struct rg_cli_rest rest;
	struct rg_err err;
	int rc;
};

/* Of words separated by single blanks; "''" stands for an empty one. */
static void parse(struct parsed *p, const char *line)
{
	static char text[256];
	int argc = 0;

	*p = (struct parsed){0};
	snprintf(text, sizeof(text), "%s", line);
	for (char *word = text, *end; *word && argc < MAX_WORDS; word = end) {
		end = word + strcspn(word, " ");
		if (*end)
			*end++ = '\0';
		p->argv[argc++] = strcmp(word, "''") ? word : &word[2];
	}
	p->rc = rg_cli_parse(&command, argc, p->argv, &p->settings, &p->rest, &p->err);
}

static void test_values(void **state)
{
	static const struct {
		const char *why, *line, *window, *format;
	} rows[] = {
		{"a value behind the name", "--window 30s", "30s", NULL},
		{"a value behind '='", "--window=30s", "30s", NULL},
		{"a value behind the letter", "-w 30s", "30s", NULL},
		{"a value attached to the letter", "-w30s", "30s", NULL},
		{"a value may be empty", "--window=", "", NULL},
		{"an empty word is a value too", "--window ''", "", NULL},
		{"a value may hold '='", "--format=a=b", NULL, "a=b"},
		{"a value may look like an option", "--format --window", NULL, "--window"},
		{"the last of two wins", "-w 1s -w 2s", "2s", NULL},
		{"an exact name that begins another's", "--window 9s", "9s", NULL},
		{"the unambiguous beginning of a name", "--form json", NULL, "json"},
		{"the beginning of a name that others go on from", "--windo 4s", "4s", NULL},
		{"it may have '='", "--fo=json", NULL, "json"},
		{"letters together, the last with a value", "-qvw5s", "5s", NULL},
		{"options behind words", "one -w 3s two", "3s", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct parsed p;

		print_message("%s\n", rows[i].why);
		parse(&p, rows[i].line);
		assert_int_equal(p.rc, 0);
		assert_int_equal(p.err.code, 0);
		assert_int_equal(!p.settings.window, !rows[i].window);
		assert_int_equal(!p.settings.format, !rows[i].format);
		if (rows[i].window)
			assert_string_equal(p.settings.window, rows[i].window);
		if (rows[i].format)
			assert_string_equal(p.settings.format, rows[i].format);
		rg_cli_rest_done(&p.rest);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *why, *line, *text;
		int code;
	} rows[] = {
		{"an unknown name near a known one", "--windwo 3s",
		 "unknown option '--windwo' (did you mean '--window'?)", RG_EUSAGE},
		{"near --help, which every command has", "--hlep",
		 "unknown option '--hlep' (did you mean '--help'?)", RG_EUSAGE},
		{"an unknown name near none", "--zzzzzz",
		 "unknown option '--zzzzzz' (see 'regress-gate check --help')", RG_EUSAGE},
		{"an unknown name with a value", "--zzzzzz=1",
		 "unknown option '--zzzzzz' (see 'regress-gate check --help')", RG_EUSAGE},
		{"no name at all", "--=x", "unknown option '--' (see 'regress-gate check --help')",
		 RG_EUSAGE},
		{"an ambiguous beginning", "--sil",
		 "option '--sil' may be '--silent' or '--silver'", RG_EUSAGE},
		{"an unknown letter", "-x", "unknown option '-x' (see 'regress-gate check --help')",
		 RG_EUSAGE},
		{"an unknown letter behind known ones", "-qx",
		 "unknown option '-x' (see 'regress-gate check --help')", RG_EUSAGE},
		{"a missing value", "--window", "option '--window' needs a value: --window TIME",
		 RG_EUSAGE},
		{"a letter's missing value", "-w", "option '--window' needs a value: --window TIME",
		 RG_EUSAGE},
		{"'--' is no value", "--window -- ./a",
		 "option '--window' needs a value: --window TIME", RG_EUSAGE},
		{"a value where there is none to give", "--quiet=yes",
		 "option '--quiet' takes no value", RG_EUSAGE},
		{"a value that is refused", "--window never",
		 "option '--window never': must be a time such as '30s'", RG_EUSAGE},
		{"the long name is shown for the letter", "-wnever",
		 "option '--window never': must be a time such as '30s'", RG_EUSAGE},
		{"an option that is refused", "--an-option",
		 "option '--an-option-with-a-long-name': too often", RG_ELIMIT},
		{"the first failure ends it", "--window never --zzz",
		 "option '--window never': must be a time such as '30s'", RG_EUSAGE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct parsed p;

		print_message("%s\n", rows[i].why);
		parse(&p, rows[i].line);
		assert_int_equal(p.rc, rows[i].code);
		assert_int_equal(p.err.code, rows[i].code);
		assert_string_equal(p.err.text, rows[i].text);
		assert_null(p.rest.words);
	}
}

static void test_fails_without_a_reason(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--silent");
	assert_int_equal(p.rc, RG_EIO);
}

static void test_code_alone(void **state)
{
	char *argv[] = {(char *)"--window", (char *)"never", NULL};
	struct settings settings = {0};
	struct rg_cli_rest rest;

	(void)state;
	assert_int_equal(rg_cli_parse(&command, 2, argv, &settings, &rest, NULL), RG_EUSAGE);
}

static void test_words(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "one -q - two --verbose ''");
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.rest.count, 4);
	assert_string_equal(p.rest.words[0], "one");
	assert_string_equal(p.rest.words[1], "-");
	assert_string_equal(p.rest.words[2], "two");
	assert_string_equal(p.rest.words[3], "");
	assert_null(p.rest.command);
	assert_false(p.rest.help);
	assert_int_equal(p.settings.quiet, 1);
	assert_int_equal(p.settings.verbose, 1);
	rg_cli_rest_done(&p.rest);
}

/* Each once, however often and by whichever of its names. */
static void test_what_was_given(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "-qw 1s --format=x -qw2s --window 3s -- --verbose");
	assert_int_equal(p.rc, 0);
	assert_string_equal(p.rest.given[0]->name, "quiet");
	assert_string_equal(p.rest.given[1]->name, "window");
	assert_string_equal(p.rest.given[2]->name, "format");
	assert_null(p.rest.given[3]);
	rg_cli_rest_done(&p.rest);
	assert_null(p.rest.given);
}

static void test_nothing(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "");
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.rest.count, 0);
	assert_null(p.rest.command);
	rg_cli_rest_done(&p.rest);
}

static void test_command(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "-q word -- ./a --window never --");
	assert_int_equal(p.rc, 0);
	assert_int_equal(p.rest.count, 1);
	assert_non_null(p.rest.command);
	assert_string_equal(p.rest.command[0], "./a");
	assert_string_equal(p.rest.command[1], "--window");
	assert_string_equal(p.rest.command[3], "--");
	assert_null(p.rest.command[4]);
	assert_null(p.settings.window);
	rg_cli_rest_done(&p.rest);
}

static void test_empty_command(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--");
	assert_int_equal(p.rc, 0);
	assert_non_null(p.rest.command);
	assert_null(p.rest.command[0]);
	rg_cli_rest_done(&p.rest);
}

static void test_help(void **state)
{
	static const char *const lines[] = {"--help", "-h",      "--he",         "-qh",
					    "-hx",    "-h --zz", "one --help -x"};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct parsed p;

		print_message("%s\n", lines[i]);
		parse(&p, lines[i]);
		assert_int_equal(p.rc, 0);
		assert_int_equal(p.err.code, 0);
		assert_true(p.rest.help);
		rg_cli_rest_done(&p.rest);
	}
}

/* Behind "--" all is the program's. */
static void test_help_of_the_program(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "-- ./a --help");
	assert_int_equal(p.rc, 0);
	assert_false(p.rest.help);
	rg_cli_rest_done(&p.rest);
}

static void test_long_unknown_name(void **state)
{
	char word[5000], *argv[] = {word, NULL};
	struct settings settings = {0};
	struct rg_cli_rest rest;
	struct rg_err err = {0};

	(void)state;
	memset(word, 'x', sizeof(word));
	memcpy(word, "--", 2);
	word[sizeof(word) - 1] = '\0';
	assert_int_equal(rg_cli_parse(&command, 1, argv, &settings, &rest, &err), RG_EUSAGE);
	assert_true(strlen(err.text) < 200);
	assert_non_null(strstr(err.text, "see 'regress-gate check --help'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_fails_without_a_reason),
		cmocka_unit_test(test_code_alone),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_what_was_given),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_empty_command),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_of_the_program),
		cmocka_unit_test(test_long_unknown_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
