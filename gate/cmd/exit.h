/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_EXIT_H
#define CMD_EXIT_H

struct rg_err;

/* The exit statuses, documented in every --help that has a verdict. 128+n: ended by signal n. */
enum {
	RG_EXIT_PASS = 0,
	RG_EXIT_REGRESSION = 1,
	RG_EXIT_USAGE = 2,
	RG_EXIT_UNDECIDED = 3, /* inconclusive, no baseline, not comparable */
	RG_EXIT_FAILURE = 4,
	RG_EXIT_SIGNAL = 128,
};

#define RG_EXIT_HELP                                                           \
	"Exit status: 0 pass; 1 regression; 2 wrong usage or configuration;\n" \
	"3 undecided, no baseline, not comparable; 4 could not do its work;\n" \
	"128+n ended by signal n."

/* Says the error and returns the status it stands for. Never 0. */
int rg_exit_error(const struct rg_err *err);
/* As a command with nothing but a misuse to report. */
int rg_exit_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Flushes stdout; a result that could not be written out turns 0 into RG_EXIT_FAILURE. */
int rg_exit_flushed(int status);

#endif
