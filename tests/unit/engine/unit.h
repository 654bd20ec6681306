/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ENGINE_UNIT_H
#define TEST_ENGINE_UNIT_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Within `relative` of what is expected (absolute where that is below 1e-300). */
#define assert_close(value, expected, relative) \
	assert_within((value), (expected), (relative), __FILE__, __LINE__)

static inline void assert_within(double value, double expected, double relative, const char *file,
				 int line)
{
	if (fabs(value - expected) <= relative * fmax(fabs(expected), 1e-300))
		return;
	print_error("%.17g is not %.17g to within %g of it\n", value, expected, relative);
	_fail(file, line);
}

#endif
