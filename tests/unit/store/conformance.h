/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_CONFORMANCE_H
#define TEST_CONFORMANCE_H

/*
 * What every store backend does. A test program of a backend defines FIXTURE_SCHEME, includes this, says how its
 * store is harmed (conformance_damage.h) and runs CONFORMANCE.
 */

#include "conformance_basic.h"
#include "conformance_crash.h"
#include "conformance_damage.h"
#include "conformance_prune.h"
#include "conformance_refused.h"
#include "conformance_writers.h"

#define CONFORMANCE                                                                    \
	CONFORMANCE_BASIC, CONFORMANCE_DAMAGE, CONFORMANCE_REFUSED, CONFORMANCE_PRUNE, \
		CONFORMANCE_WRITERS, CONFORMANCE_CRASH

#endif
