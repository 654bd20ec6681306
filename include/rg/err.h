/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_ERR_H
#define RG_ERR_H

/*
 * Errors: a code to branch on and a text to show: one line, or for a program that failed also the end of
 * its output, on lines of their own.
 *
 * Functions return 0 or a negative rg_code; the caller owns the struct, passes it last and may pass
 * NULL when only the code matters. The first failure wins: a set error is never overwritten, so a
 * clean-up that fails cannot hide the cause. Only commands and main() print.
 *
 * The text may quote bytes from outside (names, paths); whoever prints it escapes it
 * (rg_text_add_safe() in rg/text.h).
 */

enum rg_code {
	RG_OK = 0,
	RG_ENOMEM = -1,    /* memory could not be allocated */
	RG_EUSAGE = -2,    /* the user asked for something that cannot be: options, configuration */
	RG_EFORMAT = -3,   /* bytes from outside do not have the form they should */
	RG_ENOTFOUND = -4, /* the named thing does not exist */
	RG_EIO = -5,       /* the system refused: files, processes, kernel */
	RG_EPRIVILEGE = -6,   /* the same, for want of a privilege */
	RG_ELIMIT = -7,       /* larger than a stated limit */
	RG_EEXIST = -8,       /* it is there already */
	RG_EINTERRUPTED = -9, /* ended by a signal the user sent */
	RG_ETARGET = -10,     /* the profiled program failed or is gone */
};

enum { RG_ERR_TEXT_MAX = 3072 };

struct rg_err {
	int code; /* enum rg_code; 0 while nothing failed */
	char text[RG_ERR_TEXT_MAX];
};

/*
 * Records a failure unless one is recorded already. The form of the text is
 * "module: action 'object': reason", then what to do next where there is something to do.
 * Returns code, so that a failing line can end in `return rg_err_set(…)`.
 */
int rg_err_set(struct rg_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* rg_err_set() with RG_ENOMEM and a text that names what did not fit ("profile", "diff"). */
int rg_err_nomem(struct rg_err *err, const char *what);

/*
 * Puts "context: " before the recorded text, which is cut at its end when it no longer fits.
 * Returns err->code, or RG_EIO without an err, so that it never reads as success.
 */
int rg_err_prefix(struct rg_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
