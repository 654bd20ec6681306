/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef E2E_STOLEN_H
#define E2E_STOLEN_H

#include "e2e.h"

/*
 * A machine whose host takes the CPUs' time when a test wants it to, and at no other time: from now on /proc/stat is a file of
 * the test's, for this program and all that it starts. Other processes see nothing of it. Needs root.
 */
void e2e_own_stat(struct e2e *e);
/* The host takes two fifths of all CPUs, until e2e_end_helpers(). */
void e2e_steal(struct e2e *e);

#endif
