/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_SIGNALS_H
#define CMD_SIGNALS_H

#include <signal.h>

/*
 * While something runs that must be taken down in order, SIGINT, SIGTERM and SIGHUP are noted rather than
 * obeyed; a second one of the same kind ends us at once. So is SIGPIPE, however often it comes.
 */
void rg_signals_hold(void);
/* Back to their usual effect. What was caught stays known. */
void rg_signals_release(void);
/* The signal noted, or 0. */
int rg_signals_caught(void);
/* For a loop to watch. */
const volatile sig_atomic_t *rg_signals_flag(void);

#endif
