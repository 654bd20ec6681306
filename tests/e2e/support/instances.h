/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_INSTANCES_H
#define E2E_INSTANCES_H

/* A baseline and a canary that run already. */

#include "e2e.h"

#include <stdio.h>

struct instances {
	char base[16], canary[16]; /* process ids */
};

static inline const char *text_of(char text[16], pid_t pid)
{
	snprintf(text, 16, "%d", (int)pid);
	return text;
}

static inline struct instances two(struct e2e *e, const char *priority, const char *of_canary)
{
	const char *program = e2e_program(e, "steady");
	struct instances pair = {"", ""};

	text_of(pair.base, E2E_SPAWN(e, "/usr/bin/nice", "-n", priority, program, "as it was"));
	text_of(pair.canary, E2E_SPAWN(e, "/usr/bin/nice", "-n", priority, program, of_canary));
	e2e_sleep_ms(50);
	return pair;
}

#endif
