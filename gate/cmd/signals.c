/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals.h"

#include <stddef.h>

static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

/* A signal handler can reach nothing else: the one mutable static of the program. */
static volatile sig_atomic_t caught;

static void note(int sig)
{
	caught = sig;
}

void rg_signals_hold(void)
{
	struct sigaction action = {.sa_handler = note};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		struct sigaction old;

		/* A second one of the user's ends us at once; a reader that is gone is told of at every word. */
		action.sa_flags = held[i] == SIGPIPE ? 0 : (int)SA_RESETHAND;
		/* nohup and background jobs ignore some: leave that so. */
		if (sigaction(held[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(held[i], &action, NULL);
	}
}

void rg_signals_release(void)
{
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		struct sigaction old;

		if (sigaction(held[i], NULL, &old) == 0 && old.sa_handler == note)
			signal(held[i], SIG_DFL);
	}
}

int rg_signals_caught(void)
{
	return caught;
}

const volatile sig_atomic_t *rg_signals_flag(void)
{
	return &caught;
}
