/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_E2E_SUPPORT_SELVES_H
#define TESTS_E2E_SUPPORT_SELVES_H

#include "samples.h"

/* Profiles as they are compared: four functions, and one of them grown to three times. */

static const struct e2e_self steady[] = {
	{"parse", 3000}, {"check", 3000}, {"hash", 3000}, {"print", 3000}, {"", 0}};
static const struct e2e_self grown[] = {
	{"parse", 3000}, {"check", 3000}, {"hash", 9000}, {"print", 3000}, {"", 0}};

#endif
