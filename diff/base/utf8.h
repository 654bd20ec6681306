/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_BASE_UTF8_H
#define RG_BASE_UTF8_H

#include <stddef.h>

/*
 * The length of text[0..len) without a UTF-8 sequence that was cut off at its end. Text whose end is
 * not a cut sequence keeps its length, also when it is not UTF-8 at all.
 */
size_t rg_utf8_whole(const char *text, size_t len);

#endif
