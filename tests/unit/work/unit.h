/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_WORK_UNIT_H
#define TEST_WORK_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#endif
