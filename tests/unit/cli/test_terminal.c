/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/unit.h"

#include "rg/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A terminal of 97 columns, and a file that is none. */
struct streams {
	int master, terminal, file;
};

static int open_streams(void **state)
{
	static struct streams s;
	const struct winsize size = {.ws_row = 20, .ws_col = 97};

	s.master = posix_openpt(O_RDWR | O_NOCTTY);
	if (s.master < 0 || grantpt(s.master) || unlockpt(s.master))
		return -1;
	s.terminal = open(ptsname(s.master), O_RDWR | O_NOCTTY);
	s.file = open("/dev/null", O_RDWR);
	if (s.terminal < 0 || s.file < 0 || ioctl(s.terminal, TIOCSWINSZ, &size))
		return -1;
	*state = &s;
	return 0;
}

static int close_streams(void **state)
{
	struct streams *s = *state;

	close(s->terminal);
	close(s->master);
	close(s->file);
	return 0;
}

static void set(const char *name, const char *value)
{
	if (value)
		assert_int_equal(setenv(name, value, 1), 0);
	else
		assert_int_equal(unsetenv(name), 0);
}

static void test_color(void **state)
{
	static const struct {
		const char *why, *mode, *no_color, *term;
		bool terminal, expected;
	} rows[] = {
		{"a terminal has colour", "auto", NULL, "xterm", true, true},
		{"also one that does not name itself", "auto", NULL, NULL, true, true},
		{"a file has none", "auto", NULL, "xterm", false, false},
		{"a dumb terminal has none", "auto", NULL, "dumb", true, false},
		{"NO_COLOR says so", "auto", "1", "xterm", true, false},
		{"an empty NO_COLOR does not", "auto", "", "xterm", true, true},
		{"always is always", "always", "1", "dumb", false, true},
		{"never is never", "never", NULL, "xterm", true, false},
	};
	const struct streams *s = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].why);
		set("NO_COLOR", rows[i].no_color);
		set("TERM", rows[i].term);
		assert_int_equal(rg_cli_color(rows[i].mode,
					      rows[i].terminal ? s->terminal : s->file),
				 rows[i].expected);
	}
}

static void test_columns(void **state)
{
	static const struct {
		const char *why, *columns;
		bool terminal;
		size_t expected;
	} rows[] = {
		{"a terminal knows its width", NULL, true, 97},
		{"a file has none", NULL, false, 0},
		{"COLUMNS overrides a terminal", "40", true, 40},
		{"COLUMNS stands for a file's", "120", false, 120},
		{"zero columns are none", "0", true, 97},
		{"no number is none", "wide", true, 97},
		{"nor is a negative one", "-5", true, 97},
		{"nor one with more behind it", "80x24", true, 97},
		{"nor an absurd one", "99999999999999999999", true, 97},
		{"nor one too wide to be true", "10000", true, 97},
	};
	const struct streams *s = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].why);
		set("COLUMNS", rows[i].columns);
		assert_int_equal(rg_cli_columns(rows[i].terminal ? s->terminal : s->file),
				 rows[i].expected);
	}
	set("COLUMNS", NULL);
	assert_int_equal(rg_cli_columns(-1), 0);
}

static void test_unicode(void **state)
{
	static const struct {
		const char *why, *lc_all, *lc_ctype, *lang;
		bool expected;
	} rows[] = {
		{"nothing is set", NULL, NULL, NULL, false},
		{"the usual", NULL, NULL, "en_US.UTF-8", true},
		{"as other systems write it", NULL, NULL, "C.utf8", true},
		{"another character set", NULL, NULL, "de_DE.ISO-8859-1", false},
		{"LC_CTYPE before LANG", NULL, "C", "en_US.UTF-8", false},
		{"LC_ALL before both", "C.UTF-8", "C", "C", true},
		{"an empty one does not count", "", "", "en_US.UTF-8", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].why);
		set("LC_ALL", rows[i].lc_all);
		set("LC_CTYPE", rows[i].lc_ctype);
		set("LANG", rows[i].lang);
		assert_int_equal(rg_cli_unicode(), rows[i].expected);
	}
}

/* Puts a pipe in the place of stderr while it is said; returns what arrived, NUL-terminated. */
static const char *said(const char *text)
{
	static char got[16384];
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	rg_cli_say("%s", text);
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	close(ends[1]);
	n = read(ends[0], got, sizeof(got) - 1);
	close(ends[0]);
	assert_true(n >= 0);
	got[n] = '\0';
	return got;
}

static void test_say(void **state)
{
	static const struct {
		const char *why, *text, *expected;
	} rows[] = {
		{"one line", "wrote it", "regress-gate: wrote it\n"},
		{"a newline at the end is not another line", "wrote it\n",
		 "regress-gate: wrote it\n"},
		{"more lines are marked", "failed:\nline one\n\tline two",
		 "regress-gate: failed:\n  | line one\n  | \\x09line two\n"},
		{"so that none begins with a log runner's command", "failed:\n::error::no",
		 "regress-gate: failed:\n  | ::error::no\n"},
		{"nor is there one within", "a ##[error]b\n###",
		 "regress-gate: a #\\x23[error]b\n  | #\\x23\\x23\n"},
		{"an escape sequence does not reach the terminal", "file '\033[2J'",
		 "regress-gate: file '\\x1b[2J'\n"},
		{"nor does a carriage return", "good\rbad", "regress-gate: good\\x0dbad\n"},
		{"nor bytes that are no UTF-8",
		 "a\xff"
		 "b",
		 "regress-gate: a\\xffb\n"},
		{"other alphabets do", "Größe", "regress-gate: Größe\n"},
		{"nothing to say", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("%s\n", rows[i].why);
		assert_string_equal(said(rows[i].text), rows[i].expected);
	}
}

static void test_say_much(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(strlen(said(text)), strlen("regress-gate: ") + strlen(text) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_color),    cmocka_unit_test(test_columns),
		cmocka_unit_test(test_unicode),  cmocka_unit_test(test_say),
		cmocka_unit_test(test_say_much),
	};

	return cmocka_run_group_tests(tests, open_streams, close_streams);
}
